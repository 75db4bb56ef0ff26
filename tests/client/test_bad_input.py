"""Bad input gets one error that names the field, the value and what is allowed."""

from typing import Any

import pytest

from lorax import Client, errors

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


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://", "", 3])
def test_an_address_that_is_none(url: Any) -> None:
    with pytest.raises(errors.ValidationError, match="base_url"):
        Client(url)


def test_an_address_is_shown_without_its_password() -> None:
    assert "secret" not in repr(Client("http://me:secret@127.0.0.1:1/x?key=secret"))
