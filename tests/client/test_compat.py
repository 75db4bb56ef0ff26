"""What a program written for lorax-client 0.6.3 imports and touches is there and means the same.

Two things differ, and the changelog names them: the default of max_new_tokens, and session.
"""

import importlib
import inspect
from typing import Any

import pytest

import lorax
from lorax import AsyncClient, Client, errors, types
from tests.conftest import running_devserver

TYPES: dict[str, list[str]] = {
    "Request": ["inputs", "parameters", "stream"],
    "BatchRequest": ["inputs"],
    "Parameters": [
        "adapter_id",
        "adapter_source",
        "merged_adapters",
        "api_token",
        "do_sample",
        "max_new_tokens",
        "ignore_eos_token",
        "repetition_penalty",
        "return_full_text",
        "stop",
        "seed",
        "temperature",
        "top_k",
        "top_p",
        "truncate",
        "typical_p",
        "best_of",
        "watermark",
        "details",
        "decoder_input_details",
        "return_k_alternatives",
        "response_format",
    ],
    "MergedAdapters": ["ids", "weights", "merge_strategy", "density", "majority_sign_method"],
    "InputToken": ["id", "text", "logprob"],
    "Token": ["id", "text", "logprob", "special", "alternative_tokens"],
    "AlternativeToken": ["id", "text", "logprob"],
    "BestOfSequence": [
        "generated_text",
        "finish_reason",
        "generated_tokens",
        "seed",
        "prefill",
        "tokens",
    ],
    "Details": [
        "finish_reason",
        "prompt_tokens",
        "generated_tokens",
        "seed",
        "prefill",
        "tokens",
        "best_of_sequences",
    ],
    "Response": ["generated_text", "details"],
    "StreamDetails": ["finish_reason", "prompt_tokens", "generated_tokens", "seed"],
    "StreamResponse": ["token", "generated_text", "details"],
    "EmbedResponse": ["embeddings"],
    "ClassifyResponse": ["entities"],
    "DeployedModel": ["model_id", "sha"],
}


@pytest.mark.parametrize("name", TYPES)
def test_a_type_has_its_fields(name: str) -> None:
    assert TYPES[name] == [f for f in getattr(types, name).model_fields if f in TYPES[name]] or set(
        TYPES[name]
    ) <= set(getattr(types, name).model_fields)


@pytest.mark.parametrize(
    "name", ["Client", "AsyncClient", "MergedAdapters", "client", "errors", "types"]
)
def test_the_package_has_its_names(name: str) -> None:
    assert hasattr(lorax, name)


def test_the_modules_are_where_they_were() -> None:
    client = importlib.import_module("lorax.client")
    assert client.Client is Client
    assert client.AsyncClient is AsyncClient
    assert importlib.import_module("lorax.types") is types
    assert importlib.import_module("lorax.errors") is errors


def test_finish_reasons_and_response_formats() -> None:
    assert types.FinishReason.Length == "length"
    assert types.FinishReason.EndOfSequenceToken == "eos_token"
    assert types.FinishReason.StopSequence == "stop_sequence"
    form = types.ResponseFormat(type=types.ResponseFormatType.json_object, schema={"type": "null"})
    assert form.schema_spec == {"type": "null"}
    assert form.model_dump(by_alias=True)["schema"] == {"type": "null"}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_is_made_as_it_was(kind: Any) -> None:
    names = list(inspect.signature(kind).parameters)
    assert names[:4] == ["base_url", "headers", "cookies", "timeout"]
    made = kind("http://127.0.0.1:1", {"a": "b"}, {"c": "d"}, 30, max_session_retries=3)
    assert (made.base_url, made.headers, made.cookies) == (
        "http://127.0.0.1:1",
        {"a": "b"},
        {"c": "d"},
    )
    assert made.timeout == 30
    with pytest.raises(errors.ValidationError, match="session is not taken any more"):
        kind("http://127.0.0.1:1", session=object())
    with pytest.raises(errors.ValidationError, match="max_session_retries should be"):
        kind("http://127.0.0.1:1", max_session_retries=-1)


def test_a_program_of_then_runs() -> None:
    with running_devserver("--scripted") as url:
        client = Client(url, timeout=60)
        answer = client.generate(
            "[[say: Blue.]]",
            adapter_id="acme/a",
            do_sample=False,
            max_new_tokens=10,
            ignore_eos_token=False,
            return_k_alternatives=2,
            stop_sequences=["."],
            decoder_input_details=True,
        )
        assert isinstance(answer, types.Response)
        assert answer.generated_text == " Blue."
        assert answer.details.finish_reason == types.FinishReason.StopSequence
        assert answer.details.tokens[0].alternative_tokens[1].logprob == -3.0
        assert answer.details.prefill[0].logprob is None
        streamed = list(client.generate_stream("[[say: Blue.]]", "acme/a", max_new_tokens=2))
        assert [item.token.text for item in streamed] == [" Blue", "."]
        assert streamed[-1].details.finish_reason == types.FinishReason.Length
        assert len(client.embed("hello").embeddings) == 8
        (entity,) = client.classify("Marie").entities
        assert entity["entity_group"] == "PER"
        assert [len(found.entities) for found in client.classify_batch(["Marie", "no"])] == [1, 0]


REFUSALS: list[tuple[int, dict[str, Any], type[Exception]]] = [
    (424, {"error": "x", "error_type": "generation"}, errors.GenerationError),
    (500, {"error": "x", "error_type": "incomplete_generation"}, errors.IncompleteGenerationError),
    (429, {"error": "x", "error_type": "overloaded"}, errors.OverloadedError),
    (422, {"error": "x", "error_type": "validation"}, errors.ValidationError),
    (400, {"error": "x"}, errors.BadRequestError),
    (403, {"error": "x"}, errors.ShardNotReadyError),
    (424, {"error": "x"}, errors.ShardNotReadyError),
    (504, {"error": "x"}, errors.ShardTimeoutError),
    (404, {"error": "x"}, errors.NotFoundError),
    (429, {"error": "x"}, errors.RateLimitExceededError),
    (422, {"error": "x"}, errors.UnprocessableEntityError),
    (418, {"error": "x"}, errors.UnknownError),
]


@pytest.mark.parametrize(("status", "payload", "kind"), REFUSALS)
def test_parse_error(status: int, payload: dict[str, Any], kind: type[Exception]) -> None:
    error = errors.parse_error(status, payload, {"x-b3-traceid": "abc"})
    assert type(error) is kind
    assert "abc" in str(error)
    assert isinstance(errors.parse_error(status, payload, {}), errors.LoraxError)


def test_errors_that_are_made_as_they_were() -> None:
    assert errors.UnknownError("x", 418).code == 418
    assert "gpt" in str(errors.NotSupportedError("gpt"))


def test_what_everything_raised_is() -> None:
    assert issubclass(errors.ValidationError, ValueError)
    assert issubclass(errors.UnknownParameterError, TypeError)
    assert issubclass(errors.RequestTimeoutError, TimeoutError)
    assert issubclass(errors.ConnectionFailedError, ConnectionError)
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, Exception) and kind.__module__ == "lorax.errors":
            assert issubclass(kind, errors.LoraxError | UserWarning), kind


@pytest.mark.parametrize("retries", [0, 20])
def test_a_connection_that_cannot_be_made_is_tried_again(retries: int) -> None:
    with running_devserver("--scripted", "--fault", "refuse=1") as url:
        client = Client(url, max_session_retries=retries)
        if retries:
            assert client.generate("[[say: here]]").text == " here"
        else:
            with pytest.raises(errors.ConnectionFailedError):
                client.generate("x")
