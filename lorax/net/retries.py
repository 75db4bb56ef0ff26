"""Whether a request that failed is sent again, and when: decided here, without I/O."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from lorax.errors import (
    ClientClosedError,
    ConnectionFailedError,
    GenerationError,
    IncompleteGenerationError,
    LoraxError,
    OverloadedError,
    RequestTimeoutError,
)

_FIRST, _LONGEST = 0.25, 8.0
_STATUSES = frozenset({429, 502, 503, 504})
# What the compiler of a model server says of a schema.
_OF_A_SCHEMA = r"outlines|recursion|schema|does not exist within|unsupported|not supported|regex"


@dataclass(frozen=True)
class Attempt:
    """An attempt that failed before anything of an answer was given to the caller.

    Attributes:
        number: Which it was, from 1.
        max_retries: How many more than one there may be.
        left: Seconds until the first token is due.
        adapter_id: The adapter that the request named.
        has_format: Whether it sent a schema.
        neighbours_failure: Whether one before failed by what looked like a neighbour's failure.
    """

    number: int
    max_retries: int
    left: float
    adapter_id: str | None = None
    has_format: bool = False
    neighbours_failure: bool = False


def pause(
    error: LoraxError, attempt: Attempt, draw: Callable[[float, float], float] = random.uniform
) -> float | None:
    """Seconds to wait before the next attempt; None when there is none.

    The wait is drawn from 0 up to a bound that doubles ("full jitter": those who were refused
    together do not come back together), and comes after the time that the server asked for.

    Args:
        error: What the attempt came to.
        attempt: The attempt.
        draw: Draws a number between two.

    Example:
        >>> pause(OverloadedError("full", retry_after=2.0), Attempt(1, 2, left=60)) >= 2
        True
    """
    if attempt.number > attempt.max_retries or not _may_help(error, attempt):
        return None
    jitter = draw(0, min(_FIRST * 2 ** (attempt.number - 1), _LONGEST))
    wait = jitter + (error.retry_after or 0)
    return wait if wait < attempt.left else None


def is_refusal(error: LoraxError) -> bool:
    """Whether the server works on as many requests as it takes."""
    return isinstance(error, OverloadedError) or error.status == 429


def is_neighbours(error: LoraxError, attempt: Attempt) -> bool:
    """Whether the model server's failure can be another request's.

    One request's failure fails those beside it. It was this one's own if its text names what
    this request had: its adapter, or a schema where it sent one.
    """
    if type(error) is not GenerationError:  # its subclasses are about an adapter
        return False
    said = error.message.lower()
    if attempt.adapter_id and any(one.lower() in said for one in attempt.adapter_id.split(",")):
        return False
    return not (attempt.has_format and re.search(_OF_A_SCHEMA, said))


def _may_help(error: LoraxError, attempt: Attempt) -> bool:
    match error:
        case ClientClosedError():
            return False
        case ConnectionFailedError():  # a certificate that is wrong now is wrong again
            return re.search(r"\bSSL\b|CERTIFICATE", error.message) is None
        case RequestTimeoutError():  # of a connection; others leave no time
            return True
        case IncompleteGenerationError():  # the connection's end, not the server's own word
            return error.error_type is None
        case GenerationError():
            return not attempt.neighbours_failure and is_neighbours(error, attempt)
        case _:
            return error.status in _STATUSES or is_refusal(error)
