"""Tools and structured output on the real model: whole and streamed alike, by both clients."""

import json
import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Literal

import anyio
import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from lorax import AsyncClient, Client, errors
from tests.conftest import Caller

pytestmark = pytest.mark.anyio


class Weather(BaseModel):
    """Tell the weather of a city."""

    city: str
    days: int = Field(1, ge=1, le=5)


class Add(BaseModel):
    """Add two whole numbers."""

    a: int
    b: int


class Step(BaseModel):
    thought: str
    result: float


class Solution(BaseModel):
    steps: list[Step] = Field(min_length=1, max_length=2)
    answer: float


class Person(BaseModel):
    name: str
    born: date
    mood: Literal["happy", "sad"]
    friend: "Person | None" = None


class Book(TypedDict):
    title: str
    year: int


HISTORY = [
    {"role": "system", "content": "You answer in one sentence."},
    {"role": "user", "content": "What is the weather in Rome?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "Weather", "arguments": "{}"}}
        ],
    },
    {"role": "tool", "tool_call_id": "a", "content": "22 degrees, sunny"},
]
ASKED = "What is the weather in Paris, and what is 2 + 3?"
TOOLS: dict[str, dict[str, Any]] = {
    "auto": {},
    "any": {"tool_choice": "any"},
    "a name": {"tool_choice": "Add"},
    "one tool": {"tools": [Weather], "tool_choice": "required"},
    "several": {"tool_choice": "any", "parallel_tool_calls": True},
    "none": {"tool_choice": "none", "max_new_tokens": 20},
    "after a result": {"messages": HISTORY},
    "cut": {"tool_choice": "any", "max_new_tokens": 12},
    "the server's own": {"server_tools": True, "tool_choice": "Weather"},
    "an adapter": {"adapter_id": "sql", "tool_choice": "any"},
}


@pytest.mark.parametrize("case", TOOLS.values(), ids=TOOLS)
async def test_a_conversation_with_tools(devserver: str, case: dict[str, Any]) -> None:
    """One client asks for the whole answer, the other for the stream of it."""
    settings = {"messages": ASKED, "tools": [Weather, Add], "max_new_tokens": 60, **case}
    with Client(devserver) as client:
        whole = await anyio.to_thread.run_sync(partial(client.chat, **settings))
    async with AsyncClient(devserver) as async_client:
        chunks = [chunk async for chunk in async_client.chat_stream(**settings)]
    assert "".join(chunk.text for chunk in chunks) == whole.text
    named = [d.name for chunk in chunks for d in chunk.tool_calls if d.name]
    assert named == [call.name for call in whole.tool_calls]
    reasons = [chunk.finish_reason for chunk in chunks if chunk.finish_reason]
    assert reasons == [whole.finish_reason]
    assert chunks[-1].usage == whole.usage
    for index, call in enumerate(whole.tool_calls):
        pieces = [d.arguments for c in chunks for d in c.tool_calls if d.index == index]
        if not case.get("server_tools"):  # its whole answers are written anew by the server
            assert "".join(pieces) == call.text
        if call.complete:
            assert json.loads("".join(pieces)) == call.arguments
            {"Weather": Weather, "Add": Add}[call.name].model_validate(call.arguments)
    choice = case.get("tool_choice")
    if choice in {"any", "required", "Add", "Weather"} and "max_new_tokens" not in case:
        assert whole.tool_calls
        assert whole.finish_reason == "tool_calls"
    if choice in {"Add", "Weather"}:
        assert {call.name for call in whole.tool_calls} == {choice}
    if choice == "none":
        assert (whole.tool_calls, bool(whole.text)) == ([], True)
    if case.get("max_new_tokens") == 12:
        assert whole.finish_reason == "length"
        assert [call.complete for call in whole.tool_calls] == [False]


FORMS: dict[str, Any] = {
    "a class": Solution,
    "a class that holds itself": Person,
    "a TypedDict": Book,
    "a type": list[Literal["red", "green"]],
    "a schema": Person.model_json_schema(),
    "OpenAI's nesting": {
        "type": "json_schema",
        "json_schema": {"name": "book", "schema": {"properties": {"title": {"type": "string"}}}},
    },
    "no schema": {"type": "json_object"},
}


PROMPT = "Anna, born on 3 May 1990, is happy. As JSON: "


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_is_kept_and_checked(devserver: str, form: Any) -> None:
    """A small model may write on to the limit; then, and only then, the check fails."""
    settings = {"response_format": form, "check": True, "max_new_tokens": 80}
    with Client(devserver) as client:

        def whole(method: Any) -> Any:
            return method(PROMPT, **settings).parsed

        def streamed(method: Any) -> Any:
            return [item.parsed for item in method(PROMPT, **settings)][-1]

        answer = outcome(lambda: whole(client.generate))
        assert outcome(lambda: streamed(client.generate_stream)) == answer
        said = outcome(lambda: whole(client.chat))
        assert outcome(lambda: streamed(client.chat_stream)) == said
    assert not isinstance(answer, Exception)
    assert not isinstance(said, Exception)


def outcome(answer: Callable[[], Any]) -> Any:
    """What came of a check: a value, or the text of an answer that its limit cut."""
    try:
        return answer()
    except errors.AnswerMismatchError as error:
        return error.text if re.search("EOF while parsing|is no JSON", error.message) else error


async def test_an_answer_that_was_cut_does_not_pass_the_check(
    caller: Caller, devserver: str
) -> None:
    settings = {"response_format": Person, "check": True, "max_new_tokens": 5}
    with pytest.raises(errors.AnswerMismatchError, match="max_new_tokens") as caught:
        await caller.call(devserver, "generate", "JSON: ", **settings)
    assert caught.value.text.startswith("{")
    assert caught.value.url == devserver
    with pytest.raises(errors.AnswerMismatchError):
        await caller.stream(devserver, "generate_stream", "JSON: ", **settings)
    with pytest.raises(errors.AnswerMismatchError):
        await caller.stream(devserver, "chat_stream", "JSON: ", **settings)
