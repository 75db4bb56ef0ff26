"""LoRAX as LangChain's embeddings."""

from functools import partial

from langchain_core.embeddings import Embeddings
from pydantic import Field

from langchain_lorax.batching import in_tasks, in_threads
from langchain_lorax.errors import raised_for_langchain
from langchain_lorax.settings import NamedSettings
from lorax.documenting import with_fields
from lorax.wrapping import EmbeddingSettings

_MOST_AT_ONCE = 16


@with_fields
class LoRAXEmbeddings(NamedSettings, EmbeddingSettings, Embeddings):
    """A LoRAX server's embeddings, of the base model or of an adapter.

    Setup:
        Install `langchain-lorax`, and have the address of a LoRAX server with an embedding model.

    Instantiate:
        >>> from langchain_lorax import LoRAXEmbeddings
        >>> embeddings = LoRAXEmbeddings(base_url="http://127.0.0.1:8080", adapter_id="acme/e5")

    Embed a text:
        >>> len(embeddings.embed_query("Why is the sky blue?"))
        384

    Embed many:
        >>> [len(vector) for vector in embeddings.embed_documents(["Why?", "How?"])]
        [384, 384]

    Async:
        >>> await embeddings.aembed_documents(["Why?", "How?"])
    """

    batch_size: int = Field(
        default=32, ge=1, description="Texts that one request holds; requests go out side by side."
    )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Make texts vectors, in their order.

        Args:
            texts: The texts; none is no request.

        Raises:
            ModelError: The server refused, or failed.
        """
        embed = partial(self.client.embed_many, **self.adapter_arguments())
        with raised_for_langchain():
            answers = in_threads(embed, self._batches(texts), _MOST_AT_ONCE)
        return [vector for answer in answers for vector in answer.embeddings]

    def embed_query(self, text: str) -> list[float]:
        """Make a text a vector.

        Args:
            text: The text.

        Raises:
            ModelError: The server refused, or failed.
        """
        with raised_for_langchain():
            return self.client.embed(text, **self.adapter_arguments()).embeddings

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Make texts vectors, in their order; see `embed_documents`."""
        embed = partial(self.async_client.embed_many, **self.adapter_arguments())
        with raised_for_langchain():
            answers = await in_tasks(embed, self._batches(texts), _MOST_AT_ONCE)
        return [vector for answer in answers for vector in answer.embeddings]

    async def aembed_query(self, text: str) -> list[float]:
        """Make a text a vector; see `embed_query`."""
        with raised_for_langchain():
            return (await self.async_client.embed(text, **self.adapter_arguments())).embeddings

    def _batches(self, texts: list[str]) -> list[list[str]]:
        size = self.batch_size
        return [texts[at : at + size] for at in range(0, len(texts), size)]
