"""How long is waited for what, and one call's clock."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from lorax import errors

_LONGEST = 1e8  # three years: what no clock can count to is no limit
_END = 1.0  # how long the end of a connection is waited for when the answer is whole


@dataclass(frozen=True)
class Timeout:
    """Seconds that a call may wait for each thing; None waits for ever.

    Attributes:
        first: From the call until the first token of a stream, or until a whole answer is there.
            All attempts and the pauses between them fit into it. Waiting for a place among the
            client's own requests is not counted: a large batch does not fail by its own size.
        between: From asking for the next token of a stream until it comes. Comments with which a
            server keeps a connection open are no tokens.
        connect: For the connection of each attempt; None: as long as `first` allows.
        total: From the call until the end of the answer, all waits and your own work between the
            tokens of a stream included.

    Raises:
        ValidationError: One of them is not above 0.

    Example:
        >>> Client("http://127.0.0.1:8080", timeout=Timeout(first=300, between=10, connect=2))
        Client('http://127.0.0.1:8080')
    """

    first: float | None = 60
    between: float | None = 60
    connect: float | None = None
    total: float | None = None

    def __post_init__(self) -> None:
        for part in fields(self):
            seconds = checked_seconds(f"timeout.{part.name}", getattr(self, part.name))
            object.__setattr__(self, part.name, seconds)

    @classmethod
    def of(cls, given: Any) -> "Timeout":
        """What a client was given: a number is the longest that any single wait may take."""
        if isinstance(given, Timeout):
            return given
        seconds = checked_seconds("timeout", given)
        return cls(first=seconds, between=seconds)

    def within(self, seconds: float) -> "Timeout":
        """The same, where everything must be over after so many seconds."""
        return replace(self, total=min(seconds, _limit(self.total)))


def checked_seconds(name: str, seconds: Any) -> float | None:
    """Seconds above 0, or None for no limit.

    Raises:
        ValidationError: It is neither.
    """
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if seconds is not None and not (number and seconds > 0):
        raise errors.ValidationError(f"{name} should be seconds above 0, not {seconds!r}.")
    return None if seconds is None or seconds > _LONGEST else seconds


class Clock:
    """One call's time: it runs from the call on, and stands while the call waits for its place.

    Args:
        timeout: How long may be waited.
        streamed: Whether tokens come one by one.
    """

    def __init__(self, timeout: Timeout, *, streamed: bool) -> None:
        now = time.monotonic()
        self._timeout = timeout
        self._streamed = streamed
        self._until = now + _limit(timeout.first)
        self._end = now + _limit(timeout.total)
        self._between = _limit(timeout.between)
        self._events = 0
        self._standing_with = 0.0
        self._socket: float | None = None
        self._enough = 0.0
        self._suffices = False  # the connection's own timeout, for a wait between tokens
        self._begins = False  # such a wait

    @property
    def left(self) -> float:
        """Seconds that the present wait may still take; infinite without a limit."""
        return max(min(self._until, self._end) - time.monotonic(), 0.0)

    @property
    def left_of_all(self) -> float:
        """Seconds that everything may still take."""
        return max(self._end - time.monotonic(), 0.0)

    @property
    def patience(self) -> float:
        """Seconds that may be waited for a place in which nothing moves.

        Longer than those that have one may wait: who fails is to leave it before.
        """
        return max(_limit(self._timeout.first), self._between) + _END

    @property
    def connect(self) -> float:
        """Seconds that a connection may take."""
        return min(_limit(self._timeout.connect), self.left)

    def stop(self) -> None:
        """A place is waited for."""
        self._standing_with = self._until - time.monotonic()

    def go(self) -> None:
        """The place is there, for an attempt."""
        self._socket = None
        self._until = time.monotonic() + self._standing_with

    @property
    def silence(self) -> float:
        """Seconds that the connection of an answer may be silent, whatever is waited for."""
        longest = max(self.left, self._between) if self._streamed else self.left
        return min(longest, self.left_of_all)

    @property
    def socket(self) -> float:
        """Seconds that the connection may be silent in its present state."""
        return self.left if self._socket is None else self._socket

    def opened(self) -> None:
        """An answer's head is there."""
        self._socket = self.silence
        self._enough = 0.98 * self._socket
        self._suffices = self._between >= self._enough and math.isinf(self._end)

    def limits(self) -> dict[str, dict[str, float | None]]:
        """What httpx is told when the head is waited for by other means."""
        longest = seconds(self.silence)
        limits = {"connect": seconds(self.connect), "read": longest, "write": longest}
        return {"timeout": {**limits, "pool": None}}

    def came(self, now: float, events: int, is_whole: bool) -> None:
        """So many events were there by now, and more is asked for; comments are none.

        When the answer is whole, nothing but the connection's end is waited for.
        """
        if is_whole:
            self._until = now + _END
        elif events > self._events:
            self._events = events
            self._until = now + self._between
            self._begins = self._suffices

    def watch(self) -> float | None:
        """Seconds after which this wait must be ended, where the connection would wait longer.

        A connection's own timeout begins anew at every byte; it is right for a wait that begins
        with it, and wrong as soon as comments came, or what is left of the time is less.
        """
        if self._begins:
            self._begins = False
            return None
        left = min(self._until, self._end) - time.monotonic()
        return None if left >= self._enough else max(left, 0.0)

    def complaint(self) -> str:
        """What did not come in time."""
        if self.left_of_all <= 0:
            return f"The answer was not whole{_within(self._timeout.total)}."
        if self._events:
            return f"No more tokens{_within(self._timeout.between)}."
        what = "token" if self._streamed else "answer"
        return f"No {what}{_within(self._timeout.first)}."

    def complaint_of_connecting(self) -> str:
        """What did not come in time when there was no connection."""
        limits = (self._timeout.connect, self._timeout.first, self._timeout.total)
        return f"No connection{_within(min(limits, key=_limit))}."


class Waits(Mapping[str, float | None]):
    """What httpx is told where it asks before each wait: what is left at that moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __getitem__(self, wait: str) -> float | None:
        if wait == "pool":
            return None
        return seconds(self._clock.connect if wait == "connect" else self._clock.socket)

    def __iter__(self) -> Iterator[str]:
        return iter(("connect", "read", "write", "pool"))

    def __len__(self) -> int:
        return 4


def seconds(limit: float) -> float | None:
    """A limit as libraries take it: None is none, and 0 would be one too."""
    return None if math.isinf(limit) else max(limit, 0.001)


def _within(limit: float | None) -> str:
    return "" if limit is None else f" within {limit:g} s"


def _limit(given: float | None) -> float:
    return math.inf if given is None else given
