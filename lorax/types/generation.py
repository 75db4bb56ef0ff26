"""What `generate` and `generate_stream` give: answers, tokens, and how they came about."""

from enum import Enum
from typing import ClassVar

from pydantic import Field

from lorax.types.metadata import Answered, Usage, WithMetadata


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
    prefill: list[InputToken] = Field(default_factory=list[InputToken])
    tokens: list[Token] = Field(default_factory=list[Token])


class StreamDetails(Answered):
    """How a streamed answer came about; it comes with the last token."""

    finish_reason: FinishReason
    prompt_tokens: int
    generated_tokens: int
    seed: int | None = None

    @property
    def usage(self) -> Usage:
        """The tokens it took, as `chat` counts them."""
        return Usage.of(self.prompt_tokens, self.generated_tokens)


class Details(StreamDetails):
    """How an answer came about."""

    prefill: list[InputToken] = Field(default_factory=list[InputToken])
    tokens: list[Token] = Field(default_factory=list[Token])
    best_of_sequences: list[BestOfSequence] | None = None


class Response(WithMetadata):
    """The answer of `generate`.

    `generated_text` is the server's own, which keeps a stop sequence; `text` is what to show.
    """

    generated_text: str
    details: Details | None = None
    _text: ClassVar[str | None] = None
    _stopped: ClassVar[bool] = False

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
        vars(self).update(_text=text, _stopped=stopped)


class StreamResponse(WithMetadata):
    """One token of `generate_stream`; the last has `generated_text`, and `details` if asked for.

    `token.text` is the server's own; `text` is what to show.
    """

    token: Token
    generated_text: str | None = None
    details: StreamDetails | None = None
    _text: ClassVar[str | None] = None
    _is_last: ClassVar[bool] = False
    _stopped: ClassVar[bool] = False

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

        A server does not see one that ends inside a token, and goes on: see `may_be_left`.
        """
        return self._stopped

    @property
    def ends_text(self) -> bool:
        """Whether no more text comes after it: it is the last token, or a stop sequence came."""
        return self._is_last or self._stopped

    @property
    def may_be_left(self) -> bool:
        """Whether the text has ended though the server goes on; what it still sends has no text."""
        return self._stopped and not self._is_last

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the text ended; None before it has, or when `details` were not asked for."""
        return _finish_reason(self._stopped, self.details)

    def take_text(self, text: str, *, is_last: bool, stopped: bool) -> None:
        """Put the text to show; whoever reads a stream does."""
        vars(self).update(_text=text, _is_last=is_last, _stopped=stopped)


def _finish_reason(stopped: bool, details: StreamDetails | None) -> FinishReason | None:
    if stopped:
        return FinishReason.StopSequence
    return None if details is None else details.finish_reason
