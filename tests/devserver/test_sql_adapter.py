"""Adapter `sql` answers questions that it was not trained on; the base model does not."""

from collections.abc import Iterator

import pytest

from examples.bookshop import prompt_for
from lorax import Client
from lorax_devserver.adapters import SHIPPED
from training.sql import questions, scoring

SCHEMA = (SHIPPED / "sql" / "bookshop.sql").read_text()
# Every fourth held-out question: all of them take a minute, and the card has their score.
SOME = questions.held_out()[::4]


@pytest.fixture(scope="module")
def client(devserver: str) -> Iterator[Client]:
    with Client(devserver) as client:
        yield client


def share_right(client: Client, adapter_id: str | None, asked: list[questions.HeldOut]) -> float:
    """How many of the questions are answered with the right rows."""
    answers = [
        client.generate(
            prompt_for(item.question),
            adapter_id=adapter_id,
            max_new_tokens=96,
            stop_sequences=[";", "```"],
        )
        for item in asked
    ]
    scored = zip(asked, answers, strict=True)
    right = sum(scoring.score(SCHEMA, item.sql, answer.text).right for item, answer in scored)
    return right / len(asked)


def test_most_held_out_questions_are_answered_by_the_adapter_alone(client: Client) -> None:
    assert share_right(client, "sql", SOME) >= 0.6
    assert share_right(client, None, SOME[::3]) == 0


def test_no_training_pair_asks_a_held_out_question() -> None:
    trained = questions.training_pairs(3000, seed=0)
    held_out = questions.held_out()
    assert not {pair.question for pair in trained} & {item.question for item in held_out}
    unseen = {questions.shape(item.sql) for item in held_out if item.unseen}
    assert not unseen & {questions.shape(pair.sql) for pair in trained}


def test_the_card_tells_both_scores() -> None:
    card = (SHIPPED / "sql" / "README.md").read_text()
    assert "57 of 73" in card
    assert "SmolLM2-135M-Instruct" in card


def test_an_answer_ends_by_itself(client: Client) -> None:
    answer = client.generate(
        prompt_for("How many books are there?"), adapter_id="sql", max_new_tokens=96
    )
    assert answer.details is not None
    assert answer.details.finish_reason == "eos_token"
    assert answer.text.endswith(";")
