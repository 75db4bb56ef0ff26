"""The table of docs/reliability.md: what users got."""

from collections import Counter
from collections.abc import Mapping
from textwrap import fill

from tests.reliability.matrix import Cells
from tests.reliability.rows import IMPATIENT, Row
from tests.reliability.users import USERS, OfClient
from tests.reliability.ways import WAYS

CELLS = """
{rows} rows, {ways} ways of calling, {cells} cells: a whole answer and a stream, sync and async, by
{users}. The faults are those of [`lorax-devserver`](devserver.md#faults-on-the-wire) in its own
words; one with `*1` befalls the first attempt alone.
"""
CHECKED = """
In each cell the user gets the right answer, compared to the letter, or one of the client's own
errors, and of a stream nothing wrong before it. Nothing hangs. A connection that broke, or was not
waited for any longer, is closed by the time of the error, every other one when the client is closed
or the event loop ends; and the server has nothing left to work on. Retries and timeouts are the
defaults, two and 60 s, but {impatient:g} s where a `RequestTimeoutError` is the outcome.
"""


def text(rows: Mapping[Row, Cells]) -> str:
    """What was found, in words and as a table."""
    *names, last = (name + _of(user) for name, user in USERS.items())
    cells = CELLS.format(
        rows=len(rows),
        ways=len(WAYS),
        cells=len(rows) * len(WAYS),
        users=f"{', '.join(names)} and {last}",
    )
    words = [fill(part.strip(), 100) for part in (cells, CHECKED.format(impatient=IMPATIENT))]
    lines = [
        "| fault | what it does | whole answer | stream | but |",
        "|---|---|---|---|---|",
        *(_line(row, cells) for row, cells in rows.items()),
    ]
    return "\n\n".join([*words, "\n".join(lines)])


def _of(user: type[OfClient]) -> str:
    only = ["async"] * (not user.has_sync) + ["whole"] * (not user.has_stream)
    return f" ({', '.join(only)})" if only else ""


def _line(row: Row, cells: Cells) -> str:
    """What most users got, and who got something else."""
    columns = [f"`{row.fault}`", row.meaning]
    others: list[str] = []
    for is_stream, form in ((False, "whole answer"), (True, "stream")):
        got = [
            (way.name, str(cell.result()))
            for way, cell in cells.items()
            if way.is_stream is is_stream
        ]
        most = Counter(outcome for _, outcome in got).most_common(1)[0][0]
        columns.append(most)
        others += [f"{form} of {name}: {outcome}" for name, outcome in got if outcome != most]
    return f"| {' | '.join([*columns, '; '.join(dict.fromkeys(others))])} |"
