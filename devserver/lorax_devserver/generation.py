"""A job's run: tokens with their text, when to stop, and the answer as a whole."""

import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from lorax_devserver.engine import EngineError, Token
from lorax_devserver.loading import AdapterLoader
from lorax_devserver.validation import ValidRequest
from lorax_devserver.wire import generation_error

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


def whole_text(data: bytes) -> str:
    """The text of bytes; none at all while the last character is unfinished."""
    text = data.decode(errors="replace")
    return "" if text.endswith("\N{REPLACEMENT CHARACTER}") else text


async def run(loader: AdapterLoader, request: ValidRequest) -> AsyncGenerator[Step, None]:
    """Generate until the length limit, the end of text or a stop sequence, in that order.

    The limit is looked at first: when the end token is the last one allowed, it is `length`.

    Raises:
        RouterError: The engine failed.
    """
    unfinished = b""
    stops = [re.compile(f".*{re.escape(stop)}$", re.DOTALL) for stop in request.job.stop]
    text, count = "", 0
    try:
        await loader.ready(request.job.adapter)
        async with aclosing(loader.engine.generate(request.job)) as tokens:
            async for token in tokens:
                piece = token.piece
                new = piece.data.decode() if piece.special else whole_text(unfinished + piece.data)
                unfinished = b"" if new else unfinished + piece.data
                text += "" if piece.special else new
                count += 1
                reason: FinishReason | None = None
                if count >= request.job.max_new_tokens:
                    reason = "length"
                elif piece.id == loader.engine.eos_token_id and not request.job.ignore_eos_token:
                    reason = "eos_token"
                elif any(stop.match(text) for stop in stops):
                    reason = "stop_sequence"
                yield Step(token, new, reason)
                if reason:
                    return
            raise EngineError("the model stopped before its answer was finished")
    except EngineError as error:
        raise generation_error(str(error)) from error


async def run_whole(loader: AdapterLoader, request: ValidRequest) -> list[Answer]:
    """Generate best_of answers, the likeliest first."""
    answers = []
    for number in range(request.best_of):
        sampling = request.job.sampling
        # Each of several answers is drawn from a seed of its own.
        seed = (sampling.seed + number) % 2**64
        job = replace(request.job, sampling=replace(sampling, seed=seed))
        answer = Answer(seed=seed if request.seed is not None else None)
        async with aclosing(run(loader, replace(request, job=job))) as steps:
            async for step in steps:
                answer.add(step)
        answers.append(answer)
    if request.job.prompt_logprobs:
        logprobs = await loader.engine.prompt_logprobs(request.job.prompt, request.job.adapter)
        for answer in answers:
            answer.prompt_logprobs = logprobs
    return sorted(answers, key=_mean_logprob, reverse=True)


def _mean_logprob(answer: Answer) -> float:
    return sum(step.token.logprob for step in answer.steps) / len(answer.steps)
