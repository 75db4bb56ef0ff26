"""Tokens counted for those who ask often: once for each text, and estimated without a server."""

import copy
import logging
from types import SimpleNamespace

import pytest

from lorax import Client, errors
from lorax.tokenizing import Tokenizer, estimated
from lorax_devserver.testing import ScriptedServer

TEXTS = [
    "Why is the sky blue? Because air scatters short wavelengths more strongly than long ones.",
    "def add(a: int, b: int) -> int:\n    return a + b\n\n\nprint(add(1, 2))\n",
    "SELECT COUNT(*) FROM books WHERE year > 1815 AND title LIKE 'E%';",
    '{"name": "Jane Austen", "born": "1775-12-16", "books": ["Emma", "Persuasion"]}',
    "The quick brown fox jumps over the lazy dog. " * 20,
]


def test_a_tokenizer_asks_for_each_text_once(lorax_server: ScriptedServer) -> None:
    with Client(lorax_server.url) as client:
        tokenizer = Tokenizer(client)
        for text in TEXTS:
            tokens = client.tokenize(text, add_special_tokens=False)
            assert tokenizer(text) == [token.id for token in tokens]
    assert {asked.body["add_special_tokens"] for asked in lorax_server.requests} == {False}
    asked = len(lorax_server.requests)
    for text in TEXTS:
        assert tokenizer(text)
    assert copy.deepcopy(tokenizer)(TEXTS[0]) == tokenizer(TEXTS[0])
    assert len(lorax_server.requests) == asked
    assert tokenizer("") == []


def test_it_forgets_before_it_grows_without_end(
    lorax_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lorax.tokenizing._KEPT", 6)
    tokenizer = Tokenizer(Client(lorax_server.url))
    for text in ("one", "two", "three", "three", "one"):
        tokenizer(text)
    assert [asked.body["inputs"] for asked in lorax_server.requests] == [
        *("one", "two", "three", "one"),
    ]


def test_a_text_longer_than_a_body_may_be(lorax_server: ScriptedServer) -> None:
    """The server takes 2 MB, of which such a character takes six bytes."""
    text = "\x01" * 350_000
    with Client(lorax_server.url) as client:
        assert len(Tokenizer(client)(text)) == len(text)
    pieces = [asked.body["inputs"] for asked in lorax_server.requests]
    assert [len(piece) for piece in pieces] == [250_000, 100_000]


def test_a_refusal_is_told(lorax_server: ScriptedServer) -> None:
    lorax_server.fault("html=403")
    with pytest.raises(errors.LoraxError):
        Tokenizer(Client(lorax_server.url))("one")


@pytest.mark.parametrize("text", TEXTS)
def test_an_estimate_is_near(lorax_server: ScriptedServer, text: str) -> None:
    with Client(lorax_server.url) as client:
        exact = client.count_tokens(text, add_special_tokens=False)
    assert 0.67 < len(estimated(text)) / exact < 1.5
    assert "".join(estimated(text)) == text


def test_a_server_that_is_not_there_is_not_asked_again_and_again(
    lorax_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    tokenizer = Tokenizer(Client("http://127.0.0.1:9", max_retries=0))
    with caplog.at_level(logging.WARNING, "lorax"):
        for text in TEXTS:
            assert tokenizer(text) == [0] * len(estimated(text))
    (record,) = caplog.records
    assert "Tokens are estimated for 30 s" in record.getMessage()


@pytest.mark.parametrize("fault", ["reset*1", "hang*1"])
def test_a_server_that_was_not_there_is_asked_again_after_half_a_minute(
    fault: str, lorax_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("lorax.tokenizing.time", SimpleNamespace(monotonic=lambda: now))
    lorax_server.fault(fault)
    tokenizer = Tokenizer(Client(lorax_server.url, max_retries=0, timeout=0.3))
    estimate = [0] * len(estimated("Why is"))
    assert tokenizer("Why is") == estimate
    now += 29.9
    assert tokenizer("Why is") == estimate
    assert len(lorax_server.requests) == 1
    now += 0.2
    assert tokenizer("Why is") != estimate
