"""How many requests a client sends at once: what the server takes, found out by its refusals.

A LoRAX server refuses at once what is too much for it. So a refusal tells how much it takes: what
is under way and was not refused. Those refused wait until a place is free, first come first served.
"""

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

START = 128  # what a LoRAX server takes if it is not told otherwise


@dataclass(order=True)
class Place:
    """A request's place among those under way, or in the queue for one.

    Attributes:
        number: Its place in the order of those that came; one that was refused keeps it.
        wake: Called, from any thread, when the place is there.
        taken: Whether it is there.
    """

    number: int = field(default_factory=itertools.count().__next__)
    wake: Callable[[], object] = field(default=lambda: None, compare=False)
    taken: bool = field(default=False, compare=False)
    queues: bool = field(default=False, compare=False)
    accepted: bool = field(default=False, compare=False)


class Pacing:
    """The places of one client's requests; for all its threads and event loops.

    Attributes:
        limit: How many may be under way.
        moved: When something last moved, by `time.monotonic`.
    """

    def __init__(self) -> None:
        self.limit: float = START
        self.moved = time.monotonic()
        self._process = os.getpid()
        self._known: int | None = None
        self._was_refused = False
        self._under_way = 0
        self._queuing = 0
        self._queue: list[Place] = []  # a heap; who left it early is thrown out at its turn
        # The garbage collector may end a dropped stream, and so leave its place, at any moment:
        # also in the thread that holds the lock.
        self._lock = threading.RLock()

    @property
    def is_of_another_process(self) -> bool:
        """Whether it was made before a fork: what is under way there is not here."""
        return self._process != os.getpid()

    def ask(self, place: Place) -> None:
        """Queue for a place, or take one at once."""
        with self._lock:
            place.queues = True
            self._queuing += 1
            heapq.heappush(self._queue, place)
            self._fill(asking=place)

    def leave(self, place: Place) -> None:
        """Give a place back, or leave the queue."""
        with self._lock:
            if place.queues:
                place.queues = False
                self._queuing -= 1
            if place.taken:
                self._give_back(place)
                self.moved = time.monotonic()
            self._fill()

    def accept(self, place: Place) -> None:
        """The server works on it; where others queue, it may take one more.

        Until the first refusal each acceptance lets one more go. After it each makes room for a
        part of one, so that all that are under way make room for one together.
        """
        with self._lock:
            if place.accepted:
                return
            place.accepted = True
            self.moved = time.monotonic()
            if self._queuing and self.limit < (self._known or float("inf")):
                self.limit += 1 / self.limit if self._was_refused else 1
            self._fill()

    def refuse(self, place: Place) -> bool:
        """The server refused it. Whether others are under way, for whose end it can wait."""
        with self._lock:
            self._was_refused = True
            if place.taken:
                self._give_back(place)
            self.limit = max(1, min(self.limit, self._under_way))
            return self._under_way > 0

    def know(self, limit: int) -> None:
        """The server said how many it takes."""
        with self._lock:
            self._known = max(1, limit)
            if not self._was_refused:
                self.limit = self._known
            self._fill()

    def _fill(self, asking: Place | None = None) -> None:
        """Give places to the first in the queue; who asks needs no waking."""
        while self._queue and self._under_way < int(self.limit):
            place = heapq.heappop(self._queue)
            if place.queues:
                place.queues = False
                self._queuing -= 1
                place.taken = True
                self.moved = time.monotonic()
                self._under_way += 1
                if place is not asking:
                    self._wake(place)

    def _wake(self, place: Place) -> None:
        try:
            place.wake()
        except RuntimeError:  # its event loop is closed: nobody waits there any more
            self._give_back(place)

    def _give_back(self, place: Place) -> None:
        place.taken = False
        self._under_way -= 1
