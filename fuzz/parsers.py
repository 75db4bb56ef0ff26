"""The client's parsers fed with damaged answers, for as long as told.

    python -m fuzz.parsers --seconds 600
    python -m fuzz.parsers --seed 12345 --inputs 1

Every input comes of a seed of its own. One for which a property does not hold is made short and
printed with its seed, which gives the whole of it again.
"""

import argparse
import functools
import platform
import random
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

from docs.pages import RELIABILITY, write_part
from fuzz.answers import Answer, Maker, recorded
from fuzz.damage import KINDS, STREAM_ONLY, another_head
from fuzz.growth import SHAPES, factors
from fuzz.minimising import failure, minimised
from fuzz.properties import LONG, Fed, Outcome, PropertyError, check, held
from lorax import errors
from lorax.exchange import StreamCall

FAILURES = 10  # after that many it ends
HELD_EVERY = 20  # which inputs are weighed, as weighing takes longer than reading
OUTCOMES = ("whole", "incomplete", "not LoRAX's", "another error")


@dataclass
class Found:
    """What came of it."""

    inputs: int = 0
    size: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_input: str = ""
    most_held: float = 0.0
    failed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, seed: int, damage: str, fed: Fed, outcome: Outcome) -> None:
        """Count an input that was read rightly."""
        self.outcomes[damage, ending(outcome)] += 1
        if len(fed.data) >= LONG and (each := outcome.seconds / len(fed.data)) > self.slowest:
            self.slowest, self.slowest_input = each, f"{fed.answer.name}, {damage}, seed {seed}"

    def fail(self, seed: int, damage: str, fed: Fed, what: str) -> None:
        """Keep an input for which a property does not hold: the first one of those alike."""
        alike = (what, damage, fed.answer.kind)
        self.failed[alike] += 1
        if self.failed[alike] == 1:
            self.failures.append(told(seed, damage, minimised(fed, what)))


def ending(outcome: Outcome) -> str:
    """How an answer ended, in a word."""
    if outcome.error is None:
        return "whole"
    if isinstance(outcome.error, errors.IncompleteGenerationError):
        return "incomplete"
    known = isinstance(outcome.error, errors.UnexpectedAnswerError)
    return "not LoRAX's" if known else "another error"


@functools.cache
def all_recorded() -> tuple[Answer, ...]:
    """The recorded answers that say anything."""
    return tuple(answer for answer in recorded() if any(answer.parts))


def drawn(seed: int) -> tuple[str, Fed]:
    """The input of a seed, and how it was damaged."""
    rng = random.Random(seed)
    answer = rng.choice(all_recorded()) if rng.random() < 0.3 else Maker(rng).answer()
    is_stream = isinstance(answer.call, StreamCall)
    damage = rng.choice([kind for kind in KINDS if is_stream or kind not in STREAM_ONLY])
    parts = KINDS[damage](rng, list(answer.parts))
    head = (
        answer.head if damage == "none" or rng.random() < 0.95 else another_head(rng, answer.head)
    )
    return damage, Fed(answer, head, b"".join(parts), rng.getrandbits(32))


def fuzzed(seeds: Iterator[int]) -> Iterator[Found]:
    """Feed the inputs of seeds; what was found so far, after each."""
    found = Found()
    for seed in seeds:
        damage, fed = drawn(seed)
        found.inputs += 1
        found.size += len(fed.data)
        try:
            found.add(seed, damage, fed, check(fed))
            if found.inputs % HELD_EVERY == 0:
                found.most_held = max(found.most_held, held(fed))
        except PropertyError as violation:
            found.fail(seed, damage, fed, violation.what)
        yield found


def told(seed: int, damage: str, fed: Fed) -> str:
    """A failure, to be repeated."""
    answer = fed.answer
    return (
        f"seed {seed}: {answer.name} ({damage}), stops {answer.stops}, status {fed.head.status}\n"
        f"  call: {answer.call.request.path or '/'} {answer.call.request.body}\n"
        f"  {str(failure(fed))[:600]}\n  {fed.data!r}"
    )


def seeds(first: int, seconds: float, inputs: int | None) -> Iterator[int]:
    """Seeds for a time, or a number of them."""
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until if inputs is None else number < inputs:
        yield first + number
        number += 1


def watched(first: int, seconds: float, inputs: int | None) -> Found:
    """Feed, and show how far it is."""
    found = Found()
    began = time.monotonic()
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as progress:
        task = progress.add_task("inputs", total=inputs or seconds)
        for found in fuzzed(seeds(first, seconds, inputs)):
            if found.inputs % 100 == 0:
                done = found.inputs if inputs else time.monotonic() - began
                progress.update(task, completed=done, description=f"{found.inputs} inputs")
            if len(found.failures) >= FAILURES:
                break
    return found


def table(first: int, found: Found, seconds: float) -> str:
    """The figures of a run."""
    rows = [
        f"| {kind} | "
        + " | ".join(f"{found.outcomes[kind, outcome]:,}" for outcome in OUTCOMES)
        + " |"
        for kind in KINDS
    ]
    shape, factor = max(factors().items(), key=lambda item: item[1])
    lines = "\n".join(rows)
    return f"""
{date.today()}, Python {platform.python_version()}, {platform.machine()}: {found.inputs:,} inputs,
{found.size / 1e6:,.0f} MB, in {seconds:,.0f} s, from seed {first}.
Each gave what its bytes say, or an error of the client's own; no other was seen.

| damage | {" | ".join(OUTCOMES)} |
|---|{"---:|" * len(OUTCOMES)}
{lines}

The slowest input took {found.slowest * 1e6:.2f} µs a byte ({found.slowest_input}); at most
{found.most_held:.0f} bytes were held for each that came. Fed byte by byte, an answer that is
twice as long takes {factor:.2f} times as long at most ({shape}, of {len(SHAPES)} shapes).
"""


def main() -> int:
    """Feed, say what was found and write it down; 1 if a property did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--inputs", type=int, help="a number of inputs in place of a time")
    parser.add_argument("--seed", type=int, help="the first input's; a random one if not given")
    asked = parser.parse_args()
    first = random.SystemRandom().randrange(10**12) if asked.seed is None else asked.seed
    console = Console()
    console.print(f"seed {first}")
    warnings.simplefilter("error")
    began = time.monotonic()
    found = watched(first, asked.seconds, asked.inputs)
    seconds = time.monotonic() - began
    for words in found.failures:
        console.print(words, markup=False, highlight=False, soft_wrap=True)
    if not found.failures and asked.inputs is None:
        text = table(first, found, seconds)
        write_part(RELIABILITY, "make fuzz", text)
        console.print(text, markup=False)
    return 1 if found.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
