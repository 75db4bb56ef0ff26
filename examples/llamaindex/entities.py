"""Names found in documents by the server's /classify, as metadata of their nodes.

A LoRAX server classifies with a model made for that; here a script finds a person in every word
that begins with a capital. Run it by `make example RUN=llamaindex.entities`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.extractors import BaseExtractor
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import BaseNode, Document
from pydantic import PrivateAttr

from examples import shown
from examples.local_server import run_scripted
from lorax import AsyncClient

TEXTS = (
    "yesterday Miriam wrote to Peter about the reading",
    "the shop is closed on sundays",
    "ask for Anna at the counter",
)


class PersonExtractor(BaseExtractor):
    """Puts the people of a text into its metadata.

    Attributes:
        base_url: The address of a LoRAX server that classifies.
    """

    base_url: str
    _client: AsyncClient = PrivateAttr()

    def model_post_init(self, _context: Any) -> None:
        """Make the client."""
        self._client = AsyncClient(self.base_url)

    async def aextract(self, nodes: Sequence[BaseNode]) -> list[dict[str, Any]]:
        """The people of each text; all are read in one request."""
        texts = [node.get_content() for node in nodes]
        answers = await self._client.classify_batch(texts)
        return [
            {"people": ", ".join(people(text, answer.entities))}
            for text, answer in zip(texts, answers, strict=True)
        ]


def people(text: str, entities: Sequence[dict[str, Any]]) -> list[str]:
    """The people that were found, as the text writes them; the server writes in small letters."""
    return [text[e["start"] : e["end"]].strip() for e in entities if e["entity_group"] == "PER"]


def main(base_url: str) -> None:
    """Read a few texts; show whom they name."""
    pipeline = IngestionPipeline(transformations=[PersonExtractor(base_url=base_url)])
    nodes = asyncio.run(pipeline.arun(documents=[Document(text=text) for text in TEXTS]))
    for node in nodes:
        shown.console.print(f"\n[bold]“{node.get_content()}”[/bold]")
        shown.record(dict(node.metadata))


if __name__ == "__main__":
    run_scripted(main)
