"""What the exceptions of HTTP libraries mean, told as ours.

They are known by their names: a client that was lent may be httpx's or its successor's, and
httpx-aiohttp lets some of aiohttp's through, or calls a connection that broke a timeout.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from lorax import errors
from lorax.exchange import Reading
from lorax.net.attempts import Attempts
from lorax.net.connections import words

_LIBRARIES = {"httpx", "httpx2", "httpcore", "aiohttp", "ssl"}


def told_as_ours(
    error: Exception, attempts: Attempts, reading: Reading[Any] | None
) -> Exception | None:
    """What a failure of a connection is to a caller; None if the answer was whole by then.

    What is no failure of a connection stays as it is.
    """
    library = type(error).__module__.split(".")[0]
    if library not in _LIBRARIES and not isinstance(error, UnicodeError | OSError):
        return error
    if isinstance(error, errors.LoraxError):
        return error
    if reading is not None and reading.complete:
        return None
    return _failure(error, attempts, reading)


def _failure(
    error: Exception, attempts: Attempts, reading: Reading[Any] | None
) -> errors.LoraxError:
    names = {kind.__name__ for kind in type(error).__mro__}
    is_timeout = "TimeoutException" in names and not _only_called_timeout(error)
    failed: Callable[[str], errors.LoraxError] = errors.ConnectionFailedError
    if attempts.left is not None:
        return attempts.left
    if "ConnectTimeout" in names and is_timeout:
        failed, said = errors.RequestTimeoutError, attempts.clock.complaint_of_connecting()
    elif is_timeout or attempts.clock.left <= 0:
        failed, said = errors.RequestTimeoutError, attempts.clock.complaint()
    elif names & {"ConnectError", "UnicodeError", "ProxyError"} or _of_aiohttp(error, "Connector"):
        said = f"Cannot reach the server: {words(error)}. Is it running, and base_url right?"
    elif reading is not None and reading.metadata is not None:
        failed, said = errors.IncompleteGenerationError, f"The stream broke: {words(error)}."
    else:
        said = f"The connection broke before an answer came: {words(error)}."
    return attempts.about(failed(said))


def _only_called_timeout(error: Exception) -> bool:
    """Whether httpx-aiohttp says timeout of a connection that was refused, or broke."""
    return _of_aiohttp(error, "") and not isinstance(error.__cause__, asyncio.TimeoutError)


def _of_aiohttp(error: Exception, part: str) -> bool:
    """Whether aiohttp's own exception stands behind it, with this in its name."""
    cause = type(error.__cause__)
    return cause.__module__.startswith("aiohttp") and part in cause.__name__
