"""The client that is awaited, and its I/O: one method that sends, one that streams."""

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import anyio
import httpx

from lorax import calls, errors, routes, waiting
from lorax.base_client import ClientBase
from lorax.documenting import signed_by
from lorax.exchange import Body, Call, Reading, StreamCall
from lorax.net import turns
from lorax.net.answers import AsyncAnswer
from lorax.net.attempts import Attempts
from lorax.net.connections import LoopConnections, checked_fields, connections_here
from lorax.net.transports import async_http
from lorax.net.turns import Turn
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

Answered = TypeVar("Answered")
Piece = TypeVar("Piece", bound=WithMetadata)


class AsyncClient(ClientBase[httpx.AsyncClient]):
    """A LoRAX server, awaited.

    {settings}

    Example:
        >>> async with AsyncClient("http://127.0.0.1:8080") as client:
        ...     (await client.generate("Why is the sky blue?")).text
        ' Rayleigh scattering'
    """

    _is_async = True

    def _begin(self) -> None:
        super()._begin()
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
        return self._known(await self._send(routes.info(*args, **kwargs)))

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
        """Close this event loop's connections; the client can be used again.

        Requests that other tasks of the loop have under way fail with a ClientClosedError.
        """
        connections = connections_here().pop(self._key, None)
        if connections is not None:
            for attempts in list(connections.under_way):
                if (ending := attempts.abandon(errors.ClientClosedError())) is not None:
                    await ending
            await connections.close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _answer(self, call: Call[Any] | StreamCall[Any], attempts: Attempts) -> AsyncAnswer:
        if self.http_client is not None:
            return AsyncAnswer(self.http_client, self._request(call), attempts)
        connections = await self._connections()
        connections.under_way.add(attempts)
        return AsyncAnswer(connections.http, self._request(call), attempts)

    async def _connections(self) -> LoopConnections:
        """This event loop's connections: those of another loop are of no use here."""
        here = connections_here()
        if self._key not in here:
            http = async_http(self.base_url, checked_fields("cookies", self.cookies))
            here[self._key] = LoopConnections(http, here, self, self._key)
            await here[self._key].open()
        return here[self._key]

    async def _send(self, call: Call[Answered]) -> Answered:
        attempts = self._attempts(call)
        while True:
            try:
                async with Turn(attempts):
                    return await self._whole(call, attempts)
            except errors.LoraxError as error:
                await turns.apause(attempts, attempts.pause(error))

    async def _whole(self, call: Call[Answered], attempts: Attempts) -> Answered:
        async with await self._answer(call, attempts) as answer:
            body = Body(answer.head)
            await body.afill(answer)
        return call.read(answer.head, bytes(body.data))

    def _stream(self, call: StreamCall[Piece]) -> AsyncStream[Piece]:
        reading, attempts = Reading(call), self._attempts(call)
        return AsyncStream(self._pieces(call, reading, attempts), reading, attempts)

    async def _pieces(
        self, call: StreamCall[Piece], reading: Reading[Piece], attempts: Attempts
    ) -> AsyncGenerator[Piece, None]:
        attempts.begin()
        while True:
            try:
                # One generator for all of it: each inside another costs every token a step.
                async with Turn(attempts, reading), await self._answer(call, attempts) as answer:
                    if not answer.head.is_stream:
                        body = Body(answer.head)
                        await body.afill(answer)
                        raise reading.refusal(answer.head, bytes(body.data))
                    reading.begin(answer.head)
                    async for chunk in answer:
                        pieces = reading.feed(chunk)
                        if pieces and not attempts.is_accepted:
                            attempts.accepted()
                        for piece in pieces:
                            yield piece
                        reading.check()
                        attempts.came(reading.events, reading.complete)
                    reading.end()
            except errors.LoraxError as error:
                await turns.apause(attempts, attempts.pause(error, given=reading.given))
            else:
                return
