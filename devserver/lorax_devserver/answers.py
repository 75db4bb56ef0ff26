"""The shapes of the answers, for the description of the routes."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lorax_devserver.generation import FinishReason
from lorax_devserver.wire import ErrorType

# A key that may not be there at all, but is never null.
_LEFT_OUT: Any = Field(default=None)


class Shape(BaseModel):
    """An object with these keys and no others."""

    model_config = ConfigDict(extra="forbid")


class Error(Shape):
    """A refusal or a failure; on a stream it is the last event."""

    error: str
    error_type: ErrorType


class AlternativeToken(Shape):
    """A token that could have come."""

    id: int
    text: str
    logprob: float


class GeneratedToken(AlternativeToken):
    """A token that came."""

    special: bool
    alternative_tokens: list[AlternativeToken] = _LEFT_OUT
    skipped: bool


class PromptToken(Shape):
    """A token of the prompt; the first has no log-probability."""

    id: int
    text: str
    logprob: float | None


class StreamDetails(Shape):
    """How a stream ended."""

    finish_reason: FinishReason
    prompt_tokens: int
    generated_tokens: int
    seed: int | None


class BestOfSequence(Shape):
    """An answer that was not the likeliest."""

    generated_text: str
    finish_reason: FinishReason
    generated_tokens: int
    seed: int | None
    prefill: list[PromptToken]
    tokens: list[GeneratedToken]


class Details(StreamDetails):
    """How an answer came to be."""

    skipped_tokens: int
    prefill: list[PromptToken]
    tokens: list[GeneratedToken]
    best_of_sequences: list[BestOfSequence] = _LEFT_OUT


class Generated(Shape):
    """A whole answer; its details are there when asked for."""

    generated_text: str
    details: Details = _LEFT_OUT


class TokenEvent(Shape):
    """One token of a stream; the last alone has the text and, when asked for, the details."""

    token: GeneratedToken
    generated_text: str | None
    details: StreamDetails | None


OpenAIFinishReason = Literal["stop", "length", "content_filter"]


class Usage(Shape):
    """The tokens that a request took."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CalledFunction(Shape):
    """A tool's name and its arguments, as JSON text."""

    description: None
    name: str
    arguments: str


class ToolCall(Shape):
    """A call of a tool."""

    id: Literal["0"]
    type: Literal["function"]
    function: CalledFunction


class Delta(Shape):
    """What a chunk adds; nothing at the end of text."""

    role: Literal["assistant"] = _LEFT_OUT
    content: str = _LEFT_OUT


class ChatAnswer(Shape):
    """A text or, where there were tools, the call of one."""

    role: Literal["assistant"]
    content: str = _LEFT_OUT
    tool_calls: list[ToolCall] = _LEFT_OUT


class ChatChoice(Shape):
    """One of the answers; a stop sequence's finish reason is content_filter."""

    index: int
    message: ChatAnswer
    finish_reason: OpenAIFinishReason


class ChatCompletion(Shape):
    """A whole chat answer."""

    id: Literal["null"]
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage
    system_fingerprint: str


class ChunkChoice(Shape):
    """A piece of the answer."""

    index: int
    delta: Delta
    finish_reason: OpenAIFinishReason | None


class ChatChunk(Shape):
    """A piece of a streamed chat answer; the last has the usage."""

    id: Literal["null"]
    object: Literal["chat.completion.chunk"]
    created: Literal[0]
    model: Literal["null"]
    choices: list[ChunkChoice]
    usage: Usage = _LEFT_OUT


class CompletionChoice(Shape):
    """A text, or a piece of it."""

    index: int
    text: str
    logprobs: None
    finish_reason: OpenAIFinishReason | None


class Completion(Shape):
    """A whole answer or a piece of a streamed one; its usage is zero until the last."""

    id: Literal["null"]
    object: Literal["text_completion"]
    created: Literal[0]
    model: Literal["null"]
    choices: list[CompletionChoice]
    usage: Usage


class Embedding(Shape):
    """A text's vector."""

    embeddings: list[float]


class IndexedEmbedding(Shape):
    """The vector of one of the texts."""

    index: int
    embedding: list[float]
    object: Literal["embedding"]


class Embeddings(Shape):
    """The vectors of all texts."""

    embeddings: list[IndexedEmbedding]


class EntityGroup(Shape):
    """Words of one class; start and end count bytes."""

    entity_group: str
    score: float
    word: str
    start: int
    end: int


class PlacedToken(Shape):
    """A token as the vocabulary writes it; start and stop count characters."""

    id: int
    text: str
    start: int
    stop: int


class Sample(Shape):
    """One of a metric's values, by its labels."""

    key: str
    value: float


class Metric(Shape):
    """What was counted or measured."""

    type: Literal["counter", "gauge", "histogram", "summary"]
    data: list[Sample]
