"""What the process of every peer does: ask, check that each token came, and say what it cost.

It runs in the peer's own environment, so it imports nothing but Python's own.
"""

import asyncio
import cProfile
import gc
import io
import json
import pstats
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from resource import getpagesize
from statistics import median
from typing import Any

PROMPT = "Why is the sky blue?"


@dataclass(frozen=True)
class Task:
    """What is to be measured.

    Attributes:
        case: One of CASES.
        url: The server's address.
        pieces: The texts that its tokens have in turn.
        tokens: Tokens of each answer.
        repeats: How many answers are asked for, one after another or at once.
        option: What tells apart the peers of one file.
        profile: Whether to show where the time goes in place of what it was.
    """

    case: str
    url: str
    pieces: list[str]
    tokens: int
    repeats: int
    option: str
    profile: bool

    @property
    def texts(self) -> list[str]:
        """What each answer must come to."""
        return list(islice(cycle(self.pieces), self.tokens))


class Peer:
    """A client of the server. Every stream reads each token's text."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        raise NotImplementedError

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        raise NotImplementedError

    def whole(self) -> str:
        """A whole answer's text, waited for."""
        raise NotImplementedError

    async def awhole(self) -> str:
        """A whole answer's text, awaited."""
        raise NotImplementedError

    async def abatch(self, count: int) -> list[Any]:
        """Many whole answers asked for at once; an exception in the place of one that failed."""
        return await asyncio.gather(*(self.awhole() for _ in range(count)), return_exceptions=True)

    def opened(self) -> AsyncIterator[Any]:
        """A stream that is asked for its first token alone."""
        raise NotImplementedError


class Meter:
    """Measures what happens within it."""

    def __init__(self, profile: bool) -> None:
        # By the processor's time: what is waited for is no cost.
        self.profiler = cProfile.Profile(time.process_time) if profile else None
        self.cpu = self.wall = 0.0

    def __enter__(self) -> "Meter":
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        if self.profiler:
            self.profiler.enable()
        return self

    def __exit__(self, *_: object) -> None:
        if self.profiler:
            self.profiler.disable()
        self.cpu = time.process_time() - self._cpu
        self.wall = time.perf_counter() - self._wall

    @property
    def shown(self) -> str:
        """Where the time went."""
        assert self.profiler is not None
        out = io.StringIO()
        pstats.Stats(self.profiler, stream=out).sort_stats("tottime").print_stats(15)
        return re.sub(r"\S*/site-packages/", "", out.getvalue())

    @property
    def shares(self) -> dict[str, float]:
        """The share of each package in the time, in percent; what is built in is its caller's."""
        assert self.profiler is not None
        self.profiler.create_stats()
        times: Counter[str] = Counter()
        functions: dict[Any, Any] = self.profiler.stats
        for (file, _, _), (_, _, own, _, callers) in functions.items():
            if file != "~":
                times[_package(file)] += own
                continue
            for (caller, _, _), (_, _, called, _) in callers.items():
                times[_package(caller)] += called
        return {package: 100 * part / times.total() for package, part in times.most_common()}


def _package(file: str) -> str:
    """Where a function is from."""
    for part, found in ((r"/site-packages/([^/.]+)", 1), (r"/(lorax)/", 1)):
        if match := re.search(part, file):
            return match[found]
    return "the measurement" if file.startswith(str(Path(__file__).parent)) else "Python itself"


async def stream(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """CPU µs a token of streams one after another, waited for."""
    peer.texts()
    with meter:
        answers = [peer.texts() for _ in range(task.repeats)]
    return _a_token(task, meter, answers)


async def astream(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """CPU µs a token of streams one after another, awaited."""
    await peer.atexts()
    with meter:
        answers = [await peer.atexts() for _ in range(task.repeats)]
    return _a_token(task, meter, answers)


async def at_once(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """CPU µs a token of streams that run at the same time."""
    await peer.atexts()
    with meter:
        answers = await asyncio.gather(*(peer.atexts() for _ in range(task.repeats)))
    return _a_token(task, meter, answers)


def _a_token(task: Task, meter: Meter, answers: list[list[str]]) -> dict[str, Any]:
    # A framework may end a stream with a piece that has no text.
    for answer in answers:
        assert [text for text in answer if text] == task.texts, "a token is missing or wrong"
    return {"value": meter.cpu / (task.repeats * task.tokens) * 1e6}


async def generate(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """Wall µs of a whole answer, the median of many."""
    times = []
    with meter:
        for _ in range(task.repeats):
            began = time.perf_counter()
            answer = peer.whole()
            times.append(time.perf_counter() - began)
            assert answer == "".join(task.texts), "the answer is wrong"
    return {"value": median(times[len(times) // 10 :]) * 1e6}


async def batch(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """Wall seconds of whole answers asked for at once by threads."""

    def asked(_: int) -> Any:
        try:
            return peer.whole()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a failure
            return error

    with ThreadPoolExecutor(task.repeats) as pool:
        # Threads are started here, not within what is measured.
        list(pool.map(time.sleep, [0.05] * task.repeats))
        with meter:
            answers = list(pool.map(asked, range(task.repeats)))
    return _a_batch(task, meter, answers)


async def abatch(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """Wall seconds of whole answers asked for at once by tasks, or as the framework does it."""
    with meter:
        answers = await peer.abatch(task.repeats)
    return _a_batch(task, meter, answers)


def _a_batch(task: Task, meter: Meter, answers: list[Any]) -> dict[str, Any]:
    right = "".join(task.texts)
    assert len(answers) == task.repeats
    assert all(a == right or isinstance(a, Exception) for a in answers), "an answer is wrong"
    failures = sum(answer != right for answer in answers)
    return {"value": meter.wall, "failures": failures}


async def memory(peer: Peer, task: Task, meter: Meter) -> dict[str, Any]:
    """KB that each open stream takes."""
    streams = [peer.opened()]
    await anext(streams[0])
    before = _resident()
    with meter:
        streams += [peer.opened() for _ in range(task.repeats)]
        firsts = await asyncio.gather(*(anext(one) for one in streams[1:]))
    grown = _resident() - before
    assert len(firsts) == task.repeats
    return {"value": grown / task.repeats / 1000}


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


CASES: dict[str, Callable[[Peer, Task, Meter], Awaitable[dict[str, Any]]]] = {
    "stream": stream,
    "astream": astream,
    "at_once": at_once,
    "generate": generate,
    "batch": batch,
    "abatch": abatch,
    "memory": memory,
}


def main(peer: Callable[[Task], Peer]) -> None:
    """Do the task that the command line gives as JSON, and print what came of it as JSON."""
    task = Task(**json.loads(sys.argv[1]))
    meter = Meter(task.profile)

    async def measured() -> dict[str, Any]:
        return await CASES[task.case](peer(task), task, meter)

    found = asyncio.run(measured())
    profile = {"shown": meter.shown, "shares": meter.shares} if task.profile else None
    print(json.dumps(profile or found))
