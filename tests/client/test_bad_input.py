"""Bad input gets one error that names the field, the value and what is allowed."""

from collections.abc import Callable
from typing import Any

import pydantic
import pytest
from pydantic import BaseModel

from lorax import Client, MergedAdapters, errors

BAD: list[tuple[dict[str, Any], str]] = [
    ({"prompt": 3}, "prompt should be a valid string, not 3"),
    ({"prompt": ["a"]}, r"prompt should be a valid string, not \['a'\]"),
    ({"prompt": ""}, "prompt should have at least 1 character"),
    ({"temperature": -1}, "temperature should be greater than or equal to 0, not -1"),
    ({"temperature": float("nan")}, "temperature should be a finite number, not nan"),
    ({"temperature": "0.5"}, "temperature should be a valid number, not '0.5'"),
    ({"top_k": 0}, "top_k should be greater than or equal to 1, not 0"),
    ({"top_p": 0.0}, "top_p should be greater than 0, not 0.0"),
    ({"typical_p": 1.0}, "typical_p should be less than 1, not 1.0"),
    ({"repetition_penalty": 0.0}, "repetition_penalty should be greater than 0"),
    ({"frequency_penalty": 3.0}, "frequency_penalty should be less than or equal to 2"),
    ({"max_new_tokens": 0}, "max_new_tokens should be greater than or equal to 1"),
    ({"max_new_tokens": 1.5}, "max_new_tokens should be a valid integer, not 1.5"),
    ({"max_new_tokens": True}, "max_new_tokens should be a valid integer, not True"),
    ({"seed": -1}, "seed should be greater than or equal to 0, not -1"),
    ({"seed": 2**64}, "seed should be less than 18446744073709551616"),
    ({"stop_sequences": "."}, r"stop_sequences should be a valid list, not '\.'"),
    ({"adapter_source": "hugs"}, "adapter_source should be 'hub', .* Did you mean 'hub'?"),
    ({"adapter_source": "moon"}, "not 'moon'.$"),
    ({"merged_adapters": {"ids": ["a"]}}, "merged_adapters.weights is missing.$"),
    ({"best_of": 2}, "best_of above 1 needs sampling"),
    ({"best_of": 2, "do_sample": True, "seed": 1}, "best_of above 1 and seed exclude"),
    ({"response_format": "json"}, "response_format cannot be 'json'. Allowed are a pydantic"),
    ({"response_format": {"type": "yaml"}}, "cannot have the type 'yaml'. Allowed are"),
    (
        {"adapter_id": "a", "merged_adapters": {"ids": ["b"], "weights": [1]}},
        "adapter_id and merged_adapters exclude each other",
    ),
    (
        {"merged_adapters": {"ids": ["a"], "weights": [1], "merge_strategy": "tie"}},
        "merge_strategy should be 'linear', .* not 'tie'. Did you mean 'ties'?",
    ),
    ({"merged_adapters": {"ids": ["a", "b"], "weights": [1]}}, "2 ids need as many weights, not 1"),
]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("bad", "words"), BAD, ids=[str(bad)[:40] for bad, _ in BAD])
def test_what_is_not_allowed_is_refused_before_it_is_sent(
    bad: dict[str, Any], words: str, stream: bool
) -> None:
    if stream and "best_of" in bad:
        words = r"generate_stream\(\) has no parameter 'best_of'"
    client = Client("http://127.0.0.1:1")  # nobody listens: a request would fail otherwise
    call = client.generate_stream if stream else client.generate
    with pytest.raises(errors.ValidationError, match=words) as caught:
        call(**{"prompt": "x", **bad})
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("method", ["generate", "generate_stream", "chat", "chat_stream"])
def test_an_unknown_keyword_names_the_nearest(method: str) -> None:
    call = getattr(Client("http://127.0.0.1:1"), method)
    with pytest.raises(errors.UnknownParameterError) as caught:
        call("x", adapterid="a")
    assert str(caught.value) == (
        f"{method}() has no parameter 'adapterid'. Did you mean 'adapter_id'?"
    )
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ValueError)


def test_an_unknown_keyword_that_is_near_none_is_named_alone() -> None:
    with pytest.raises(errors.UnknownParameterError) as caught:
        Client("http://127.0.0.1:1").generate("x", zzz=1)
    assert str(caught.value) == "generate() has no parameter 'zzz'."


def test_a_missing_prompt_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="prompt"):
        Client("http://127.0.0.1:1").generate()


def test_a_token_is_in_no_message() -> None:
    with pytest.raises(errors.ValidationError) as caught:
        Client("http://127.0.0.1:1").generate("x", api_token=["hf_secret"])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("messages", [[], [{"role": "user"}], [{"role": "user", "txt": "a"}]])
def test_messages_that_are_no_conversation(messages: Any) -> None:
    with pytest.raises(errors.ValidationError, match=r"messages|content|txt"):
        Client("http://127.0.0.1:1").chat(messages)


CALLED = {"id": "1", "name": "weather", "arguments": 3}


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        ({"role": "user"}, "messages[0]: content is missing: text"),
        ({"role": "user", "txt": "a"}, "messages[0]: txt is no field here."),
        (
            {"role": "assistant", "content": "", "tool_calls": [CALLED]},
            "messages[0]: tool_calls.0.function.arguments should be a valid dictionary, not 3.",
        ),
    ],
)
def test_what_is_wrong_with_a_turn_is_told_in_full(turn: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.ValidationError) as caught:
        Client("http://127.0.0.1:1").chat([turn])
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://", "", 3])
def test_an_address_that_is_none(url: Any) -> None:
    with pytest.raises(errors.ValidationError, match="base_url"):
        Client(url)


@pytest.mark.parametrize("url", ["http://a/x?key=1", "http://a/x#y", "http://xn--/"])
def test_an_address_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(errors.ValidationError, match="base_url"):
        Client(url)


def test_an_address_is_shown_without_its_password() -> None:
    assert "secret" not in repr(Client("http://me:secret@127.0.0.1:1/x"))
    with pytest.raises(errors.ValidationError) as caught:
        Client("ftp://me:secret@127.0.0.1:1/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("value", ["Bearer secret\n", "secrét", None, 3])
@pytest.mark.parametrize("kind", ["headers", "cookies"])
def test_a_header_that_cannot_be_sent_is_named_and_not_shown(kind: str, value: Any) -> None:
    with pytest.raises(errors.ValidationError, match="'x-key'") as caught:
        Client("http://127.0.0.1:1", **{kind: {"x-key": value}})
    assert "secr" not in str(caught.value)


@pytest.mark.parametrize("timeout", ["60", -1, 0, True])
def test_a_timeout_that_is_none(timeout: Any) -> None:
    with pytest.raises(errors.ValidationError, match="timeout should be seconds above 0"):
        Client("http://127.0.0.1:1", timeout=timeout)


deep: dict[str, Any] = {}
for _ in range(100_000):
    deep = {"items": deep}
circular: dict[str, Any] = {"type": "object"}
circular["properties"] = {"me": circular}


class NoSchema(BaseModel):
    call: Callable[[], int]


UNSENDABLE = {
    "lone surrogate": {"adapter_id": "a\ud800"},
    "lone surrogate in a stop": {"stop_sequences": ["\ud800"]},
    "not JSON": {"response_format": {"type": "object", "properties": {"a": {"default": {1}}}}},
    "NaN": {"response_format": {"type": "number", "maximum": float("nan")}},
    "too deep": {"response_format": {"type": "object", "items": deep}},
    "circular": {"response_format": circular},
    "a class without a schema": {"response_format": NoSchema},
    "a type of nothing": {"response_format": list[object()]},
    "a text as schema": {"response_format": {"type": "json_object", "schema": "{}"}},
    "no schema": {"response_format": {"type": "json_schema"}},
    "a name alone": {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
}


@pytest.mark.parametrize("arguments", UNSENDABLE.values(), ids=UNSENDABLE)
@pytest.mark.parametrize("method", ["generate", "generate_stream", "chat", "chat_stream"])
def test_what_cannot_be_sent_is_told_at_the_call(method: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(errors.ValidationError):
        getattr(Client("http://127.0.0.1:1"), method)("x", **arguments)


def test_a_schema_of_several_types_is_a_schema() -> None:
    form = {"type": ["object", "null"], "properties": {}}
    Client("http://127.0.0.1:1").generate_stream("x", response_format=form)


def test_a_checked_merge_stays_as_it_is() -> None:
    merged = MergedAdapters(ids=["a"], weights=[1])
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        merged.merge_strategy = "slerp"  # type: ignore[assignment]
    slipped = merged.model_copy(update={"merge_strategy": "slerp"})
    with pytest.raises(errors.ValidationError, match="merge_strategy"):
        Client("http://127.0.0.1:1").generate("x", merged_adapters=slipped)


@pytest.mark.parametrize("messages", [None, 3, [{"role": "user", "content": [{"a": {1}}]}]])
def test_messages_that_are_none(messages: Any) -> None:
    with pytest.raises(errors.ValidationError):
        Client("http://127.0.0.1:1").chat_stream(messages)


@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:1", "http://a:b:c"])
def test_a_proxy_that_cannot_be_used(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(errors.ConnectionFailedError, match="Cannot set up connections"):
        Client("http://127.0.0.1:1").generate("x")


@pytest.mark.parametrize("fields", [[("a", "b")], "a", {1: "a"}, {"bad name": "a"}, {"näme": "a"}])
def test_headers_and_cookies_that_are_none(fields: Any) -> None:
    for kind in ("headers", "cookies"):
        with pytest.raises(errors.ValidationError, match=kind):
            Client("http://127.0.0.1:1", **{kind: fields})


def test_a_timeout_that_no_clock_counts_to_is_none() -> None:
    assert Client("http://127.0.0.1:1", timeout=float("inf")).timeout is None
    assert Client("http://127.0.0.1:1", timeout=1e20).timeout is None


def test_a_query_is_in_no_message() -> None:
    with pytest.raises(errors.ValidationError) as caught:
        Client("http://127.0.0.1:1/?token=secret")
    assert "secret" not in str(caught.value)
