"""The scripted server computes its answers, also to what was never recorded."""

import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorax_devserver.gguf import read_head
from lorax_devserver.model import packaged_model
from lorax_devserver.tokenizer import SmolTokenizer
from lorax_devserver.vocabulary import Vocabulary
from tests.conftest import running_devserver


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with running_devserver("--scripted") as url, httpx.Client(base_url=url, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def tokenizer() -> SmolTokenizer:
    model = packaged_model()
    assert model is not None
    metadata = read_head(model).metadata
    return SmolTokenizer(metadata, Vocabulary(metadata))


WORDS = st.text("abc XYZ.,0123é日🙂", min_size=1, max_size=30)


@given(
    said=WORDS,
    asked=WORDS,
    limit=st.integers(1, 40),
    seed=st.integers(0, 2**64 - 1),
    adapter_id=st.sampled_from([None, "acme/a", "acme/b"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_is_what_the_script_makes_of_it(
    http: httpx.Client,
    tokenizer: SmolTokenizer,
    said: str,
    asked: str,
    limit: int,
    seed: int,
    adapter_id: str | None,
) -> None:
    """Whole and streamed, on both dialects, beside what its description says."""
    pieces = tokenizer.encode(said)
    ends = len(pieces) < limit  # the end token comes, and where it is the last one allowed,
    reason = "eos_token" if len(pieces) + 1 < limit else "length"  # the limit counts first
    data = b"".join(piece.data for piece in pieces[:limit])
    prompt = f"{asked} [[say:{said}]]"
    parameters = {"max_new_tokens": limit, "do_sample": True, "seed": seed, "details": True}
    parameters |= {"adapter_id": adapter_id}
    body = {"inputs": prompt, "parameters": parameters}

    response = http.post("/generate", json=body)
    answer = response.json()
    assert answer["details"]["finish_reason"] == reason
    assert answer["details"]["seed"] == seed
    assert answer["details"]["prompt_tokens"] == len(tokenizer.encode(prompt))
    assert answer["generated_text"] == finished(data)
    assert [t["id"] for t in answer["details"]["tokens"]] == [
        *(piece.id for piece in pieces[:limit]),
        *([2] if ends else []),
    ]
    assert response.headers.get("x-adapter-id") == adapter_id

    events = [
        json.loads(line[6:])
        for line in http.post("/generate_stream", json=body).text.split("\n\n")
        if line
    ]
    assert [e["token"] for e in events] == answer["details"]["tokens"]
    assert events[-1]["generated_text"] == answer["generated_text"]

    message = {"role": "user", "content": prompt}
    chat = {"model": adapter_id or "", "messages": [message], "max_tokens": limit, "seed": seed}
    choice = http.post("/v1/chat/completions", json=chat).json()["choices"][0]
    assert choice["message"]["content"] == answer["generated_text"]
    assert choice["finish_reason"] == ("stop" if reason == "eos_token" else "length")


def finished(data: bytes) -> str:
    """The text of bytes without a character that they leave unfinished at their end."""
    return data.decode(errors="ignore")


def test_directives(http: httpx.Client) -> None:
    def ask(inputs: str, **parameters: object) -> httpx.Response:
        return http.post("/generate", json={"inputs": inputs, "parameters": parameters})

    assert ask("[[say: a\\nb]]").json()["generated_text"] == " a\nb"
    assert (
        ask("[[fail:2]]").json()["error"].endswith("CUDA out of memory. Tried to allocate 2.00 GiB")
    )
    assert ask("[[say: go]] [[eos:0]]", max_new_tokens=3).json()["generated_text"] == " go go go"
    form = {"type": "json_object", "schema": {"anyOf": [{"const": "a"}, {"const": "b"}]}}
    assert ask("[[pick:b]]", response_format=form).json()["generated_text"] == '"b"'
    text = {"type": "json_object", "schema": {"type": "string"}}
    assert ask("[[str:hello]]", response_format=text).json()["generated_text"] == '"hello"'


def test_a_model_of_a_kind_does_nothing_else() -> None:
    with running_devserver("--scripted", "--kind", "embed") as url:
        assert httpx.post(f"{url}/embed", json={"inputs": "a"}).status_code == 200
        refused = httpx.post(f"{url}/generate", json={"inputs": "a"})
        assert refused.status_code == 424
        assert "embeds; it does not generate" in refused.json()["error"]
        assert httpx.post(f"{url}/classify", json={"inputs": "a"}).status_code == 424


def test_an_adapters_source_that_no_request_names() -> None:
    with running_devserver("--scripted", "--adapter-source", "pbase") as url:
        body = {"inputs": "a", "parameters": {"adapter_id": "acme/a"}}
        assert httpx.post(f"{url}/generate", json=body).headers["x-adapter-source"] == "pbase"


IMPOSSIBLE = {
    "[[sleep:long]]": {},
    "[[think:-1]]": {},
    "more than there are": {"return_k_alternatives": 2**31 - 1},
    "nothing to take": {"response_format": {"type": "json_object", "schema": {"enum": []}}},
}


@pytest.mark.parametrize(("inputs", "parameters"), IMPOSSIBLE.items())
def test_what_no_script_can_do_fails_as_a_model_does(
    http: httpx.Client, inputs: str, parameters: dict[str, object]
) -> None:
    response = http.post("/generate", json={"inputs": inputs, "parameters": parameters})
    assert response.status_code == 424
    assert response.json()["error_type"] == "generation"


def test_a_schema_of_several_types_is_answered_in_the_first(http: httpx.Client) -> None:
    form = {"type": "json_object", "schema": {"type": ["integer", "null"]}}
    body = {"inputs": "x", "parameters": {"response_format": form}}
    assert http.post("/generate", json=body).json() == {"generated_text": "7"}


def test_an_empty_answer_without_end(http: httpx.Client) -> None:
    body = {"inputs": "[[say:]][[eos:0]]", "parameters": {"max_new_tokens": 2}}
    assert http.post("/generate", json=body).json() == {"generated_text": ""}


def with_tool(prompt: str, **parameters: object) -> dict[str, object]:
    function = {"name": "look", "parameters": parameters}
    return {
        "model": "",
        "messages": [{"role": "user", "content": prompt}],
        "tools": [{"type": "function", "function": function}],
    }


def test_a_tools_parameters_may_be_anything(http: httpx.Client) -> None:
    response = http.post("/v1/chat/completions", json=with_tool("x", properties=[], required=5))
    (call,) = response.json()["choices"][0]["message"]["tool_calls"]
    assert (call["function"]["name"], call["function"]["arguments"]) == ("look", "{}")


@pytest.mark.parametrize("function", ["{}", '{"a": 1}', '{"_name": 1}'])
def test_a_call_without_a_name(http: httpx.Client, function: str) -> None:
    body = with_tool(f'[[toolcall:{{"function": {function}}}]]')
    response = http.post("/v1/chat/completions", json=body)
    assert response.status_code == 422
    assert response.json()["error"] == "Tool error: No _name found in generated text"
