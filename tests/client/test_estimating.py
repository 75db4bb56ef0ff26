"""An estimate of tokens is near what a tokenizer says."""

import pytest

from lorax import Client
from lorax.estimating import estimated_tokens
from lorax_devserver.testing import ScriptedServer


@pytest.mark.parametrize(
    "text",
    [
        "Why is the sky blue? Because air scatters short wavelengths more strongly.",
        "SELECT COUNT(*) FROM books WHERE author = 'Bram Stoker' AND year < 1900;",
        "def add(a: int, b: int) -> int:\n    return a + b\n",
    ],
)
def test_it_is_near_what_is_counted(text: str, lorax_server: ScriptedServer) -> None:
    with Client(lorax_server.url) as client:
        counted = client.count_tokens(text)
    assert 0.8 * counted <= estimated_tokens(text) <= 2.2 * counted


def test_nothing_is_no_token_and_any_text_can_be_estimated() -> None:
    assert estimated_tokens("") == 0
    assert estimated_tokens("\ud800") == 1
    assert estimated_tokens("東京") == 2
