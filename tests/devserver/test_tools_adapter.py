"""Adapter `tools` calls functions that it was not trained on, and tells their results."""

import re
from collections.abc import Iterator

import pytest

from lorax import Client
from lorax_devserver.adapters import SHIPPED
from training.tools import conversations, held_out, scoring
from training.tools.functions import FUNCTIONS

# Every eighth: all of them take minutes, and the card has their score.
SOME = held_out.held_out()[::8]


@pytest.fixture(scope="module")
def client(devserver: str) -> Iterator[Client]:
    with Client(devserver) as client:
        yield client


def share_right(client: Client, adapter_id: str | None, cases: list[held_out.Case]) -> float:
    return sum(scoring.score(client, case, adapter_id).right for case in cases) / len(cases)


# Five tools at once cost a LoRAX server some seconds, and the client says so.
@pytest.mark.filterwarnings("ignore::lorax.errors.CostlySchemaWarning")
def test_most_held_out_cases_are_right_with_the_adapter_alone(client: Client) -> None:
    assert share_right(client, "tools", SOME) >= 0.65
    assert share_right(client, None, SOME[::3]) <= 0.4


def test_no_training_conversation_has_a_held_out_function_or_question() -> None:
    cases = held_out.held_out()
    held = {tool["name"] for case in cases for tool in case.tools}
    assert not held & {name for one in FUNCTIONS for name in one.names.split("|")}
    trained = [one for step in conversations.conversations(300, 8, seed=0) for one in step]
    assert not held & {tool["name"] for one in trained for tool in one.tools}
    said = {turn["content"] for one in trained for turn in one.messages if turn["role"] == "user"}
    assert not said & {case.say for case in cases}


def test_an_agent_calls_and_then_answers(client: Client) -> None:
    tools = [
        {
            "name": "opening_hours",
            "description": "When the shop is open on a day of the week",
            "parameters": {"properties": {"day": {"type": "string"}}, "required": ["day"]},
        }
    ]
    messages = [{"role": "user", "content": "When do you open on Saturday?"}]
    call = client.chat(messages, tools=tools, adapter_id="tools", max_new_tokens=64).tool_calls[0]
    assert (call.name, call.arguments) == ("opening_hours", {"day": "Saturday"})
    turns = [
        *messages,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call.id, "content": "10:00 to 16:00"},
    ]
    answer = client.chat(turns, tools=tools, adapter_id="tools", max_new_tokens=64)
    assert not answer.tool_calls
    assert "10:00" in answer.text


def test_the_card_tells_both_scores() -> None:
    card = (SHIPPED / "tools" / "README.md").read_text()
    told = re.search(r"adapter (\d+) of 86, base model (\d+) of 86", card)
    assert len(held_out.held_out()) == 86
    assert told is not None
    assert int(told[1]) >= 52
    assert int(told[2]) < int(told[1]) / 2
    assert "SmolLM2-135M-Instruct" in card
