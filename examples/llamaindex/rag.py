"""Questions answered from documents: embeddings and words come from one server, sources are shown.

Run it by `make example RUN=llamaindex.rag`.
"""

from pathlib import Path

from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import StreamingResponse
from llama_index.core.node_parser import TokenTextSplitter
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

from examples import shown
from examples.bookshop import DOCUMENTS
from examples.local_server import run

QUESTIONS = (
    "How long may I keep a book before I bring it back?",
    "On which evenings do authors read?",
)


def engine(base_url: str) -> BaseQueryEngine:
    """What answers from the shop's papers."""
    # Of its own accord it writes a file's whole path into what is embedded, and into the prompt.
    reader = SimpleDirectoryReader(
        str(DOCUMENTS), file_metadata=lambda path: {"file_name": Path(path).name}
    )
    store = QdrantVectorStore(
        "papers",
        client=QdrantClient(":memory:"),
        index_doc_id=False,  # of use to a Qdrant server alone
    )
    index = VectorStoreIndex.from_documents(
        reader.load_data(),
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=LoRAXEmbedding(base_url=base_url),
        transformations=[TokenTextSplitter(chunk_size=256, chunk_overlap=20)],
    )
    llm = LoRAX(base_url=base_url, max_new_tokens=60)
    return index.as_query_engine(llm=llm, similarity_top_k=1, streaming=True)


def main(base_url: str) -> None:
    """Answer each question, with its sources."""
    answers = engine(base_url)
    for question in QUESTIONS:
        shown.console.print(f"\n[bold]? {question}[/bold]")
        shown.call("index.as_query_engine(llm=LoRAX(...), streaming=True).query(question)")
        answer = answers.query(question)
        assert isinstance(answer, StreamingResponse)
        shown.stream(answer.response_gen)
        for source in answer.source_nodes:
            told = f"{source.metadata['file_name']}, {source.score:.2f} near the question"
            shown.console.print(f"  [dim]from {told}[/dim]")


if __name__ == "__main__":
    run(main)
