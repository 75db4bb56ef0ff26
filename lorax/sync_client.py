"""The client that waits, and its I/O: one method that sends, one that streams."""

import os
import threading
import time
import weakref
from collections.abc import Generator
from typing import Any, TypeVar
from weakref import WeakSet

import httpx

from lorax import calls, errors, routes, waiting
from lorax.base_client import ClientBase
from lorax.documenting import signed_by
from lorax.exchange import Body, Call, Reading, StreamCall
from lorax.net import turns
from lorax.net.answers import Answer
from lorax.net.attempts import Attempts
from lorax.net.connections import checked_fields
from lorax.net.transports import sync_http
from lorax.net.turns import Turn
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

Answered = TypeVar("Answered")
Piece = TypeVar("Piece", bound=WithMetadata)


class Client(ClientBase[httpx.Client]):
    """A LoRAX server, called and waited for.

    {settings}

    Example:
        >>> with Client("http://127.0.0.1:8080") as client:
        ...     client.generate("Why is the sky blue?", adapter_id="some/adapter").text
        ' Rayleigh scattering'
    """

    def _begin(self) -> None:
        super()._begin()
        self._opening = threading.Lock()
        self._under_way: WeakSet[Attempts] = WeakSet()
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
        return self._known(self._send(routes.info(*args, **kwargs)))

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

        Requests that other threads have under way fail with a ClientClosedError.
        """
        with self._opening:
            opened, self._open = self._open, None
            under_way, self._under_way = list(self._under_way), WeakSet()
        for attempts in under_way:
            attempts.abandon(errors.ClientClosedError())
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
        if self.http_client is not None:
            return self.http_client
        with self._opening:
            if self._open is None or self._open[0] != os.getpid():
                http = sync_http(self.base_url, checked_fields("cookies", self.cookies))
                self._open = os.getpid(), http, weakref.finalize(self, http.close)
            return self._open[1]

    def _answer(self, call: Call[Any] | StreamCall[Any], attempts: Attempts) -> Answer:
        self._under_way.add(attempts)
        return Answer(self._http(), self._request(call), attempts)

    def _send(self, call: Call[Answered]) -> Answered:
        attempts = self._attempts(call)
        while True:
            try:
                with Turn(attempts):
                    return self._whole(call, attempts)
            except errors.LoraxError as error:
                turns.pause(attempts, attempts.pause(error))

    def _whole(self, call: Call[Answered], attempts: Attempts) -> Answered:
        with self._answer(call, attempts) as answer:
            body = Body(answer.head)
            body.fill(answer)
        return call.read(answer.head, bytes(body.data))

    def _stream(self, call: StreamCall[Piece]) -> Stream[Piece]:
        reading, attempts = Reading(call), self._attempts(call)
        return Stream(self._pieces(call, reading, attempts), reading, attempts)

    def _pieces(
        self, call: StreamCall[Piece], reading: Reading[Piece], attempts: Attempts
    ) -> Generator[Piece, None, None]:
        attempts.begin()
        while True:
            try:
                with Turn(attempts, reading):
                    yield from self._read(call, reading, attempts)
                    reading.end()
            except errors.LoraxError as error:
                turns.pause(attempts, attempts.pause(error, given=reading.given))
            else:
                return

    def _read(
        self, call: StreamCall[Piece], reading: Reading[Piece], attempts: Attempts
    ) -> Generator[Piece, None, None]:
        """One attempt at a stream."""
        with self._answer(call, attempts) as answer:
            if not answer.head.is_stream:
                body = Body(answer.head)
                body.fill(answer)
                raise reading.refusal(answer.head, bytes(body.data))
            reading.begin(answer.head)
            for chunk in answer:
                pieces = reading.feed(chunk)
                if pieces and not attempts.is_accepted:
                    attempts.accepted()
                yield from pieces
                reading.check()
                attempts.came(reading.events, reading.complete)
