"""What the HTTP side asks of whatever stands behind it: the model server's part of LoRAX."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class EngineError(Exception):
    """The engine failed; its words reach the client as a generation error (424)."""


# The adapters of a request, each with its weight: one of weight 1, or a linear merge of several.
Adapters = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Piece:
    """A token of a text.

    Attributes:
        id: The token's number in the vocabulary.
        data: The bytes it stands for; a special token's are its name.
        special: Whether it is a control token, such as the end of text.
    """

    id: int
    data: bytes
    special: bool = False


@dataclass(frozen=True)
class Alternative:
    """A token that could have come in another's place."""

    piece: Piece
    logprob: float


@dataclass(frozen=True)
class Token:
    """A generated token with its log-probability, and the likeliest ones where asked for."""

    piece: Piece
    logprob: float
    alternatives: Sequence[Alternative] = ()


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen; the defaults are the model server's, greedy."""

    do_sample: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    typical_p: float = 1.0
    seed: int = 0
    repetition_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0

    @property
    def samples(self) -> bool:
        """Whether a token is drawn; a temperature of 0 is greedy whatever else is asked."""
        warps = self.temperature != 1.0 or self.top_k > 0 or self.top_p < 1 or self.typical_p < 1
        return self.temperature > 0 and (self.do_sample or warps)


@dataclass(frozen=True)
class Job:
    """One generation.

    Attributes:
        prompt: The tokens to go on from, already truncated.
        max_new_tokens: How many tokens the engine may give at most.
        sampling: How each is chosen.
        adapters: The adapters to apply, each with its weight; none is the base model.
        ignore_eos_token: Whether to go on past the end of text.
        alternatives: How many of the likeliest tokens to give with each.
        schema: A JSON schema, as text, that the answer is held to.
    """

    prompt: Sequence[int]
    max_new_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    adapters: Adapters = ()
    ignore_eos_token: bool = False
    alternatives: int = 0
    schema: str | None = None


class Engine(Protocol):
    """A model behind the protocol."""

    @property
    def model_id(self) -> str:
        """The base model's name, as in /info and the header x-model-id."""
        ...

    @property
    def eos_token_id(self) -> int:
        """The token that ends a text."""
        ...

    @property
    def chat_template(self) -> str:
        """The model's Jinja template of a conversation."""
        ...

    async def tokenize(self, text: str) -> list[Piece]:
        """Cut a text into tokens; special tokens written in it count as such."""
        ...

    async def load_adapter(self, adapter_id: str, source: str) -> None:
        """Make an adapter ready.

        Raises:
            EngineError: There is no such adapter, or it cannot be loaded.
        """
        ...

    def generate(self, job: Job) -> AsyncGenerator[Token, None]:
        """Give tokens until the end of text (given too) or the job's limit."""
        ...

    async def prompt_logprobs(
        self, prompt: Sequence[int], adapters: Adapters
    ) -> list[float | None]:
        """How likely each token of a prompt was; the first has none."""
        ...

    async def embed(self, text: str, adapters: Adapters) -> list[float]:
        """A text's vector."""
        ...

    async def healthy(self) -> bool:
        """Whether the model answers."""
        ...
