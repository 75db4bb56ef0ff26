"""Waiting for a server, and for its adapters, without I/O: when to ask again, and what came."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lorax.calls import generate
from lorax.documenting import documented
from lorax.errors import (
    ConnectionFailedError,
    LoraxError,
    RequestTimeoutError,
    ValidationError,
    WarmupError,
)
from lorax.exchange import Call
from lorax.types import Metadata, Response
from lorax.validating import listed

_FIRST, _LONGEST = 0.1, 5.0


class Waiting:
    """When to ask again: soon at first, then every few seconds, for so many in all."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._until = time.monotonic() + timeout
        self._pause = _FIRST
        self._reason: LoraxError | None = None

    @property
    def left(self) -> float:
        """Seconds that a question may take."""
        return max(self._until - time.monotonic(), 0.001)

    def pause(self, reason: LoraxError | None) -> float:
        """Seconds until the next question.

        Raises:
            RequestTimeoutError: The time is over; the reason is its cause.
        """
        left = self._until - time.monotonic()
        if self._reason is None or not isinstance(reason, RequestTimeoutError):
            self._reason = reason  # the last question may have had no time for an answer
        if left <= 0:
            said = self._reason.message if self._reason else "it does not answer"
            message = f"The server was not ready within {self._timeout:g} s: {said}"
            url = self._reason.url if self._reason else None
            raise RequestTimeoutError(message, url=url) from self._reason
        pause, self._pause = min(self._pause, left), min(self._pause * 2, _LONGEST)
        return pause


class Warming:
    """Requests that make a server load adapters, and what came of each."""

    def __init__(self, requests: Mapping[str, Call[Response]]) -> None:
        self._calls = requests
        self._done: dict[str, Metadata] = {}
        self._failed: dict[str, LoraxError] = {}

    def calls(self) -> Iterator[tuple[str, Call[Response]]]:
        """The request for each adapter."""
        yield from self._calls.items()

    def done(self, adapter_id: str, metadata: Metadata) -> None:
        """An adapter is ready."""
        self._done[adapter_id] = metadata

    def failed(self, adapter_id: str, error: LoraxError) -> None:
        """An adapter is not to be had; without a server none of them is."""
        if isinstance(error, ConnectionFailedError):
            raise error
        self._failed[adapter_id] = error

    def result(self) -> dict[str, Metadata]:
        """What the server said of each.

        Raises:
            WarmupError: Some failed.
        """
        if self._failed:
            said = "; ".join(f"{name}: {error.message}" for name, error in self._failed.items())
            count = f"{len(self._failed)} of {len(self._calls)}"
            message = f"{count} adapters could not be loaded: {said}"
            raise WarmupError(message, self._failed, self._done)
        return self._done


@documented
def ready(timeout: float = 60) -> Waiting:
    """Wait until the server can be used.

    Args:
        timeout: Seconds to wait at most.

    Raises:
        ValidationError: timeout is not above 0.
        RequestTimeoutError: It could not be used in time; the reason is its cause.

    Example:
        >>> client.ready(timeout=300)
    """
    given: Any = timeout
    if not isinstance(given, int | float) or not given > 0:
        raise ValidationError(f"timeout should be seconds above 0, not {timeout!r}.")
    return Waiting(timeout)


@documented
def warmup(
    adapter_ids: Sequence[str], adapter_source: str | None = None, api_token: str | None = None
) -> Warming:
    """Have the server load adapters before they are needed: a first use can take minutes.

    One after another, by generating a token with each; the client's timeout is for each of them.

    Args:
        adapter_ids: The ids of the adapters to load.
        {parameters}

    Returns:
        What the server said of each, by its id.

    Raises:
        ValidationError: A parameter is not allowed.
        WarmupError: Some could not be loaded; `failures` has the error of each.

    Example:
        >>> client.warmup(["acme/sql", "acme/mail"])["acme/sql"].total_time
        12.5
    """
    names = listed("adapter_ids", adapter_ids)
    settings: dict[str, Any] = {"adapter_source": adapter_source, "api_token": api_token}
    return Warming({name: generate("Hello", name, max_new_tokens=1, **settings) for name in names})
