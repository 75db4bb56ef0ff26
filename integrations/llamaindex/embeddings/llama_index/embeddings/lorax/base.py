"""LoRAX as LlamaIndex's embedding model: one text a request, or a batch of them."""

import asyncio
from collections.abc import Sequence
from typing import Any
from weakref import WeakValueDictionary

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.storage.kvstore.types import BaseKVStore
from llama_index.embeddings.lorax.caching import KeyedStore
from pydantic import ConfigDict, Field

from lorax.documenting import with_fields
from lorax.parameters import AdapterSettings
from lorax.wrapping import DumpedSettings, EmbeddingSettings

_WORKERS = 8


@with_fields
class LoRAXEmbedding(DumpedSettings, EmbeddingSettings, BaseEmbedding):
    """A LoRAX server with an embedding model, as LlamaIndex's embedding model.

    Another adapter is a copy: `embedding.with_adapter("acme/law")`, which shares connections.
    An `embeddings_cache` may be shared by all of them: each adapter has keys of its own there.

    Example:
        >>> from llama_index.embeddings.lorax import LoRAXEmbedding
        >>> embedding = LoRAXEmbedding(base_url="http://127.0.0.1:8080", adapter_id="acme/law")
        >>> len(embedding.get_text_embedding("Why is the sky blue?"))
        384
        >>> index = VectorStoreIndex.from_documents(documents, embed_model=embedding)
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    model_name: str = Field(
        default="lorax", description="What LlamaIndex calls the model; the server has only one."
    )
    num_workers: int | None = Field(
        default=None,
        ge=1,
        description="Batches of asynchronous calls that a server has under way at once; None is "
        f"{_WORKERS}. The client sends no more than the server takes, whatever stands here.",
    )

    @classmethod
    def class_name(cls) -> str:
        """The name that a serialised model is found by."""
        return "LoRAXEmbedding"

    def to_payload(self) -> dict[str, Any]:
        """What handlers of events are told of the model: nothing secret."""
        return {**super().to_payload(), "base_url": self.address, "adapter_id": self.adapter_name}

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await self._aget_text_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self.client.embed(text, **self.adapter_arguments()).embeddings

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self.async_client.embed(text, **self.adapter_arguments())).embeddings

    def _get_text_embeddings(self, texts: Sequence[str]) -> list[list[float]]:
        return self.client.embed_many(texts, **self.adapter_arguments()).embeddings

    async def _aget_text_embeddings(self, texts: Sequence[str]) -> list[list[float]]:
        async with _place(self.address, self.num_workers or _WORKERS):
            return (
                await self.async_client.embed_many(texts, **self.adapter_arguments())
            ).embeddings

    def __getattribute__(self, name: str) -> Any:
        """Give `embeddings_cache` with keys of this adapter: LlamaIndex keys it by text alone.

        It is done here because copies, assignments and pickles all come to this.
        """
        value = super().__getattribute__(name)
        if name != "embeddings_cache" or not isinstance(value, BaseKVStore):
            return value
        of = {name: getattr(self, name) for name in ("address", *AdapterSettings.model_fields)}
        return KeyedStore(value.store if isinstance(value, KeyedStore) else value, repr(of))


# Of each event loop, by server and number, as long as a batch has one: LlamaIndex itself begins all
# batches at once.
_PLACES = WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str, int], asyncio.Semaphore]()


def _place(address: str, number: int) -> asyncio.Semaphore:
    """A place among the batches that a server has under way at once."""
    key = (asyncio.get_running_loop(), address, number)
    return _PLACES.setdefault(key, asyncio.Semaphore(number))
