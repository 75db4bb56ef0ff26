"""The client's errors as LangChain's: the same errors, each of LangChain's kind as well.

Whoever catches `lorax.errors.OverloadedError` goes on to do so, and whoever catches LangChain's
`ModelRateLimitError`, or asks an error whether it `is_retryable`, is told the same.
"""

import functools
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from langchain_core import exceptions as langchain

from lorax import errors

# By the server's or a gateway's status where that says more than the error's class.
_BY_STATUS: dict[int | None, type[langchain.ModelError]] = {
    401: langchain.ModelAuthenticationError,
    403: langchain.ModelPermissionDeniedError,
}
# The first that fits counts.
_KINDS: list[tuple[type[langchain.ModelError], tuple[type[errors.LoraxError], ...]]] = [
    (langchain.ContextOverflowError, (errors.PromptTooLongError,)),
    (langchain.ModelPermissionDeniedError, (errors.AdapterAccessError,)),
    (langchain.ModelNotFoundError, (errors.AdapterNotFoundError, errors.NotFoundError)),
    (langchain.ModelConnectionError, (errors.ConnectionFailedError,)),
    (langchain.ModelTimeoutError, (errors.RequestTimeoutError, errors.ShardTimeoutError)),
    (langchain.ModelRateLimitError, (errors.OverloadedError, errors.RateLimitExceededError)),
    (langchain.ModelInvalidRequestError, (errors.ValidationError, errors.BadRequestError)),
    (langchain.ModelInvalidRequestError, (errors.AdapterLoadError, errors.NotSupportedError)),
    (langchain.ModelInvalidRequestError, (errors.UnprocessableEntityError,)),
    (langchain.ModelError, (errors.AdapterLostError,)),
    (langchain.ModelAPIError, (errors.GenerationError, errors.IncompleteGenerationError)),
    (langchain.ModelAPIError, (errors.UnhealthyError, errors.ShardNotReadyError)),
]


def for_langchain(error: errors.LoraxError) -> errors.LoraxError:
    """The same error, of LangChain's kind as well.

    Args:
        error: An error of the client's.

    Example:
        >>> isinstance(for_langchain(OverloadedError("busy")), ModelRateLimitError)
        True
    """
    if not isinstance(error, langchain.ModelError):
        error.__class__ = _both((type(error), _theirs(error)))
    return error


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
    is_servers = error.status is not None and error.status >= 500
    other = langchain.ModelAPIError if is_servers else langchain.ModelError
    return next((theirs for theirs, ours in _KINDS if isinstance(error, ours)), other)


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
