"""A chat request and its answer, without a server: what is asked for, and how the end is told."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, create_model

from lorax import calls, errors, routes
from lorax.exchange import Head, Reading
from lorax.types import ChatChunk, ChatResponse

OK = Head(200, {"content-type": "application/json"}, "http://server")
EVENTS = Head(200, {"content-type": "text/event-stream"}, "http://server")
USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
TOOLS: dict[str, Any] = {"tools": [{"name": "add"}]}
CALL = '{"name": "add", "arguments": {"a": 1}}'


def whole(content: str, reason: str, **asked: Any) -> ChatResponse:
    message = {"role": "assistant", "content": content}
    body = {"choices": [{"message": message, "finish_reason": reason}], "usage": USAGE}
    return calls.chat("x", **asked).read(OK, json.dumps(body).encode())


def streamed(content: str, reason: str, **asked: Any) -> tuple[str, list[str]]:
    """The text and the finish reasons of a stream of single characters."""
    return read([*((letter, None) for letter in content), (None, reason)], **asked)


def read(events: list[tuple[str | None, str | None]], **asked: Any) -> tuple[str, list[str]]:
    """The same of a stream, from the content and the reason of each event."""
    chunks = pieces(events, **asked)
    return "".join(c.text for c in chunks), [c.finish_reason for c in chunks if c.finish_reason]


def pieces(events: list[tuple[str | None, str | None]], **asked: Any) -> list[ChatChunk]:
    """What comes of each event."""
    reading = Reading(calls.chat_stream("x", **asked))
    reading.begin(EVENTS)
    choices = [{"delta": {"content": said}, "finish_reason": reason} for said, reason in events]
    chunks = [
        chunk
        for choice in choices
        for chunk in reading.feed(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
    ]
    list(reading.feed(b"data: [DONE]\n\n"))
    reading.end()
    return chunks


ENDS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("It rains.", "stop", {}, "stop", "It rains."),
    ("It rains.", "length", {}, "length", "It rains."),
    ("It rains.", "content_filter", {}, "stop", "It rains."),
    ("It rains.", "stop", {"stop_sequences": [" r"]}, "stop", "It"),
    ("It rains.", "length", {"stop_sequences": [" r"]}, "stop", "It"),
    (CALL, "stop", TOOLS, "tool_calls", ""),
    (CALL, "length", TOOLS, "length", ""),
    (CALL[:-6], "length", TOOLS, "length", ""),
    (CALL[:-6], "stop", TOOLS, "stop", ""),
    ('{"name": "add", "arguments": 5}', "stop", TOOLS, "stop", ""),
    ('{"content": "It rains."}', "stop", TOOLS, "stop", "It rains."),
    ('{"content": "It rains."}', "stop", {**TOOLS, "stop_sequences": [" r"]}, "stop", "It"),
]


@pytest.mark.parametrize(("content", "servers", "asked", "reason", "text"), ENDS)
def test_the_end_is_told_truly(
    content: str, servers: str, asked: dict[str, Any], reason: str, text: str
) -> None:
    answer = whole(content, servers, **asked)
    assert (answer.finish_reason, answer.text) == (reason, text)
    assert streamed(content, servers, **asked) == (text, [reason])


def test_an_end_without_a_reason_is_none() -> None:
    """What is held back as the start of a stop sequence would be lost."""
    with pytest.raises(errors.IncompleteGenerationError):
        read([("It rai", None)], stop_sequences=["rain"])


def test_the_piece_that_ends_the_text_tells_why_though_the_server_goes_on() -> None:
    chunks = pieces(
        [("It", None), (" rains", None), (" a", None), ("", "length")], stop_sequences=[" r"]
    )
    assert [(chunk.text, chunk.finish_reason) for chunk in chunks] == [
        ("It", None),
        ("", "stop"),
        ("", None),
        ("", None),
    ]
    *before, last = pieces([*((letter, None) for letter in CALL), (None, "stop")], **TOOLS)
    assert [(found.name, found.arguments) for found in last.calls] == [("add", {"a": 1})]
    assert not any(chunk.calls for chunk in before)


def test_more_after_the_reason_is_no_answer() -> None:
    assert read([("{It}", None), (None, "stop"), ("", "stop")], **TOOLS) == ("{It}", ["stop"])
    with pytest.raises(errors.UnexpectedAnswerError):
        read([("It", None), (None, "stop"), (" rains.", None)])


@pytest.mark.parametrize(
    ("asked", "temperature"),
    [({}, 0), ({"do_sample": True}, None), ({"temperature": 0.5}, 0.5), ({"top_p": 0.9}, None)],
)
def test_nothing_is_drawn_unless_it_is_asked_for(asked: Any, temperature: float | None) -> None:
    body = calls.chat("x", **asked).request.body
    assert body is not None
    assert body.get("temperature") == temperature


def test_gateways_write_null_for_what_is_not_there() -> None:
    message = {"role": "assistant", "content": "Yes.", "tool_calls": None}
    body = {"choices": [{"message": message, "delta": None, "finish_reason": "stop"}]}
    assert calls.chat("x").read(OK, json.dumps(body).encode()).text == "Yes."


def test_vectors_come_in_the_order_of_the_texts() -> None:
    items = [{"index": n, "embedding": [float(n)]} for n in (2, 0, 1)]
    answer = routes.embed_many(["a", "b", "c"]).read(OK, json.dumps({"embeddings": items}).encode())
    assert answer.embeddings == [[0.0], [1.0], [2.0]]


def test_the_end_token_of_a_whole_answer_is_not_shown() -> None:
    tokens = [
        {"id": 1, "text": " Blue", "logprob": -1, "special": False},
        {"id": 2, "text": "<|im_end|>", "logprob": -1, "special": True},
    ]
    details = {"finish_reason": "length", "prompt_tokens": 1, "generated_tokens": 2}
    body = [{"generated_text": " Blue<|im_end|>", "details": {**details, "tokens": tokens}}]
    assert calls.generate("x").read(OK, json.dumps(body).encode()).text == " Blue"


def with_fields(count: int) -> type[BaseModel]:
    fields: Any = {f"a_rather_long_name_{number}": (str, ...) for number in range(count)}
    return create_model("Wide", **fields)


def test_a_schema_that_makes_everyone_wait_is_warned_of_and_one_for_long_refused() -> None:
    with pytest.warns(errors.CostlySchemaWarning, match="meanwhile everyone waits"):
        calls.generate("x", response_format=with_fields(12))
    with pytest.raises(errors.SchemaTooCostlyError, match=r"max_compile_seconds is 30; None sends"):
        calls.generate("x", response_format=with_fields(60))
    with pytest.raises(errors.SchemaTooCostlyError, match="tools costs a server about"):
        calls.chat("x", tools=[with_fields(60)])
    with pytest.warns(errors.CostlySchemaWarning):
        calls.generate("x", response_format=with_fields(60), max_compile_seconds=None)
