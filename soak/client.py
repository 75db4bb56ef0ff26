"""Both clients under load: a thousand streams at once through faults, for as long as told.

Each request is drawn by a seed. It is answered rightly, raises an error of the client's own, or is
left early as was meant; anything else is listed. At the end nothing may be left open.
"""

import argparse
import asyncio
import gc
import itertools
import platform
import random
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

import lorax
from docs.pages import RELIABILITY, write_part
from examples.local_server import local_server
from lorax import AsyncClient, Client, errors
from lorax_devserver.faulty_wire import HEADER
from soak.measuring import Held, child, give_back_memory, sockets, sockets_when_closed
from soak.requests import FAULTS, Request

STREAMS, THREADS = 1000, 32
WARM_UP = 0.2  # the share of the time after which memory is looked at for the first time
PATIENCE = 2.0  # seconds, with what ends by the caller's patience alone
GROWTH = 0.1  # the share of memory that may be more at the end
SERVER = ("--scripted", "--lenient", "--max-concurrent-requests", "2000")
OUTCOMES = ("answered", "an error", "left")


@dataclass
class Found:
    """What came of it."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    most: Held = field(default_factory=Held.now)

    def add(self, request: Request, outcome: str | BaseException) -> None:
        """Count a request."""
        if isinstance(outcome, errors.LoraxError):
            self.errors[type(outcome).__name__] += 1
            outcome = "an error"
        if outcome not in OUTCOMES:
            self.wrong.append(f"{outcome!r}: {request}")
        self.outcomes[request.fault, str(outcome)] += 1

    def sample(self) -> None:
        """Look at what is held."""
        now, most = Held.now(), self.most
        self.most = Held(
            max(now.memory, most.memory),
            None if now.sockets is None else max(now.sockets, most.sockets or 0),
            max(now.threads, most.threads),
        )


def settings(fault: str) -> dict[str, Any]:
    """How a client is made that meets a fault: it waits long, unless nothing will come."""
    limits: Any = getattr(lorax, "Timeout", None)
    seconds: Any = PATIENCE if fault == "hang" else 60
    if fault.startswith("comments") and limits is not None:
        seconds = limits(total=PATIENCE)
    return {"headers": {HEADER: fault} if fault else {}, "timeout": seconds}


@asynccontextmanager
async def clients(url: str) -> AsyncGenerator[dict[str, AsyncClient], None]:
    """A client for each fault."""
    made = {fault: AsyncClient(url, **settings(fault)) for fault in FAULTS}
    try:
        yield made
    finally:
        for client in made.values():
            await client.aclose()


async def asked(client: AsyncClient, request: Request) -> str:
    """Ask, read as much as is meant, and judge it."""
    call: Any = getattr(client, request.method)(**request.arguments)
    if not request.is_stream:
        return judged(request, [await call])
    pieces: list[Any] = []
    if request.leaving == "break":
        async for piece in call:
            pieces.append(piece)
            if len(pieces) > request.after:
                return "left"
    else:
        async with call:
            async for piece in call:
                pieces.append(piece)
                if request.leaving == "close" and len(pieces) > request.after:
                    return "left"
    return judged(request, pieces)


async def awaited(client: AsyncClient, request: Request) -> str | BaseException:
    """What comes of a request, also if its task is cancelled in the middle of it."""
    task = asyncio.ensure_future(asked(client, request))
    leaves = request.leaving == "cancel" or request.is_endless
    if leaves:
        patience = PATIENCE + 1 if request.is_endless else request.after / 100
        await asyncio.wait([task], timeout=patience)
        task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    return "left" if leaves and isinstance(outcome, asyncio.CancelledError) else outcome


def waited(client: Client, request: Request) -> str | BaseException:
    """What comes of a request in a thread, which leaves a stream by closing or dropping it."""
    try:
        call: Any = getattr(client, request.method)(**request.arguments)
        if not request.is_stream:
            return judged(request, [call])
        pieces: list[Any] = []
        for piece in call:
            pieces.append(piece)
            if request.leaving and len(pieces) > request.after:
                if request.leaving == "close":
                    call.close()
                return "left"
        return judged(request, pieces)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted or listed
        return error


def judged(request: Request, pieces: list[Any]) -> str:
    """Whether an answer is right."""
    said = [piece.model_dump() for piece in pieces]
    return "answered" if request.is_right(pieces) else f"a wrong answer: {said}"


def requests(seed: int) -> Callable[[], Request]:
    """What gives one request after another, to threads too."""
    numbers = itertools.count()
    return lambda: Request.drawn(f"{seed}/{next(numbers)}")


@contextmanager
def threads(
    url: str, until: float, draw: Callable[[], Request], found: Found
) -> Generator[None, None, None]:
    """Threads that share a client for each fault, meanwhile."""
    with ExitStack() as stack:
        made = {fault: stack.enter_context(Client(url, **settings(fault))) for fault in FAULTS}

        def run() -> None:
            while time.monotonic() < until:
                request = draw()
                # A thread cannot be cancelled.
                if not request.is_endless or request.fault == "hang":
                    found.add(request, waited(made[request.fault], request))

        running = [threading.Thread(target=run) for _ in range(THREADS)]
        for thread in running:
            thread.start()
        yield
        for thread in running:
            thread.join()


async def streams(url: str, until: float, draw: Callable[[], Request], found: Found) -> None:
    """A thousand at a time in one event loop."""
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: found.wrong.append(f"the event loop: {context}")
    )

    async def run(made: dict[str, AsyncClient]) -> None:
        while time.monotonic() < until:
            request = draw()
            found.add(request, await awaited(made[request.fault], request))

    async def watch() -> None:
        seconds = until - time.monotonic()
        with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as progress:
            task = progress.add_task("requests", total=seconds)
            while (left := until - time.monotonic()) > 0:
                found.sample()
                words = f"{found.outcomes.total()} requests"
                progress.update(task, completed=seconds - left, description=words)
                await asyncio.sleep(1)

    async with clients(url) as made:
        await asyncio.gather(watch(), *(run(made) for _ in range(STREAMS)))


def loaded(url: str, seconds: float, seed: int) -> tuple[Found, Held]:
    """Keep both clients busy; what came of it, and what is held when they are closed."""
    found, until, draw = Found(), time.monotonic() + seconds, requests(seed)
    with threads(url, until, draw, found):
        asyncio.run(streams(url, until, draw, found))
    gc.collect()
    give_back_memory()
    return found, Held.now()


def table(found: Found, begun: Held, ended: Held, seconds: float, seed: int) -> str:
    """The figures of a run."""
    rows = "\n".join(
        f"| {f'`{fault}`' if fault else 'none'} | "
        + " | ".join(f"{found.outcomes[fault, outcome]:,}" for outcome in OUTCOMES)
        + " |"
        for fault in FAULTS
    )
    raised = ", ".join(f"{name} {count:,}" for name, count in found.errors.most_common())
    return f"""
{date.today()}, Python {platform.python_version()}, {platform.machine()}, seed {seed}:
{found.outcomes.total():,} requests in {seconds:,.0f} s, {STREAMS:,} tasks and {THREADS} threads
at a time in one process. Every answer was the right one, every error the client's own: {raised}.

| fault | {" | ".join(OUTCOMES)} |
|---|{"---:|" * len(OUTCOMES)}
{rows}

| held | after the warm-up | at most | in the end |
|---|---:|---:|---:|
| MB of memory | {begun.memory:.0f} | {found.most.memory:.0f} | {ended.memory:.0f} |
| sockets | {begun.sockets} | {found.most.sockets} | {ended.sockets} |
| threads | {begun.threads} | {found.most.threads} | {ended.threads} |
"""


def left_open(
    begun: Held, ended: Held, url: str, server: tuple[int | None, int | None]
) -> Iterator[str]:
    """What is not as it was in the beginning."""
    if (ended.sockets, ended.threads) != (begun.sockets, begun.threads):
        yield f"sockets and threads are left open: {ended}, where it began with {begun}"
    if ended.memory > begun.memory * (1 + GROWTH):
        yield f"memory grew from {begun.memory:.0f} to {ended.memory:.0f} MB"
    if server[0] != server[1]:
        yield f"the server has {server[1]} sockets open, where it began with {server[0]}"
    with Client(url) as client:
        if not (health := client.health()):
            yield f"the server is not healthy: {health}"


def main() -> int:
    """Run, say what was seen and write it down; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked_for = parser.parse_args()
    seconds, seed = asked_for.minutes * 60, asked_for.seed
    console = Console()
    console.print(f"seed {seed}")
    with warnings.catch_warnings(record=True) as warned, local_server(*SERVER) as url:
        warnings.simplefilter("always")
        server = child()
        at_first = sockets(server) if server else None
        warm, begun = loaded(url, seconds * WARM_UP, seed)
        found, ended = loaded(url, seconds * (1 - WARM_UP), seed + 1)
        at_last = sockets_when_closed(server, at_first) if server else None
        wrong = [*warm.wrong, *found.wrong, *left_open(begun, ended, url, (at_first, at_last))]
        wrong += [f"a warning: {warning.message!r}" for warning in warned]
    for line in wrong[:20]:
        console.print(line[:2000], markup=False, highlight=False, soft_wrap=True)
    text = table(found, begun, ended, seconds * (1 - WARM_UP), seed)
    console.print(text, markup=False)
    if not wrong:
        write_part(RELIABILITY, "make soak", text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
