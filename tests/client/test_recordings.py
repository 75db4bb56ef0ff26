"""What a real LoRAX server sent is read right, whole and in pieces."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax import calls, errors
from lorax.exchange import Call, Head, Reading, StreamCall
from tests.recordings import cases

WHOLE = {
    name: case
    for name, case in cases("generate", "stop_sequences", "adapters").items()
    if case["request"]["path"] == "/generate" and case["response"]["status"] == 200
}
STREAMED = {
    name: case
    for name, case in cases("generate_stream", "chat_stream").items()
    if case["response"]["status"] == 200
}
REFUSED = {
    name: case
    for name, case in cases("generate", "adapters", "overload", "chat").items()
    if case["response"]["status"] not in (200, None) and case["response"]["text"]
}


def head(case: dict[str, Any]) -> Head:
    return Head(case["response"]["status"], dict(case["response"]["headers"]), "http://server")


def native(case: dict[str, Any]) -> Call[Any]:
    """A call that expects the recorded answer."""
    parameters = case["request"]["body"].get("parameters", {})
    return calls.generate("x", stop_sequences=parameters.get("stop", []))


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_answer_is_read(name: str) -> None:
    case = WHOLE[name]
    text = case["response"]["text"]
    answer = native(case).read(head(case), f"[{text}]".encode())
    expected = json.loads(text)
    assert answer.generated_text == expected["generated_text"]
    assert (answer.details is None) == ("details" not in expected)
    if answer.details is not None:
        assert answer.details.finish_reason == expected["details"]["finish_reason"]
        tokens = [t["text"] for t in expected["details"]["tokens"]]
        assert [t.text for t in answer.details.tokens] == tokens
    headers = dict(case["response"]["headers"])
    assert answer.metadata.adapter_id == headers.get("x-adapter-id")
    assert answer.metadata.prompt_tokens == int(headers["x-prompt-tokens"])
    assert answer.metadata.total_time == int(headers["x-total-time"]) / 1000


def reading(name: str) -> Reading[Any]:
    case = STREAMED[name]
    call: StreamCall[Any]
    if name.startswith("chat"):
        call = calls.chat_stream("x", stop_sequences=case["request"]["body"].get("stop", []))
    else:
        parameters = case["request"]["body"].get("parameters", {})
        call = calls.generate_stream("x", stop_sequences=parameters.get("stop", []))
    opened: Reading[Any] = Reading(call)
    opened.begin(head(case))
    return opened


def outcome(name: str, chunks: list[bytes]) -> tuple[list[str], str]:
    """The texts that came, and the error that ended them."""
    opened = reading(name)
    texts = []
    try:
        for chunk in chunks:
            for item in opened.feed(chunk):
                texts.append(item.text)  # noqa: PERF401 - what came before an error counts
        opened.end()
    except errors.LoraxError as error:
        return texts, type(error).__name__
    return texts, ""


@pytest.mark.parametrize("name", STREAMED)
def test_a_streams_end_is_told_right(name: str) -> None:
    text = STREAMED[name]["response"]["text"]
    _, error = outcome(name, [text.encode()])
    if '"error"' not in text:
        assert error == ""
    elif "validation" in text:
        assert error in {"ValidationError", "PromptTooLongError"}
    else:
        expected = "AdapterNotFoundError" if "missing_adapter" in name else "GenerationError"
        # The recorded call named no adapter here, so its trouble is a generation error.
        assert error in {expected, "GenerationError"}


@pytest.mark.parametrize("more", [b"data: [DONE]\n\n", b'data: {"error": "x"}\n\n', None])
@pytest.mark.parametrize("name", ["chat_stream/eos", "generate_stream/eos"])
def test_what_comes_after_the_end_is_none_of_the_answer(name: str, more: bytes | None) -> None:
    stream = STREAMED[name]["response"]["text"].encode()
    assert outcome(name, [stream, more or stream]) == outcome(name, [stream])
    assert outcome(name, [stream + (more or stream)]) == outcome(name, [stream])


def test_the_end_token_is_never_shown() -> None:
    for name in ("chat_stream/eos_at_the_limit", "generate_stream/eos"):
        texts, error = outcome(name, [STREAMED[name]["response"]["text"].encode()])
        assert ("".join(texts), error) == (" Blue.", "")


@given(st.sampled_from(sorted(STREAMED)), st.data())
def test_any_split_of_a_stream_gives_the_same(name: str, data: st.DataObject) -> None:
    stream = STREAMED[name]["response"]["text"].encode()
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    chunks = [stream[a:b] for a, b in zip([0, *at], [*at, len(stream)], strict=True)]
    assert outcome(name, chunks) == outcome(name, [stream])


@given(st.sampled_from(sorted(STREAMED)), st.data())
def test_a_stream_cut_anywhere_raises(name: str, data: st.DataObject) -> None:
    stream = STREAMED[name]["response"]["text"].encode()
    at = data.draw(st.integers(0, len(stream) - 2))
    _, error = outcome(name, [stream[:at]])
    # Cut in its last line end alone, the last event is not whole either.
    assert error, f"cut at {at} of {len(stream)}"


@pytest.mark.parametrize("words", [rb"\ud800", b"\xed\xa0\x80"])
def test_what_a_refusal_says_can_be_written(words: bytes) -> None:
    body = b'{"error": "%s", "error_type": "healthcheck"}' % words
    with pytest.raises(errors.UnhealthyError) as caught:
        calls.generate("x").read(Head(503, {}, ""), body)
    assert str(caught.value).encode()


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_becomes_its_error(name: str) -> None:
    case = REFUSED[name]
    named = name.startswith("adapters/")
    adapter_id = case["request"]["body"]["parameters"].get("adapter_id") if named else None
    call = calls.generate("x", adapter_id=adapter_id)
    with pytest.raises(errors.LoraxError) as caught:
        call.read(head(case), case["response"]["text"].encode())
    assert caught.value.status == case["response"]["status"]
    kinds = {
        "adapters/missing": errors.AdapterNotFoundError,
        "adapters/private_without_token": errors.AdapterAccessError,
        "adapters/load_failure": errors.AdapterLoadError,
        "adapters/source_unknown": errors.AdapterNotFoundError,
        "generate/shard_failure": errors.GenerationError,
        "generate/bad_temperature_negative": errors.ValidationError,
        "generate/not_json": errors.BadRequestError,
        "generate/null_stop": errors.UnprocessableEntityError,
        "overload/generate": errors.OverloadedError,
    }
    assert type(caught.value) is kinds.get(name, type(caught.value))
    body = case["response"]["text"]
    said = json.loads(body)["error"] if body.startswith("{") else body
    assert said in str(caught.value)
