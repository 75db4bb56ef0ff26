"""The client that is awaited, and its I/O: one method that sends, one that streams."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

import anyio
import httpx

from lorax import calls, errors, retries, routes, waiting
from lorax.base_client import ClientBase
from lorax.connections import LoopConnections, connections_here, setting_up
from lorax.documenting import signed_by
from lorax.exchange import Call, Reading, StreamCall
from lorax.streams import AsyncStream
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


class AsyncClient(ClientBase):
    """A LoRAX server, awaited.

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
        >>> async with AsyncClient("http://127.0.0.1:8080") as client:
        ...     (await client.generate("Why is the sky blue?")).text
        ' Rayleigh scattering'
    """

    def _begin(self) -> None:
        self._key = object()

    @signed_by(calls.generate)
    async def generate(self, *args: Any, **kwargs: Any) -> Response:
        return await self._send(calls.generate(*args, **kwargs))

    @signed_by(calls.generate_stream)
    def generate_stream(self, *args: Any, **kwargs: Any) -> AsyncStream[StreamResponse]:
        return self._stream(calls.generate_stream(*args, **kwargs))

    @signed_by(calls.chat)
    async def chat(self, *args: Any, **kwargs: Any) -> ChatResponse:
        return await self._send(calls.chat(*args, **kwargs))

    @signed_by(calls.chat_stream)
    def chat_stream(self, *args: Any, **kwargs: Any) -> AsyncStream[ChatChunk]:
        return self._stream(calls.chat_stream(*args, **kwargs))

    @signed_by(routes.embed)
    async def embed(self, *args: Any, **kwargs: Any) -> EmbedResponse:
        return await self._send(routes.embed(*args, **kwargs))

    @signed_by(routes.embed_many)
    async def embed_many(self, *args: Any, **kwargs: Any) -> EmbedManyResponse:
        return await self._send(routes.embed_many(*args, **kwargs))

    @signed_by(routes.classify)
    async def classify(self, *args: Any, **kwargs: Any) -> ClassifyResponse:
        return await self._send(routes.classify(*args, **kwargs))

    @signed_by(routes.classify_batch)
    async def classify_batch(self, *args: Any, **kwargs: Any) -> list[ClassifyResponse]:
        return await self._send(routes.classify_batch(*args, **kwargs))

    @signed_by(routes.tokenize)
    async def tokenize(self, *args: Any, **kwargs: Any) -> list[PlacedToken]:
        return await self._send(routes.tokenize(*args, **kwargs))

    @signed_by(routes.count_tokens)
    async def count_tokens(self, *args: Any, **kwargs: Any) -> int:
        return await self._send(routes.count_tokens(*args, **kwargs))

    @signed_by(routes.info)
    async def info(self, *args: Any, **kwargs: Any) -> Info:
        return await self._send(routes.info(*args, **kwargs))

    @signed_by(routes.metrics)
    async def metrics(self, *args: Any, **kwargs: Any) -> dict[str, Metric]:
        return await self._send(routes.metrics(*args, **kwargs))

    @signed_by(routes.health)
    async def health(self, *args: Any, **kwargs: Any) -> Health:
        return await self._health(routes.health(*args, **kwargs))

    async def _health(self, call: Call[None]) -> Health:
        try:
            await self._send(call)
        except errors.LoraxError as error:
            return Health(error)
        return Health()

    @signed_by(waiting.ready)
    async def ready(self, *args: Any, **kwargs: Any) -> None:
        schedule = waiting.ready(*args, **kwargs)
        while True:
            health = await self._health(routes.health().within(schedule.left))
            if health:
                return
            await anyio.sleep(schedule.pause(health.reason))

    @signed_by(waiting.warmup)
    async def warmup(self, *args: Any, **kwargs: Any) -> dict[str, Metadata]:
        warming = waiting.warmup(*args, **kwargs)
        for adapter_id, call in warming.calls():
            try:
                warming.done(adapter_id, (await self._send(call)).metadata)
            except errors.LoraxError as error:
                warming.failed(adapter_id, error)
        return warming.result()

    async def aclose(self) -> None:
        """Close this event loop's connections; requests under way fail. It can be used again."""
        connections = connections_here().pop(self._key, None)
        if connections is not None:
            await connections.close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _http(self) -> httpx.AsyncClient:
        """This event loop's connections: those of another loop are of no use here."""
        here = connections_here()
        if self._key not in here:
            with setting_up(self.base_url):
                http = httpx.AsyncClient(**self._settings())
            here[self._key] = LoopConnections(http, here, self, self._key)
            await here[self._key].open()
        return here[self._key].http

    async def _opened(self, call: Call[Any] | StreamCall[Any]) -> httpx.Response:
        """The answer before its body is read; a connection that cannot be made is tried again."""
        http = await self._http()
        pauses = retries.pauses(self.max_session_retries)
        while True:
            try:
                return await http.send(http.build_request(**self._request(call)), stream=True)
            except RuntimeError as error:
                if http.is_closed:
                    raise self._closed(call) from error
                raise
            except httpx.ConnectError:
                pause = next(pauses, None)
                if pause is None:
                    raise
            await anyio.sleep(pause)

    async def _send(self, call: Call[Answer]) -> Answer:
        with self._failures(call):
            async with aclosing(await self._opened(call)) as response:
                body = await response.aread()
        return call.read(self._head(response), body)

    def _stream(self, call: StreamCall[Piece]) -> AsyncStream[Piece]:
        reading = Reading(call)
        return AsyncStream(self._pieces(call, reading), reading)

    async def _pieces(
        self, call: StreamCall[Piece], reading: Reading[Piece]
    ) -> AsyncGenerator[Piece, None]:
        with self._failures(call, reading):
            async with aclosing(await self._opened(call)) as response:
                head = self._head(response)
                if not head.is_stream:
                    raise reading.refusal(head, await response.aread())
                reading.begin(head)
                async for chunk in response.aiter_bytes():
                    for piece in reading.feed(chunk):
                        yield piece
        reading.end()
