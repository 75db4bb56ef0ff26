"""Scoring SQL by executing it: an answer is right if it finds the rows of the reference query."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from itertools import permutations

# A model may join everything with everything: SQLite gives up after so many of its instructions.
LONGEST_QUERY = 5_000_000

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Result:
    """What became of one answer.

    Attributes:
        sql: The statement taken from the answer.
        found: The rows in short, or the error.
        right: Whether the rows are those of the reference query.
        nearly: Whether they would be right after leaving out or reordering columns.
    """

    sql: str
    found: str
    right: bool
    nearly: bool


def statement(text: str) -> str:
    """Returns the first SQL statement of an answer: up to its `;` or the end of the code block."""
    return " ".join(re.split(r";|```", text, maxsplit=1)[0].split())


def score(schema: str, reference: str, text: str) -> Result:
    """Executes an answer and compares its rows.

    Args:
        schema: The SQL that creates and fills the tables.
        reference: The reference query; row order counts only if it has an ORDER BY.
        text: The answer as the model wrote it.

    Returns:
        The statement and what it found.
    """
    expected, sql = execute(schema, reference), statement(text)
    try:
        rows = execute(schema, sql)
    except sqlite3.Error as error:
        return Result(sql, f"error: {error}", right=False, nearly=False)
    ordered = "ORDER BY" in reference
    right = _same(rows, expected, ordered)
    return Result(sql, _short(rows), right, right or _contains(rows, expected, ordered))


def execute(schema: str, sql: str) -> Rows:
    """Returns the rows a query finds in a fresh database that it cannot change."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(schema)
        database.execute("PRAGMA query_only = ON")
        database.set_progress_handler(lambda: 1, LONGEST_QUERY)
        return database.execute(sql).fetchall()
    finally:
        database.close()


def _same(rows: Rows, expected: Rows, ordered: bool) -> bool:
    return rows == expected if ordered else Counter(rows) == Counter(expected)


def _contains(rows: Rows, expected: Rows, ordered: bool) -> bool:
    """Tells whether some choice of the columns of `rows` gives the expected rows."""
    if len(rows) != len(expected):
        return False
    choices = permutations(range(len(rows[0])), len(expected[0]))
    return any(
        _same([tuple(row[column] for column in choice) for row in rows], expected, ordered)
        for choice in choices
    )


def _short(rows: Rows, longest: int = 3) -> str:
    if not rows:
        return "no rows"
    cells = [", ".join(str(value) for value in row) for row in rows[:longest]]
    more = f" … ({len(rows)} rows)" if len(rows) > longest else ""
    return " / ".join(cells) + more
