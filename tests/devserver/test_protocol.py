"""The devserver says what a real LoRAX server said: routes, refusals, events, headers."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.recordings import asked, cases

# Refusals and answers that do not depend on what a model says.
SAME_BODY = {
    name: case
    for name, case in cases("generate", "generate_stream", "chat", "stop_sequences", "meta").items()
    if name.split("/")[1]
    in {
        "bad_empty_inputs",
        "bad_temperature_negative",
        "bad_top_p_zero",
        "bad_top_p_two",
        "bad_repetition_penalty_zero",
        "bad_frequency_penalty_three",
        "bad_max_new_tokens_zero",
        "bad_max_new_tokens_huge",
        "best_of",
        "best_of_greedy",
        "best_of_with_seed",
        "best_of_three",
        "top_k_zero",
        "typical_p_one",
        "truncate_zero",
        "truncate_too_large",
        "bad_prompt_too_long",
        "bad_prompt_plus_new_too_long",
        "truncate_does_not_rescue",
        "body_too_large",
        "wrong_content_type",
        "wrong_method",
        "unknown_route",
        "trailing_slash",
        "decoder_input_details",
        "validation",
        "empty_inputs",
        "prompt_too_long",
        "bad_temperature",
        "stop_too_many",
        "health",
        "root",
        "ping",
        "tokenize",
        "tokenize_special",
        "tokenize_empty",
        "tokenize_special_text",
    }
    and (case["response"]["status"] != 200 or not name.startswith("generate/"))
}
# Bodies that do not parse: the place of the error is left out.
SAME_REASON = {
    name: case
    for name, case in cases(
        "generate", "generate_stream", "chat", "embed", "response_format"
    ).items()
    if case["response"]["status"] == 422 and "deserialize" in case["response"]["text"]
}


def send(url: str, case: dict[str, Any]) -> httpx.Response:
    return httpx.request(**asked(url, case))


@pytest.mark.parametrize("name", SAME_BODY)
def test_the_same_status_and_body(devserver: str, name: str) -> None:
    recorded = SAME_BODY[name]["response"]
    response = send(devserver, SAME_BODY[name])
    assert response.status_code == recorded["status"]
    assert response.text == recorded["text"]
    ours = dict(response.headers)
    for header, value in recorded["headers"]:
        if header not in {"date", "transfer-encoding"}:
            assert ours.get(header) == value, header


@pytest.mark.parametrize("name", SAME_REASON)
def test_the_same_reason_for_a_body_that_does_not_parse(devserver: str, name: str) -> None:
    recorded = SAME_REASON[name]["response"]
    response = send(devserver, SAME_REASON[name])
    assert response.status_code == 422
    assert response.text == re.sub(r" at line \d+ column \d+$", "", recorded["text"])


def shape(value: Any) -> Any:
    """A JSON value with its keys in their order and its values' types."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


SAME_SHAPE = [
    "generate/plain",
    "generate/details",
    "generate/decoder_input_details",
    "generate/alternatives",
    "generate/best_of",
    "generate/compat_root",
    "generate/invocations",
    "chat/plain",
]


@pytest.mark.parametrize("name", SAME_SHAPE)
def test_the_same_keys_in_the_same_order(devserver: str, name: str) -> None:
    case = cases("generate", "chat")[name]
    body = case["request"]["body"]
    if name.startswith("generate/"):
        body = {**body, "parameters": {"max_new_tokens": 3, **body.get("parameters", {})}}
    response = send(devserver, {"request": {**case["request"], "body": body}})
    recorded = json.loads(case["response"]["text"])
    ours, theirs = shape(response.json()), shape(recorded)
    assert json.dumps(ours) == json.dumps(theirs)
    expected = [name for name, _ in case["response"]["headers"] if name.startswith("x-")]
    assert [name for name in response.headers if name.startswith("x-")] == expected


@pytest.mark.parametrize("name", ["generate_stream/details", "chat_stream/plain"])
def test_a_streams_events_have_the_recorded_form(devserver: str, name: str) -> None:
    case = cases("generate_stream", "chat_stream")[name]
    request = case["request"]
    if name.startswith("generate"):  # the real model would end at once here
        parameters = {**request["body"]["parameters"], "ignore_eos_token": True}
        request = {**request, "body": {**request["body"], "parameters": parameters}}
    response = send(devserver, {"request": request})
    recorded = case["response"]["text"]
    ours = [line for line in response.text.split("\n\n") if line]
    theirs = [line for line in recorded.split("\n\n") if line]
    assert len(ours) == len(theirs)
    for mine, real in zip(ours, theirs, strict=True):
        assert mine.startswith("data: ")
        if real == "data: [DONE]":
            assert mine == real
        else:
            assert json.dumps(shape(json.loads(mine[6:]))) == json.dumps(
                shape(json.loads(real[6:]))
            )
            assert ": " not in re.sub(r'"[^"]*"', "", mine[6:]), "no spaces between the tokens"
    expected = [name for name, _ in case["response"]["headers"] if name.startswith("x-")]
    assert [name for name in response.headers if name.startswith("x-")] == expected


def test_adapter_headers_echo_what_was_understood(devserver: str) -> None:
    body = {"inputs": "x", "parameters": {"adapter_id": "sql", "max_new_tokens": 1}}
    response = httpx.post(f"{devserver}/generate", json=body)
    assert response.headers["x-adapter-id"] == "sql"
    assert response.headers["x-adapter-source"] == "hub"
    body["parameters"] = {"max_new_tokens": 1}
    assert "x-adapter-id" not in httpx.post(f"{devserver}/generate", json=body).headers


def test_a_text_has_its_vector(devserver: str) -> None:
    def vector(text: str) -> list[float]:
        answer = httpx.post(f"{devserver}/embed", json={"inputs": text}).json()
        (name,) = answer
        assert name == "embeddings"
        return list(answer[name])

    def likeness(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    cat, kitten, tax = map(vector, ["A cat sleeps.", "A cat is sleeping.", "Tax law changed."])
    assert likeness(cat, cat) == pytest.approx(1, abs=1e-3)
    assert likeness(cat, kitten) > likeness(cat, tax)


BAD_BODIES = {
    "a lone surrogate": (b'{"inputs": "\\ud800"}', 400),
    "infinity": (b'{"inputs": "x", "parameters": {"temperature": Infinity}}', 400),
    "too deep": (b"[" * 100_000, 400),
    "a schema that is none": (
        b'{"inputs": "x", "parameters": '
        b'{"response_format": {"type": "json_object", "schema": []}}}',
        424,
    ),
    "a merge of nothing": (
        b'{"inputs": "x", "parameters": {"max_new_tokens": 1, "merged_adapters": {"ids": []}}}',
        200,
    ),
    "a header in an adapter's name": (
        b'{"inputs": "x", "parameters": {"adapter_id": "a\\r\\nx: 1"}}',
        424,
    ),
    "a letter that no header holds": (
        b'{"inputs": "x", "parameters": {"adapter_id": "\\u65e5"}}',
        424,
    ),
    "a space that no header ends with": (
        b'{"inputs": "x", "parameters": {"adapter_id": "a "}}',
        424,
    ),
}


@pytest.mark.parametrize(("body", "status"), BAD_BODIES.values(), ids=BAD_BODIES)
@pytest.mark.parametrize("route", ["/generate", "/generate_stream"])
def test_no_body_breaks_the_server(devserver: str, route: str, body: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    response = httpx.post(devserver + route, content=body, headers=headers)
    expected = 200 if route.endswith("stream") and status != 400 else status
    assert response.status_code == expected
    assert httpx.get(f"{devserver}/health").status_code == 200


@pytest.mark.parametrize(("body", "seen"), [("[null]", "sequence"), ('"x"', 'string "x"')])
def test_a_body_is_an_object(devserver: str, body: str, seen: str) -> None:
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{devserver}/generate", content=body, headers=headers)
    assert response.status_code == 422
    assert f"into the target type: invalid type: {seen}, expected struct" in response.text
