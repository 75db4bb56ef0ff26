"""What the other routes give: vectors, entities, tokens, and what a server says of itself."""

from typing import Any, Literal

from pydantic import ConfigDict

from lorax.errors import LoraxError
from lorax.types.metadata import Answered, WithMetadata


class EmbedResponse(WithMetadata):
    """A text's vector."""

    embeddings: list[float]


class EmbedManyResponse(WithMetadata):
    """The vectors of several texts, in their order."""

    embeddings: list[list[float]]


class ClassifyResponse(WithMetadata):
    """The entities found in a text.

    Each has `entity_group`, `score`, `word`, and `start` and `end` in bytes of the text as UTF-8.
    """

    entities: list[dict[str, Any]]


class PlacedToken(Answered):
    """A token of a text.

    Attributes:
        id: Its number in the vocabulary.
        text: How the vocabulary writes it, a space as `Ġ` in many.
        start: Where it begins in the text, in characters.
        stop: Where it ends.
    """

    id: int
    text: str
    start: int
    stop: int


class Info(WithMetadata):
    """What a server says of itself; what is not named here is kept as well.

    Attributes:
        model_id: The base model.
        max_concurrent_requests: How many requests it takes at once; one more is refused.
        max_best_of: How many answers it generates to choose from.
        max_stop_sequences: How many stop sequences a request may have.
        max_input_length: Tokens that a prompt may have.
        max_total_tokens: Tokens that a prompt and its answer may have together.
        version: The server's version.
    """

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    model_id: str
    max_concurrent_requests: int
    max_best_of: int
    max_stop_sequences: int
    max_input_length: int
    max_total_tokens: int
    version: str | None = None


class Health:
    """Whether a server can be used.

    Attributes:
        reason: Why not; None when it can.
    """

    def __init__(self, reason: LoraxError | None = None) -> None:
        self.reason = reason

    @property
    def ok(self) -> bool:
        """Whether it can."""
        return self.reason is None

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return "Health(ok)" if self.ok else f"Health({self.reason!r})"


class Sample(Answered):
    """A figure of a metric: its labels, or its name with them, and its value."""

    key: str
    value: float


class Metric(Answered):
    """One of a server's metrics, in Prometheus' sense."""

    type: Literal["counter", "gauge", "histogram", "summary"]
    data: list[Sample]


class DeployedModel(Answered):
    """A model that a hub serves."""

    model_id: str
    sha: str
