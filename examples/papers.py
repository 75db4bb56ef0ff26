"""The shop's own papers, found by meaning: a vector for each, and the one nearest to a question."""

from pathlib import Path

from lorax import Client

DOCUMENTS = Path(__file__).parent / "documents"


class Papers:
    """A few documents with their embeddings.

    Args:
        client: What makes the vectors, which have length one.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.texts = {file.name: file.read_text() for file in sorted(DOCUMENTS.glob("*.md"))}
        self._vectors = client.embed_many(list(self.texts.values())).embeddings

    def nearest(self, question: str) -> tuple[str, float]:
        """The name of the document nearest to a question, and the cosine between them."""
        asked = self._client.embed(question).embeddings
        near = [sum(a * b for a, b in zip(asked, vector, strict=True)) for vector in self._vectors]
        best = max(range(len(near)), key=near.__getitem__)
        return list(self.texts)[best], near[best]
