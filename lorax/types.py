"""What comes back: answers whole and streamed, and the metadata beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from lorax.parameters import (
    BatchRequest,
    MergedAdapters,
    Parameters,
    Request,
    ResponseFormat,
    ResponseFormatType,
)


@dataclass(frozen=True)
class Metadata:
    """What the server said beside an answer: what it understood, what it counted, how long it took.

    Attributes:
        adapter_id: The adapter the server used; `a,b` for a merge, None for the base model.
        adapter_source: Where it looked for the adapter.
        model_id: The base model; None when a gateway took the headers away.
        prompt_tokens: Tokens of the prompt.
        generated_tokens: Tokens of the answer.
        total_time: Seconds in all.
        validation_time: Seconds of checking the request.
        queue_time: Seconds of waiting for a place.
        inference_time: Seconds of generating.
        time_to_first_token: Seconds until the first token.
        time_per_token: Seconds a token.
        headers: All headers of the answer, names in lower case.

    Counts and times come with whole answers only; the server sends none with a stream.
    """

    adapter_id: str | None = None
    adapter_source: str | None = None
    model_id: str | None = None
    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    total_time: float | None = None
    validation_time: float | None = None
    queue_time: float | None = None
    inference_time: float | None = None
    time_to_first_token: float | None = None
    time_per_token: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Metadata":
        """Read an answer's headers; the server counts in milliseconds."""

        def number(name: str) -> int | None:
            value = headers.get(name, "")
            return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

        def seconds(name: str) -> float | None:
            milliseconds = number(name)
            return None if milliseconds is None else milliseconds / 1000

        return cls(
            adapter_id=headers.get("x-adapter-id"),
            adapter_source=headers.get("x-adapter-source"),
            model_id=headers.get("x-model-id"),
            prompt_tokens=number("x-prompt-tokens"),
            generated_tokens=number("x-generated-tokens"),
            total_time=seconds("x-total-time"),
            validation_time=seconds("x-validation-time"),
            queue_time=seconds("x-queue-time"),
            inference_time=seconds("x-inference-time"),
            time_to_first_token=seconds("x-time-to-first-token"),
            time_per_token=seconds("x-time-per-token"),
            headers=headers,
        )


class Answered(BaseModel):
    """A part of an answer; keys that are not known here are kept out."""

    model_config = ConfigDict(extra="ignore")


class WithMetadata(Answered):
    """An answer that knows more than its documented fields.

    What it knows beside them takes no part in equality and in `model_dump`.
    """

    _metadata: Metadata = PrivateAttr(default_factory=Metadata)
    _parsed: Any = PrivateAttr(default=None)

    @property
    def parsed(self) -> Any:
        """The answer as a value of response_format, where it was asked for by `check=True`.

        On a stream the last piece has it.
        """
        return self._parsed

    def take_parsed(self, value: Any) -> None:
        """Put what came of the check; whoever reads an answer does."""
        self._parsed = value

    @property
    def metadata(self) -> Metadata:
        """What the server said beside the answer."""
        return self._metadata

    def take_metadata(self, metadata: Metadata) -> None:
        """Put what the server said beside the answer; whoever reads an answer does."""
        self._metadata = metadata

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WithMetadata) or type(self) is not type(other):
            return NotImplemented
        return dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]


class FinishReason(str, Enum):
    """Why an answer ended: the limit, the model's end token, or a stop sequence."""

    Length = "length"
    EndOfSequenceToken = "eos_token"
    StopSequence = "stop_sequence"


class InputToken(Answered):
    """A token of the prompt; the first has no log-probability."""

    id: int
    text: str
    logprob: float | None = None


class AlternativeToken(Answered):
    """A token that could have come in another's place."""

    id: int
    text: str
    logprob: float


class Token(Answered):
    """A generated token.

    `text` is empty while a character of several tokens is unfinished; `special` marks control
    tokens such as the end of text.
    """

    id: int
    text: str
    logprob: float | None = None
    special: bool = False
    alternative_tokens: list[AlternativeToken] | None = None


class BestOfSequence(Answered):
    """One of the answers that best_of generated and did not choose."""

    generated_text: str
    finish_reason: FinishReason
    generated_tokens: int
    seed: int | None = None
    prefill: list[InputToken] = []
    tokens: list[Token] = []


class Details(Answered):
    """How an answer came about."""

    finish_reason: FinishReason
    prompt_tokens: int
    generated_tokens: int
    seed: int | None = None
    prefill: list[InputToken] = []
    tokens: list[Token] = []
    best_of_sequences: list[BestOfSequence] | None = None


class Response(WithMetadata):
    """The answer of `generate`.

    `generated_text` is the server's own, which keeps a stop sequence; `text` is what to show.
    """

    generated_text: str
    details: Details | None = None
    _text: str | None = PrivateAttr(default=None)
    _stopped: bool = PrivateAttr(default=False)

    @property
    def text(self) -> str:
        """The answer without the stop sequence that ended it, and without anything after one."""
        return self.generated_text if self._text is None else self._text

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why `text` ends where it does; None when `details` were not asked for.

        It is the server's own, but for a stop sequence that the server did not see.
        """
        return _finish_reason(self._stopped, self.details)

    def take_text(self, text: str, *, stopped: bool) -> None:
        """Put the text to show; whoever reads an answer does."""
        self._text = text
        self._stopped = stopped


class StreamDetails(Answered):
    """How a streamed answer came about; it comes with the last token."""

    finish_reason: FinishReason
    prompt_tokens: int
    generated_tokens: int
    seed: int | None = None


class StreamResponse(WithMetadata):
    """One token of `generate_stream`; the last has `generated_text`, and `details` if asked for.

    `token.text` is the server's own; `text` is what to show.
    """

    token: Token
    generated_text: str | None = None
    details: StreamDetails | None = None
    _text: str | None = PrivateAttr(default=None)
    _is_last: bool = PrivateAttr(default=False)
    _stopped: bool = PrivateAttr(default=False)

    @property
    def text(self) -> str:
        """The text to show now: no stop sequence, nothing after one, no control token.

        It is empty while what came could still become a stop sequence.
        """
        return self.token.text if self._text is None else self._text

    @property
    def is_last(self) -> bool:
        """Whether the server has ended its answer."""
        return self._is_last

    @property
    def is_stopped(self) -> bool:
        """Whether a stop sequence has ended the text.

        A server does not see a stop sequence that ends inside a token and goes on; what it sends
        after this has no text, so a stream that is stopped and not at its last token may be left.
        """
        return self._stopped

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the text ended; None before it has, or when `details` were not asked for."""
        return _finish_reason(self._stopped, self.details)

    def take_text(self, text: str, *, is_last: bool, stopped: bool) -> None:
        """Put the text to show; whoever reads a stream does."""
        self._text = text
        self._is_last = is_last
        self._stopped = stopped


def _finish_reason(stopped: bool, details: Details | StreamDetails | None) -> FinishReason | None:
    if stopped:
        return FinishReason.StopSequence
    return None if details is None else details.finish_reason


ChatFinishReason = Literal["stop", "length", "tool_calls"]


class Usage(Answered):
    """Tokens of a chat request."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ToolCall(Answered):
    """A call of a tool that the model asks for.

    Attributes:
        id: An id made here; the result of the call names it.
        name: The tool.
        arguments: Its arguments; of a call that was cut, those that came.
        text: The arguments' JSON as the model wrote it.
        complete: Whether the call is whole. One that the token limit cut is not to be run.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    text: str = ""
    complete: bool = True


class ToolCallDelta(Answered):
    """What a piece of a stream adds to a tool call.

    Attributes:
        index: Which of the answer's calls it is, from 0.
        id: Its id; with the first piece of a call alone, like the name.
        name: The tool.
        arguments: The next piece of the arguments' JSON.
    """

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


class ChatResponse(WithMetadata):
    """The answer of `chat`.

    Attributes:
        text: What the model said, without the stop sequence that ended it.
        tool_calls: The calls that it asks for.
        finish_reason: `stop` at the model's end or a stop sequence, `tool_calls` where the answer
            is calls, `length` at the limit: a call that it cut is not complete.
        usage: The tokens it took.
    """

    text: str
    tool_calls: list[ToolCall] = []
    finish_reason: ChatFinishReason
    usage: Usage


class ChatChunk(WithMetadata):
    """A piece of `chat_stream`; the last has finish_reason and usage.

    Attributes:
        text: The text to show now.
        tool_calls: What it adds to tool calls.
        finish_reason: Why the answer ended; None before that.
        usage: The tokens it took; on the last chunk, None when the stream was left early.
    """

    text: str
    tool_calls: list[ToolCallDelta] = []
    finish_reason: ChatFinishReason | None = None
    usage: Usage | None = None


class EmbedResponse(WithMetadata):
    """A text's vector."""

    embeddings: list[float]


class ClassifyResponse(WithMetadata):
    """The entities found in a text."""

    entities: list[dict[str, Any]]


class DeployedModel(Answered):
    """A model that a hub serves."""

    model_id: str
    sha: str


__all__ = [
    "AlternativeToken",
    "BatchRequest",
    "BestOfSequence",
    "ChatChunk",
    "ChatFinishReason",
    "ChatResponse",
    "ClassifyResponse",
    "DeployedModel",
    "Details",
    "EmbedResponse",
    "FinishReason",
    "InputToken",
    "MergedAdapters",
    "Metadata",
    "Parameters",
    "Request",
    "Response",
    "ResponseFormat",
    "ResponseFormatType",
    "StreamDetails",
    "StreamResponse",
    "Token",
    "ToolCall",
    "ToolCallDelta",
    "Usage",
]
