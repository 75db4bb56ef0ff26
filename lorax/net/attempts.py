"""One call's attempts, without I/O: its clock, its place in the queue, what follows a failure."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lorax.errors import LoraxError, RequestTimeoutError
from lorax.exchange import Request
from lorax.net import retries
from lorax.net.pacing import Pacing, Place
from lorax.net.retries import Attempt
from lorax.net.timeouts import Clock, Timeout

_LOG = logging.getLogger("lorax")


def _nothing() -> None:
    """There is nothing to end."""


class Attempts:
    """What a client asks while it makes a call.

    Args:
        request: What is sent.
        url: Where the request goes, as it may be shown.
        timeout: How long may be waited.
        max_retries: How often may be tried again.
        pacing: The places of the client's requests.
        streamed: Whether tokens come one by one.

    Attributes:
        clock: The call's time.
        url: Where the request goes, as it may be shown.
        is_accepted: Whether something of an answer is there.
        left: What it comes to when another thread or task has asked it to end.
    """

    def __init__(
        self,
        request: Request,
        url: str,
        timeout: Timeout,
        max_retries: int,
        pacing: Pacing,
        *,
        streamed: bool,
    ) -> None:
        self.left: LoraxError | None = None
        self.is_accepted = False
        self._end: Callable[[], Any] = _nothing
        self._timeout = timeout
        self._streamed = streamed
        self._request = request
        self.url = url
        self._pacing = pacing if request.is_paced else None
        self._place = Place()
        self._attempt = Attempt(
            number=1,
            max_retries=max_retries if request.is_retried else 0,
            left=0,
            adapter_id=request.adapter_id,
            has_format=request.has_format,
        )
        self._crowded_out = False
        self._sends = 0
        self.begin()

    def begin(self) -> None:
        """Start the clock: a stream's request is sent when its first piece is asked for."""
        self.clock = Clock(self._timeout, streamed=self._streamed)
        self._sent = time.monotonic()

    def ends_by(self, end: Callable[[], Any]) -> None:
        """Set how what is waited for now can be ended by another thread or task.

        Raises:
            LoraxError: It has been asked to end.
        """
        self._end = end
        self._check_left()

    def abandon(self, error: LoraxError) -> Any:
        """End what is waited for now, by an error for who waits; await what is returned, if any."""
        self.left = self.about(error)
        return self._end()

    def _check_left(self) -> None:
        if self.left is not None:
            raise self.left

    def ask(self, wake: Callable[[], object]) -> None:
        """Queue for a place; wake is called, from any thread, when it is there."""
        self.clock.stop()
        self.is_accepted = False
        if self._pacing is not None:
            self._place = replace(self._place, wake=wake, accepted=False)
            self._pacing.ask(self._place)

    def patience(self) -> float | None:
        """Seconds for which the place may be waited for; None: it is there.

        Raises:
            RequestTimeoutError: Nothing moved for as long as a wait may take.
            LoraxError: The call has been asked to end.
        """
        self._check_left()
        if self._pacing is None or self._place.taken:
            self.clock.go()
            self._sends += 1
            self._sent = time.monotonic()
            return None
        stands = time.monotonic() - self._pacing.moved
        patience = min(self.clock.patience - stands, self.clock.left_of_all)
        if patience <= 0:
            message = (
                f"No place for the request: {int(self._pacing.limit)} others of this client are "
                f"under way, and none of them went on for {stands:.3g} s."
            )
            if self.clock.left_of_all <= 0:
                message = self.clock.complaint()
            self._attempt = replace(self._attempt, max_retries=0)
            raise self.about(RequestTimeoutError(message))
        return patience

    def leave(self) -> None:
        """Give the place back, or leave the queue."""
        if self._pacing is not None:
            self._pacing.leave(self._place)

    def accepted(self) -> None:
        """Something of an answer is there."""
        self.is_accepted = True
        if self._pacing is not None:
            self._pacing.accept(self._place)

    def came(self, events: int, is_whole: bool) -> None:
        """So many events were there, and more is asked for."""
        now = time.monotonic()
        self.clock.came(now, events, is_whole)
        if self._pacing is not None:
            self._pacing.moved = now

    def ended(self, error: BaseException | None) -> None:
        """What the attempt came to; said before its place is left."""
        self._crowded_out = False
        if error is None:
            self.accepted()
        elif isinstance(error, LoraxError):
            error.attempts = self._sends
            if self._pacing and retries.is_refusal(error):
                others = self._pacing.refuse(self._place)
                self._crowded_out = others and error.retry_after is None
        request = self._request
        _LOG.debug(
            "%s %s%s: %s, %.3f s%s",
            request.method,
            self.url,
            f" with adapter {request.adapter_id!r}" if request.adapter_id else "",
            _outcome(error),
            time.monotonic() - self._sent,
            f", attempt {self._sends}" if self._sends > 1 else "",
        )

    def pause(self, error: LoraxError, *, given: bool = False) -> float:
        """Seconds until the next attempt, if nothing of an answer was given to the caller.

        A request that the server refused beside others of this client was one too many: it waits
        for a place, and this is not counted as a retry.

        Raises:
            LoraxError: The error itself: there is no other attempt.
        """
        if given:
            raise error
        if self._crowded_out:
            return 0.0
        attempt = replace(self._attempt, left=self.clock.left)
        pause = retries.pause(error, attempt)
        if pause is None:
            raise error
        self._attempt = replace(
            attempt,
            number=attempt.number + 1,
            neighbours_failure=attempt.neighbours_failure or retries.is_neighbours(error, attempt),
        )
        return pause

    def about(self, error: LoraxError) -> LoraxError:
        """An error with what the request was about."""
        error.adapter_id, error.url = self._request.adapter_id, self.url
        return error


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "200"
    return type(error).__name__ if isinstance(error, Exception) else "left"
