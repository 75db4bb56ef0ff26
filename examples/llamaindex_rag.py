"""LlamaIndex: a question answered from a few documents, streamed, with its source."""

from pathlib import Path

from llama_index.core import Document, get_response_synthesizer
from llama_index.core.base.response.schema import StreamingResponse
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.llms.lorax import LoRAX
from llama_index.retrievers.bm25 import BM25Retriever

from examples import shown

DOCUMENTS = Path(__file__).parent / "documents"
QUESTION = "How many days do customers have to return a book?"


def main(base_url: str) -> None:
    """Ask a question of the shop's own papers."""
    llm = LoRAX(base_url=base_url, max_new_tokens=60)
    papers = [
        Document(text=file.read_text(), metadata={"file": file.name})
        for file in sorted(DOCUMENTS.glob("*.md"))
    ]
    nodes = SentenceSplitter(chunk_size=256).get_nodes_from_documents(papers)
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=1)
    engine = RetrieverQueryEngine(
        retriever=retriever,
        response_synthesizer=get_response_synthesizer(llm=llm, streaming=True),
    )

    shown.console.print(f"\n[bold]? {QUESTION}[/bold]")
    shown.call("RetrieverQueryEngine(retriever, synthesizer over LoRAX(...)).query(question)")
    answer = engine.query(QUESTION)
    assert isinstance(answer, StreamingResponse)
    shown.stream(answer.response_gen)
    for source in answer.source_nodes:
        shown.console.print(f"  [dim]from {source.metadata['file']}[/dim]")
