"""The routes: each reads a body, has it checked and run, and writes the answer."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lorax_devserver import bodies, chat, native
from lorax_devserver.engine import Adapter, Engine, EngineError
from lorax_devserver.generation import run_whole
from lorax_devserver.loading import AdapterLoader
from lorax_devserver.settings import Limits, info
from lorax_devserver.validation import (
    ValidRequest,
    adapter_of,
    check_adapter,
    check_length,
    validate,
)
from lorax_devserver.vocabulary import vocabulary_form
from lorax_devserver.wire import (
    CORS,
    KEEP_ALIVE,
    OVERLOADED,
    UNHEALTHY,
    BodyError,
    RouterError,
    empty_response,
    event,
    float32,
    generation_error,
    json_response,
    text_response,
)

KEEP_ALIVE_SECONDS = 15.0
Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Router:
    """The HTTP side of a LoRAX server over any engine."""

    engine: Engine
    limits: Limits = field(default_factory=Limits)
    running: int = 0

    def __post_init__(self) -> None:
        self._loader = AdapterLoader(self.engine)
        self._template = chat.compile_template(self.engine.chat_template)

    def app(self) -> Starlette:
        """The ASGI application."""
        posts: dict[str, Handler] = {
            "/": self.compat,
            "/invocations": self.compat,
            "/generate": self.generate,
            "/generate_stream": self.generate_stream,
            "/v1/chat/completions": self.chat,
            "/embed": self.embed,
            "/tokenize": self.tokenize,
        }
        gets: dict[str, Handler] = {
            "/": self.health,
            "/health": self.health,
            "/ping": self.health,
            "/info": self.info,
        }
        routes = [Route(path, _answering(call), methods=["POST"]) for path, call in posts.items()]
        routes += [Route(path, _answering(call), methods=["GET"]) for path, call in gets.items()]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_route})
        app.router.redirect_slashes = False
        return app

    async def compat(self, request: Request) -> Response:
        """POST / and /invocations: whole answers in a list, or a stream."""
        body = bodies.read(request, bodies.CompatBody)
        p = _with_bearer(request, body.parameters)
        if body.stream:
            return self._stream(body.inputs, p)
        return await self._whole(body.inputs, p, in_list=True)

    async def generate(self, request: Request) -> Response:
        """POST /generate."""
        body = bodies.read(request, bodies.GenerateBody)
        return await self._whole(body.inputs, _with_bearer(request, body.parameters))

    async def generate_stream(self, request: Request) -> Response:
        """POST /generate_stream."""
        body = bodies.read(request, bodies.GenerateBody)
        return self._stream(body.inputs, _with_bearer(request, body.parameters))

    async def _whole(
        self, inputs: str, p: bodies.GenerateParameters, *, in_list: bool = False
    ) -> Response:
        with self._permits(p.best_of or 1):
            valid = await self._valid(inputs, p, stream=False)
            started = time.monotonic()
            answers = await run_whole(self._loader, valid)
        value = native.whole(valid, answers, p.details, p.return_full_text or False)
        headers = self._headers(valid, native.timing_headers(valid, answers[0], started))
        return json_response([value] if in_list else value, headers=headers)

    def _stream(self, inputs: str, p: bodies.GenerateParameters) -> Response:
        def write(valid: ValidRequest) -> AsyncGenerator[bytes, None]:
            full = p.return_full_text or False
            return native.stream(self._loader, valid, p.details, full)

        return self._event_stream(inputs, p, write)

    async def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        body = bodies.read(request, bodies.ChatBody)
        parameters = _with_bearer(request, chat.parameters_of(body, self.engine.model_id))
        inputs = chat.prompt_of(body, self._template)
        if body.stream:
            return self._event_stream(inputs, parameters, partial(chat.stream, self._loader))
        with self._permits(parameters.best_of or 1):
            valid = await self._valid(inputs, parameters, stream=False)
            started = time.monotonic()
            answers = await run_whole(self._loader, valid)
        headers = self._headers(valid, native.timing_headers(valid, answers[0], started))
        return json_response(chat.whole(valid, answers, self.engine.model_id), headers=headers)

    async def embed(self, request: Request) -> Response:
        """POST /embed: one text a call; no adapter headers."""
        body = bodies.read(request, bodies.EmbedBody)
        p = body.parameters or bodies.AdapterParameters()
        check_adapter(p, self.engine)
        check_length(len(await self.engine.tokenize(body.inputs)), self.limits)
        with self._permits(1):
            vector = await self._vector(body.inputs, adapter_of(p, self.limits))
        return json_response({"embeddings": [float32(value) for value in vector]})

    async def _vector(self, text: str, adapter: Adapter | None) -> list[float]:
        self._loader.index(adapter)
        try:
            await self._loader.ready(adapter)
            return await self.engine.embed(text, adapter)
        except EngineError as error:
            raise generation_error(str(error)) from error

    async def tokenize(self, request: Request) -> Response:
        """POST /tokenize: start and stop count characters."""
        body = bodies.read(request, bodies.TokenizeBody)
        starts = [0]
        for character in body.inputs:
            starts.append(starts[-1] + len(character.encode()))
        place = {at: number for number, at in enumerate(starts)}
        tokens, at = [], 0
        for piece in await self.engine.tokenize(body.inputs):
            end = at + len(piece.data)
            # A token that begins or ends inside a character counts as all of it.
            start = next(place[byte] for byte in range(at, -1, -1) if byte in place)
            stop = next(place[byte] for byte in range(end, starts[-1] + 1) if byte in place)
            text = vocabulary_form(piece)
            tokens.append({"id": piece.id, "text": text, "start": start, "stop": stop})
            at = end
        return json_response(tokens)

    async def health(self, _request: Request) -> Response:
        """GET /health, / and /ping."""
        if not await self.engine.healthy():
            raise UNHEALTHY
        return empty_response()

    async def info(self, _request: Request) -> Response:
        """GET /info."""
        return json_response(info(self.engine.model_id, self.limits))

    @contextmanager
    def _permits(self, count: int) -> Iterator[None]:
        """Places among the requests that run at once: one a sequence, refused if none is left."""
        if self.running + count > self.limits.max_concurrent_requests:
            raise OVERLOADED
        self.running += count
        try:
            yield
        finally:
            self.running -= count

    def _event_stream(
        self,
        inputs: str,
        p: bodies.GenerateParameters,
        write: Callable[[ValidRequest], AsyncGenerator[bytes, None]],
    ) -> Response:
        """A stream; its request is checked once the headers are out, as the router does."""

        async def events() -> AsyncGenerator[bytes, None]:
            with self._permits(p.best_of or 1):
                valid = await self._valid(inputs, p, stream=True)
                async with aclosing(write(valid)) as written:
                    async for data in written:
                        yield data

        return EventStream(events(), self._stream_headers(inputs, p))

    async def _valid(
        self, inputs: str, p: bodies.GenerateParameters, *, stream: bool
    ) -> ValidRequest:
        """A request checked; its adapter gets a number even if the request is refused."""
        index = self._loader.index(adapter_of(p, self.limits))
        return await validate(
            inputs, p, self.engine, self.limits, adapter_index=index, stream=stream
        )

    def _headers(self, valid: ValidRequest, timings: Mapping[str, str]) -> dict[str, str]:
        adapter = valid.job.adapter.headers if valid.job.adapter else {}
        compute = {"x-compute-type": "gpu+optimized"}
        return {**compute, **timings, **adapter, "x-model-id": self.engine.model_id}

    def _stream_headers(self, inputs: str, p: bodies.GenerateParameters) -> dict[str, str]:
        """What a stream's headers say before its request is checked."""
        adapter = adapter_of(p, self.limits)
        return {
            "cache-control": "no-cache",
            "x-compute-type": "gpu+optimized",
            "x-compute-characters": str(len(inputs)),
            "x-accel-buffering": "no",
            **(adapter.headers if adapter else {}),
            "x-model-id": self.engine.model_id,
        }


class EventStream(Response):
    """Server-sent events, with a comment whenever nothing came for a while.

    An error goes out as the stream's last event. When the client leaves, the events' source is
    cancelled at once, also while it waits.
    """

    def __init__(self, events: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> None:
        self._events = events
        everything = {"content-type": "text/event-stream", **headers, **CORS}
        self.status_code = 200
        self.background = None
        self.raw_headers = [(k.encode(), v.encode()) for k, v in everything.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_left, receive, tasks.cancel_scope)
            await self._send_events(send)
            tasks.cancel_scope.cancel()

    async def _send_events(self, send: Send) -> None:
        to_send, arriving = anyio.create_memory_object_stream[bytes](0)
        async with anyio.create_task_group() as tasks, arriving:
            tasks.start_soon(self._produce, to_send)
            while True:
                data = KEEP_ALIVE
                with anyio.move_on_after(KEEP_ALIVE_SECONDS):
                    try:
                        data = await arriving.receive()
                    except anyio.EndOfStream:
                        break
                await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _produce(self, to_send: MemoryObjectSendStream[bytes]) -> None:
        async with to_send, aclosing(self._events):
            try:
                async for data in self._events:
                    await to_send.send(data)
            except RouterError as error:
                await to_send.send(event(error.body))


def _no_such_route(_request: Request, error: Exception) -> Response:
    """The router's 404 and 405 have no body."""
    assert isinstance(error, HTTPException)
    return empty_response(error.status_code, error.headers)


async def _cancel_when_left(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    scope.cancel()


def _with_bearer(
    request: Request, parameters: bodies.GenerateParameters
) -> bodies.GenerateParameters:
    """A bearer in the headers is the adapter's token, unless the body names one."""
    scheme, _, token = request.headers.get("authorization", "").partition("Bearer ")
    if scheme or not token or parameters.api_token is not None:
        return parameters
    return parameters.model_copy(update={"api_token": token})


def _answering(call: Handler) -> Handler:
    """A handler whose refusals become answers, and which stops when the client leaves."""

    async def answer(request: Request) -> Response:
        try:
            return await call(request)
        except BodyError as error:
            return text_response(error.text, error.status)
        except RouterError as error:
            return json_response(error.body, error.status)

    async def handler(request: Request) -> Response:
        response = empty_response()  # nobody is left to read it
        try:
            await bodies.buffer(request)
        except BodyError as error:
            return text_response(error.text, error.status)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_left, request.receive, tasks.cancel_scope)
            response = await answer(request)
            tasks.cancel_scope.cancel()
        return response

    return handler
