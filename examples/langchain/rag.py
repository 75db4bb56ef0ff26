"""Questions answered from documents: embeddings and words come from one server.

Run it by `make example RUN=langchain.rag`.
"""

from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import PromptTemplate
from langchain_core.vectorstores import VectorStoreRetriever
from langchain_qdrant import QdrantVectorStore

from examples import shown
from examples.bookshop import DOCUMENTS
from examples.local_server import run
from langchain_lorax import LoRAX, LoRAXEmbeddings

QUESTIONS = (
    "How long may I keep a book before I bring it back?",
    "What do tickets to a reading cost?",
)
PROMPT = """Here is a text.
---
{text}
---
Answer the query from the text and from nothing else.
Query: {question}
Answer: """


def retriever(base_url: str) -> VectorStoreRetriever:
    """What finds the shop's paper that is nearest to a question."""
    papers = [
        Document(file.read_text(), metadata={"file": file.name})
        for file in sorted(DOCUMENTS.glob("*.md"))
    ]
    store = QdrantVectorStore.from_documents(
        papers, LoRAXEmbeddings(base_url=base_url), location=":memory:", collection_name="papers"
    )
    return store.as_retriever(search_kwargs={"k": 1})


def main(base_url: str) -> None:
    """Answer each question, with its source."""
    found = retriever(base_url)
    llm = LoRAX(base_url=base_url, max_new_tokens=60, stop_sequences=["\n"])
    chain = PromptTemplate.from_template(PROMPT) | llm | StrOutputParser()
    for question in QUESTIONS:
        shown.console.print(f"\n[bold]? {question}[/bold]")
        (paper,) = found.invoke(question)
        shown.call('(prompt | LoRAX(...) | StrOutputParser()).stream({"text": …})')
        shown.stream(chain.stream({"text": paper.page_content, "question": question}))
        shown.console.print(f"  [dim]from {paper.metadata['file']}[/dim]")


if __name__ == "__main__":
    run(main)
