"""The router's own checks: from a request that parses to a job that may run, or its refusal."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lorax_devserver.bodies import AdapterParameters, GenerateParameters, ResponseFormat
from lorax_devserver.engine import (
    MERGE_STRATEGIES,
    SIGN_METHODS,
    Adapter,
    Engine,
    Job,
    Piece,
    Sampling,
)
from lorax_devserver.settings import Limits
from lorax_devserver.wire import PanicError, validation_error

# What stands in for a schema that the router does not see: a flat object.
ANY_FLAT_OBJECT: dict[str, Any] = {
    "additionalProperties": {"type": ["object", "string", "integer", "number", "boolean", "null"]},
    "title": "ArbitraryJsonModel",
    "type": "object",
}


@dataclass(frozen=True)
class ValidRequest:
    """A request that the router lets through to the model server.

    Attributes:
        prompt: The tokens that count, for their texts.
        job: What the model server is told.
        best_of: How many answers to choose from.
        seed: The seed to tell the client; None when nothing is drawn.
    """

    prompt: tuple[Piece, ...]
    job: Job
    best_of: int
    seed: int | None


def adapter_of(p: AdapterParameters, limits: Limits) -> Adapter | None:
    """Which adapter a request means; an empty id is the base model, a lone source is nothing."""
    source = p.adapter_source or limits.adapter_source
    if p.merged_adapters is not None:
        merged = p.merged_adapters
        return Adapter(
            tuple(merged.ids),
            source,
            p.api_token,
            tuple(merged.weights),
            merged.merge_strategy or "linear",
            merged.density,
            merged.majority_sign_method or "total",
        )
    return Adapter((p.adapter_id,), source, p.api_token) if p.adapter_id else None


def check_adapter(p: AdapterParameters, engine: Engine) -> None:
    """Refuse a merge that is none.

    Raises:
        RouterError: It names an adapter twice over, lacks weights, or is of another strategy.
        PanicError: No router knows the strategy or the sign method, and one that is asked dies.
    """
    merged = p.merged_adapters
    if merged is None:
        return
    _check(p.adapter_id is None, "at most one of `adapter_id` or `adapters` may be provided")
    _check(
        len(merged.ids) == len(merged.weights),
        "number of adapter IDs must match number of adapter weights",
    )
    strategy = merged.merge_strategy or "linear"
    _check_known("merge_strategy", strategy, MERGE_STRATEGIES)
    _check_known("majority_sign_method", merged.majority_sign_method or "total", SIGN_METHODS)
    known = engine.merge_strategies
    _check(
        strategy in known,
        f"this development server merges by {' or '.join(known)}, not by {strategy}",
    )


def _check_known(field: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise PanicError(
            f"Input validation error: `{field}` must be one of {', '.join(known)}, not {value}; "
            "it ends the process of a LoRAX router",
            "validation",
            422,
        )


def schema_of(response_format: ResponseFormat | None) -> str | None:
    """The schema that the model server gets for a native response format, as text."""
    if response_format is None:
        return None
    schema = response_format.schema_ if response_format.has_schema else ANY_FLAT_OBJECT
    return None if schema is None else json.dumps(schema, separators=(",", ":"))


def sampling_of(parameters: GenerateParameters) -> Sampling:
    """The sampling that parameters ask for, within the router's bounds."""
    p = parameters
    temperature = 1.0 if p.temperature is None else p.temperature
    _check(temperature >= 0, "`temperature` must be non-negative")
    repetition_penalty = 1.0 if p.repetition_penalty is None else p.repetition_penalty
    _check(repetition_penalty > 0, "`repetition_penalty` must be strictly positive")
    for name in ("frequency_penalty", "presence_penalty"):
        penalty = getattr(p, name) or 0.0
        _check(-2.0 <= penalty <= 2.0, f"`{name}` must be >= -2.0 and <= 2.0")
    top_p = 1.0 if p.top_p is None else p.top_p
    _check(0 < top_p <= 1, "`top_p` must be > 0.0 and < 1.0")
    _check(p.typical_p is None or 0 < p.typical_p < 1, "`typical_p` must be > 0.0 and < 1.0")
    _check(p.top_k is None or p.top_k > 0, "`top_k` must be strictly positive")
    return Sampling(
        do_sample=p.do_sample,
        temperature=temperature,
        top_k=p.top_k or 0,
        top_p=top_p,
        typical_p=p.typical_p or 1.0,
        seed=random.getrandbits(64) if p.seed is None else p.seed,
        repetition_penalty=repetition_penalty,
        frequency_penalty=p.frequency_penalty or 0.0,
        presence_penalty=p.presence_penalty or 0.0,
    )


def best_of(parameters: GenerateParameters, limits: Limits, stream: bool) -> int:
    """How many answers to choose the best from."""
    p = parameters
    wanted = 1 if p.best_of is None else p.best_of
    if stream:
        _check(wanted == 1, "`best_of` != 1 is not supported when streaming tokens")
        _check(
            not p.decoder_input_details,
            "`decoder_input_details` == true is not supported when streaming tokens",
        )
    _check(
        0 < wanted <= limits.max_best_of,
        f"`best_of` must be > 0 and <= {limits.max_best_of}. Given: {wanted}",
    )
    if wanted > 1:
        warpers = (p.temperature, p.top_k, p.top_p, p.typical_p)
        samples = p.do_sample or any(value is not None for value in warpers)
        _check(samples, "you must use sampling when `best_of` is > 1")
        _check(p.seed is None, "`seed` must not be set when `best_of` > 1")
    return wanted


async def validate(
    inputs: str,
    parameters: GenerateParameters,
    engine: Engine,
    limits: Limits,
    *,
    adapter_index: int,
    stream: bool,
) -> ValidRequest:
    """Check a request and make it a job.

    Raises:
        RouterError: The router refuses it; the words are the router's own.
    """
    p = parameters
    wanted = best_of(p, limits, stream)
    sampling = sampling_of(p)
    _check(p.max_new_tokens != 0, "`max_new_tokens` must be strictly positive")
    _check(
        len(p.stop) <= limits.max_stop_sequences,
        f"`stop` supports up to {limits.max_stop_sequences} stop sequences. Given: {len(p.stop)}",
    )
    _check(
        p.return_k_alternatives is None or p.return_k_alternatives > 0,
        "`return_k_alternatives` must be strictly positive",
    )
    _check(inputs != "", "`inputs` cannot be empty")
    truncate = _truncate(p.truncate, limits)
    check_adapter(p, engine)
    pieces = await engine.tokenize(inputs)
    max_new_tokens = _room(len(pieces), p.max_new_tokens, limits)
    prompt = tuple(pieces[-truncate:])
    job = Job(
        inputs=inputs,
        prompt=[piece.id for piece in prompt],
        input_length=len(pieces),
        truncate=truncate,
        max_new_tokens=max_new_tokens,
        sampling=sampling,
        stop=tuple(p.stop),
        adapter=adapter_of(p, limits),
        adapter_index=adapter_index,
        ignore_eos_token=p.ignore_eos_token,
        alternatives=p.return_k_alternatives or 0,
        schema=schema_of(p.response_format),
        prompt_logprobs=p.decoder_input_details,
        watermark=p.watermark,
    )
    seed = sampling.seed if sampling.samples else None
    return ValidRequest(prompt, job, wanted, seed)


def _truncate(wanted: int | None, limits: Limits) -> int:
    longest = limits.max_input_length
    _check(
        wanted is None or 0 < wanted <= longest,
        f"`truncate` must be strictly positive and less than {longest}. Given: {wanted}",
    )
    return wanted or longest


def check_length(tokens: int, limits: Limits) -> None:
    """Refuse a prompt over max_input_length, truncated or not."""
    longest = limits.max_input_length
    _check(tokens <= longest, f"`inputs` must have less than {longest} tokens. Given: {tokens}")


def _room(tokens: int, max_new_tokens: int | None, limits: Limits) -> int:
    """How many tokens may come: what was asked, or all that is left."""
    total = limits.max_total_tokens
    wanted = total - tokens if max_new_tokens is None else max_new_tokens
    if tokens + wanted > total:
        raise validation_error(
            f"`inputs` tokens + `max_new_tokens` must be <= {total}. "
            f"Given: {tokens} `inputs` tokens and {wanted} `max_new_tokens`"
        )
    check_length(tokens, limits)
    return wanted


def _check(holds: bool, refusal: str) -> None:
    if not holds:
        raise validation_error(refusal)
