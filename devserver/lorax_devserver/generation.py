"""Text out of tokens: what each completes, when an answer ends, and the answer as a whole."""

import re
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lorax_devserver.engine import Job, Token
from lorax_devserver.errors import EngineError

FinishReason = Literal["length", "eos_token", "stop_sequence"]


@dataclass(frozen=True)
class Step:
    """One token as it leaves the model server.

    Attributes:
        token: What the engine gave.
        text: The text it completes: none while a character of several tokens is unfinished.
        finish_reason: Why the answer ends here; None when it goes on.
    """

    token: Token
    text: str
    finish_reason: FinishReason | None


@dataclass
class Answer:
    """All that one generation gave."""

    steps: list[Step] = field(default_factory=list)
    prompt_logprobs: Sequence[float | None] = ()
    seed: int | None = None
    began: float = field(default_factory=time.monotonic)
    first_token: float | None = None

    @property
    def text(self) -> str:
        """The generated text, without special tokens."""
        return "".join(step.text for step in self.steps if not step.token.piece.special)

    @property
    def finish_reason(self) -> FinishReason:
        """Why it ended."""
        reason = self.steps[-1].finish_reason
        assert reason is not None, "run() ends with a reason or an error"
        return reason

    def add(self, step: Step) -> None:
        """Take one more token."""
        self.first_token = self.first_token or time.monotonic()
        self.steps.append(step)

    @property
    def mean_logprob(self) -> float:
        """How likely it was, token by token."""
        return sum(step.token.logprob for step in self.steps) / len(self.steps)


def whole_text(data: bytes) -> str:
    """The text of bytes; none at all while the last character is unfinished."""
    text = data.decode(errors="replace")
    return "" if text.endswith("\N{REPLACEMENT CHARACTER}") else text


async def steps(
    tokens: AsyncGenerator[Token, None], job: Job, eos_token_id: int
) -> AsyncGenerator[Step, None]:
    """Read tokens until the length limit, the end of text or a stop sequence, in that order.

    The limit is looked at first: when the end token is the last one allowed, it is `length`.

    Raises:
        EngineError: The tokens ended before.
    """
    unfinished = b""
    stops = [re.compile(f".*{re.escape(stop)}$", re.DOTALL) for stop in job.stop]
    text, count = "", 0
    async for token in tokens:
        piece = token.piece
        new = piece.data.decode() if piece.special else whole_text(unfinished + piece.data)
        unfinished = b"" if new else unfinished + piece.data
        text += "" if piece.special else new
        count += 1
        reason: FinishReason | None = None
        if count >= job.max_new_tokens:
            reason = "length"
        elif piece.id == eos_token_id and not job.ignore_eos_token:
            reason = "eos_token"
        elif any(stop.match(text) for stop in stops):
            reason = "stop_sequence"
        yield Step(token, new, reason)
        if reason:
            return
    raise EngineError("the model stopped before its answer was finished")
