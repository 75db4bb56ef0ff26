"""How the router writes: JSON as serde does, events, headers and the errors it answers with."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response

CORS = {
    "vary": "origin, access-control-request-method, access-control-request-headers",
    "access-control-allow-origin": "*",
}


def to_json(value: object) -> bytes:
    """JSON without spaces and with text as it is, which is how the router prints it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def event(value: object) -> bytes:
    """A server-sent event that carries JSON."""
    return b"data: " + to_json(value) + b"\n\n"


DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b":\n\n"


def float32(value: float) -> float:
    """The number whose shortest decimal form is that of the 32-bit float the router holds."""
    rounded = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(6, 10):
        short = float(f"{rounded:.{digits}g}")
        if struct.unpack("f", struct.pack("f", short))[0] == rounded:
            return short
    raise AssertionError(f"nine digits hold every 32-bit float, but not {value}")


ErrorType = Literal[
    "validation",
    "generation",
    "overloaded",
    "incomplete_generation",
    "tool_error",
    "template_error",
    "missing_template_variable",
    "embedding_failure",
    "classification_failure",
    "healthcheck",
]


@dataclass
class RouterError(Exception):
    """An error in the router's own form: `{"error", "error_type"}` under a status."""

    message: str
    error_type: ErrorType
    status: int

    @property
    def body(self) -> dict[str, str]:
        """What is sent, as a body or as a stream's event."""
        return {"error": self.message, "error_type": self.error_type}


class PanicError(RouterError):
    """What ends a LoRAX router's process; refused here, unless the server is a faithful one."""


def validation_error(reason: str) -> RouterError:
    """A request that parses but asks for what is not allowed."""
    return RouterError(f"Input validation error: {reason}", "validation", 422)


def generation_error(reason: str) -> RouterError:
    """The model server failed; its words are passed on."""
    message = f"Request failed during generation: Server error: {reason}"
    return RouterError(message, "generation", 424)


def tool_error(reason: str) -> RouterError:
    """Tools that cannot be used as asked."""
    return RouterError(f"Tool error: {reason}", "tool_error", 422)


OVERLOADED = RouterError("Model is overloaded", "overloaded", 429)
UNHEALTHY = RouterError("unhealthy", "healthcheck", 503)


class BodyError(Exception):
    """A body that does not parse; the answer is plain text, not JSON."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def json_response(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A whole answer."""
    return _response(to_json(value), "application/json", status, headers)


def text_response(
    text: str, status: int = 200, media_type: str = "text/plain; charset=utf-8"
) -> Response:
    """Plain text, which refusals of unreadable bodies are."""
    return _response(text.encode(), media_type, status)


def empty_response(status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without a body."""
    return _response(b"", None, status, headers)


def _response(
    body: bytes, media_type: str | None, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    content_type = {"content-type": media_type} if media_type else {}
    return Response(body, status, {**content_type, **(headers or {}), **CORS})


def without_none(**fields: Any) -> dict[str, Any]:
    """The fields that have a value, in order: serde leaves the others out."""
    return {name: value for name, value in fields.items() if value is not None}
