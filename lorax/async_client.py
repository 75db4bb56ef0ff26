"""The client that is awaited, and its I/O: one method that sends, one that streams."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import anyio
import httpx

from lorax import calls, errors, routes, waiting
from lorax.base_client import ClientBase
from lorax.documenting import signed_by
from lorax.exchange import Body, Call, Head, Reading, StreamCall
from lorax.net.attempts import Attempts
from lorax.net.connections import LoopConnections, connections_here, waker
from lorax.net.failures import told_as_ours
from lorax.net.lines import body_of
from lorax.net.timeouts import Clock
from lorax.net.transports import async_http
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


class AsyncClient(ClientBase[httpx.AsyncClient]):
    """A LoRAX server, awaited.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:8080`; it may have a path.
        headers: Headers for every request.
        cookies: Cookies for every request.
        timeout: Seconds that any single wait may take: until a whole answer or the first token is
            there, all attempts included, and until each next token. `Timeout` sets them one by one;
            None waits for ever.
        max_retries: How often a request is sent again when the connection fails, the server or a
            gateway is busy (429, 502, 503, 504) or another request's failure took it along. Never
            after the first token. 0 sends it once.
        api_key: A gateway's key, sent as `Authorization: Bearer`. It is not an adapter's token,
            which is `api_token` of a call, and is kept from becoming one.
        http_client: An `httpx.AsyncClient` of yours, with the proxies, certificates and hooks
            that you want. It is used as it is, but for timeouts and redirects, and never closed.
        session: Not taken: it was a session of requests in lorax-client 0.6.3.
        max_session_retries: The name of max_retries in lorax-client 0.6.3.

    Raises:
        ValidationError: A setting is not allowed.

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
        if self.http_client is not None:
            return self.http_client
        here = connections_here()
        if self._key not in here:
            http = async_http(self.base_url, self.cookies)
            here[self._key] = LoopConnections(http, here, self, self._key)
            await here[self._key].open()
        return here[self._key].http

    @asynccontextmanager
    async def _turn(self, attempts: Attempts) -> AsyncGenerator[None, None]:
        """A place among this client's requests."""
        woken = anyio.Event()
        try:
            attempts.ask(waker(woken))
            while (patience := attempts.patience()) is not None:
                attempts.ends_by(woken.set)
                with anyio.move_on_after(patience):
                    await woken.wait()
            yield
        except errors.LoraxError as error:
            attempts.failed(error)
            raise
        finally:
            attempts.leave()

    @asynccontextmanager
    async def _answer(
        self,
        call: Call[Any] | StreamCall[Any],
        attempts: Attempts,
        reading: Reading[Any] | None = None,
    ) -> AsyncGenerator[tuple[Head, AsyncGenerator[bytes, None]], None]:
        """The answer's head, and its body as it comes."""
        http = await self._http()
        with told_as_ours(attempts, reading):
            request = http.build_request(**self._request(call), extensions=attempts.clock.limits())
            async with aclosing(await self._opened(http, request, attempts)) as response:
                attempts.ends_by(response.aclose)
                async with aclosing(_chunks(response, attempts.clock)) as chunks:
                    yield self._head(response, attempts), chunks

    async def _opened(
        self, http: httpx.AsyncClient, request: httpx.Request, attempts: Attempts
    ) -> httpx.Response:
        # A moment later than the connection's own timeouts: they know what was waited for.
        with anyio.move_on_after(attempts.clock.left + 0.05) as scope:
            attempts.ends_by(scope.cancel)
            try:
                return await http.send(request, stream=True, follow_redirects=False)
            except RuntimeError as error:
                if http.is_closed:
                    raise self._closed(attempts) from error
                raise
        attempts.ends_by(scope.cancel)  # an error of its own if that was how it ended
        raise TimeoutError

    async def _send(self, call: Call[Answer]) -> Answer:
        attempts = self._attempts(call)
        while True:
            try:
                async with self._turn(attempts):
                    return await self._whole(call, attempts)
            except errors.LoraxError as error:
                pause = attempts.pause(error)
            await anyio.sleep(pause)

    async def _whole(self, call: Call[Answer], attempts: Attempts) -> Answer:
        async with self._answer(call, attempts) as (head, chunks):
            body = Body(head)
            await body.afill(chunks)
        answer = call.read(head, bytes(body.data))
        attempts.succeeded()
        return answer

    def _stream(self, call: StreamCall[Piece]) -> AsyncStream[Piece]:
        reading, attempts = Reading(call), self._attempts(call)
        return AsyncStream(self._pieces(call, reading, attempts), reading, attempts)

    async def _pieces(
        self, call: StreamCall[Piece], reading: Reading[Piece], attempts: Attempts
    ) -> AsyncGenerator[Piece, None]:
        attempts.begin()
        while True:
            try:
                async with self._turn(attempts):
                    async with self._answer(call, attempts, reading) as (head, chunks):
                        await _begin(reading, head, chunks)
                        async for chunk in chunks:
                            for piece in reading.feed(chunk):
                                if not attempts.is_accepted:
                                    attempts.accepted()
                                yield piece
                            attempts.clock.came(reading.events, is_whole=reading.complete)
                    reading.end()
            except errors.LoraxError as error:
                pause = attempts.pause(error, given=reading.given)
            else:
                attempts.succeeded()
                return
            with anyio.move_on_after(pause) as scope:
                attempts.ends_by(scope.cancel)
                await anyio.sleep_forever()


async def _begin(reading: Reading[Any], head: Head, chunks: AsyncGenerator[bytes, None]) -> None:
    if not head.is_stream:
        body = Body(head)
        await body.afill(chunks)
        raise reading.refusal(head, bytes(body.data))
    reading.begin(head)


async def _chunks(response: httpx.Response, clock: Clock) -> AsyncGenerator[bytes, None]:
    """The body as it comes, no wait longer than it may be."""
    clock.opened()
    chunks = aiter(body_of(response))
    try:
        while True:
            if (watch := clock.watch()) is None:
                yield await anext(chunks)
            else:
                with anyio.fail_after(watch):
                    chunk = await anext(chunks)
                yield chunk
    except StopAsyncIteration:
        return
