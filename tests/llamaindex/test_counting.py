"""Tokens counted: as the server says, and by LlamaIndex's counter of prompts and texts."""

import pytest
from llama_index.core import Document, Settings
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.llms import ChatMessage
from llama_index.core.node_parser import TokenTextSplitter
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel

from lorax import Client
from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.ways import Way


class Text(BaseModel):
    text: str


FOX = "The quick brown fox jumps over the lazy dog. " * 20


def test_the_counter_counts_what_the_server_says(way: Way, lorax_server: ScriptedServer) -> None:
    counter = TokenCountingHandler(tokenizer=str.split)
    llm = LoRAX(base_url=lorax_server.url, callback_manager=CallbackManager([counter]))
    lorax_server.script("The sky is blue.")
    last = way.ask(llm, "Why?")[-1]
    assert counter.completion_llm_token_count == 6
    assert counter.prompt_llm_token_count == last.raw["usage"]["prompt_tokens"]
    assert counter.total_llm_token_count == last.raw["usage"]["total_tokens"]


def test_calls_of_tools_and_structures_are_counted(lorax_server: ScriptedServer) -> None:
    counter = TokenCountingHandler(tokenizer=str.split)
    llm = LoRAX(base_url=lorax_server.url, callback_manager=CallbackManager([counter]))
    tool = FunctionTool.from_defaults(len, name="measure", fn_schema=Text)
    llm.chat_with_tools([tool], "How long?")
    llm.structured_predict(Text, PromptTemplate("What?"))
    list(llm.stream_structured_predict(Text, PromptTemplate("What?")))
    counts = counter.llm_token_counts
    assert [count.prompt_token_count for count in counts] == [
        job.input_length for job in lorax_server.jobs
    ]
    assert all(count.completion_token_count > 0 for count in counts)


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


def test_texts_are_split_by_the_models_own_tokens(
    llm: LoRAX, lorax_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "tokenizer", llm.tokenizer)
    splitter = TokenTextSplitter(chunk_size=40, chunk_overlap=0)
    nodes = splitter.get_nodes_from_documents([Document(text=FOX)])
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
