"""The routes: each reads a body, has it checked and run, and writes the answer."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from lorax_devserver import bodies, chat, completions, native, openapi, tools
from lorax_devserver.event_stream import cancel_when_left
from lorax_devserver.generation import Answer
from lorax_devserver.handling import Handling
from lorax_devserver.settings import info
from lorax_devserver.validation import (
    ValidRequest,
)
from lorax_devserver.vocabulary import placed
from lorax_devserver.wire import (
    UNHEALTHY,
    BodyError,
    RouterError,
    empty_response,
    json_response,
    text_response,
)

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Router(Handling):
    """The HTTP side of a LoRAX server over any engine."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._template = chat.compile_template(self.engine.chat_template)

    async def close(self) -> None:
        """Stop what computes."""
        await self.engine.close()
        if self.embedder is not None:
            await self.embedder.close()

    def app(self, pages: Sequence[Route] = ()) -> Starlette:
        """The ASGI application; the pages are off the protocol."""
        posts: dict[str, Handler] = {
            "/": self.compat,
            "/invocations": self.compat,
            "/generate": self.generate,
            "/generate_stream": self.generate_stream,
            "/v1/chat/completions": self.chat,
            "/v1/completions": self.completions,
            "/v1/embeddings": self.embeddings,
            "/embed": self.embed,
            "/classify": self.classify,
            "/classify_batch": self.classify_batch,
            "/tokenize": self.tokenize,
        }
        gets: dict[str, Handler] = {
            "/": self.health,
            "/health": self.health,
            "/ping": self.health,
            "/info": self.info,
            "/startup": self.startup,
            "/metrics": self.metrics,
            "/docs": self.docs,
            "/docs/": openapi.page,
            "/api-doc/openapi.json": openapi.describe,
        }
        routes = [Route(path, _answering(call), methods=["POST"]) for path, call in posts.items()]
        routes += [Route(path, _answering(call), methods=["GET"]) for path, call in gets.items()]
        routes += pages
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
        def write(valid: ValidRequest, answers: list[Answer]) -> Any:
            value = native.whole(valid, answers, p.details, p.return_full_text or False)
            return [value] if in_list else value

        return await self.answer(inputs, p, write)

    def _stream(self, inputs: str, p: bodies.GenerateParameters) -> Response:
        def write(valid: ValidRequest) -> AsyncGenerator[bytes, None]:
            full = p.return_full_text or False
            return native.stream(self.shard, valid, p.details, full)

        return self.event_stream(inputs, p, write)

    async def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        body = bodies.read(request, bodies.ChatBody)
        parameters = _with_bearer(request, chat.parameters_of(body, self.engine.model_id))
        inputs = chat.prompt_of(body, self._template)
        if body.stream:
            return self.event_stream(inputs, parameters, partial(chat.stream, self.shard))
        write = partial(
            chat.whole, model_id=self.engine.model_id, with_tools=bool(tools.chosen(body))
        )
        return await self.answer(inputs, parameters, write)

    async def completions(self, request: Request) -> Response:
        """POST /v1/completions."""
        body = bodies.read(request, bodies.CompletionBody)
        p = _with_bearer(request, completions.parameters_of(body, self.engine.model_id))
        if body.stream:
            return self.event_stream(body.prompt, p, partial(completions.stream, self.shard))
        write = partial(completions.whole, full=body.echo or False)
        return await self.answer(body.prompt, p, write)

    async def startup(self, _request: Request) -> Response:
        """GET /startup: a real generation of one token."""
        p = bodies.GenerateParameters(max_new_tokens=1)
        try:
            await self.answer("Who?", p, lambda *_: None)
        except RouterError as error:
            raise RouterError(error.message, error.error_type, 500) from error
        return empty_response()

    async def embed(self, request: Request) -> Response:
        """POST /embed: one text a call; no adapter headers."""
        body = bodies.read(request, bodies.EmbedBody)
        (vector,) = await self.vectors([body.inputs], body.parameters)
        return json_response({"embeddings": vector})

    async def embeddings(self, request: Request) -> Response:
        """POST /v1/embeddings: several texts a call, in a shape of its own."""
        body = bodies.read(request, bodies.EmbeddingsBody)
        vectors = await self.vectors(body.texts(), body.parameters)
        if not vectors:
            raise RouterError("Embedding Failure", "embedding_failure", 500)
        items = [
            {"index": index, "embedding": vector, "object": "embedding"}
            for index, vector in enumerate(vectors)
        ]
        return json_response({"embeddings": items})

    async def classify(self, request: Request) -> Response:
        """POST /classify."""
        body = bodies.read(request, bodies.ClassifyBody)
        (found,), headers = await self.classified([body.inputs])
        return json_response(found, headers=headers)

    async def classify_batch(self, request: Request) -> Response:
        """POST /classify_batch."""
        body = bodies.read(request, bodies.ClassifyBatchBody)
        if not body.inputs:
            raise RouterError("Classification Failure", "classification_failure", 500)
        found, headers = await self.classified(body.inputs)
        return json_response(found, headers=headers)

    async def tokenize(self, request: Request) -> Response:
        """POST /tokenize."""
        body = bodies.read(request, bodies.TokenizeBody)
        return json_response(placed(body.inputs, await self.engine.tokenize(body.inputs)))

    async def docs(self, _request: Request) -> Response:
        """GET /docs."""
        return empty_response(303, {"location": "/docs/"})

    async def health(self, _request: Request) -> Response:
        """GET /health, / and /ping."""
        if not await self.engine.healthy():
            raise UNHEALTHY
        return empty_response()

    async def info(self, _request: Request) -> Response:
        """GET /info."""
        return json_response(info(self.engine.model_id, self.limits))

    async def metrics(self, request: Request) -> Response:
        """GET /metrics: Prometheus' text, or JSON where that is accepted."""
        if "application/json" in request.headers.get("accept", ""):
            return json_response(self.counts.json())
        return text_response(self.counts.text(), media_type="text/plain")


def _no_such_route(request: Request, error: Exception) -> Response:
    """The router's 404 and 405 have no body; a browser's question before a request is allowed."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405 and request.method == "OPTIONS":
        allowed = {"access-control-allow-methods": "GET,POST"}
        allowed["access-control-allow-headers"] = "content-type"
        return empty_response(200, {**allowed, **(error.headers or {})})
    return empty_response(error.status_code, error.headers)


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
        response = empty_response()
        try:
            await bodies.buffer(request)
        except BodyError as error:
            return text_response(error.text, error.status)
        except ClientDisconnect:
            return response  # nobody is left to read it
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancel_when_left, request.receive, tasks.cancel_scope)
            response = await answer(request)
            tasks.cancel_scope.cancel()
        return response

    return handler
