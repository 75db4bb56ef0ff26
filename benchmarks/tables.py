"""The tables of a run, in Markdown."""

import platform
from collections.abc import Mapping
from datetime import date

from benchmarks import environments
from benchmarks.cases import (
    ASYNC,
    CASES,
    FAST,
    IMPORTS,
    OURS,
    SHOWN,
    THEIRS,
    WRAPPED,
    Contender,
)
from benchmarks.figures import Figures
from benchmarks.goals import goals, own_time
from benchmarks.stub_server import MANNERS

# What carries the requests of each, beside the peer itself.
_SHOWN = (
    (environments.LORAX_CLIENT, ("lorax-client", "requests", "urllib3", "aiohttp", "pydantic")),
    (environments.OPENAI, ("openai", "httpx", "httpx2", "pydantic")),
    (environments.HUGGING_FACE, ("huggingface-hub", "requests", "aiohttp")),
    (environments.HTTPX, ("httpx", "httpx-aiohttp", "aiohttp", "pydantic", "orjson")),
    (environments.FRAMEWORKS, ("langchain-core", "llama-index-core")),
)


def text(figures: Figures, rounds: int) -> str:
    """All of them, with what they were made with."""
    parts = (_heading(rounds), _tokens(figures), _frameworks(figures), _batches(figures))
    return "\n\n".join((*parts, _imports(figures), _memory(figures), _goals(figures)))


def shares(found: Mapping[str, Mapping[str, float]]) -> str:
    """Where the time of some cases goes, by package."""
    least = 3  # percent; what takes less is put together
    rows = []
    for title, parts in found.items():
        shown = [f"{package} {part:.0f} %" for package, part in parts.items() if part >= least]
        rest = sum(part for part in parts.values() if part < least)
        rows.append((title, ", ".join([*shown, f"others {rest:.0f} %"])))
    return _table(("CPU time of", "is spent in"), *rows)


def _heading(rounds: int) -> str:
    listed = []
    for environment, names in _SHOWN:
        versions = environment.versions()
        listed.append(", ".join(f"{n} {versions[n]}" for n in names if n in versions))
    case = {case.name: case for case in CASES}
    at_once, paced = case["stream"].tokens, case["paced"].tokens
    pace = round(MANNERS["paced"].pace * 1000)
    made = f"{date.today()}, Python {platform.python_version()}, {platform.machine()}"
    return f"""{made}. Medians of {rounds} rounds, all in turn,
each measurement in a process of its own and each peer in its own environment; ratios are medians of
each round's. The server is another process, whose answers are ready before they are asked for. A
stream has {at_once} tokens that come all at once, or {paced} that come one every {pace} ms, each an
event and a chunk of its own; every client reads the text of each, and all texts are compared.

Versions: {"; ".join(listed)}."""


def _table(*rows: tuple[str, ...]) -> str:
    head, *lines = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|---" * len(rows[0]) + "|", *lines])


def _cell(figures: Figures, case: str, who: Contender) -> str:
    ratio = figures.ratio(case, who, THEIRS)
    value = figures.value(case, who)
    return f"{value:,.{0 if value >= 100 else 1}f} ({ratio:.2f} ×)"


def _tokens(figures: Figures) -> str:
    head = (
        "CPU µs a token (lorax-client 0.6.3 = 1)",
        "one stream, sync",
        "one stream, async",
        "100 paced streams, async",
        "generate, wall µs",
    )
    rows = [
        (who.name, *(_cell(figures, case, who) if who in SHOWN[case] else "" for case in SHOWN))
        for who in ASYNC
    ]
    return _table(head, *rows)


def _frameworks(figures: Figures) -> str:
    rows = []
    for name, wrapped in WRAPPED.items():
        for case, call in (("stream", wrapped.call), ("astream", f"a{wrapped.call}")):
            compared = (wrapped.floor, wrapped.client, wrapped.plainest, wrapped.who)
            costs = [f"{figures.value(case, one):.1f}" for one in compared]
            rows.append((f"{name}: {call}", *costs))
    head = (
        "CPU µs a token",
        "an LLM that does nothing",
        "our client alone",
        "the plainest LLM over it",
        "**LoRAX**",
    )
    return _table(head, *rows)


def _batches(figures: Figures) -> str:
    rows = []
    for how, case in (("in threads", "batch"), ("async", "abatch")):
        for who in next(one for one in CASES if one.name == case).contenders:
            failures, wall = figures.failures(case, who), figures.value(case, who)
            time = "" if failures else f"{wall:.2f} s ({wall / own_time():.2f} ×)"
            rows.append((f"{who.name}, {how}", time, str(failures)))
    head = (
        f"64 answers of a server that holds 8: {own_time():.2f} s of its own",
        "time",
        "failures",
    )
    return _table(head, *rows)


def _imports(figures: Figures) -> str:
    rows = [(what.name, f"{figures.value('import', what):.2f}") for what in IMPORTS]
    return _table(("", "s"), *rows)


def _memory(figures: Figures) -> str:
    rows = [(w.name, _cell(figures, "memory", w)) for w in (THEIRS, OURS, FAST)]
    return _table(("1,000 open streams", "KB a stream"), *rows)


def _goals(figures: Figures) -> str:
    rows = [
        (
            goal.what,
            f"at most {goal.most:g}{goal.unit}",
            goal.shown,
            "met" if goal.met else "**not met**",
        )
        for goal in goals(figures)
    ]
    return _table(("goal", "bound", "reached", ""), *rows)
