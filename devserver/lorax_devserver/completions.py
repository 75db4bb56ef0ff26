"""The completions route: a plain prompt in, OpenAI's older form out."""

from collections.abc import AsyncGenerator
from typing import Any

from lorax_devserver.bodies import CompletionBody, GenerateParameters
from lorax_devserver.chat import FINISH_REASONS, adapter_of_model, chunks, usage
from lorax_devserver.generation import Answer, Step
from lorax_devserver.shard import Shard
from lorax_devserver.validation import ValidRequest

_NO_USAGE = {"prompt_tokens": 0, "total_tokens": 0, "completion_tokens": 0}


def parameters_of(body: CompletionBody, model_id: str) -> GenerateParameters:
    """The native parameters; response_format is not looked at, and no logprobs come."""
    return GenerateParameters(
        adapter_id=adapter_of_model(body.model, model_id),
        adapter_source=body.adapter_source,
        api_token=body.api_token,
        best_of=body.best_of,
        temperature=body.temperature,
        repetition_penalty=body.repetition_penalty,
        frequency_penalty=body.frequency_penalty,
        presence_penalty=body.presence_penalty,
        top_k=body.top_k,
        top_p=body.top_p,
        do_sample=body.n is not None,
        max_new_tokens=body.max_tokens,
        ignore_eos_token=body.ignore_eos_token or False,
        return_full_text=body.echo,
        stop=body.stop,
        seed=body.seed,
        decoder_input_details=body.logprobs is not None and not body.stream,
        details=True,
    )


def whole(request: ValidRequest, answers: list[Answer], full: bool) -> dict[str, Any]:
    """The answer; the best alone, whatever n and best_of said."""
    best = answers[0]
    text = request.job.inputs + best.text if full else best.text
    choice = _choice(text, FINISH_REASONS[best.finish_reason])
    return _body(choice, usage(request, best))


def stream(shard: Shard, request: ValidRequest) -> AsyncGenerator[bytes, None]:
    """The chunks, then [DONE]; each has a usage, which is zero until the last."""
    return chunks(shard, request, _chunk)


def _chunk(request: ValidRequest, answer: Answer, step: Step) -> dict[str, Any]:
    finish = FINISH_REASONS[step.finish_reason] if step.finish_reason else None
    text = "" if step.finish_reason == "eos_token" else step.text
    return _body(_choice(text, finish), usage(request, answer) if finish else _NO_USAGE)


def _choice(text: str, finish_reason: str | None) -> dict[str, Any]:
    return {"index": 0, "text": text, "logprobs": None, "finish_reason": finish_reason}


def _body(choice: dict[str, Any], counted: dict[str, int]) -> dict[str, Any]:
    return {
        "id": "null",
        "object": "text_completion",
        "created": 0,
        "model": "null",
        "choices": [choice],
        "usage": counted,
    }
