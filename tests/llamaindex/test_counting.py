"""Tokens counted: as the server says, and by LlamaIndex's counter of prompts and texts."""

import copy
import logging

import pytest
from llama_index.core import Document, Settings
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.llms import ChatMessage
from llama_index.core.node_parser import TokenTextSplitter
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX

from lorax import Client
from lorax.tokenizing import Tokenizer, estimated
from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.ways import Way

TEXTS = [
    "Why is the sky blue? Because air scatters short wavelengths more strongly than long ones.",
    "def add(a: int, b: int) -> int:\n    return a + b\n\n\nprint(add(1, 2))\n",
    "SELECT COUNT(*) FROM books WHERE year > 1815 AND title LIKE 'E%';",
    '{"name": "Jane Austen", "born": "1775-12-16", "books": ["Emma", "Persuasion"]}',
    "The quick brown fox jumps over the lazy dog. " * 20,
]


def test_the_counter_counts_what_the_server_says(way: Way, lorax_server: ScriptedServer) -> None:
    counter = TokenCountingHandler(tokenizer=str.split)
    llm = LoRAX(base_url=lorax_server.url, callback_manager=CallbackManager([counter]))
    lorax_server.script("The sky is blue.")
    last = way.ask(llm, "Why?")[-1]
    assert counter.completion_llm_token_count == 6
    assert counter.prompt_llm_token_count == last.raw["usage"]["prompt_tokens"]
    assert counter.total_llm_token_count == last.raw["usage"]["total_tokens"]


def test_a_stream_that_was_left_is_counted_by_the_tokenizer(
    llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    """The server's own count would have come with the last token."""
    counter = TokenCountingHandler(tokenizer=llm.tokenizer)
    llm.callback_manager = CallbackManager([counter])
    lorax_server.script("A photographer waits here.")
    last = list(llm.stream_chat([ChatMessage(content="Who?")], stop_sequences=["photo"]))[-1]
    assert last.message.content == "A "
    assert "usage" not in last.raw
    assert counter.completion_llm_token_count > 0


def test_a_tokenizer_asks_for_each_text_once(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    tokenizer = llm.tokenizer
    with Client(lorax_server.url) as client:
        for text in TEXTS:
            tokens = client.tokenize(text, add_special_tokens=False)
            assert tokenizer(text) == [token.id for token in tokens]
    asked = len(lorax_server.requests)
    for text in TEXTS:
        assert tokenizer(text)
    assert copy.deepcopy(tokenizer)(TEXTS[0]) == tokenizer(TEXTS[0])
    assert len(lorax_server.requests) == asked
    assert tokenizer("") == []


def test_texts_are_split_by_the_models_own_tokens(
    llm: LoRAX, lorax_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "tokenizer", llm.tokenizer)
    splitter = TokenTextSplitter(chunk_size=40, chunk_overlap=0)
    nodes = splitter.get_nodes_from_documents([Document(text=TEXTS[-1])])
    assert len(nodes) > 4
    with Client(lorax_server.url) as client:
        sizes = [client.count_tokens(node.get_content()) for node in nodes]
    assert max(sizes) <= 40
    assert min(sizes[:-1]) > 20


def test_embeddings_are_counted(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    counter = TokenCountingHandler(tokenizer=llm.tokenizer)
    embedding = LoRAXEmbedding(
        base_url=lorax_server.url, callback_manager=CallbackManager([counter])
    )
    embedding.get_text_embedding_batch(["Why is", "the sky blue?"])
    assert counter.total_embedding_token_count == 6


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
