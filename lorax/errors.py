"""Every error that leaves this package, and how a server's refusal becomes one.

LoraxError
├── ValidationError              a request that is not allowed; also a ValueError
│   ├── UnknownParameterError    a keyword that no call has; also a TypeError
│   ├── SchemaTooCostlyError     a schema that a server would compile for long
│   └── PromptTooLongError       a prompt, or it and its answer, over what the server takes
├── RefusedError                 a ValidationError, where a framework would swallow one
├── GenerationError              the model server failed (424)
│   ├── AdapterNotFoundError     there is no such adapter
│   ├── AdapterAccessError       the adapter wants a token, or another one
│   ├── AdapterLoadError         the adapter does not fit the model or cannot be read
│   └── AdapterLostError         the answer came without the adapter that was asked for
├── OverloadedError              more requests at once than the server takes (429)
├── IncompleteGenerationError    the answer ended before it was whole
├── AnswerMismatchError          the answer is whole, and not of the form that was asked for
├── UnhealthyError               the server is there, and its model does not answer (503)
├── WarmupError                  adapters that could not be made ready
├── ConnectionFailedError        no connection, or it broke; also a ConnectionError
│   └── ClientClosedError        the client was closed in the meantime
├── RequestTimeoutError          no answer in time; also a TimeoutError
├── UnexpectedAnswerError        whoever answered does not speak LoRAX
└── BadRequestError, ShardNotReadyError, ShardTimeoutError, NotFoundError,
    RateLimitExceededError, NotSupportedError, UnprocessableEntityError, UnknownError
                                 a refusal known by its status alone

CostlySchemaWarning              a schema that makes everyone wait for some seconds
MixedTokensWarning               a gateway's key that is about to become an adapter's token
"""

import re
from collections.abc import Mapping
from typing import Any, cast


class LoraxError(Exception):
    """Anything that went wrong with a request.

    Args:
        message: What went wrong, in the server's own words where it gave some.
        status: The HTTP status, if there was an answer.
        error_type: The server's name for the kind of error.
        adapter_id: The adapter that the request named.
        url: Where the request went, without user information and query.
        retry_after: Seconds after which the server wants to be asked again, if it said so.

    Attributes:
        attempts: How often the request was sent.
    """

    advice = ""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error_type: str | None = None,
        adapter_id: str | None = None,
        url: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.error_type = error_type
        self.adapter_id = adapter_id
        self.url = url
        self.retry_after = retry_after
        self.attempts = 1

    def __str__(self) -> str:
        adapter = f"adapter {self.adapter_id!r}" if self.adapter_id else ""
        attempts = f"{self.attempts} attempts" if self.attempts > 1 else ""
        facts = ", ".join(fact for fact in (adapter, self.url, attempts) if fact)
        end = "" if self.message.endswith((".", "?", "!")) else "."
        advice = f"{end} {self.advice}" if self.advice else ""
        return f"{self.message}{advice}{f' ({facts})' if facts else ''}"


class ValidationError(LoraxError, ValueError):
    """The request asks for what is not allowed; found here before it was sent, or by the server."""


class UnknownParameterError(ValidationError, TypeError):
    """A keyword that the call does not have. Nothing was sent."""


class SchemaTooCostlyError(ValidationError):
    """A schema that a server would compile for longer than allowed. Nothing was sent."""


class PromptTooLongError(ValidationError):
    """The prompt is longer than the server takes, or leaves too little of it for the answer.

    Args:
        message: The server's words.
        room: How many tokens are left for an answer; 0 when the prompt alone is too long.
    """

    def __init__(self, message: str, room: int = 0, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.room = room

    @property
    def advice(self) -> str:  # type: ignore[override]
        """What to do next."""
        if not self.room:
            return "Shorten the prompt."
        return f"Shorten the prompt, or give max_new_tokens of at most {self.room}."


class RefusedError(LoraxError):
    """A ValidationError, where a framework takes a ValueError for an empty answer.

    LlamaIndex's query engines and programs do, so what they call raises this instead; its cause is
    the other.
    """

    @classmethod
    def of(cls, error: LoraxError) -> "RefusedError":
        """The same, told so that it is not swallowed."""
        made = cls(error.message)
        made.__dict__.update(error.__dict__)
        made.advice = error.advice
        return made


class CostlySchemaWarning(UserWarning):
    """A schema that a server compiles for some seconds, in which everyone waits."""


class MixedTokensWarning(UserWarning):
    """A key in a header that the server will take for the adapter's token."""


class GenerationError(LoraxError):
    """The model server failed while it worked on the request, or on another one beside it."""


class AdapterNotFoundError(GenerationError):
    """There is no adapter of that name where the server looked for it."""

    advice = "Check adapter_id, and adapter_source for where it is looked for."


class AdapterAccessError(GenerationError):
    """The adapter is private, and the token does not open it or there was none."""

    advice = "Pass api_token with a token that may read the adapter."


class AdapterLoadError(GenerationError):
    """The adapter was found but cannot be used with this model."""


class AdapterLostError(GenerationError):
    """The server answered with another adapter than was named, or with none."""

    advice = "Something between here and the server changed it; the answer was thrown away."


class OverloadedError(LoraxError):
    """The server already works on as many requests as it takes."""

    advice = "Send fewer at once, or try again later."


class IncompleteGenerationError(LoraxError):
    """The answer ended before it was whole."""


class AnswerMismatchError(LoraxError):
    """The answer is not of the form that was asked for, though it was to be checked.

    Args:
        message: What does not fit.
        text: The answer.
    """

    advice = "An answer that max_new_tokens cut is no whole JSON; explain() says what else can be."

    def __init__(self, message: str, text: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.text = text


class UnhealthyError(LoraxError):
    """The server is there, but its model does not answer (503)."""


class WarmupError(LoraxError):
    """Adapters that could not be made ready.

    Args:
        message: Which, and why.
        failures: The error of each, by the adapter's id.
        done: What the server said of those that are ready.
    """

    def __init__(
        self,
        message: str,
        failures: Mapping[str, LoraxError] | None = None,
        done: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message, **facts)
        self.failures = dict(failures or {})
        self.done = dict(done or {})


class ConnectionFailedError(LoraxError, ConnectionError):
    """The server cannot be reached, or the connection broke."""


class ClientClosedError(ConnectionFailedError):
    """The client was closed while the request was on its way."""

    def __init__(
        self, message: str = "The client was closed while the request was on its way.", **facts: Any
    ) -> None:
        super().__init__(message, **facts)


class RequestTimeoutError(LoraxError, TimeoutError):
    """The server did not answer in time."""

    advice = (
        "An adapter's first use loads it, which can take minutes; "
        "timeout sets how many seconds are waited."
    )


class UnexpectedAnswerError(LoraxError):
    """Whoever answered does not speak LoRAX's protocol."""

    advice = "Is base_url the address of a LoRAX server?"


class BadRequestError(LoraxError):
    """Status 400."""


class ShardNotReadyError(LoraxError):
    """Status 403 or 424 without the server's own error body."""


class ShardTimeoutError(LoraxError, TimeoutError):
    """Status 504: a gateway gave up waiting."""


class NotFoundError(LoraxError):
    """Status 404: there is nothing at this address."""

    advice = "Is base_url the address of a LoRAX server, without a route behind it?"


class RateLimitExceededError(LoraxError):
    """Status 429 from a gateway rather than from the server."""


class NotSupportedError(LoraxError):
    """The model cannot do what was asked.

    Args:
        model_id: The model.
    """

    def __init__(self, model_id: str, **facts: Any) -> None:
        super().__init__(f"Model {model_id!r} does not support this.", **facts)
        self.model_id = model_id

    def __reduce__(self) -> Any:
        return type(self), (self.model_id,), self.__dict__


class UnprocessableEntityError(LoraxError):
    """Status 422 for another reason than a parameter: the body does not parse, tools, template."""


class UnknownError(LoraxError):
    """An error of no known kind.

    Args:
        message: What went wrong.
        code: The HTTP status.
    """

    def __init__(self, message: str, code: int | None = None, **facts: Any) -> None:
        facts.setdefault("status", code)
        super().__init__(message, **facts)
        self.code = code


# Recordings generate_invalid/*: of the prompt alone, and of the prompt with its answer.
_TOO_LONG = re.compile(
    r"validation error: `inputs` (?:must have less than \d+ tokens"
    r"|tokens \+ `max_new_tokens` must be <= (\d+)\. Given: (\d+))"
)
_BY_TYPE: dict[str, type[LoraxError]] = {
    "classification_failure": GenerationError,
    "embedding_failure": GenerationError,
    "generation": GenerationError,
    "healthcheck": UnhealthyError,
    "incomplete_generation": IncompleteGenerationError,
    "overloaded": OverloadedError,
    "validation": ValidationError,
}
_BY_STATUS: dict[int, type[LoraxError]] = {
    400: BadRequestError,
    403: ShardNotReadyError,
    404: NotFoundError,
    422: UnprocessableEntityError,
    424: ShardNotReadyError,
    429: RateLimitExceededError,
    504: ShardTimeoutError,
}


def parse_error(
    status_code: int, payload: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> LoraxError:
    """Turn a server's refusal into an exception; it is returned, not raised.

    Args:
        status_code: The HTTP status.
        payload: The body: `error` or `message`, and `error_type`.
        headers: The answer's headers; a trace id in `x-b3-traceid` goes into the message.

    Returns:
        The exception: by `error_type` where that is known, otherwise by the status.

    Example:
        >>> parse_error(429, {"error": "Model is overloaded", "error_type": "overloaded"}).status
        429
    """
    said = payload.get("error") or payload.get("message")
    if isinstance(said, dict):  # the form of OpenAI's gateways
        said = cast("dict[str, Any]", said).get("message")
    message = str(said or _unsaid(status_code, headers or {}))
    message = message.encode(errors="replace").decode()  # half of a surrogate pair is no text
    trace = (headers or {}).get("x-b3-traceid")
    if trace:
        message = f"{message} [trace {trace}]"
    error_type = payload.get("error_type")
    if (found := _TOO_LONG.search(message)) is not None:
        allowed, given = (int(number or 0) for number in found.groups())
        room = max(allowed - given, 0)
        return PromptTooLongError(message, room, status=status_code, error_type=error_type)
    kind = _BY_TYPE.get(str(error_type)) or _BY_STATUS.get(status_code)
    if kind is None:
        return UnknownError(message, status_code, error_type=error_type)
    return kind(message, status=status_code, error_type=error_type)


def _unsaid(status: int, headers: Mapping[str, str]) -> str:
    """What to say of an answer without words."""
    there = headers.get("location")
    return f"HTTP status {status}" + (f", which leads to {_public(there)}" if there else "")


def _public(address: str) -> str:
    """An address without what may be secret in it: user information, query, fragment."""
    return re.sub(r"(?<=//)[^/]*@", "", re.sub(r"[?#].*", "", address, flags=re.DOTALL))
