"""The client's errors as LangChain's: the same errors, each of LangChain's kind as well.

Whoever catches `lorax.errors.OverloadedError` goes on to do so, and whoever catches LangChain's
`ModelRateLimitError`, or asks an error whether it `is_retryable`, is told the same.
"""

import functools
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from langchain_core import exceptions as langchain

from lorax import errors

Answer = TypeVar("Answer")

# By the server's or a gateway's status where that says more than the error's class.
_BY_STATUS: dict[int | None, type[langchain.ModelError]] = {
    401: langchain.ModelAuthenticationError,
    403: langchain.ModelPermissionDeniedError,
}
# The first that fits counts.
_KINDS: list[tuple[type[errors.LoraxError], type[langchain.ModelError]]] = [
    (errors.PromptTooLongError, langchain.ContextOverflowError),
    (errors.AdapterNotFoundError, langchain.ModelNotFoundError),
    (errors.AdapterAccessError, langchain.ModelPermissionDeniedError),
    (errors.AdapterLoadError, langchain.ModelInvalidRequestError),
    (errors.AdapterLostError, langchain.ModelError),
    (errors.GenerationError, langchain.ModelAPIError),
    (errors.OverloadedError, langchain.ModelRateLimitError),
    (errors.RateLimitExceededError, langchain.ModelRateLimitError),
    (errors.IncompleteGenerationError, langchain.ModelAPIError),
    (errors.UnhealthyError, langchain.ModelAPIError),
    (errors.ShardNotReadyError, langchain.ModelAPIError),
    (errors.ShardTimeoutError, langchain.ModelTimeoutError),
    (errors.ConnectionFailedError, langchain.ModelConnectionError),
    (errors.RequestTimeoutError, langchain.ModelTimeoutError),
    (errors.NotFoundError, langchain.ModelNotFoundError),
    (errors.ValidationError, langchain.ModelInvalidRequestError),
    (errors.BadRequestError, langchain.ModelInvalidRequestError),
    (errors.UnprocessableEntityError, langchain.ModelInvalidRequestError),
    (errors.NotSupportedError, langchain.ModelInvalidRequestError),
]


def for_langchain(error: errors.LoraxError) -> errors.LoraxError:
    """The same error, of LangChain's kind as well.

    Args:
        error: An error of the client's.

    Example:
        >>> isinstance(for_langchain(OverloadedError("busy")), ModelRateLimitError)
        True
    """
    ours = type(error)
    if not isinstance(error, langchain.ModelError):
        error.__class__ = _both((ours, _theirs(error)))
    return error


def fitted(arguments: dict[str, Any], error: errors.LoraxError) -> dict[str, Any]:
    """A call's arguments with as many new tokens as the server has room for.

    Args:
        arguments: What the client was called with.
        error: What came of it, before anything of an answer did.

    Raises:
        ModelError: It was not for lack of room, or there is none: the error itself.
    """
    if isinstance(error, errors.PromptTooLongError) and error.room:
        wanted = arguments.get("max_new_tokens")
        if wanted is None or wanted > error.room:
            return {**arguments, "max_new_tokens": error.room}
    raise for_langchain(error)


def fitting(call: Callable[..., Answer], arguments: dict[str, Any]) -> Answer:
    """Call, and where that asks for more than the server has room for, call for as much as it has.

    Raises:
        ModelError: Something else failed: the client's error.
    """
    while True:
        try:
            return call(**arguments)
        except errors.LoraxError as error:
            arguments = fitted(arguments, error)


async def afitting(call: Callable[..., Awaitable[Answer]], arguments: dict[str, Any]) -> Answer:
    """As `fitting`, of an asynchronous call."""
    while True:
        try:
            return await call(**arguments)
        except errors.LoraxError as error:
            arguments = fitted(arguments, error)


@contextmanager
def raised_for_langchain() -> Generator[None, None, None]:
    """A block whose errors are LangChain's as well."""
    try:
        yield
    except errors.LoraxError as error:
        raise for_langchain(error)  # noqa: B904  # it is the same error


def _theirs(error: errors.LoraxError) -> type[langchain.ModelError]:
    if error.status in _BY_STATUS and not isinstance(error, errors.GenerationError):
        return _BY_STATUS[error.status]
    for ours, theirs in _KINDS:
        if isinstance(error, ours):
            return theirs
    is_servers = error.status is not None and error.status >= 500
    return langchain.ModelAPIError if is_servers else langchain.ModelError


@functools.cache
def _both(kinds: tuple[type[errors.LoraxError], type[langchain.ModelError]]) -> Any:
    """One class of both kinds; it is shown and pickled as ours."""
    ours, theirs = kinds

    def reduced(self: Any) -> Any:
        pickled: Any = ours.__reduce__(self)
        made = ours(*pickled[1])
        made.__dict__ |= self.__dict__
        return for_langchain, (made,)

    members = {"__module__": ours.__module__, "__doc__": ours.__doc__, "__reduce__": reduced}
    return type(ours.__name__, (ours, theirs), members)
