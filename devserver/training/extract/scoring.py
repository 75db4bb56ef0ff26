"""Scoring records: base model and adapter on the held-out messages, through a real server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
from rich.progress import track

from lorax import Client
from lorax_devserver.testing import model_server
from training.extract.messages import HeldOut, Record, held_out

FOLDER = Path(__file__).parents[2] / "lorax_devserver" / "adapters" / "extract"
PROMPT = (FOLDER / "prompt.txt").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
FIELDS = tuple(SCHEMA["properties"])
LONGEST_ANSWER = 128  # tokens; the longest record of the held-out messages has about 75


@dataclass(frozen=True)
class Answer:
    """What was written as the record of a message.

    Attributes:
        text: The answer.
        fits: Whether it is JSON of the schema.
        right: The fields whose values are those of the reference.
    """

    text: str
    fits: bool
    right: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether the whole record is right."""
        return self.fits and len(self.right) == len(FIELDS)


@dataclass(frozen=True)
class Scored:
    """A held-out message with what was made of it.

    Attributes:
        item: The message and its record.
        base: The base model's answer, held to the schema.
        adapter: The adapter's answer, held to the schema.
        free: The adapter's answer, held to nothing.
    """

    item: HeldOut
    base: Answer
    adapter: Answer
    free: Answer


def prompt_for(message: str) -> str:
    """Returns the prompt that the adapter is trained with."""
    return PROMPT.replace("{message}", message)


def answer_for(record: Record) -> str:
    """Returns a record as the adapter is trained to write it."""
    return json.dumps(record, ensure_ascii=False)


def judge(text: str, item: HeldOut) -> Answer:
    """Compares an answer with the reference record, field by field."""
    try:
        record = json.loads(text)
        jsonschema.validate(record, SCHEMA)
    except (ValueError, jsonschema.ValidationError):
        return Answer(text, fits=False, right=frozenset())
    reference: dict[str, object] = {**item.record}
    same = frozenset(field for field in FIELDS if record[field] == reference[field])
    return Answer(text, fits=True, right=same)


def score(model: Path, adapter: Path) -> list[Scored]:
    """Returns the held-out messages with the answers of a server that has model and adapter."""
    with (
        model_server(model, {"extract": adapter}) as server,
        Client(server.url, timeout=300) as client,
    ):
        return [
            Scored(
                item,
                base=judge(written(client, item.text, None, SCHEMA), item),
                adapter=judge(written(client, item.text, "extract", SCHEMA), item),
                free=judge(written(client, item.text, "extract", None), item),
            )
            for item in track(held_out(), "scoring")
        ]


def written(client: Client, message: str, adapter_id: str | None, schema: Any) -> str:
    """Returns what a server writes as the record of a message."""
    return client.generate(
        prompt_for(message),
        adapter_id=adapter_id,
        response_format=schema,
        max_new_tokens=LONGEST_ANSWER,
    ).text
