"""An ingestion pipeline: adapter `extract` adds to each support message what it is about.

Run it by `make example RUN=llamaindex.ingestion`.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from llama_index.core.extractors import BaseExtractor
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import BaseNode, Document
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX

from examples import shown
from examples.client.extract import PROMPT, SCHEMA
from examples.langchain.extraction import MESSAGES
from examples.local_server import run

MANY = 6


class RecordExtractor(BaseExtractor):
    """Puts the record of a support message into its metadata.

    Attributes:
        llm: The model with adapter `extract`.
    """

    llm: LoRAX

    async def aextract(self, nodes: Sequence[BaseNode]) -> list[dict[str, Any]]:
        """The record of each message; all are read at once."""
        prompts = [PROMPT.replace("{message}", node.get_content()) for node in nodes]
        answers = await asyncio.gather(*(self.llm.acomplete(p, formatted=True) for p in prompts))
        return [json.loads(answer.text) for answer in answers]


def pipeline(base_url: str) -> IngestionPipeline:
    """Records first, then vectors that hold them, too."""
    llm = LoRAX(base_url=base_url, adapter_id="extract", response_format=SCHEMA, max_new_tokens=120)
    return IngestionPipeline(
        transformations=[RecordExtractor(llm=llm), LoRAXEmbedding(base_url=base_url)]
    )


def main(base_url: str) -> None:
    """Take in a few messages; show what became of them."""
    messages = json.loads(MESSAGES.read_text())[:MANY]
    nodes = pipeline(base_url).run(
        documents=[Document(text=message) for message in messages], show_progress=True
    )
    for node in nodes:
        shown.console.print(f"\n[bold]“{node.get_content()}”[/bold]")
        shown.record({**node.metadata, "vector": f"{len(node.embedding or [])} numbers"})


if __name__ == "__main__":
    run(main)
