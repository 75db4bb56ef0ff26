"""The page /playground: two adapters side by side, through the routes that any client uses.

It is off the protocol. It is there on loopback alone, and for loopback's own names alone: a site
whose name was made to mean 127.0.0.1 would otherwise read it as a page of its own.
"""

import re
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lorax_devserver.adapters import AdapterFile
from lorax_devserver.engine import Engine
from lorax_devserver.errors import StartError
from lorax_devserver.wire import to_json

FILES = Path(__file__).with_name("playground")
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# The page needs nothing but its own files and the server's routes, and can be framed by nobody.
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}
FOREIGN = "The playground answers to localhost and to loopback addresses alone, not to {host!r}.\n"
_HOST = re.compile(r"\[?(?P<name>[^\[\]/@]+?)\]?(:\d*)?")
_PLACEHOLDER = re.compile(r"\{(question|message|text)\}")


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Example:
    """An example as a `playground.json` has it: a text for the prompt, and how to send it.

    Attributes:
        text: What stands in the prompt in place of its placeholder.
        route: Whether the prompt is sent as it is, or as a user's turn of a chat.
        max_new_tokens: Tokens to generate at most.
        stop: Texts that end the answer.
        schema: A JSON schema that the answer is held to.
    """

    text: str
    route: Literal["generate", "chat"] = "generate"
    max_new_tokens: int = Field(default=64, ge=1)
    stop: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None


_EXAMPLES = TypeAdapter(list[Example])


def is_loopback(host: str) -> bool:
    """Whether an address or a name is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def routes(engine: Engine) -> list[Route]:
    """The page, the files it is made of, and what it asks of the server beside the protocol.

    Raises:
        StartError: An adapter's examples cannot be read.
    """
    answers = {f"/playground/{file.name}": _file(file) for file in FILES.iterdir()}
    answers["/playground"] = answers.pop("/playground/index.html")
    answers["/playground/adapters"] = to_json(_adapters(engine)), "application/json"
    slash = Route("/playground/", _guarded(RedirectResponse("/playground", 308)))
    return [slash, *(Route(path, _guarded(_response(*a))) for path, a in answers.items())]


def _file(file: Path) -> tuple[bytes, str]:
    return file.read_bytes(), MEDIA_TYPES[file.suffix]


def _response(content: bytes, media_type: str) -> Response:
    return Response(content, headers={"content-type": media_type, **HEADERS})


def _guarded(response: Response) -> Callable[[Request], Awaitable[Response]]:
    """A handler that answers to loopback's names alone."""

    async def handler(request: Request) -> Response:
        host = request.headers.get("host", "")
        match = _HOST.fullmatch(host)
        if match and is_loopback(match["name"]):
            return response
        return Response(FOREIGN.format(host=host), 403, media_type="text/plain")

    return handler


def _adapters(engine: Engine) -> dict[str, Any]:
    """What requests can name, and examples of prompts for each."""
    files = engine.adapter_files
    general = _scripted_examples() if files is None else _model_examples()
    return {
        "model_id": engine.model_id,
        "adapters": None if files is None else [file.id for file in files],
        "examples": general + [shown for file in files or () for shown in _examples_of(file)],
    }


def _model_examples() -> list[dict[str, Any]]:
    """Examples that any model can answer."""
    book = {"title": "string", "author": "string", "year": "integer"}
    schema = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in book.items()},
        "required": list(book),
    }
    note = "Text: Dracula, a horror novel by Bram Stoker, came out in 1897.\nJSON: "
    return [
        _shown(Example("The capital of France is", max_new_tokens=24)),
        _shown(Example("Why is the sky blue?", "chat", max_new_tokens=96)),
        _shown(Example(note, max_new_tokens=80, schema=schema)),
    ]


def _scripted_examples() -> list[dict[str, Any]]:
    """Examples of what a script can be told."""
    texts = (
        "Why is the sky blue? [[sleep:0.1]]",
        "[[say:One, two, three.]][[think:1]]",
        "[[fail:6]][[sleep:0.1]] fails at the sixth token",
    )
    return [_shown(Example(text)) for text in texts]


def _examples_of(adapter: AdapterFile) -> list[dict[str, Any]]:
    """An adapter's examples: its `prompt.txt` with the texts of its `playground.json`."""
    prompt, texts = (adapter.path.with_name(name) for name in ("prompt.txt", "playground.json"))
    template = prompt.read_text(encoding="utf-8") if prompt.is_file() else "{text}"
    if not texts.is_file():
        return [_shown(Example(template), adapter.id)] if prompt.is_file() else []
    try:
        examples = _EXAMPLES.validate_json(texts.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise StartError(f"adapter {adapter.id!r} ({texts}): {where}: {first['msg']}") from None
    return [_shown(example, adapter.id, template) for example in examples]


def _shown(
    example: Example, adapter_id: str | None = None, template: str = "{text}"
) -> dict[str, Any]:
    """An example as the page takes it."""
    return {
        "title": example.text.partition("\n")[0],
        "adapter_id": adapter_id,
        "prompt": _PLACEHOLDER.sub(lambda _: example.text, template, count=1),
        "route": example.route,
        "max_new_tokens": example.max_new_tokens,
        "stop": example.stop,
        "schema": example.schema,
    }
