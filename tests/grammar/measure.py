"""What the server's compiler makes of every schema, before and after it is lowered.

It writes the table of docs/structured-output.md. Run it as `make grammar`; it takes half an hour.
Schemas come in an order drawn by a seed and the table is written after each, so that a run that is
stopped has measured a fair sample.
"""

import random
import re
from collections import Counter
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from docs.pages import STRUCTURED_OUTPUT, write_part
from lorax import grammar
from lorax.errors import AnswerMismatchError
from lorax.schemas.checking import checker
from lorax_devserver import costs
from lorax_devserver.errors import EngineError
from tests.grammar.compiler import Compiled, Compiler, python_form
from tests.grammar.corpus import ENTRIES
from tests.grammar.entry import Entry
from tests.grammar.walker import Walker

LIMIT = 30
HOPELESS = 120  # what is told to take longer is not tried
TEXTS = 20


class Measurement:
    """Compiles, and counts what comes of it.

    Args:
        compiler: What compiles.
    """

    def __init__(self, compiler: Compiler) -> None:
        self._compile = cache(lambda pattern: compiler.compile(pattern, LIMIT))
        self.rows: list[tuple[str, str, str]] = []
        self.originals: Counter[str] = Counter()
        self.slowest = (0.0, "")

    def add(self, entry: Entry) -> None:
        """Measure one more."""
        before = self._before(entry)
        self.originals[before.split(":")[0]] += 1
        self.rows.append((entry.name, before, self._after(entry)))

    def _before(self, entry: Entry) -> str:
        schema = _original(entry.form)
        if schema is None:
            return "no schema"
        try:
            pattern = python_form(schema)
            hopeless = costs.seconds(pattern, HOPELESS) > HOPELESS
        except EngineError as error:
            return f"refused: {_short(error)}"
        if hopeless:
            return f"over {LIMIT} s: told by the estimate"
        made: Compiled = self._compile(pattern)
        if made.refused is not None:
            return f"refused: {_short(made.refused)}"
        if made.seconds is None:
            return f"over {LIMIT} s"
        wrong = _not_fitting(entry, pattern) if entry.error is None else TEXTS
        told = f"wrong: {wrong} of {TEXTS} texts do not fit; " if wrong else "compiles: "
        return f"{told}{made.seconds:.1f} s"

    def _after(self, entry: Entry) -> str:
        if entry.error is not None:
            return f"told at once: {entry.error}"
        told = grammar.explain(entry.form)
        pattern = python_form(told.schema)
        made: Compiled = self._compile(pattern)
        if made.refused is not None or made.seconds is None:
            return f"**{made.refused or f'over {LIMIT} s'}**"
        self.slowest = max(self.slowest, (made.seconds, entry.name))
        wrong = _not_fitting(entry, pattern)
        notes = (
            note.split()[0].rstrip(":") for notes in told.unenforced.values() for note in notes
        )
        listed = ", ".join(dict.fromkeys(notes))
        found = f"{made.seconds:.1f} s, {TEXTS - wrong} of {TEXTS} fit"
        return f"{found}; not enforced: {listed}" if listed else found

    def table(self) -> str:
        """As it stands in the page."""
        chosen = ", drawn by a seed" if len(self.rows) < len(ENTRIES) else ""
        counted = ", ".join(f"{kind} {count}" for kind, count in sorted(self.originals.items()))
        head = (
            f"{len(self.rows)} of {len(ENTRIES)} schemas{chosen}. As they were: {counted}. "
            f"Lowered, the slowest took {self.slowest[0]:.1f} s ({self.slowest[1]})."
        )
        places = {entry.name: place for place, entry in enumerate(ENTRIES)}
        rows = sorted(self.rows, key=lambda row: places[row[0]])
        lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
        return "\n".join([head, "", "| schema | as it was | lowered |", "|---|---|---|", *lines])


def _original(form: Any) -> Any:
    if grammar.is_type(form):
        return TypeAdapter(form).json_schema()
    if form in ({"type": "json_object"}, {}):
        return None
    return grammar.schema_of(form)


def _not_fitting(entry: Entry, pattern: str) -> int:
    check = checker(entry.form)
    wrong = 0
    for text in Walker(len(entry.name)).texts(pattern, TEXTS):
        try:
            check(text)
        except AnswerMismatchError:
            wrong += 1
    return wrong


def _short(words: object) -> str:
    return " ".join(str(words).split())[:60]


def _cell(text: str) -> str:
    """Text of a table: what would be markup stands as it is."""
    return re.sub(r"([|<>*_\\`\[\]])", r"\\\1", text).replace(r"\*\*", "**")


def main() -> None:
    """Measure all, and write the table after each."""
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Compiler() as compiler, Progress(*columns, console=Console()) as progress:
        found = Measurement(compiler)
        task = progress.add_task("", total=len(ENTRIES))
        for entry in random.Random(1).sample(ENTRIES, len(ENTRIES)):
            progress.update(task, description=f"{entry.name[:30]:30}")
            found.add(entry)
            write_part(STRUCTURED_OUTPUT, "make grammar", found.table())
            progress.advance(task)


if __name__ == "__main__":
    main()
