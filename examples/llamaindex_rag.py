"""LlamaIndex: a question answered from documents found by meaning, streamed with its source."""

from llama_index.core import QueryBundle, get_response_synthesizer
from llama_index.core.base.response.schema import StreamingResponse
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.llms.lorax import LoRAX

from examples import shown
from examples.papers import Papers
from lorax import Client

QUESTION = "How long may I keep a book before I bring it back?"


class PapersRetriever(BaseRetriever):
    """Gives the one document whose meaning is nearest."""

    def __init__(self, papers: Papers) -> None:
        super().__init__()
        self._papers = papers

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        name, score = self._papers.nearest(query_bundle.query_str)
        node = TextNode(text=self._papers.texts[name], metadata={"file": name})
        return [NodeWithScore(node=node, score=score)]


def main(base_url: str) -> None:
    """Ask a question of the shop's own papers."""
    llm = LoRAX(base_url=base_url, max_new_tokens=60)
    with Client(base_url) as client:
        engine = RetrieverQueryEngine(
            retriever=PapersRetriever(Papers(client)),
            response_synthesizer=get_response_synthesizer(llm=llm, streaming=True),
        )
        shown.console.print(f"\n[bold]? {QUESTION}[/bold]")
        shown.call("RetrieverQueryEngine(retriever, synthesizer over LoRAX(...)).query(question)")
        answer = engine.query(QUESTION)
        assert isinstance(answer, StreamingResponse)
        shown.stream(answer.response_gen)
        for source in answer.source_nodes:
            told = f"{source.metadata['file']}, {source.score:.2f} near the question"
            shown.console.print(f"  [dim]from {told}[/dim]")
