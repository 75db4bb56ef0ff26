"""What is to be reached, and whether it was."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.cases import (
    CASES,
    FAST,
    IMPORT_BASE,
    IMPORT_LANGCHAIN,
    IMPORT_OURS,
    LANGCHAIN,
    OPENAI,
    OURS,
    THEIRS,
    WRAPPED,
    Contender,
)
from benchmarks.figures import Figures
from benchmarks.stub_server import MANNERS


@dataclass(frozen=True)
class Goal:
    """A figure that is to be reached.

    Attributes:
        what: What it is.
        reached: What was reached.
        most: The most that is well.
        unit: What follows the figures.
    """

    what: str
    reached: float
    most: float
    unit: str = ""

    @property
    def shown(self) -> str:
        """What was reached, in words; a number of failures is a whole one."""
        counted = isinstance(self.reached, int)
        return f"{self.reached}" if counted else f"{self.reached:.2f}{self.unit}"

    @property
    def met(self) -> bool:
        """Whether it was reached; what rounds to the goal has reached it."""
        return round(self.reached, 2) <= self.most


def goals(figures: Figures) -> Iterator[Goal]:
    """All of them."""
    yield from _streams(figures)
    yield from _frameworks(figures)
    yield from _batches(figures)
    imports = figures.ratio("import", IMPORT_OURS, IMPORT_BASE)
    yield Goal("`import lorax` : import of httpx and pydantic", imports, 1.35)
    seconds = figures.value("import", IMPORT_LANGCHAIN)
    yield Goal(
        "`from langchain_lorax import LoRAX, ChatLoRAX`, beyond LangChain's own classes",
        seconds,
        0.15,
        " s",
    )
    for who in (OURS, FAST):
        memory = figures.ratio("memory", who, THEIRS)
        yield Goal(f"memory of 1,000 open streams, {plain(who)} : lorax-client's", memory, 1)


def plain(who: Contender) -> str:
    """A name without emphasis."""
    return who.name.replace("**", "")


def own_time() -> float:
    """Seconds that the server itself takes for the batch."""
    busy = next(case for case in CASES if case.name == "batch")
    manner = MANNERS[busy.manner]
    return busy.repeats / manner.permits * manner.work


def _streams(figures: Figures) -> Iterator[Goal]:
    async_ = figures.ratio("astream", FAST, THEIRS)
    yield Goal("a token of an async stream, with httpx-aiohttp : lorax-client's", async_, 0.5)
    paced = figures.ratio("paced", FAST, THEIRS)
    yield Goal("the same of 100 paced streams", paced, 1.05)
    sync = figures.ratio("stream", OURS, THEIRS)
    yield Goal("a token of a sync stream : lorax-client's", sync, 1.35)
    yield Goal("the same : openai's", figures.ratio("stream", OURS, OPENAI), 0.15)
    openai = figures.ratio("astream", FAST, OPENAI)
    yield Goal("a token of an async stream, with httpx-aiohttp : openai's", openai, 0.15)


def _frameworks(figures: Figures) -> Iterator[Goal]:
    for name, wrapped in WRAPPED.items():
        for case, call in (("stream", wrapped.call), ("astream", f"a{wrapped.call}")):
            beyond = figures.over_floor(case, wrapped.who, wrapped.floor, wrapped.client)
            what = f"a token of {name}: {call} beyond its floor : the client's"
            yield Goal(what, beyond, 1.2)
            what = f"a token of {name}: {call} : the plainest class's over the same client"
            yield Goal(what, figures.ratio(case, wrapped.who, wrapped.plainest), 1.1)


def _batches(figures: Figures) -> Iterator[Goal]:
    calls = (
        ("Client in threads", "batch", OURS),
        ("AsyncClient", "abatch", OURS),
        ("AsyncClient with httpx-aiohttp", "abatch", FAST),
        ("LangChain's abatch", "abatch", LANGCHAIN),
    )
    for call, case, who in calls:
        what = f"64 answers of a server that holds 8, {call}"
        # The time of a batch that lost answers says nothing.
        failures = figures.failures(case, who)
        if failures:
            yield Goal(f"{what}: failures", failures, 0)
        else:
            time = figures.value(case, who) / own_time()
            yield Goal(f"{what} : the server's own time", time, 1.15)
