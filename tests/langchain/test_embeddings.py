"""LoRAX as LangChain's embeddings."""

import asyncio
import copy
import pickle
from typing import Any

import anyio
import pytest
from langchain_core import exceptions as langchain
from langchain_core.vectorstores import InMemoryVectorStore
from pydantic import ValidationError

from langchain_lorax import LoRAXEmbeddings
from lorax import errors
from lorax_devserver.testing import ModelServer, ScriptedServer


@pytest.fixture
def embeddings(lorax_server: ScriptedServer) -> LoRAXEmbeddings:
    return LoRAXEmbeddings(base_url=lorax_server.url, batch_size=4)


@pytest.mark.anyio
async def test_all_four_methods_agree(
    embeddings: LoRAXEmbeddings, lorax_server: ScriptedServer
) -> None:
    texts = [f"text {number}" for number in range(10)]
    vectors = embeddings.embed_documents(texts)
    assert vectors == await embeddings.aembed_documents(texts)
    assert len(lorax_server.requests) == 6
    assert vectors == [embeddings.embed_query(text) for text in texts]
    assert vectors[3] == await embeddings.aembed_query(texts[3])
    assert all(isinstance(number, float) for vector in vectors for number in vector)
    assert {asked.path for asked in lorax_server.requests} == {"/embed", "/v1/embeddings"}


@pytest.mark.anyio
async def test_no_texts_are_no_request(
    embeddings: LoRAXEmbeddings, lorax_server: ScriptedServer
) -> None:
    assert embeddings.embed_documents([]) == await embeddings.aembed_documents([]) == []
    assert not lorax_server.requests


def test_the_adapter_is_a_field(lorax_server: ScriptedServer) -> None:
    embeddings = LoRAXEmbeddings(
        base_url=lorax_server.url, adapter_id="acme/e", adapter_source="local", api_token="hf_x"
    )
    embeddings.embed_query("x")
    embeddings.embed_documents(["x"])
    merged: Any = {"ids": ["a", "b"], "weights": [0.5, 0.5]}
    LoRAXEmbeddings(base_url=lorax_server.url, merged_adapters=merged).embed_query("x")
    LoRAXEmbeddings(base_url=lorax_server.url, model="acme/m").embed_query("x")  # type: ignore[call-arg]
    sent = [asked.body["parameters"] for asked in lorax_server.requests]
    mine = {"adapter_id": "acme/e", "adapter_source": "local", "api_token": "hf_x"}
    assert sent[0] == sent[1] == mine
    assert sent[2]["merged_adapters"]["ids"] == ["a", "b"]
    assert sent[3]["adapter_id"] == "acme/m"
    LoRAXEmbeddings(base_url=lorax_server.url, api_token="").embed_query("x")  # type: ignore[arg-type]
    assert "api_token" not in lorax_server.requests[-1].body.get("parameters", {})


@pytest.mark.anyio
@pytest.mark.lorax_server(max_concurrent_requests=2)
async def test_many_batches_outlive_a_server_that_takes_few(
    embeddings: LoRAXEmbeddings,
) -> None:
    texts = [str(number) for number in range(80)]
    assert len(await embeddings.aembed_documents(texts)) == 80
    assert len(embeddings.embed_documents(texts)) == 80


@pytest.mark.anyio
async def test_both_ways_send_sixteen_batches_at_once(lorax_server: ScriptedServer) -> None:
    texts = [str(number) for number in range(300)]
    embeddings = LoRAXEmbeddings(base_url=lorax_server.url, batch_size=1, timeout=33)
    embeddings.embed_documents(texts)
    await embeddings.aembed_documents(texts)
    assert len(lorax_server.requests) == 600
    assert lorax_server.most_at_once <= 16
    lorax_server.fault("hang")
    waiting = asyncio.create_task(embeddings.aembed_documents(texts))
    await anyio.to_thread.run_sync(lorax_server.wait_for_requests, 616)
    waiting.cancel()


@pytest.mark.anyio
async def test_a_failure_is_raised_and_ends_the_others(
    embeddings: LoRAXEmbeddings, lorax_server: ScriptedServer
) -> None:
    texts = ["x"] * 7 + ["[[fail:1]]"] + ["x"] * 8
    with pytest.raises(errors.GenerationError) as caught:
        embeddings.embed_documents(texts)
    assert isinstance(caught.value, langchain.ModelAPIError)
    with pytest.raises(langchain.ModelAPIError):
        await embeddings.aembed_documents(texts)
    with pytest.raises(langchain.ModelAPIError):
        await embeddings.aembed_query("[[fail:1]]")
    with pytest.raises(langchain.ModelAPIError):
        embeddings.embed_query("[[fail:1]]")
    await anyio.to_thread.run_sync(lorax_server.wait_until_idle)


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="batch_size"):
        LoRAXEmbeddings(base_url="http://127.0.0.1:1", batch_size=0)


def test_it_is_copied_pickled_and_used_in_two_loops(embeddings: LoRAXEmbeddings) -> None:
    expected = embeddings.embed_query("x")
    for again in (copy.deepcopy(embeddings), pickle.loads(pickle.dumps(embeddings))):
        assert again.embed_query("x") == expected
    for _ in range(2):
        assert asyncio.run(embeddings.aembed_query("x")) == expected


def test_a_store_finds_what_is_near(lorax_model_server: ModelServer) -> None:
    texts = ["Cats purr when they are happy.", "SQL queries join tables.", "Rome is in Italy."]
    store = InMemoryVectorStore.from_texts(texts, LoRAXEmbeddings(base_url=lorax_model_server.url))
    (found,) = store.similarity_search("Cats purr when they are happy.", k=1)
    assert found.page_content == texts[0]
