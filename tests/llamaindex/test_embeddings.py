"""LoRAX's embeddings: every method, batches, adapters that no cache mixes up, errors."""

import asyncio
import copy
import functools
import gc
import pickle
import weakref
from typing import Any

import anyio
import pytest
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.llms import MockLLM
from llama_index.core.schema import TextNode
from llama_index.core.storage.kvstore import SimpleKVStore
from llama_index.embeddings.lorax import LoRAXEmbedding
from pydantic import ValidationError as PydanticError

from lorax import AsyncClient, Client, MergedAdapters, errors
from lorax_devserver.testing import ModelServer, ScriptedServer
from tests.llamaindex.conftest import Seen, Spans

TEXTS = [f"Text number {number}." for number in range(25)]
MERGED = MergedAdapters(ids=["acme/a", "acme/b"], weights=[0.5, 0.5])


@pytest.fixture
def embedding(lorax_server: ScriptedServer) -> LoRAXEmbedding:
    return LoRAXEmbedding(base_url=lorax_server.url)


def each_method(embedding: BaseEmbedding, text: str) -> dict[str, list[float]]:
    """A text's vector by every method there is."""

    async def awaited() -> dict[str, list[float]]:
        return {
            "aget_query_embedding": await embedding.aget_query_embedding(text),
            "aget_text_embedding": await embedding.aget_text_embedding(text),
            "aget_text_embedding_batch": (await embedding.aget_text_embedding_batch([text]))[0],
            "acall": (await embedding.acall([TextNode(text=text)]))[0].embedding or [],
        }

    return {
        "get_query_embedding": embedding.get_query_embedding(text),
        "get_text_embedding": embedding.get_text_embedding(text),
        "get_text_embedding_batch": embedding.get_text_embedding_batch([text])[0],
        "call": embedding([TextNode(text=text)])[0].embedding or [],
        "get_agg": embedding.get_agg_embedding_from_queries([text]),
        **asyncio.run(awaited()),
    }


def test_every_method(embedding: LoRAXEmbedding, lorax_server: ScriptedServer) -> None:
    with Client(lorax_server.url) as client:
        expected = client.embed("Why?").embeddings
    for method, vector in each_method(embedding, "Why?").items():
        assert vector == pytest.approx(expected), method
    assert LoRAXEmbedding.class_name() == "LoRAXEmbedding"


@pytest.mark.parametrize(
    "settings",
    [{"adapter_id": "acme/a", "adapter_source": "s3"}, {"merged_adapters": MERGED}, {}],
)
def test_the_adapter_goes_with_every_request(
    lorax_server: ScriptedServer, settings: dict[str, Any]
) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_server.url, api_token="hf_1", **settings)
    each_method(embedding, "Why?")
    assert {asked.path for asked in lorax_server.requests} == {"/embed", "/v1/embeddings"}
    for asked in lorax_server.requests:
        parameters = asked.body["parameters"]
        assert parameters.get("adapter_id") == settings.get("adapter_id")
        assert parameters.get("adapter_source") == settings.get("adapter_source")
        assert ("merged_adapters" in parameters) == ("merged_adapters" in settings)
        assert parameters["api_token"] == "hf_1"


def test_a_batch_is_one_request(embedding: LoRAXEmbedding, lorax_server: ScriptedServer) -> None:
    vectors = embedding.get_text_embedding_batch(TEXTS)
    assert [len(asked.body["input"]) for asked in lorax_server.requests] == [10, 10, 5]
    awaited = asyncio.run(embedding.aget_text_embedding_batch(TEXTS))
    assert awaited == vectors
    assert vectors[7] == pytest.approx(embedding.get_text_embedding(TEXTS[7]))
    assert embedding.get_text_embedding_batch([]) == []


def under_way(server: ScriptedServer, call: Any, number: int) -> int:
    """How many requests a call has under way when none of them is answered."""
    server.fault("hang")

    async def begun() -> int:
        task = asyncio.create_task(call())
        await anyio.to_thread.run_sync(server.wait_for_requests, number)
        async with AsyncClient(server.url) as other:
            for _ in range(20):  # time in which more could come
                await other.info()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await anyio.to_thread.run_sync(server.wait_until_idle)
        return sum(asked.method == "POST" for asked in server.requests)

    return asyncio.run(begun())


# What the framework's own workers had not begun when they were cancelled.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("workers", [None, 1, 3])
def test_batches_at_once_are_bounded(lorax_server: ScriptedServer, workers: int | None) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_server.url, embed_batch_size=1, num_workers=workers)
    batches = functools.partial(embedding.aget_text_embedding_batch, TEXTS)
    assert under_way(lorax_server, batches, workers or 8) == (workers or 8)
    with pytest.raises(PydanticError, match="greater than or equal to 1"):
        LoRAXEmbedding(base_url=lorax_server.url, num_workers=0)


def test_each_server_has_its_own_bound(lorax_server: ScriptedServer) -> None:
    urls = (lorax_server.url, lorax_server.url.replace("127.0.0.1", "localhost"))
    each = [LoRAXEmbedding(base_url=url, embed_batch_size=1, num_workers=1) for url in urls]

    async def both() -> None:
        await asyncio.gather(*(one.aget_text_embedding_batch(TEXTS[:4]) for one in each))

    assert under_way(lorax_server, both, 2) == 2


def test_an_event_loop_that_ended_is_not_kept(lorax_server: ScriptedServer) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_server.url, embed_batch_size=1)
    loops: list[weakref.ref[Any]] = []

    async def embedded() -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await embedding.aget_text_embedding_batch(TEXTS)

    for _ in range(3):
        asyncio.run(embedded())
    gc.collect()
    assert [loop() for loop in loops] == [None] * 3


@pytest.mark.lorax_server(max_concurrent_requests=3)
def test_a_server_that_takes_few(lorax_server: ScriptedServer) -> None:
    # A timeout of its own gives it a client of its own, which others' limits do not slow.
    embedding = LoRAXEmbedding(
        base_url=lorax_server.url, embed_batch_size=1, num_workers=9, timeout=31
    )
    assert len(asyncio.run(embedding.aget_text_embedding_batch(TEXTS))) == len(TEXTS)


def test_ten_at_once(embedding: LoRAXEmbedding, lorax_server: ScriptedServer) -> None:
    async def ten() -> None:
        await asyncio.gather(*(embedding.aget_query_embedding(text) for text in TEXTS[:10]))

    assert under_way(lorax_server, ten, 10) == 10


# --- caches ---


def asked_texts(server: ScriptedServer) -> int:
    return sum(len(asked.body.get("input", [0])) for asked in server.requests)


def test_an_adapter_is_never_served_from_anothers_cache(lorax_server: ScriptedServer) -> None:
    cache = SimpleKVStore()
    one = LoRAXEmbedding(base_url=lorax_server.url, adapter_id="acme/a", embeddings_cache=cache)
    assigned = copy.copy(one)
    assigned.adapter_id = "acme/assigned"
    others = [
        one.with_adapter("acme/b"),
        one.with_adapter(MERGED),
        one.with_adapter("acme/a", "s3"),
        one.with_adapter(None),
        one.model_copy(update={"adapter_id": "acme/copied"}),
        assigned,
    ]
    for number, embedding in enumerate((one, *others, one.with_parameters(timeout=5))):
        each_method(embedding, "Why?")
        assert asked_texts(lorax_server) == min(number + 1, 7)
    each_method(pickle.loads(pickle.dumps(one.with_parameters(embeddings_cache=None))), "Why?")
    stored = one.embeddings_cache
    assert stored is not None
    assert len(stored.get_all("embeddings")) == 1
    assert len(cache.get_all("embeddings")) == 7


def test_a_server_is_never_served_from_anothers_cache(lorax_server: ScriptedServer) -> None:
    cache = SimpleKVStore()
    for url in (lorax_server.url, lorax_server.url.replace("127.0.0.1", "localhost")) * 2:
        LoRAXEmbedding(base_url=url, embeddings_cache=cache).get_text_embedding("Why?")
    assert asked_texts(lorax_server) == 2


def test_a_cache_saves_what_it_has(lorax_server: ScriptedServer) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_server.url, embeddings_cache=SimpleKVStore())
    first = embedding.get_text_embedding_batch(TEXTS[:5])
    assert embedding.get_text_embedding_batch(TEXTS[:7])[:5] == first
    assert asyncio.run(embedding.aget_text_embedding_batch(TEXTS[:9]))[:5] == first
    assert asked_texts(lorax_server) == 9
    cache = embedding.embeddings_cache
    assert cache is not None
    assert cache.delete(TEXTS[0], "embeddings")
    assert asyncio.run(cache.adelete(TEXTS[1], "embeddings"))
    assert set(asyncio.run(cache.aget_all("embeddings"))) == set(TEXTS[2:9])
    with pytest.raises(TypeError, match="BaseKVStore"):
        LoRAXEmbedding(base_url=lorax_server.url, embeddings_cache={})


def test_an_ingestion_cache_knows_the_adapter(
    embedding: LoRAXEmbedding, lorax_server: ScriptedServer
) -> None:
    document = Document(text="The shop opens at nine.")
    pipeline = IngestionPipeline(transformations=[embedding])
    for one in (embedding, embedding, embedding.with_adapter("acme/a")):
        pipeline.transformations = [one]
        pipeline.run(documents=[document.model_copy()])
    assert [asked.adapter_id for asked in lorax_server.requests] == [None, "acme/a"]


# --- what else is asked of it ---


@pytest.mark.parametrize("method", ["get_text_embedding", "get_query_embedding"])
def test_errors_are_the_clients(lorax_server: ScriptedServer, method: str) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_server.url, adapter_id="acme/missing")
    with pytest.raises(errors.AdapterNotFoundError, match="Check adapter_id"):
        getattr(embedding, method)("Why?")
    with pytest.raises(errors.AdapterNotFoundError):
        asyncio.run(getattr(embedding, f"a{method}")("Why?"))
    with pytest.raises(errors.AdapterNotFoundError):
        embedding.get_text_embedding_batch(TEXTS)
    with pytest.raises(errors.GenerationError, match="embedding exploded"):
        embedding.with_adapter(None).get_text_embedding("[[fail:1]]")


def test_a_server_that_is_busy_is_asked_again(
    embedding: LoRAXEmbedding, lorax_server: ScriptedServer
) -> None:
    lorax_server.fault("unavailable=0*2")
    assert embedding.get_text_embedding("Why?")
    assert len(lorax_server.requests) == 3


def test_events_without_secrets(lorax_server: ScriptedServer, seen: Seen, spans: Spans) -> None:
    embedding = LoRAXEmbedding(
        base_url=lorax_server.url,
        adapter_id="acme/a",
        api_key="gateway-key-1",
        api_token="hf_token_2",
        headers={"cookie": "cookie-3"},
    )
    each_method(embedding, "Why?")
    assert seen.names[:2] == ["EmbeddingStartEvent", "EmbeddingEndEvent"]
    assert seen.events[0].model_dict["adapter_id"] == "acme/a"
    assert seen.events[0].model_dict["base_url"] == lorax_server.url
    told = repr([event.model_dump() for event in seen.events]) + repr(spans.told)
    for secret in ("gateway-key-1", "hf_token_2", "cookie-3"):
        assert secret not in told


def test_a_wrong_field_is_refused() -> None:
    with pytest.raises(PydanticError, match="Did you mean 'adapter_id'"):
        LoRAXEmbedding(base_url="http://127.0.0.1:1", adapter="acme/a")  # type: ignore[call-arg]


def test_an_index_finds_what_is_alike(lorax_model_server: ModelServer) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_model_server.url)
    texts = ["The shop opens at nine.", "Bread costs two euros.", "Cats sleep all day."]
    index = VectorStoreIndex.from_documents(
        [Document(text=text) for text in texts], embed_model=embedding
    )
    (found,) = index.as_retriever(similarity_top_k=1).retrieve("Bread costs two euros.")
    assert found.get_content() == texts[1]
    assert index.as_query_engine(llm=MockLLM()).query("Bread?").source_nodes
