"""The laptop server under load: 64 streams at once on the real model, for as long as told.

Every stream is compared with what its prompt gave alone; a token that is lost, or stands in another
stream, is found so. Then clients leave, and how soon the next one is served is measured.
"""

import asyncio
import itertools
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

from examples.local_server import local_server

STREAMS = 64
LEAVERS = 0.1  # the share of streams that are left after a few tokens
ROUNDS = 20
SLOTS = 4  # how many requests the server computes at once
NAMES = ("Anna", "a fox", "the king", "nobody", "my aunt", "a robot", "the moon", "Ismael")
QUESTION = "-- How many {} are there?\nSELECT"


@dataclass(frozen=True)
class Case:
    """A request that always has the same answer."""

    inputs: str
    adapter_id: str | None
    max_new_tokens: int

    @property
    def parameters(self) -> dict[str, Any]:
        """As they are sent."""
        adapter = {"adapter_id": self.adapter_id} if self.adapter_id else {}
        return {**adapter, "max_new_tokens": self.max_new_tokens, "details": True}


@dataclass
class Found:
    """What came of it."""

    finished: int = 0
    left: int = 0
    tokens: int = 0
    wrong: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def cases() -> list[Case]:
    """Prompts for the base model and for the adapter, of many lengths."""
    base = [
        Case(f"Once upon a time, {name} went", None, 12 + 4 * n) for n, name in enumerate(NAMES)
    ]
    sql = [Case(QUESTION.format(name), "sql", 8 + 4 * n) for n, name in enumerate(NAMES)]
    return base + sql


async def events(
    http: httpx.AsyncClient, inputs: str, parameters: dict[str, Any]
) -> AsyncGenerator[dict[str, Any], None]:
    """The events of one stream."""
    body = {"inputs": inputs, "parameters": parameters}
    async with http.stream("POST", "/generate_stream", json=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])


async def answer(http: httpx.AsyncClient, case: Case) -> list[int]:
    """The tokens of a whole stream, which must say the same of themselves.

    Raises:
        ValueError: They do not.
    """
    seen = [event async for event in events(http, case.inputs, case.parameters)]
    if not seen or "error" in seen[-1]:
        raise ValueError(f"it ended with {seen[-1:]}")
    tokens = [event["token"] for event in seen]
    text = "".join(token["text"] for token in tokens if not token["special"])
    last = seen[-1]
    if last["generated_text"] != text or last["details"]["generated_tokens"] != len(tokens):
        raise ValueError(f"{len(tokens)} events say {text!r}, and the last one {last}")
    return [token["id"] for token in tokens]


async def worker(
    http: httpx.AsyncClient, expected: dict[Case, list[int]], until: float, found: Found
) -> None:
    """One stream after another until the time is over."""
    while time.monotonic() < until:
        case = random.choice(list(expected))
        try:
            if random.random() < LEAVERS:
                async with aclosing(events(http, case.inputs, case.parameters)) as stream:
                    for _ in range(random.randint(1, 5)):
                        await anext(stream, None)
                found.left += 1
                continue
            tokens = await answer(http, case)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            found.errors[f"{type(error).__name__}: {error}"[:200]] += 1
            continue
        found.finished += 1
        found.tokens += len(tokens)
        if tokens != expected[case]:
            found.wrong.append(f"{case}: {tokens}, not {expected[case]}")


async def load(url: str, seconds: float) -> Found:
    """Keep the server busy and compare."""
    found = Found()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as http:
        expected = {case: await answer(http, case) for case in cases()}
        until = time.monotonic() + seconds
        with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as progress:
            task = progress.add_task("streams", total=seconds)

            async def show() -> None:
                while (left := until - time.monotonic()) > 0:
                    words = f"{found.finished} streams, {found.tokens} tokens"
                    progress.update(task, completed=seconds - left, description=words)
                    await asyncio.sleep(1)

            workers = (worker(http, expected, until, found) for _ in range(STREAMS))
            await asyncio.gather(show(), *workers)
    return found


async def leaving(url: str) -> float:
    """Seconds from a client's leaving to the first token of the one that waited for its slot."""
    body = {"max_new_tokens": 1000, "ignore_eos_token": True}
    async with httpx.AsyncClient(base_url=url, timeout=120) as http, AsyncExitStack() as streams:

        async def stream() -> AsyncGenerator[dict[str, Any], None]:
            return await streams.enter_async_context(aclosing(events(http, "Once upon", body)))

        first, *others = [await stream() for _ in range(SLOTS)]
        for running in (first, *others):
            await anext(running)
        waiting = asyncio.ensure_future(anext(await stream()))
        while f"lorax_batch_current_size {SLOTS + 1}" not in (await http.get("/metrics")).text:
            await anext(others[0])
        started = time.monotonic()
        await first.aclose()
        await waiting
        return time.monotonic() - started


def main(seconds: float) -> int:
    """Run both, say what was seen; 1 if anything was wrong."""
    console = Console()
    with local_server() as url:
        found = asyncio.run(load(url, seconds))
        waited = [asyncio.run(leaving(url)) for _ in range(ROUNDS)]
    console.print(f"{found.finished} streams with {found.tokens} tokens, {found.left} left early")
    console.print(f"{len(found.wrong)} differ from the answer alone; errors: {dict(found.errors)}")
    for line in itertools.islice(found.wrong, 5):
        console.print(line)
    median, longest = statistics.median(waited), max(waited)
    console.print(
        f"a slot was taken again {median:.3f} s after a client left, {longest:.3f} at most"
    )
    return 1 if found.wrong or found.errors else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 300))
