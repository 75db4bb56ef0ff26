"""Question and SQL pairs about the bookshop: generated for training, hand-written for holding out.

Training pairs are drawn from a small grammar over `wording.py`. The held-out questions of
`held_out.json` decide what may be trained: a pair whose SQL has the *shape* of a held-out question
of an unseen kind is never generated. Only the standard library is needed here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from training.sql import wording
from training.sql.wording import Phrase

FEW = (0, 0, 0, 1)  # conditions where books are grouped
HELD_OUT_FILE = Path(__file__).with_name("held_out.json")


class Pair(NamedTuple):
    """A question and the SQL statement answering it."""

    question: str
    sql: str


@dataclass(frozen=True)
class HeldOut:
    """A held-out question.

    Attributes:
        kind: The name of its kind, a heading of the card.
        unseen: Whether no training pair has SQL of this shape.
        question: The question as a customer would put it.
        sql: The reference query.
    """

    kind: str
    unseen: bool
    question: str
    sql: str


def held_out() -> list[HeldOut]:
    """Returns the held-out questions in the order of their kinds."""
    kinds = json.loads(HELD_OUT_FILE.read_text(encoding="utf-8"))
    return [
        HeldOut(kind["kind"], kind["unseen"], question, sql)
        for kind in kinds
        for question, sql in kind["questions"]
    ]


def shape(sql: str) -> str:
    """Returns the query with its values blanked and the conditions of its WHERE sorted."""
    blank = re.sub(r"'[^']*'|\b\d+(\.\d+)?\b", "?", sql)
    blank = blank.replace("BETWEEN ? AND ?", "BETWEEN ?")
    return re.sub(
        r"(?<=WHERE ).*?(?= GROUP| ORDER| LIMIT|;|$)",
        lambda match: " AND ".join(sorted(match.group().split(" AND "))),
        blank,
    )


def training_pairs(count: int, seed: int) -> list[Pair]:
    """Returns `count` different training pairs, always the same ones for the same seed."""
    rng = random.Random(seed)
    forbidden = {shape(item.sql) for item in held_out() if item.unseen}
    pairs: dict[str, Pair] = {}
    while len(pairs) < count:
        pair = _Asker(rng).ask()
        if shape(pair.sql) not in forbidden:
            pairs.setdefault(pair.question, pair)
    return list(pairs.values())


class _Asker:
    """Makes one random pair: chooses the books spoken of, then what is asked about them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.values = self._draw_values()
        self.conditions: list[str] = []
        self.tables: set[str] = set()

    def ask(self) -> Pair:
        """Returns the pair."""
        asks: dict[Callable[[], tuple[str, str]], int] = {
            self._lookup: 3,
            self._list: 5,
            self._measure: 6,
            self._per_group: 3,
            self._top_group: 2,
            self._groups_over: 2,
            self._top: 5,
        }
        question, sql = self.rng.choices(list(asks), list(asks.values()))[0]()
        question = question.format(**self.values)
        return Pair(question[0].upper() + question[1:], sql.format(**self.values) + ";")

    def _draw_values(self) -> dict[str, str]:
        rng = self.rng
        year, price, month = rng.randint(1700, 1960), rng.randint(3, 30), rng.randint(1, 12)
        return {
            "author": rng.choice(wording.AUTHORS),
            "country": rng.choice(wording.COUNTRIES),
            "genre": rng.choice(wording.GENRES),
            "title": rng.choice(wording.TITLES),
            "year": str(year),
            "later": str(year + rng.randint(1, 80)),
            "price": f"{price}{rng.choice(['', '', '.50'])}",
            "dearer": str(price + rng.randint(1, 12)),
            "n": str(rng.randint(2, 12)),
            "month": wording.MONTHS[month - 1],
            "month_number": f"{month:02}",
            "sales_year": str(rng.choice([2021, 2022, 2023, 2025])),
        }

    def _speak(self, question: str, amounts: tuple[int, ...] = (0, 1, 1, 1, 2, 2, 3)) -> str:
        """Says which books are meant, by as many conditions as one of `amounts`."""
        if "{predicate}" in question:
            phrase = self._use(self._condition(wording.PREDICATES))
            question = question.replace("{predicate}", phrase.removeprefix("that "))
            amounts = tuple(max(amount - 1, 0) for amount in amounts)
        books = self._books(self.rng.choice(amounts))
        one = re.sub(r"\b(book|title)s\b", r"\1", books)
        return question.replace("{books}", books).replace("{book}", one)

    def _books(self, amount: int) -> str:
        """Chooses conditions and returns the noun phrase for the books that meet them."""
        noun = self.rng.choice(["books", "books", "books", "titles"])
        after: list[str] = []
        for _ in range(amount):
            phrase = self._use(self._condition(wording.CONDITIONS))
            if "{books}" in phrase:
                noun = phrase.replace("{books}", noun)
                self.conditions.insert(0, self.conditions.pop())
            else:
                after.append(phrase)
        return " ".join([noun, self.rng.choice([" ", " and "]).join(after)]).strip()

    def _condition(self, conditions: tuple[Phrase, ...]) -> Phrase:
        """Returns a condition on a column that has none yet."""
        used = {condition.split()[0] for condition in self.conditions}
        free = [phrase for phrase in conditions if phrase.sql.split()[0] not in used]
        return self.rng.choices(free, [phrase.weight for phrase in free])[0]

    def _use(self, condition: Phrase) -> str:
        """Adds a condition to the query and returns a wording of it."""
        self.conditions.append(condition.sql)
        self.tables |= condition.tables
        return self.rng.choice(condition.says)

    def _query(self, columns: str, ending: str = "") -> str:
        """Returns the SELECT over the tables and conditions collected so far."""
        sql = f"SELECT {columns} FROM books"
        if "authors" in self.tables:
            sql += " JOIN authors ON authors.id = author_id"
        if "sales" in self.tables:
            sql += " JOIN sales ON books.id = book_id"
        if self.conditions:
            sql += " WHERE " + " AND ".join(self.conditions)
        return sql + ending

    def _lookup(self) -> tuple[str, str]:
        lookup = self.rng.choice(wording.LOOKUPS)
        return self.rng.choice(lookup.says), lookup.sql

    def _list(self) -> tuple[str, str]:
        what = self.rng.choice(wording.LISTS[:1] * 4 + wording.LISTS)
        self.tables |= what.tables
        question = self._speak(self.rng.choice(what.says), (1, 1, 1, 2, 2, 3))
        if "DISTINCT" in what.sql or not question.endswith(".") or self.rng.random() < 0.5:
            return question, self._query(what.sql)
        order = self.rng.choice(list(wording.SORTED))
        ending = self.rng.choice(wording.SORTED[order].split("|"))
        return f"{question[:-1]}, {ending}.", self._query(what.sql, f" ORDER BY {order}")

    def _measure(self) -> tuple[str, str]:
        measure = self.rng.choice(wording.MEASURES)
        self.tables |= measure.tables
        frames = [
            frame.replace("{measure}", self.rng.choice(measure.says))
            for frame in wording.ASK_MEASURE
        ]
        direct = wording.DIRECT.get(measure.sql, ())
        question = self.rng.choice(direct if direct and self.rng.random() < 0.6 else frames)
        question = self._speak(question)
        if "sales" in measure.tables and self.rng.random() < 0.5:
            question = f"{question[:-1]} {self._use(wording.SOLD_IN)}{question[-1]}"
        return question, self._query(measure.sql)

    def _group(self) -> tuple[str, str]:
        """Chooses a column to group by; returns its name in English and in SQL."""
        group, column = self.rng.choice(list(wording.GROUPS.items()))
        if group in ("author", "country"):
            self.tables.add("authors")
        return group, column

    def _per_group(self) -> tuple[str, str]:
        measure = self.rng.choice(wording.MEASURES)
        self.tables |= measure.tables
        group, column = self._group()
        frame = self.rng.choice(wording.ASK_PER_GROUP)
        question = frame.replace("{measure}", self.rng.choice(measure.says))
        if measure.sql == "COUNT(*)" and self.rng.random() < 0.5:
            question = "How many {books} are there per {group}?"
        question = self._speak(question.replace("{group}", group), FEW)
        return question, self._query(f"{column}, {measure.sql}", f" GROUP BY {column}")

    def _top_group(self) -> tuple[str, str]:
        measure, says = self.rng.choice(list(wording.TOP_GROUP.items()))
        self.tables |= _tables_of(measure)
        group, column = self._group()
        predicate = self._speak(self.rng.choice(says.split("|")), FEW)
        ending = f" GROUP BY {column} ORDER BY {measure} DESC LIMIT 1"
        return f"Which {group} {predicate}?", self._query(column, ending)

    def _groups_over(self) -> tuple[str, str]:
        measure, says = self.rng.choice(list(wording.GROUPS_OVER.items()))
        self.tables |= _tables_of(measure)
        group, column = self._group()
        predicate = self._speak(self.rng.choice(says.split("|")), FEW)
        question = f"Which {wording.GROUP_PLURALS[group]} {predicate}?"
        return question, self._query(column, f" GROUP BY {column} HAVING {measure} > {{n}}")

    def _top(self) -> tuple[str, str]:
        order, says = self.rng.choice(list(wording.SUPERLATIVES.items()))
        self.tables |= _tables_of(order)
        number, word = self.rng.choice(list(wording.NUMBER_WORDS.items()))
        several = self.rng.random() < 0.5
        question = self.rng.choice(wording.ASK_TOP_N if several else wording.ASK_TOP_ONE)
        question = question.replace("{n}", self.rng.choice([str(number), word]))
        question = question.replace("{order}", self.rng.choice(says.split("|")))
        question = self._speak(question)
        group = " GROUP BY title" if "SUM" in order else ""
        limit = number if several else 1
        return question, self._query("title", f"{group} ORDER BY {order} LIMIT {limit}")


def _tables_of(expression: str) -> set[str]:
    """Returns the tables beyond `books` that a measure or order needs."""
    return {"sales"} if "quantity" in expression else set()
