"""The native routes' answers: `generated_text` and `details`, whole and streamed."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from lorax_devserver.engine import Token
from lorax_devserver.generation import Answer, Step
from lorax_devserver.shard import Shard
from lorax_devserver.validation import ValidRequest
from lorax_devserver.wire import event, float32, without_none


def token_json(token: Token, text: str) -> dict[str, Any]:
    """A generated token."""
    alternatives = [
        {
            "id": other.piece.id,
            "text": other.piece.data.decode(errors="replace"),
            "logprob": float32(other.logprob),
        }
        for other in token.alternatives
    ]
    return without_none(
        id=token.piece.id,
        text=text,
        logprob=float32(token.logprob),
        special=token.piece.special,
        alternative_tokens=alternatives or None,
        skipped=False,
    )


def whole(request: ValidRequest, answers: list[Answer], details: bool, full: bool) -> Any:
    """The answer of /generate: the first of the answers, the others in its details."""
    best, *others = answers
    body: dict[str, Any] = {"generated_text": _text(request, best, full)}
    if details or request.job.prompt_logprobs:
        body["details"] = {
            "finish_reason": best.finish_reason,
            "prompt_tokens": request.job.input_length,
            **_details(request, best),
            **without_none(
                best_of_sequences=[
                    {
                        "generated_text": _text(request, other, full),
                        "finish_reason": other.finish_reason,
                        **_details(request, other),
                    }
                    for other in others
                ]
                or None
            ),
        }
        for sequence in body["details"].get("best_of_sequences", []):
            del sequence["skipped_tokens"]
    return body


async def stream(
    shard: Shard, request: ValidRequest, details: bool, full: bool
) -> AsyncGenerator[bytes, None]:
    """The events of /generate_stream; the last alone has generated_text and details."""
    answer = Answer(seed=request.seed)
    async with aclosing(shard.run(request)) as steps:
        async for step in steps:
            answer.add(step)
            yield event(_event(request, answer, step, details, full))


def _event(
    request: ValidRequest, answer: Answer, step: Step, details: bool, full: bool
) -> dict[str, Any]:
    last = step.finish_reason is not None
    finish = {
        "finish_reason": step.finish_reason,
        "prompt_tokens": request.job.input_length,
        "generated_tokens": len(answer.steps),
        "seed": answer.seed,
    }
    return {
        "token": token_json(step.token, step.text),
        "generated_text": _text(request, answer, full) if last else None,
        "details": finish if last and details else None,
    }


def _details(request: ValidRequest, answer: Answer) -> dict[str, Any]:
    return {
        "generated_tokens": len(answer.steps),
        "skipped_tokens": 0,
        "seed": answer.seed,
        "prefill": [
            {
                "id": piece.id,
                "text": piece.data.decode(errors="replace"),
                "logprob": None if logprob is None else float32(logprob),
            }
            for piece, logprob in zip(request.prompt, answer.prompt_logprobs, strict=False)
        ],
        "tokens": [token_json(step.token, step.text) for step in answer.steps],
    }


def _text(request: ValidRequest, answer: Answer, full: bool) -> str:
    return request.job.inputs + answer.text if full else answer.text


def timing_headers(request: ValidRequest, answer: Answer, validated: float) -> dict[str, str]:
    """The counts and times, in milliseconds, that stand in a whole answer's headers."""
    now = time.monotonic()
    generated, prompt = len(answer.steps), request.job.input_length
    total, inference = now - validated, now - answer.began
    first = (answer.first_token or now) - answer.began
    later = (inference - first) / max(generated - 1, 1)
    in_order: list[tuple[str, float]] = [
        ("x-compute-time", total * 1000),
        ("x-compute-characters", len(request.job.inputs)),
        ("x-total-time", total * 1000),
        ("x-prompt-tokens", prompt),
        ("x-generated-tokens", generated),
        ("x-skipped-tokens", 0),
        ("x-total-tokens", prompt + generated),
        ("x-validation-time", 0),
        ("x-queue-time", (answer.began - validated) * 1000),
        ("x-inference-time", inference * 1000),
        ("x-time-per-token", inference * 1000 / max(generated, 1)),
        ("x-time-to-first-token", first * 1000),
        ("x-time-per-output-token", later * 1000),
    ]
    return {name: str(int(value)) for name, value in in_order}
