"""The documented calls keep their names, order and defaults; help() tells what each means."""

import inspect
import pydoc
from typing import Any

import pytest

import lorax
from lorax import AsyncClient, AsyncStream, Client, Stream, calls, types
from lorax.exchange import StreamCall
from lorax.parameters import Parameters
from lorax.tools import ToolOptions
from lorax.validating import api_name

DOCUMENTED: list[tuple[str, Any]] = [
    ("prompt", inspect.Parameter.empty),
    ("adapter_id", None),
    ("adapter_source", None),
    ("merged_adapters", None),
    ("api_token", None),
    ("do_sample", False),
    ("max_new_tokens", 20),
    ("best_of", None),
    ("repetition_penalty", None),
    ("return_full_text", False),
    ("seed", None),
    ("stop_sequences", None),
    ("temperature", None),
    ("top_k", None),
    ("top_p", None),
    ("truncate", None),
    ("typical_p", None),
    ("watermark", False),
    ("response_format", None),
    ("decoder_input_details", False),
    ("details", True),
]
# Native parameters that the chat route does not have.
NOT_IN_CHAT = (
    "merged_adapters",
    "best_of",
    "return_full_text",
    "truncate",
    "typical_p",
    "watermark",
    "return_k_alternatives",
    "decoder_input_details",
    "details",
)
NOT_STREAMED = {"best_of", "decoder_input_details"}


def positional(function: Any) -> list[tuple[str, Any]]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return [(p.name, p.default) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_the_documented_parameters_stand_in_their_order_with_their_defaults(client: Any) -> None:
    assert positional(client.generate) == DOCUMENTED
    streamed = [p for p in DOCUMENTED if p[0] not in NOT_STREAMED]
    assert positional(client.generate_stream) == streamed
    made_of = [("base_url", inspect.Parameter.empty), ("headers", None)]
    assert positional(client.__init__) == [*made_of, ("cookies", None), ("timeout", 60)]


def test_every_parameter_is_in_the_signatures_and_none_is_made_up() -> None:
    known = {"prompt", *map(api_name, Parameters.model_fields)}
    whole = set(inspect.signature(calls.generate).parameters)
    assert whole == known
    assert set(inspect.signature(calls.generate_stream).parameters) == known - NOT_STREAMED
    chat = inspect.signature(calls.chat).parameters
    assert set(chat) - {"messages"} == known - {"prompt", *NOT_IN_CHAT} | {
        *ToolOptions.model_fields
    }
    assert list(inspect.signature(calls.chat_stream).parameters) == list(chat)


def test_the_defaults_are_those_of_the_parameters() -> None:
    fields = {api_name(name): field for name, field in Parameters.model_fields.items()}
    for name, parameter in inspect.signature(calls.generate).parameters.items():
        if name not in {"prompt", "stop_sequences"}:
            assert parameter.default == fields[name].default, name


PUBLIC = [
    "generate",
    "generate_stream",
    "chat",
    "chat_stream",
    "embed",
    "embed_many",
    "classify",
    "classify_batch",
    "tokenize",
    "count_tokens",
    "info",
    "health",
    "ready",
    "metrics",
    "warmup",
]


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_the_public_methods_are_pinned(client: Any) -> None:
    closing = "aclose" if client is AsyncClient else "close"
    methods = [n for n, _ in inspect.getmembers(client, inspect.isfunction) if n[0] != "_"]
    assert sorted(methods) == sorted([*PUBLIC, closing])


@pytest.mark.parametrize("method", PUBLIC)
@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_help_shows_each_parameter_with_its_meaning(client: Any, method: str) -> None:
    function = getattr(client, method)
    shown = pydoc.plain(pydoc.render_doc(function))
    text = shown.partition("Args:")[2]
    assert "Example:" in shown
    known = {"self", "prompt", "inputs", "messages"}
    documented = [n for n in inspect.signature(function).parameters if n not in known]
    for name in documented:
        (line,) = [x for x in text.splitlines() if x.strip().startswith(f"{name}: ")]
        assert line.startswith(" " * 8 + name), "arguments stand one step inside Args"
        assert len(line.split(": ", 1)[1]) > 15, f"{name} has a meaning"
    assert "{parameters}" not in text
    assert all(len(line) <= 104 for line in text.splitlines())


def test_bounds_stand_in_help() -> None:
    said = " ".join((Client.generate.__doc__ or "").split())
    assert "probabilities add up to this. Allowed: above 0 and at most 1." in said
    assert "repeatable. Allowed: at least 0 and below 18446744073709551616." in said
    assert "own choice. Allowed: one of hub, local, s3, pbase." in said


@pytest.mark.parametrize(
    ("function", "returned"),
    [
        (Client.generate, types.Response),
        (Client.generate_stream, Stream[types.StreamResponse]),
        (AsyncClient.generate_stream, AsyncStream[types.StreamResponse]),
        (calls.generate_stream, StreamCall[types.StreamResponse]),
        (calls.chat_stream, StreamCall[types.ChatChunk]),
    ],
)
def test_a_signature_says_what_comes_of_the_call(function: Any, returned: Any) -> None:
    assert inspect.signature(function).return_annotation == returned


def test_the_public_names_are_pinned() -> None:
    assert sorted(lorax.__all__) == [
        "AsyncClient",
        "AsyncStream",
        "Client",
        "MergedAdapters",
        "Parameters",
        "ResponseFormat",
        "Stream",
        "Timeout",
        "client",
        "errors",
        "explain",
        "types",
    ]


def test_async_methods_are_coroutines_where_they_are_awaited() -> None:
    assert inspect.iscoroutinefunction(AsyncClient.generate)
    assert not inspect.iscoroutinefunction(AsyncClient.generate_stream)
