"""/metrics counts what was served: whole, streamed, refused, failed and left."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import running_devserver


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with running_devserver("--scripted") as url, httpx.Client(base_url=url, timeout=30) as http:
        yield http


def figures(http: httpx.Client) -> dict[str, float]:
    """The samples by name, without the prefix."""
    text = http.get("/metrics").text
    return {name: float(value) for name, value in re.findall(r"^lorax_(\S+) (\S+)$", text, re.M)}


def ask(http: httpx.Client, route: str, inputs: str = "a b c", **parameters: object) -> None:
    http.post(route, json={"inputs": inputs, "parameters": parameters})


def test_what_was_served_is_counted(http: httpx.Client) -> None:
    ask(http, "/generate", max_new_tokens=3)
    ask(http, "/generate_stream", max_new_tokens=4)
    ask(http, "/generate_stream", max_new_tokens=0)
    ask(http, "/generate", "[[fail:2]]")
    http.post("/embed", json={"inputs": "a"})
    seen = figures(http)
    assert seen["request_count"] == 5
    assert seen["request_success"] == 3
    assert seen['request_failure{err="validation"}'] == 1
    assert seen['request_failure{err="generation"}'] == 1
    assert seen["request_generated_tokens_count"] == 2
    assert seen["request_generated_tokens_sum"] == 7
    assert seen["request_input_length_sum"] == 6
    assert seen['batch_inference_success{method="prefill"}'] == 3
    assert seen['batch_inference_success{method="decode"}'] == 5
    assert seen['batch_inference_failure{method="decode"}'] == 1
    assert seen["batch_current_size"] == 0
    assert seen["batch_current_max_tokens"] == 0
    assert seen["request_duration_count"] == 3


def test_a_histogram_counts_up_to_each_bound(http: httpx.Client) -> None:
    for count in (1, 25, 2000):
        ask(http, "/generate", "[[eos:0]]", max_new_tokens=count)
    bounds = {
        bound: count
        for name, count in figures(http).items()
        for bound in re.findall(r'^request_generated_tokens_bucket\{le="(.*)"\}$', name)
    }
    assert len(bounds) == 101
    assert bounds["20.48"] == 1
    assert bounds["40.96"] == 2
    assert bounds["2048"] == bounds["+Inf"] == 3
    assert list(bounds.values()) == sorted(bounds.values())


def test_a_stream_that_is_left_is_neither_success_nor_failure(http: httpx.Client) -> None:
    body = {"inputs": "[[hang:2]]"}
    with http.stream("POST", "/generate_stream", json=body) as response:
        events = response.iter_raw()
        assert next(events)
        assert figures(http)["batch_current_size"] == 1
    seen = figures(http)
    while seen["batch_current_size"]:  # the server sees the client leave a moment later
        seen = figures(http)
    assert seen["request_count"] == 1
    assert "request_success" not in seen
    assert not any(name.startswith("request_failure") for name in seen)


def test_the_same_as_json(http: httpx.Client) -> None:
    ask(http, "/generate", max_new_tokens=3)
    answer = http.get("/metrics", headers={"accept": "application/json"}).json()
    assert answer["lorax_request_count"] == {"type": "counter", "data": [{"key": "", "value": 1.0}]}
    kinds = {name: metric["type"] for name, metric in answer.items()}
    named = re.findall(r"^# TYPE (\S+) (\S+)$", http.get("/metrics").text, re.M)
    assert kinds == dict(named)
