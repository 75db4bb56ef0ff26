"""What the HTTP side asks of whatever stands behind it: the model server's part of LoRAX."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lorax_devserver.adapters import AdapterFile

MERGE_STRATEGIES = ("linear", "ties", "dare_linear", "dare_ties")
SIGN_METHODS = ("total", "frequency")


@dataclass(frozen=True)
class Adapter:
    """The adapter of a request, or several to be merged into one.

    Attributes:
        ids: The adapters' ids.
        source: Where to look for them.
        api_token: Token that opens a private one.
        weights: How much each counts in a merge; None for a single adapter.
        merge_strategy: How they are merged.
        density: The share of weights that ties and the dare strategies keep.
        majority_sign_method: How ties and dare_ties settle on a sign.
    """

    ids: tuple[str, ...]
    source: str
    api_token: str | None = None
    weights: tuple[float, ...] | None = None
    merge_strategy: str = "linear"
    density: float = 0.0
    majority_sign_method: str = "total"

    @property
    def key(self) -> "Adapter | str":
        """What the server knows it by: a single one by its id alone, whatever source and token."""
        return self.ids[0] if self.weights is None else self

    @property
    def headers(self) -> dict[str, str]:
        """x-adapter-id, with a merge's ids side by side, and x-adapter-source.

        What cannot stand in a header is left out.
        """
        return fitting({"x-adapter-id": ",".join(self.ids), "x-adapter-source": self.source})


def fitting(headers: dict[str, str]) -> dict[str, str]:
    """Those headers whose values can stand in one."""
    return {
        name: value
        for name, value in headers.items()
        if value.isascii() and value.isprintable() and value == value.strip()
    }


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
    """One generation, as the model server is told it.

    Attributes:
        inputs: The whole prompt.
        prompt: The tokens to go on from, already truncated.
        input_length: Tokens of the whole prompt.
        truncate: How many of the prompt's last tokens count.
        max_new_tokens: How many tokens the engine may give at most.
        sampling: How each is chosen.
        stop: The stop sequences; the caller sees to them.
        adapter: The adapter to apply; None is the base model.
        adapter_index: The number under which it was loaded.
        ignore_eos_token: Whether to go on past the end of text.
        alternatives: How many of the likeliest tokens to give with each.
        schema: A JSON schema, as text, that the answer is held to.
        prompt_logprobs: Whether the prompt's log-probabilities will be asked for.
        watermark: Whether to mark the text.
    """

    inputs: str
    prompt: Sequence[int]
    input_length: int
    truncate: int
    max_new_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    stop: tuple[str, ...] = ()
    adapter: Adapter | None = None
    adapter_index: int = 0
    ignore_eos_token: bool = False
    alternatives: int = 0
    schema: str | None = None
    prompt_logprobs: bool = False
    watermark: bool = False


@dataclass(frozen=True)
class Entity:
    """A token's class, and where the token stands in the text, in characters."""

    label: str
    score: float
    start: int
    end: int


class Embedder(Protocol):
    """What makes texts vectors: an engine, or a model made for that."""

    @property
    def embeds_by(self) -> str:
        """What the vectors come from, in words."""
        ...

    async def embed(self, texts: Sequence[str], adapter: Adapter | None) -> list[list[float]]:
        """The texts' vectors.

        Raises:
            EngineError: The adapter cannot be used, or a text not be read.
        """
        ...

    async def close(self) -> None:
        """Stop."""
        ...


class Engine(Embedder, Protocol):
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

    @property
    def merge_strategies(self) -> Sequence[str]:
        """The strategies by which it can merge adapters."""
        ...

    async def download(self, adapter: Adapter | None) -> None:
        """Fetch an adapter; None is the base model.

        Raises:
            EngineError: There is no such adapter, or no access to it.
        """
        ...

    async def load(self, adapter: Adapter | None, index: int) -> None:
        """Make a fetched adapter ready under a number.

        Raises:
            EngineError: It cannot be used with this model.
        """
        ...

    def generate(self, job: Job) -> AsyncGenerator[Token, None]:
        """Give tokens until the end of text (given too) or the job's limit."""
        ...

    async def prompt_logprobs(
        self, prompt: Sequence[int], adapter: Adapter | None
    ) -> list[float | None]:
        """How likely each token of a prompt was; the first has none."""
        ...

    async def classify(self, text: str) -> list[Entity]:
        """The class of each token of a text."""
        ...

    @property
    def adapter_files(self) -> Sequence[AdapterFile] | None:
        """The adapters that requests can name; None for any."""
        ...

    async def healthy(self) -> bool:
        """Whether the model answers."""
        ...
