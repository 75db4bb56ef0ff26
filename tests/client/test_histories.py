"""Conversations written for other providers' APIs: what of them reaches a LoRAX server."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from lorax import Client
from lorax.errors import ValidationError
from lorax.messages import rendered, turns, words
from lorax.types import ToolCall
from lorax_devserver.testing import ScriptedServer

CALL = {"id": "a", "type": "function", "function": {"name": "sky", "arguments": '{"at": "Rome"}'}}
WRITTEN = '{"name": "sky", "arguments": {"at": "Rome"}}'
USE = {"type": "tool_use", "id": "a", "name": "sky", "input": {"at": "Rome"}}
SAID = {"type": "text", "text": "Let me look."}


def sent(*history: Any) -> list[dict[str, Any]]:
    """What reaches a server of a conversation."""
    return rendered(turns([*history]))


class Block(BaseModel):
    """A part of an answer, as other clients have them: models with fields that may be empty."""

    type: str
    text: str | None = None
    id: str | None = None
    name: str | None = None
    input: dict[str, Any] | None = None


class Result(BaseModel):
    """A result, likewise."""

    type: str = "tool_result"
    tool_use_id: str
    content: str


CALLING: dict[str, dict[str, Any]] = {
    "Chat Completions": {"content": "Let me look.", "tool_calls": [CALL]},
    "parts beside calls": {"content": [SAID], "tool_calls": [CALL], "refusal": None},
    "a tuple of parts": {"content": (SAID, USE)},
    "Responses": {
        "content": [
            {"type": "reasoning", "summary": []},
            {"type": "output_text", "text": "Let me look.", "annotations": []},
            {
                "type": "function_call",
                "id": "fc_1",
                "call_id": "a",
                "name": "sky",
                "arguments": '{"at": "Rome"}',
            },
        ]
    },
    "Messages": {"content": [{"type": "thinking", "thinking": "Hm.", "signature": "x"}, SAID, USE]},
    "Messages' models": {"content": [Block(**SAID), Block(**USE)]},
    "LangChain's blocks": {
        "content": [SAID, {"type": "tool_call", "id": "a", "name": "sky", "args": {"at": "Rome"}}]
    },
    "in both places": {"content": [SAID, USE], "tool_calls": [CALL]},
    "in both places, by ours": {
        "content": [SAID, USE],
        "tool_calls": [ToolCall(id="a", name="sky", arguments={"at": "Rome"})],
    },
    "old and new": {
        "content": "Let me look.",
        "tool_calls": [CALL],
        "function_call": CALL["function"],
    },
}
RESULTS: dict[str, dict[str, Any]] = {
    "a turn": {"role": "tool", "tool_call_id": "a", "content": "Sun."},
    "parts": {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "Sun."}]},
    "in a user's turn": {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "a", "content": "Sun."}],
    },
    "a model in a user's turn": {
        "role": "user",
        "content": [Result(tool_use_id="a", content="Sun.")],
    },
    "parts in a user's turn": {
        "role": "user",
        "content": [
            {
                "type": "tool_result",
                "tool_use_id": "a",
                "content": [{"type": "text", "text": "Su"}, {"type": "text", "text": "n."}],
            }
        ],
    },
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("calling", CALLING.values(), ids=CALLING)
def test_calls_and_results_are_read(calling: dict[str, Any], result: dict[str, Any]) -> None:
    asked = {"role": "user", "content": [{"type": "input_text", "text": "Sun?"}]}
    assert sent(asked, {"role": "assistant", **calling}, result) == [
        {"role": "user", "content": "Sun?"},
        {"role": "assistant", "content": f"Let me look.\n{WRITTEN}"},
        {"role": "user", "content": "Result of sky: Sun."},
    ]


def test_a_call_of_old_is_read() -> None:
    called = {"role": "assistant", "content": None, "function_call": CALL["function"]}
    said, result = sent(called, {"role": "function", "name": "sky", "content": "Sun."})
    assert said["content"] == WRITTEN
    assert result == {"role": "user", "content": "Result of sky: Sun."}


def test_what_is_said_beside_results_comes_after_them() -> None:
    results = [{"type": "tool_result", "tool_use_id": i, "content": i} for i in ("b", "a")]
    both = {"role": "assistant", "content": [USE, {**USE, "id": "b", "name": "sea"}]}
    *_, last = sent(both, {"role": "user", "content": [results[0], "And?", results[1]]})
    assert last["content"] == "Result of sea: b\nResult of sky: a\nAnd?"


def test_a_result_may_be_empty() -> None:
    (turn,) = sent({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a"}]})
    assert turn == {"role": "user", "content": "Result: "}


def test_nothing_of_a_turn_is_lost_beside_results() -> None:
    result = {"type": "tool_result", "tool_use_id": "b", "content": "Sun."}
    said = sent({"role": "assistant", "content": [result], "tool_calls": [CALL]})
    assert [turn["content"] for turn in said] == ["Result: Sun.", WRITTEN]
    both = sent({"role": "assistant", "content": [{**USE, "id": "b"}], "tool_calls": (CALL,)})
    assert both[0]["content"] == f"[{WRITTEN}, {WRITTEN}]"
    for turn, why in (
        ({"content": [result]}, "role is missing"),
        ({"role": 5, "content": [result]}, "role should be a valid string"),
        ({"role": "user", "content": [result], "bogus": 1}, "bogus is no field"),
        ({"role": "user", "content": [{**result, "content": {}}]}, "should be a valid list"),
    ):
        with pytest.raises(ValidationError, match=why):
            sent(turn)


def test_calls_may_have_no_arguments() -> None:
    called = '{"name": "sky", "arguments": {}}'
    for turn in (
        {"content": [{"type": "tool_use", "id": "a", "name": "sky"}]},
        {"content": [Block(type="tool_use", id="a", name="sky")]},
        {"content": None, "function_call": {"name": "sky"}},
    ):
        assert sent({"role": "assistant", **turn})[0]["content"] == called
    assert sent({"role": "assistant", "content": "Hi", "function_call": {}})[0]["content"] == "Hi"


def test_what_is_none_stands_for_nothing() -> None:
    call = {"id": "a", "name": "sky", "arguments": None, "input": {"at": "Rome"}}
    for turn in (
        {"content": None, "tool_calls": [call]},
        {"content": [{"type": "tool_use", **call}]},
    ):
        assert sent({"role": "assistant", **turn})[0]["content"] == WRITTEN
    none = [{"type": "text", "citations": []}, {"type": "text", "text": None}, {"type": "refusal"}]
    (turn,) = sent({"role": "assistant", "content": [*none, {"text": "of no type"}, "Hi"]})
    assert turn["content"] == "Hi"


def test_no_conversation_has_no_words() -> None:
    assert words([]) == []


def test_what_other_models_leave_beside_words_is_theirs() -> None:
    kinds = ["web_search_call", "code_interpreter_call", "server_tool_use", "what comes next year"]
    (turn,) = sent({"role": "assistant", "content": [SAID, *({"type": kind} for kind in kinds)]})
    assert turn["content"] == "Let me look."
    (refused,) = sent({"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]})
    assert refused["content"] == "No."


@pytest.mark.parametrize(
    ("held", "said"),
    [({"text": "Hi!"}, "Hi!"), ({"base64": "SGkh"}, "Hi!"), ({"base64": "/w=="}, "�")],
)
def test_a_file_of_text_is_its_words(held: dict[str, Any], said: str) -> None:
    (turn,) = sent({"role": "user", "content": [{"type": "text-plain", **held}]})
    assert turn["content"] == said


URL = "https://example.org/cat.png"
DATA = "data:image/png;base64,AAAA"
GIF = "data:image/gif;base64,AAAA"
IMAGES: list[tuple[dict[str, Any], str]] = [
    ({"type": "image_url", "image_url": {"url": URL}}, URL),
    ({"type": "image_url", "image_url": URL}, URL),
    ({"type": "input_image", "image_url": URL}, URL),
    ({"type": "image", "url": URL}, URL),
    ({"type": "image", "base64": "AAAA", "mime_type": "image/gif"}, GIF),
    ({"type": "image", "base64": "AAAA"}, DATA),
    ({"type": "image", "source_type": "base64", "data": "AAAA", "mime_type": "image/gif"}, GIF),
    ({"type": "image", "source_type": "url", "url": URL}, URL),
    (
        {"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": "AAAA"}},
        GIF,
    ),
    ({"type": "image", "source": {"type": "url", "url": URL}}, URL),
]


@pytest.mark.parametrize(("image", "address"), IMAGES)
def test_images_are_sent_as_the_server_takes_them(image: dict[str, Any], address: str) -> None:
    (turn,) = sent({"role": "user", "content": ["What is it?", image]})
    assert turn["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": address}},
    ]


def test_an_image_keeps_its_detail() -> None:
    image = {"type": "image_url", "image_url": {"url": URL, "detail": "low"}}
    beside = {"type": "input_image", "image_url": URL, "detail": "low"}
    for part in (image, beside):
        (turn,) = sent({"role": "user", "content": [part]})
        assert turn["content"] == [image]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"type": "audio", "base64": "A"}, "content of type 'audio' cannot be sent: a LoRAX"),
        ({"text": "Hi"}, "content of type None cannot be sent"),
        ({"type": ["text"]}, "content of type None cannot be sent"),
        ({"type": "image", "file_id": "x"}, "an image should have a url, or its data"),
        ({"type": "image_url"}, "an image should have a url, or its data"),
        ({"type": "image_url", "image_url": 5}, "an image should have a url, or its data"),
        ({"type": "image_url", "image_url": {"url": 5}}, "an image should have a url, or its data"),
        ({"type": "image", "base64": b"AAAA"}, "an image should have a url, or its data"),
        ({"type": "image", "data": 5}, "an image should have a url, or its data"),
        ({"type": "text-plain", "base64": "!!!!"}, "'text-plain' is no base64"),
        ({"type": "text-plain", "url": "x"}, "'text-plain' should have its text, not None"),
        ({"type": "text", "text": 5}, "'text' should have its text, not 5"),
        ({"type": "text-plain", "base64": "x"}, "'text-plain' is no base64"),
        ({"type": "text-plain", "base64": "é"}, "'text-plain' is no base64"),
        (5, "content should have parts, each with its type, not 5"),
    ],
)
def test_what_no_server_takes_is_refused(part: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=rf"messages\[1\]: .*{why}"):
        sent({"role": "user", "content": "Hi"}, {"role": "user", "content": [part]})


KINDS = st.sampled_from(
    [
        "text",
        "image",
        "image_url",
        "tool_use",
        "function_call",
        "tool_result",
        "text-plain",
        "audio",
    ]
)
NAMES = st.sampled_from(
    ["type", "text", "id", "name", "input", "image_url", "source", "base64", "content", "function"]
)
VALUES = st.recursive(
    st.none() | st.integers() | st.text() | KINDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
PARTS = st.builds(lambda part, kind: {**part, "type": kind}, st.dictionaries(NAMES, VALUES), KINDS)
TURNS = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool"]), "content": VALUES | st.lists(PARTS)},
    optional={"tool_calls": VALUES | st.lists(PARTS), "function_call": VALUES, "name": VALUES},
)


@given(st.lists(TURNS, min_size=1, max_size=3))
def test_whatever_a_turn_holds_is_sent_as_a_server_takes_it_or_refused(history: list[Any]) -> None:
    try:
        reached = sent(*history)
    except ValidationError:
        return
    for turn in reached:
        assert turn.keys() == {"role", "content"}
        parts = turn["content"] if isinstance(turn["content"], list) else []
        assert {part["type"] for part in parts} <= {"text", "image_url"}


def test_calls_that_are_no_list_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"messages\[0\]: tool_calls should be a valid list"):
        sent({"role": "assistant", "content": [SAID], "tool_calls": 5})


def test_nothing_is_sent_of_a_turn_that_is_refused(lorax_server: ScriptedServer) -> None:
    with Client(lorax_server.url) as client:
        turn = {"role": "user", "content": [{"type": "audio"}]}
        with pytest.raises(ValidationError):
            client.chat([turn])
        client.chat([{"role": "user", "content": ["What is it?", {"type": "image", "url": URL}]}])
    (asked,) = lorax_server.requests
    assert asked.body["messages"][0]["content"][1]["image_url"] == {"url": URL}
