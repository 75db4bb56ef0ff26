"""Histories of any provider's become the turns that reach a prompt."""

from typing import Any

import pytest
from langchain_core.exceptions import ModelInvalidRequestError
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

from langchain_lorax import ChatLoRAX
from langchain_lorax.messages import turns
from lorax import messages as of_client
from lorax.errors import ValidationError
from lorax_devserver.testing import ScriptedServer


def sent(*messages: BaseMessage) -> list[dict[str, Any]]:
    """What reaches a server of messages."""
    return of_client.rendered(of_client.turns(turns(messages)))


CALL = {"name": "weather", "args": {"city": "Rome"}, "id": "call_1", "type": "tool_call"}
RESULT = ToolMessage("It rains.", tool_call_id="call_1")
ANTHROPIC = {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Rome"}}
RESPONSES = {
    "type": "function_call",
    "call_id": "call_1",
    "id": "fc_1",
    "name": "weather",
    "arguments": '{"city": "Rome"}',
}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "x"}
SAID = {"type": "text", "text": "Let me look."}

# An answer with a call, as different models wrote it down.
ANSWERS: dict[str, BaseMessage] = {
    "LangChain": AIMessage("Let me look.", tool_calls=[CALL]),
    "a chunk": AIMessageChunk("Let me look.", tool_calls=[CALL]),
    "v1 blocks": AIMessage(content_blocks=[SAID, {**CALL}]),  # type: ignore[list-item]
    "v1 blocks alone": AIMessage([SAID, CALL]),  # type: ignore[list-item]
    "Anthropic": AIMessage([THOUGHT, SAID, ANTHROPIC], tool_calls=[CALL]),
    "Anthropic's blocks alone": AIMessage([THOUGHT, SAID, ANTHROPIC]),
    "OpenAI's Responses": AIMessage(
        [{"type": "reasoning", "summary": []}, SAID, RESPONSES],  # type: ignore[list-item]
        tool_calls=[CALL],
    ),
    "OpenAI's Responses alone": AIMessage([SAID, RESPONSES]),  # type: ignore[list-item]
    "OpenAI's completions": AIMessage(
        "Let me look.",
        additional_kwargs={
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "weather", "arguments": '{"city": "Rome"}'},
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("who", ANSWERS)
def test_calls_and_results_reach_the_prompt(who: str, lorax_server: ScriptedServer) -> None:
    results: list[BaseMessage] = [
        RESULT,
        ToolMessage([{"type": "text", "text": "It rains."}], tool_call_id="call_1"),
        HumanMessage([{"type": "tool_result", "tool_use_id": "call_1", "content": "It rains."}]),
        HumanMessage(
            [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_1",
                    "content": [{"type": "text", "text": "It rains."}],
                }
            ]
        ),
    ]
    chat = ChatLoRAX(base_url=lorax_server.url)
    for result in results:
        chat.invoke([HumanMessage("Rain?"), ANSWERS[who], result])
    (sent,) = {str(asked.body["messages"]) for asked in lorax_server.requests}
    called = '{"name": "weather", "arguments": {"city": "Rome"}}'
    assert lorax_server.requests[0].body["messages"] == [
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": f"Let me look.\n{called}"},
        {"role": "user", "content": "Result of weather: It rains."},
    ]
    assert "Hm." not in sent


def test_a_call_that_was_cut_stays_in_the_history() -> None:
    cut = AIMessage(
        "",
        invalid_tool_calls=[{"name": "weather", "args": '{"ci', "id": "1", "error": None}],  # type: ignore[typeddict-item]
    )
    (turn,) = turns([cut])
    assert turn["tool_calls"] == [{"id": "1", "name": "weather", "arguments": '{"ci'}]


def test_a_call_that_was_cut_before_its_name_is_one() -> None:
    cut: Any = {"name": None, "args": None, "id": "1", "error": None}
    (turn,) = turns([AIMessage("", invalid_tool_calls=[cut])])
    assert turn["tool_calls"] == [{"id": "1", "name": "", "arguments": ""}]


def test_what_other_models_leave_beside_words_is_theirs() -> None:
    kinds = ["web_search_call", "web_search_tool_result", "code_interpreter_call"]
    kinds += ["executable_code", "server_tool_use", "citations", "audio", "what comes next year"]
    (turn,) = sent(
        AIMessage([{"type": "output_text", "text": "Hi."}, *({"type": k} for k in kinds)])
    )
    assert turn["content"] == "Hi."
    (refused,) = sent(AIMessage([{"type": "refusal", "refusal": "No."}]))
    assert refused["content"] == "No."


def test_a_call_of_old_is_read() -> None:
    call = {"name": "weather", "arguments": '{"city": "Rome"}'}
    asked, result = sent(
        AIMessage("", additional_kwargs={"function_call": call}),
        FunctionMessage("It rains.", name="weather"),
    )
    assert asked["content"] == '{"name": "weather", "arguments": {"city": "Rome"}}'
    assert result == {"role": "user", "content": "Result of weather: It rains."}


def test_a_call_in_old_and_new_form_is_one() -> None:
    old = {"function_call": {"name": "weather", "arguments": '{"city": "Rome"}'}}
    (turn,) = sent(AIMessage("", tool_calls=[CALL], additional_kwargs=old))
    assert turn["content"] == '{"name": "weather", "arguments": {"city": "Rome"}}'


@pytest.mark.parametrize(
    ("message", "turn"),
    [
        (SystemMessage("Be kind."), {"role": "system", "content": "Be kind."}),
        (HumanMessage("Hi", name="Ann"), {"role": "user", "content": "Hi"}),
        (HumanMessage(["a", "b"]), {"role": "user", "content": ["a", "b"]}),
        (HumanMessage(""), {"role": "user", "content": ""}),
        (ChatMessage("Hi", role="judge"), {"role": "judge", "content": "Hi"}),
        (
            FunctionMessage("3", name="add"),
            {"role": "function", "name": "add", "content": "3"},
        ),
        (
            AIMessage("Hi"),
            {"role": "assistant", "tool_calls": [], "function_call": None, "content": "Hi"},
        ),
        (
            ToolMessage("3", tool_call_id="1", name=""),
            {"role": "tool", "tool_call_id": "1", "name": None, "content": "3"},
        ),
        (
            ToolMessage("3", tool_call_id="1", name="add"),
            {"role": "tool", "tool_call_id": "1", "name": "add", "content": "3"},
        ),
    ],
)
def test_who_speaks(message: BaseMessage, turn: dict[str, Any]) -> None:
    assert turns([message]) == [turn]


def test_an_image_reaches_the_server(lorax_server: ScriptedServer) -> None:
    image = {"type": "image", "base64": "AAAA", "mime_type": "image/png"}
    ChatLoRAX(base_url=lorax_server.url).invoke([HumanMessage(["What is it?", image])])
    assert lorax_server.requests[0].body["messages"][0]["content"][1] == {
        "type": "image_url",
        "image_url": {"url": "data:image/png;base64,AAAA"},
    }


def test_what_no_server_takes_is_refused() -> None:
    heard = HumanMessage([{"type": "audio", "base64": "A"}])
    with pytest.raises(ModelInvalidRequestError, match=r"messages\[1\]: content of type 'audio'"):
        ChatLoRAX(base_url="http://127.0.0.1:9").invoke(["Hi", heard])
    with pytest.raises(ValidationError, match="cannot hold a RemoveMessage"):
        turns([RemoveMessage(id="1")])
