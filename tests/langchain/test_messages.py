"""Histories of any provider's become the turns that reach a prompt."""

from typing import Any

import pytest
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
from lorax.errors import ValidationError
from lorax_devserver.testing import ScriptedServer

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
    (turn,) = turns(
        [AIMessage([{"type": "output_text", "text": "Hi."}, *({"type": k} for k in kinds)])]
    )
    assert turn["content"] == "Hi."
    (refused,) = turns([AIMessage([{"type": "refusal", "refusal": "No."}])])
    assert refused["content"] == "No."


def test_a_call_of_old_is_read() -> None:
    call = {"name": "weather", "arguments": '{"city": "Rome"}'}
    asked, result = turns(
        [
            AIMessage("", additional_kwargs={"function_call": call}),
            FunctionMessage("It rains.", name="weather"),
        ]
    )
    assert asked["tool_calls"] == [{"id": None, **call}]
    assert result == {"role": "function", "name": "weather", "content": "It rains."}


def test_a_call_in_old_and_new_form_is_one() -> None:
    old = {"function_call": {"name": "weather", "arguments": '{"city": "Rome"}'}}
    (turn,) = turns([AIMessage("", tool_calls=[CALL], additional_kwargs=old)])
    assert [call["id"] for call in turn["tool_calls"]] == ["call_1"]


@pytest.mark.parametrize(
    ("held", "words"),
    [({"text": "Hi!"}, "Hi!"), ({"base64": "SGkh"}, "Hi!"), ({"base64": "/w=="}, "�")],
)
def test_a_file_of_text_is_its_words(held: dict[str, Any], words: str) -> None:
    (turn,) = turns([HumanMessage([{"type": "text-plain", **held}])])
    assert turn["content"] == words


def test_a_result_may_be_empty() -> None:
    (turn,) = turns([HumanMessage([{"type": "tool_result", "tool_use_id": "call_1"}])])
    assert turn == {"role": "tool", "content": "", "tool_call_id": "call_1"}


@pytest.mark.parametrize(
    ("message", "turn"),
    [
        (SystemMessage("Be kind."), {"role": "system", "content": "Be kind."}),
        (HumanMessage("Hi", name="Ann"), {"role": "user", "content": "Hi"}),
        (HumanMessage(["a", "b"]), {"role": "user", "content": "ab"}),
        (HumanMessage(""), {"role": "user", "content": ""}),
        (ChatMessage("Hi", role="judge"), {"role": "judge", "content": "Hi"}),
        (
            FunctionMessage("3", name="add"),
            {"role": "function", "name": "add", "content": "3"},
        ),
        (AIMessage("Hi"), {"role": "assistant", "tool_calls": None, "content": "Hi"}),
        (
            ToolMessage("3", tool_call_id="1", name="add"),
            {"role": "tool", "tool_call_id": "1", "name": "add", "content": "3"},
        ),
    ],
)
def test_who_speaks(message: BaseMessage, turn: dict[str, Any]) -> None:
    assert turns([message]) == [turn]


URL = "https://example.org/cat.png"
DATA = "data:image/png;base64,AAAA"
IMAGES: list[tuple[dict[str, Any], str]] = [
    ({"type": "image_url", "image_url": {"url": URL}}, URL),
    ({"type": "image_url", "image_url": URL}, URL),
    ({"type": "image", "url": URL}, URL),
    ({"type": "image", "base64": "AAAA", "mime_type": "image/png"}, DATA),
    ({"type": "image", "base64": "AAAA"}, DATA),
    ({"type": "image", "source_type": "base64", "data": "AAAA", "mime_type": "image/png"}, DATA),
    ({"type": "image", "source_type": "url", "url": URL}, URL),
    (
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
        },
        DATA,
    ),
    ({"type": "image", "source": {"type": "url", "url": URL}}, URL),
]


@pytest.mark.parametrize(("image", "address"), IMAGES)
def test_images_are_sent_as_the_server_takes_them(image: dict[str, Any], address: str) -> None:
    (turn,) = turns([HumanMessage([{"type": "text", "text": "What is it?"}, image])])
    assert turn["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": address}},
    ]


def test_an_image_keeps_its_detail() -> None:
    image = {"url": URL, "detail": "low"}
    (turn,) = turns([HumanMessage([{"type": "image_url", "image_url": image}])])
    assert turn["content"] == [{"type": "image_url", "image_url": image}]


def test_an_image_reaches_the_server(lorax_server: ScriptedServer) -> None:
    image = {"type": "image", "base64": "AAAA", "mime_type": "image/png"}
    ChatLoRAX(base_url=lorax_server.url).invoke([HumanMessage(["What is it?", image])])
    assert lorax_server.requests[0].body["messages"][0]["content"][1] == {
        "type": "image_url",
        "image_url": {"url": DATA},
    }


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (HumanMessage([{"type": "audio", "base64": "A"}]), "content of type 'audio'"),
        (HumanMessage([{"type": "file", "url": "x"}]), "content of type 'file'"),
        (HumanMessage([{"type": "image", "file_id": "x"}]), "an image should have a url"),
        (HumanMessage([{"type": "image_url"}]), "an image should have a url"),
        (HumanMessage([{"type": "text-plain", "url": "x"}]), "should have its text"),
        (RemoveMessage(id="1"), "cannot hold a RemoveMessage"),
    ],
)
def test_what_no_server_takes_is_refused(message: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        turns([message])
