"""The client that waits, and its I/O: one method that sends, one that streams."""

import os
import threading
import time
import weakref
from collections.abc import Generator
from contextlib import closing
from typing import Any, TypeVar

import httpx

from lorax import calls, errors, retries, routes, waiting
from lorax.base_client import ClientBase
from lorax.connections import setting_up
from lorax.documenting import signed_by
from lorax.exchange import Call, Reading, StreamCall
from lorax.streams import Stream
from lorax.types import (
    ChatChunk,
    ChatResponse,
    ClassifyResponse,
    EmbedManyResponse,
    EmbedResponse,
    Health,
    Info,
    Metadata,
    Metric,
    PlacedToken,
    Response,
    StreamResponse,
    WithMetadata,
)

Answer = TypeVar("Answer")
Piece = TypeVar("Piece", bound=WithMetadata)


class Client(ClientBase):
    """A LoRAX server, called and waited for.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:8080`; it may have a path.
        headers: Headers for every request, such as a gateway's key.
        cookies: Cookies for every request.
        timeout: Seconds that any single wait may take: for the connection, for the answer, for
            the next piece of a stream.
        session: Not taken: it was a session of requests in lorax-client 0.6.3.
        max_session_retries: How often a connection that cannot be made is tried again.

    Raises:
        ValidationError: base_url is no address.

    Example:
        >>> with Client("http://127.0.0.1:8080") as client:
        ...     client.generate("Why is the sky blue?", adapter_id="some/adapter").text
        ' Rayleigh scattering'
    """

    def _begin(self) -> None:
        self._opening = threading.Lock()
        self._open: tuple[int, httpx.Client, weakref.finalize[..., Client]] | None = None

    @signed_by(calls.generate)
    def generate(self, *args: Any, **kwargs: Any) -> Response:
        return self._send(calls.generate(*args, **kwargs))

    @signed_by(calls.generate_stream)
    def generate_stream(self, *args: Any, **kwargs: Any) -> Stream[StreamResponse]:
        return self._stream(calls.generate_stream(*args, **kwargs))

    @signed_by(calls.chat)
    def chat(self, *args: Any, **kwargs: Any) -> ChatResponse:
        return self._send(calls.chat(*args, **kwargs))

    @signed_by(calls.chat_stream)
    def chat_stream(self, *args: Any, **kwargs: Any) -> Stream[ChatChunk]:
        return self._stream(calls.chat_stream(*args, **kwargs))

    @signed_by(routes.embed)
    def embed(self, *args: Any, **kwargs: Any) -> EmbedResponse:
        return self._send(routes.embed(*args, **kwargs))

    @signed_by(routes.embed_many)
    def embed_many(self, *args: Any, **kwargs: Any) -> EmbedManyResponse:
        return self._send(routes.embed_many(*args, **kwargs))

    @signed_by(routes.classify)
    def classify(self, *args: Any, **kwargs: Any) -> ClassifyResponse:
        return self._send(routes.classify(*args, **kwargs))

    @signed_by(routes.classify_batch)
    def classify_batch(self, *args: Any, **kwargs: Any) -> list[ClassifyResponse]:
        return self._send(routes.classify_batch(*args, **kwargs))

    @signed_by(routes.tokenize)
    def tokenize(self, *args: Any, **kwargs: Any) -> list[PlacedToken]:
        return self._send(routes.tokenize(*args, **kwargs))

    @signed_by(routes.count_tokens)
    def count_tokens(self, *args: Any, **kwargs: Any) -> int:
        return self._send(routes.count_tokens(*args, **kwargs))

    @signed_by(routes.info)
    def info(self, *args: Any, **kwargs: Any) -> Info:
        return self._send(routes.info(*args, **kwargs))

    @signed_by(routes.metrics)
    def metrics(self, *args: Any, **kwargs: Any) -> dict[str, Metric]:
        return self._send(routes.metrics(*args, **kwargs))

    @signed_by(routes.health)
    def health(self, *args: Any, **kwargs: Any) -> Health:
        return self._health(routes.health(*args, **kwargs))

    def _health(self, call: Call[None]) -> Health:
        try:
            self._send(call)
        except errors.LoraxError as error:
            return Health(error)
        return Health()

    @signed_by(waiting.ready)
    def ready(self, *args: Any, **kwargs: Any) -> None:
        schedule = waiting.ready(*args, **kwargs)
        while True:
            health = self._health(routes.health().within(schedule.left))
            if health:
                return
            time.sleep(schedule.pause(health.reason))

    @signed_by(waiting.warmup)
    def warmup(self, *args: Any, **kwargs: Any) -> dict[str, Metadata]:
        warming = waiting.warmup(*args, **kwargs)
        for adapter_id, call in warming.calls():
            try:
                warming.done(adapter_id, self._send(call).metadata)
            except errors.LoraxError as error:
                warming.failed(adapter_id, error)
        return warming.result()

    def close(self) -> None:
        """Close the connections; the client can be used again.

        Requests that other threads have under way may fail or go on: end them before.
        """
        with self._opening:
            opened, self._open = self._open, None
        if opened is not None:
            _, http, finalizer = opened
            finalizer.detach()
            http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _http(self) -> httpx.Client:
        """The connections of this process: those of the process it was forked from are not its."""
        with self._opening:
            if self._open is None or self._open[0] != os.getpid():
                with setting_up(self.base_url):
                    http = httpx.Client(**self._settings())
                self._open = os.getpid(), http, weakref.finalize(self, http.close)
            return self._open[1]

    def _opened(self, call: Call[Any] | StreamCall[Any]) -> httpx.Response:
        """The answer before its body is read; a connection that cannot be made is tried again."""
        http = self._http()
        pauses = retries.pauses(self.max_session_retries)
        while True:
            try:
                return http.send(http.build_request(**self._request(call)), stream=True)
            except RuntimeError as error:
                if http.is_closed:
                    raise self._closed(call) from error
                raise
            except httpx.ConnectError:
                pause = next(pauses, None)
                if pause is None:
                    raise
            time.sleep(pause)

    def _send(self, call: Call[Answer]) -> Answer:
        with self._failures(call), closing(self._opened(call)) as response:
            body = response.read()
        return call.read(self._head(response), body)

    def _stream(self, call: StreamCall[Piece]) -> Stream[Piece]:
        reading = Reading(call)
        return Stream(self._pieces(call, reading), reading)

    def _pieces(
        self, call: StreamCall[Piece], reading: Reading[Piece]
    ) -> Generator[Piece, None, None]:
        with self._failures(call, reading), closing(self._opened(call)) as response:
            head = self._head(response)
            if not head.is_stream:
                raise reading.refusal(head, response.read())
            reading.begin(head)
            for chunk in response.iter_bytes():
                yield from reading.feed(chunk)
        reading.end()
