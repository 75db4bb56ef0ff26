"""Each of the 283 recorded answers goes through the parser of its route, whole and in pieces."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax import errors
from lorax.exchange import Head, Reading, StreamCall
from tests.recordings import FOLDER, call_of, cases, head

RECORDED = {name: c for file in FOLDER.glob("*.json") for name, c in cases(file.stem).items()}
ANSWERED = {name: c for name, c in RECORDED.items() if c["response"]["status"] is not None}
# What no call of the client sends or reads.
NOT_OURS = {
    "/v1/completions": "the client generates by the native routes",
    "/invocations": "SageMaker's name for /",
    "/ping": "the same as /health",
    "/startup": "a deployment's own question",
    "/docs": "a page for people",
}


READ = {name: c for name, c in ANSWERED.items() if call_of(c) is not None}


def test_what_is_not_read_is_known() -> None:
    left = {c["request"]["path"] for name, c in ANSWERED.items() if name not in READ}
    assert left - {"/v1/models", "/nope", "/generate", "/generate/"} == set(NOT_OURS)
    assert len(RECORDED) == 283
    assert len(READ) > 240


def outcome(name: str, chunks: list[bytes]) -> Any:
    """What a call gives for an answer: what it holds, or the error's kind and words."""
    case = READ[name]
    call = call_of(case)
    assert call is not None
    try:
        if isinstance(call, StreamCall):
            return streamed(call, head(case), chunks)
        body = b"".join(chunks)
        if case["request"]["path"] == "/generate" and case["response"]["status"] == 200:
            body = b"[" + body + b"]"  # the client asks on base_url itself, where it is in a list
        return call.read(head(case), body)
    except errors.LoraxError as error:
        return type(error), error.message


def streamed(call: StreamCall[Any], top: Head, chunks: list[bytes]) -> Any:
    reading: Reading[Any] = Reading(call)
    if not top.is_stream:
        raise reading.refusal(top, b"".join(chunks))
    reading.begin(top)
    items = [item for chunk in chunks for item in reading.feed(chunk)]
    reading.end()
    return [item.model_dump(exclude={"tool_calls", "calls"}) for item in items]


ERRORS: dict[str, type[errors.LoraxError]] = {
    "validation": errors.ValidationError,
    "generation": errors.GenerationError,
    "overloaded": errors.OverloadedError,
    "tool_error": errors.UnprocessableEntityError,
    "healthcheck": errors.UnhealthyError,
    "embedding_failure": errors.GenerationError,
    "classification_failure": errors.GenerationError,
}
STATUSES: dict[int, type[errors.LoraxError]] = {
    400: errors.BadRequestError,
    404: errors.NotFoundError,
    405: errors.UnknownError,
    413: errors.UnknownError,
    415: errors.UnknownError,
    422: errors.UnprocessableEntityError,
}


@pytest.mark.parametrize("name", READ)
def test_the_right_object_or_the_right_error(name: str) -> None:
    case = READ[name]
    text = case["response"]["text"]
    found = outcome(name, [text.encode()])
    if case["response"].get("broken"):
        assert found[0] is errors.IncompleteGenerationError
    elif name == "meta/metrics_text":
        assert found[0] is errors.UnexpectedAnswerError  # the client asks for JSON
    elif name == "meta/metrics_json":
        assert found[0] is errors.UnexpectedAnswerError  # it was recorded up to a length
    elif isinstance(found, tuple):
        expect_error(found, case, text)
    else:
        assert case["response"]["status"] == 200
        assert '"error_type"' not in text
        expect_answer(found, case, text)


def expect_error(found: Any, case: dict[str, Any], text: str) -> None:
    kind, message = found
    said = text[text.rindex("data: ") + 6 :] if text.startswith("data: ") else text
    if "error_type" in said:
        told = json.loads(said)
        assert issubclass(kind, ERRORS[told["error_type"]])
        assert message == told["error"]
    else:
        assert kind is STATUSES[case["response"]["status"]]
        assert text.strip() in message


def expect_answer(found: Any, case: dict[str, Any], text: str) -> None:
    path = case["request"]["path"]
    if isinstance(found, list) and path in {"/generate_stream", "/", "/v1/chat/completions"}:
        lines = [line for line in text.split("\n") if line.startswith("data: {")]
        events = [json.loads(line[6:]) for line in lines]
        assert len(found) == len(events)
        if "token" in events[0]:
            assert [f["token"]["id"] for f in found] == [e["token"]["id"] for e in events]
            assert found[-1]["generated_text"] == events[-1]["generated_text"]
        else:
            assert found[-1]["usage"] == events[-1]["usage"]
        return
    value = json.loads(text) if text else None
    if path in {"/generate", "/"} and value:
        answer = value[0] if isinstance(value, list) else value
        assert found.generated_text == answer["generated_text"]
    elif path == "/v1/chat/completions":
        message = value["choices"][0]["message"]
        called = [(c["function"]["name"], c["function"]["arguments"]) for c in calls_in(message)]
        assert [(call.name, call.text) for call in found.tool_calls] == called
        assert called or (message["content"] or "").startswith(found.text)
        assert found.usage.model_dump() == value["usage"]
    elif path == "/v1/embeddings":
        assert found.embeddings == [item["embedding"] for item in value["embeddings"]]
    elif path == "/embed":
        assert found.embeddings == value["embeddings"]
    elif path == "/classify":
        assert found.entities == value
    elif path == "/classify_batch":
        assert [item.entities for item in found] == value
    elif path == "/tokenize":
        assert [token.model_dump() for token in found] == value
    elif path == "/info":
        assert found.max_concurrent_requests == value["max_concurrent_requests"]
    else:
        assert found is None


def calls_in(message: dict[str, Any]) -> list[Any]:
    return message.get("tool_calls") or []


@given(st.sampled_from(sorted(READ)), st.data())
def test_any_pieces_give_the_same(name: str, data: st.DataObject) -> None:
    body = READ[name]["response"]["text"].encode()
    at = data.draw(st.lists(st.integers(0, len(body)), max_size=10).map(sorted))
    chunks = [body[a:b] for a, b in zip([0, *at], [*at, len(body)], strict=True)]
    assert comparable(outcome(name, chunks)) == comparable(outcome(name, [body]))


def comparable(found: Any) -> Any:
    """An outcome without the ids that are made for each call anew."""
    if hasattr(found, "tool_calls"):
        return [call.model_dump(exclude={"id"}) for call in found.tool_calls], found.text
    return found
