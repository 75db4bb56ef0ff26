"""Customers' messages with their records: generated for training, hand-written for holding out.

`messages` puts together words of `wording.py` and values of `values.py`. No generated message
holds a name, title or order number of `held_out.json`. Only the standard library is needed here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

from training.extract import values, wording

HELD_OUT_FILE = Path(__file__).with_name("held_out.json")
PROBLEMS = {
    "damaged": 4,
    "late": 4,
    "missing": 4,
    "wrong item": 4,
    "payment": 4,
    "return": 4,
    "question": 4,
    "praise": 3,
}
VOICES = {"formal": 3, "plain": 4, "angry": 2, "rambling": 2, "chat": 4, "note": 2}
SLOT = re.compile(r"\{(\w+)\}")


class Record(TypedDict):
    """What a message says; its fields are those of the adapter's schema, in its order."""

    customer: str | None
    order: str | None
    book: str | None
    problem: str
    wants: str | None
    urgent: bool


class Message(NamedTuple):
    """A customer's message and its record."""

    text: str
    record: Record


class HeldOut(NamedTuple):
    """A held-out message with the kind it is of, a heading of the card."""

    kind: str
    text: str
    record: Record


def held_out() -> list[HeldOut]:
    """Returns the held-out messages in the order of their kinds."""
    kinds = json.loads(HELD_OUT_FILE.read_text(encoding="utf-8"))
    return [
        HeldOut(kind["kind"], text, record) for kind in kinds for text, record in kind["messages"]
    ]


def messages(count: int, seed: int) -> list[Message]:
    """Returns `count` different messages, always the same ones for the same seed."""
    rng = random.Random(seed)
    made: dict[str, Message] = {}
    while len(made) < count:
        message = _Writer(rng).write()
        if not holds_held_out(message.text):
            made.setdefault(message.text, message)
    return list(made.values())


def holds_held_out(text: str) -> bool:
    """Tells whether a text has a name, title or order number of a held-out message."""
    return _held_out_values().search(text) is not None


@cache
def _held_out_values() -> re.Pattern[str]:
    records = [item.record for item in held_out()]
    found = {record[field] for record in records for field in ("customer", "order", "book")}
    alternatives = "|".join(re.escape(value) for value in sorted(filter(None, found)))
    return re.compile(rf"(?<!\w)({alternatives})(?!\w)", re.IGNORECASE)


class _Writer:
    """Writes one random message: chooses what happened, then how it is said."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.voice = self._weighted(VOICES)
        self.problem = self._weighted(PROBLEMS)
        if self.problem == "praise" and self.voice == "angry":
            self.voice = "plain"
        self.wants = self._draw_wants()
        self.urgent = self.problem != "praise" and rng.random() < 0.25
        self.name = self._maybe(0.65, values.person(rng, formal=self.voice == "formal"))
        self.order = self._maybe(0.55, values.order(rng))
        self.title = self._maybe(0.75, values.title(rng))
        if self.voice in ("chat", "note") and rng.random() < 0.25:
            self.name, self.title = _lower(self.name), _lower(self.title)
        self.titles_said = 0

    def write(self) -> Message:
        """Returns the message."""
        text = self._fill(self._style(self._body()))
        record = Record(
            customer=self.name,
            order=self.order,
            book=self.title if self.titles_said else None,
            problem=self.problem,
            wants=self.wants,
            urgent=self.urgent,
        )
        return Message(text.strip(), record)

    def _weighted(self, weights: dict[str, int]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _maybe(self, share: float, value: str) -> str | None:
        return value if self.rng.random() < share else None

    def _draw_wants(self) -> str | None:
        if self.problem in ("question", "praise"):
            return "answer" if self.problem == "question" else None
        demands = [wants for problem, wants in wording.DEMANDS if problem == self.problem]
        return self.rng.choice([None, "refund", *demands])

    # What is said.

    def _body(self) -> list[str]:
        """Returns the sentences, with places for the values."""
        sentences = self._point()
        if self.urgent:
            sentences.insert(self.rng.randint(1, len(sentences)), self._say(wording.URGENT))
        if self.order and not any("{order}" in sentence for sentence in sentences):
            self._mention_order(sentences)
        if self.voice != "note":
            self._surround(sentences)
        return sentences

    def _point(self) -> list[str]:
        """Returns what the message is about: what happened, and what is wanted."""
        joined = wording.JOINED.get((self.problem, self.wants or ""))
        if joined and self.rng.random() < 0.35:
            return [self._say(joined)]
        sentences = self._happened()
        if self.wants == "refund":
            sentences.append(self._say(wording.REFUND))
        elif self.wants and self.problem != "question":
            sentences.append(self._say(wording.DEMANDS[self.problem, self.wants]))
        if self.wants and len(sentences) == 2 and self.rng.random() < 0.1:
            sentences.reverse()  # the demand first
        return sentences

    def _happened(self) -> list[str]:
        if self.voice == "note":
            return [self._say(wording.NOTES[self.problem])]
        if self.problem == "question":
            return [self._say(wording.QUESTIONS if self.title else wording.GENERAL_QUESTIONS)]
        if self.problem == "praise":
            say_book = self.title or self.rng.random() < 0.2
            return [self._say(wording.PRAISE if say_book else wording.GENERAL_PRAISE)]
        sentence = self._problem_sentence()
        if self.rng.random() > 0.35:
            return [sentence]
        forms = [form for form in wording.INTRODUCTIONS if self.order or "{order}" not in form]
        return [self._say(forms), sentence.replace("{book}", "it").replace("{Book}", "It")]

    def _problem_sentence(self) -> str:
        """Returns a sentence of the lists, or one put together of the book and what it does."""
        ends = {
            "damaged": [
                self._say(wording.IS_DAMAGED),
                f"{self._say(wording.ARRIVED)} {self._say(wording.DAMAGE)}",
            ],
            "late": [self._say(wording.IS_LATE)],
            "missing": [self._say(wording.IS_MISSING)],
            "return": [self._say(wording.IS_UNWANTED)],
        }.get(self.problem)
        if ends and self.rng.random() < 0.5:
            return f"{{Book}} {self._say(ends)}."
        return self._say(wording.SENTENCES[self.problem])

    def _mention_order(self, sentences: list[str]) -> None:
        """Adds the order number, to a sentence or as one of its own."""
        if self.rng.random() < 0.3 and sentences[0][-1] in ".!?":
            aside = self._say(wording.ORDER_ASIDES)
            sentences[0] = f"{sentences[0][:-1]}{aside}{sentences[0][-1]}"
        else:
            note = self._say(wording.ORDER_NOTES)
            sentences.insert(self.rng.choice([0, len(sentences)]), note)

    def _surround(self, sentences: list[str]) -> None:
        """Adds what is beside the point, before it or after it."""
        asides = [
            aside
            for aside in wording.ASIDES
            if not (self.urgent and re.search("hurry|rush|urgent|Take your", aside))
        ]
        extra = self.rng.sample(asides, self.rng.choice([0, 0, 0, 1, 1, 2]))
        if self.voice == "angry":
            extra += self.rng.sample(wording.ANGRY, self.rng.choice([1, 2]))
        if self.voice == "formal" and self.problem != "praise":
            extra += self.rng.sample(wording.POLITE, self.rng.choice([0, 1]))
        if self.voice == "rambling":
            extra += self.rng.sample(wording.FILLERS, self.rng.choice([2, 3]))
        for sentence in extra:
            sentences.insert(self.rng.choice([0, len(sentences)]), sentence)

    # How it is said.

    def _style(self, sentences: Sequence[str]) -> str:
        """Joins the sentences as the voice does it, between greeting and name."""
        if self.voice == "note":
            text = self._note(sentences)
        elif self.voice == "chat":
            text = self._chat(sentences)
        else:
            text = self._mail(sentences)
        if self.voice in ("chat", "note") and self.rng.random() < 0.5:
            text = _outside_slots(text, str.lower)
        if self.rng.random() < (0.05 if self.voice == "formal" else 0.15):
            text = _outside_slots(text, self._mistype)
        return text

    def _note(self, sentences: Sequence[str]) -> str:
        parts = [sentence.rstrip(".") for sentence in sentences]
        if self.name:
            parts.append(self._say(("{name}", "{name}", "- {name}", "thx {name}")))
        return self._say((", ", ". ", "\n", " - ", "; ", ", ")).join(parts)

    def _chat(self, sentences: Sequence[str]) -> str:
        parts = list(sentences)
        if self.rng.random() < 0.4:
            parts = [sentence.rstrip(".") for sentence in parts]
        if self.name and self.rng.random() < 0.4:
            parts.insert(0, self._say(wording.CHAT_INTRODUCTIONS))
        elif self.name:
            parts.append(self._say(wording.CHAT_SIGNATURES))
        if self.rng.random() < 0.5:
            parts.insert(0, self._say(wording.GREETINGS["chat"]))
        between = self._say((" ", " ", "\n", ", "))
        return between.join(parts).replace(".,", ",")

    def _mail(self, sentences: Sequence[str]) -> str:
        formal = self.voice == "formal"
        greet = formal or self.rng.random() < 0.6
        greeting = self._say(wording.GREETINGS["formal" if formal else "plain"])
        if self.voice == "angry" and self.rng.random() < 0.5:
            sentences = [self._shout(sentence) for sentence in sentences]
        body = self._say((" ", " ", " ", "\n")).join(sentences)
        line = self._say(("\n\n", "\n")) if formal else self._say(("\n\n", "\n", " "))
        if self.name and self.rng.random() < 0.1:
            introduced = self._say(("My name is {name}.", "This is {name}.", "I am {name}."))
            return line.join([greeting] * greet + [f"{introduced} {body}"])
        parts = [greeting] * greet + [body]
        ending = self._say(wording.CLOSINGS["formal" if formal else "plain"])
        if self.name:
            closed = formal or self.rng.random() < 0.7
            between = "\n" if "\n" in line else " "
            parts.append(f"{ending}{between}{{name}}" if closed else "{name}")
        elif self.rng.random() < 0.3:
            parts.append(ending)
        return line.join(parts)

    def _shout(self, sentence: str) -> str:
        if self.rng.random() < 0.25:
            sentence = _outside_slots(sentence, str.upper)
        return (
            f"{sentence[:-1]}{self._say(('!', '!!', '!!!'))}" if sentence[-1] == "." else sentence
        )

    def _mistype(self, text: str) -> str:
        """Drops, doubles or swaps letters in some of the words."""
        return re.sub(
            r"[A-Za-z]{3,}",
            lambda word: self._typo(word.group()) if self.rng.random() < 0.25 else word.group(),
            text,
        )

    def _typo(self, word: str) -> str:
        at = self.rng.randrange(len(word) - 1)
        pair = word[at : at + 2]
        return word[:at] + self._say((pair[0], pair[1] + pair[0], pair[0] + pair)) + word[at + 2 :]

    # The values.

    def _fill(self, text: str) -> str:
        return SLOT.sub(lambda slot: self._value(slot.group(1)), text)

    def _value(self, slot: str) -> str:
        """Returns what stands at a place; where `Book` begins a sentence it is a capital letter."""
        rng = self.rng
        if slot in ("book", "Book"):
            book = self._book()
            as_written = slot == "book" or book.startswith(self.title or "\n")
            return book if as_written else book[0].upper() + book[1:]
        draw = {
            "name": lambda: self.name or "",
            "order": lambda: self.order or "",
            "other": lambda: self._quoted(values.title(rng)),
            "friend": lambda: rng.choice([*values.FIRST_NAMES, *values.LAST_NAMES]),
            "relative": lambda: rng.choice(wording.RELATIVES),
            "day": lambda: rng.choice(wording.DAYS),
            "date": lambda: rng.choice(wording.DATES),
            "thing": lambda: rng.choice(wording.TOPICS),
            "amount": lambda: f"{rng.randint(5, 60)}{rng.choice(['', '.90', '.50'])} euros",
            "number": lambda: str(rng.randint(10, 99999)),
            "year": lambda: str(rng.randint(1998, 2024)),
            "phone": lambda: f"0{rng.randint(100, 999)} {rng.randint(100000, 9999999)}",
            "tracking": lambda: f"{rng.choice(['JD', 'RR', 'TRK', ''])}{rng.randint(10**6, 10**9)}",
        }
        return draw[slot]()

    def _book(self) -> str:
        if self.title is None:
            return self._say(wording.UNTITLED)
        self.titles_said += 1
        if self.titles_said > 1 and self.rng.random() < 0.6:
            return "it"
        form = self._say(wording.TITLED if self.voice not in ("chat", "note") else ("{title}",))
        form = form.replace("{author}", self.rng.choice(values.AUTHORS))
        return form.replace("{title}", self._quoted(self.title))

    def _quoted(self, title: str) -> str:
        return self._say(wording.QUOTES).format(title)

    def _say(self, ways: Sequence[str]) -> str:
        return self.rng.choice(ways)


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None


def _outside_slots(text: str, change: Callable[[str], str]) -> str:
    """Changes the words of a text and leaves the places of the values as they are."""
    parts = re.split(r"(\{\w+\})", text)
    return "".join(part if part.startswith("{") else change(part) for part in parts)
