"""What the client costs beside its peers: `make bench`, or `--profile` for where its time goes."""

import argparse
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, track

from benchmarks import tables
from benchmarks.cases import (
    CASES,
    FAST,
    IMPORTS,
    LANGCHAIN,
    LLAMAINDEX,
    OURS,
    SHOWN,
    THEIRS,
    Case,
    Contender,
)
from benchmarks.environments import ENVIRONMENTS
from benchmarks.figures import Figures
from benchmarks.goals import plain
from benchmarks.picture import Bar, picture
from benchmarks.running import measure, measure_import, profile, servers
from docs.pages import RESULTS, write_part

ROUNDS = 5
IN_FRAMEWORKS = (("astream", LANGCHAIN), ("astream", LLAMAINDEX))
PICTURE = RESULTS.with_name("results.svg")
console = Console()


def run(rounds: int, cases: tuple[Case, ...]) -> Figures:
    """Measure everything in turn, so that a slow minute is everyone's."""
    figures = Figures()
    each = sum(len(case.contenders) for case in cases) + len(IMPORTS)
    columns = (TextColumn("{task.description:<60}"), BarColumn(), TimeElapsedColumn())
    with servers() as urls, Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=rounds * each)
        for _ in range(rounds):
            for case in cases:
                for who in case.contenders:
                    progress.update(bar, description=f"{case.name}: {plain(who)}")
                    figures.add(case.name, who, measure(case, who, urls[case.manner]))
                    progress.advance(bar)
            for what in IMPORTS:
                progress.update(bar, description=what.name.replace("**", ""))
                figures.add("import", what, measure_import(what))
                progress.advance(bar)
    return figures


def drawn(figures: Figures) -> str:
    """The picture of what a token costs."""
    titles = {
        "stream": "CPU a token, one sync stream",
        "astream": "CPU a token, one async stream",
        "paced": "CPU a token, 100 async streams at 20 ms a token",
    }
    groups = []
    for case, title in titles.items():
        bars = [_bar(figures, case, who) for who in SHOWN[case]]
        groups.append((f"{title} (lorax-client 0.6.3 = 1)", bars))
    return picture(groups)


def _bar(figures: Figures, case: str, who: Contender) -> Bar:
    ratio = figures.ratio(case, who, THEIRS)
    value = f"{ratio:.2f} × ({figures.value(case, who):.1f} µs)"
    return Bar(plain(who), ratio, value, who in {OURS, FAST})


def show_profile(name: str, who: str) -> None:
    """Print where the time of one case goes; the profiler makes calls of Python dearer."""
    case = next(case for case in CASES if case.name == name)
    contender = next((one for one in case.contenders if plain(one) == who), None)
    if contender is None:
        raise SystemExit(f"{name} has: {', '.join(map(plain, case.contenders))}")
    contender.environment.make()
    with servers() as urls:
        print(profile(case, contender, urls[case.manner]).shown)


def write_shares() -> None:
    """Write down what packages the time goes to; built-in functions count for who calls them."""
    cases = {case.name: case for case in CASES}
    found = {}
    with servers() as urls:
        for name, who in (("stream", OURS), ("paced", FAST), ("astream", FAST), *IN_FRAMEWORKS):
            case = cases[name]
            title = f"{name}: {plain(who)}"
            found[title] = profile(case, who, urls[case.manner]).shares
    text = tables.shares(found)
    write_part(RESULTS, "make bench, the profile", text)
    console.print(Markdown(text))


def main() -> None:
    """Measure, print, and write it down; a run of fewer rounds is only printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [case.name for case in CASES]
    parser.add_argument("--profile", metavar="CASE", choices=names, help=", ".join(names))
    parser.add_argument("--of", metavar="NAME", default=plain(OURS), help="whom to profile")
    parser.add_argument("--shares", action="store_true", help="the profile's packages alone")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    # A thousand streams are a thousand files, and the processes started here inherit this.
    setrlimit(RLIMIT_NOFILE, (getrlimit(RLIMIT_NOFILE)[1],) * 2)
    if given.shares:
        write_shares()
        return
    if given.profile:
        show_profile(given.profile, given.of)
        return
    for environment in track(ENVIRONMENTS, "environments", console=console):
        environment.make()
    figures = run(given.rounds, CASES)
    text = tables.text(figures, given.rounds)
    if given.rounds >= ROUNDS:
        PICTURE.write_text(drawn(figures))
        write_part(RESULTS, "make bench", f"![CPU a token]({PICTURE.name})\n\n{text}")
        write_shares()
    console.print(Markdown(text))


if __name__ == "__main__":
    main()
