"""Adapter `extract` writes records of messages that it was not trained on, better than the base."""

import json
import re
from collections.abc import Iterator

import jsonschema
import pytest

import lorax
from lorax import Client
from lorax_devserver import schemas
from lorax_devserver.adapters import SHIPPED
from training.extract import messages, scoring

# Some of the held-out messages: all of them take minutes, and the card has their score.
SOME = messages.held_out()[::10]


@pytest.fixture(scope="module")
def client(devserver: str) -> Iterator[Client]:
    with Client(devserver) as client:
        yield client


def share_of_fields(client: Client, adapter_id: str | None, sent: list[messages.HeldOut]) -> float:
    """How many of the fields have the value of the reference."""
    answers = [
        scoring.judge(scoring.written(client, item.text, adapter_id, scoring.SCHEMA), item)
        for item in sent
    ]
    return sum(len(answer.right) for answer in answers) / len(scoring.FIELDS) / len(answers)


def test_most_fields_of_held_out_messages_are_right_with_the_adapter_alone(client: Client) -> None:
    assert share_of_fields(client, "extract", SOME) >= 0.75
    assert share_of_fields(client, None, SOME[::4]) <= 0.35


def test_an_answer_is_a_record_without_the_schema_too(client: Client) -> None:
    message = "Hi, order 20-113 came with a torn cover. Please send a new one. Marta Holub"
    record = json.loads(scoring.written(client, message, "extract", None))
    jsonschema.validate(record, scoring.SCHEMA)
    assert record["order"] == "20-113"


def test_a_server_enforces_the_whole_schema_at_a_small_cost() -> None:
    told = lorax.explain(scoring.SCHEMA)
    assert not told.unenforced
    assert told.seconds < 5


def test_what_is_trained_is_what_the_schema_lets_through() -> None:
    pattern = schemas.regex(json.dumps(lorax.explain(scoring.SCHEMA).schema))
    assert pattern is not None
    trained = [scoring.answer_for(message.record) for message in messages.messages(500, seed=0)]
    held_out = [scoring.answer_for(item.record) for item in messages.held_out()]
    assert not [text for text in trained + held_out if not re.fullmatch(pattern, text)]


def test_no_training_message_has_a_held_out_name_title_or_order() -> None:
    values = {
        value.casefold()
        for item in messages.held_out()
        for value in (item.record["customer"], item.record["order"], item.record["book"])
        if value
    }
    made = messages.messages(2000, seed=0)
    said = {str(value).casefold() for message in made for value in message.record.values()}
    assert not values & said
    assert not [message for message in made if messages.holds_held_out(message.text)]
    assert messages.holds_held_out("Is Kelp any good?")


def test_what_a_record_copies_stands_in_its_message() -> None:
    made = [*messages.messages(2000, seed=1), *messages.held_out()]
    for message in made:
        copied = (message.record[field] for field in ("customer", "order", "book"))
        assert all(value in message.text for value in copied if value)


def test_messages_are_different_and_the_same_for_a_seed() -> None:
    made = messages.messages(300, seed=2)
    assert made == messages.messages(300, seed=2)
    assert len({message.text for message in made}) == 300


def test_the_card_tells_both_scores() -> None:
    card = (SHIPPED / "extract" / "README.md").read_text()
    told = re.search(r"adapter (\d+) of 80, base model (\d+) of 80", card)
    assert told is not None
    adapter, base = map(int, told.groups())
    assert adapter >= 29
    assert base == 0
    assert "SmolLM2-135M-Instruct" in card
