"""What a server refuses never leaves the client, and what a server takes it does not refuse.

Judged by the recordings, and for what was never recorded by the devserver's reading of them, which
shares no code with the client.
"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError as PydanticError

from lorax import calls, errors
from lorax_devserver import validation
from lorax_devserver.bodies import GenerateParameters
from lorax_devserver.engine import MERGE_STRATEGIES
from lorax_devserver.settings import Limits
from lorax_devserver.wire import RouterError
from tests.recordings import cases

NATIVE = {
    name: case
    for name, case in cases("generate", "generate_stream", "stop_sequences", "adapters").items()
    if isinstance(case["request"]["body"], dict)
    and case["request"]["path"] in {"/generate", "/generate_stream", "/"}
    and "inputs" in case["request"]["body"]
}
# What only the server can know: its limits, its tokens, its adapters.
SERVERS_OWN = {
    "generate/best_of_three",
    "generate/truncate_too_large",
    "generate/bad_max_new_tokens_huge",
    "generate/bad_prompt_too_long",
    "generate/bad_prompt_plus_new_too_long",
    "generate/truncate_does_not_rescue",
    "generate_stream/prompt_too_long",
    "stop_sequences/stop_too_many",
}
# What the server ignores or takes, and the client refuses so that nobody is misled.
STRICTER = {
    "generate/unknown_parameter": "a misspelt parameter is the base model's answer",
    "adapters/source_unknown": "no server fetches from there (it said 424)",
    "adapters/loaded_then_unknown_source": "it was not looked at, and fails at the next start",
}


def asked(case: dict[str, Any]) -> dict[str, Any]:
    """A recorded request's parameters as a call of the client takes them."""
    wire = dict(case["request"]["body"].get("parameters") or {})
    if "stop" in wire:
        wire["stop_sequences"] = wire.pop("stop")
    return wire


def call_for(case: dict[str, Any]) -> Any:
    body = case["request"]["body"]
    streams = case["request"]["path"] == "/generate_stream" or body.get("stream")
    return calls.generate_stream if streams else calls.generate


def was_refused(case: dict[str, Any]) -> bool:
    text = case["response"]["text"]
    status = case["response"]["status"]
    return status in {400, 422} or '"error_type":"validation"' in text


@pytest.mark.parametrize("name", NATIVE)
def test_the_client_takes_what_was_taken_and_refuses_what_was_refused(name: str) -> None:
    case = NATIVE[name]
    inputs = case["request"]["body"]["inputs"]

    def call() -> Any:
        return call_for(case)(inputs, **asked(case))

    refused = name in STRICTER or (was_refused(case) and name not in SERVERS_OWN)
    try:
        sent = call().request.body
    except errors.ValidationError:
        assert refused
        return
    # None means not given here, so a null that the server refuses is not sent at all.
    nulls = {k for k, v in asked(case).items() if v is None}
    assert not refused or (nulls and not nulls & sent["parameters"].keys())
    assert sent["inputs"] == inputs


NUMBERS = st.one_of(
    st.none(),
    st.integers(-2, 3),
    st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**63, 2**64 - 1, 2**64]),
    st.floats(-3, 3),
    st.sampled_from([float("nan"), float("inf"), 0.0, 1.0]),
)
ANYTHING = NUMBERS | st.booleans() | st.sampled_from(["", "1", "a"]) | st.lists(st.text(max_size=2))
MERGED = st.fixed_dictionaries(
    {
        "ids": st.lists(st.sampled_from(["a", "b", ""]), max_size=2),
        "weights": st.lists(NUMBERS, max_size=2),
    },
    optional={
        "merge_strategy": st.sampled_from([*MERGE_STRATEGIES, "slerp", None]),
        "density": NUMBERS,
        "majority_sign_method": st.sampled_from(["total", "frequency", "none"]),
    },
)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "adapter_id": st.none() | st.sampled_from(["", "a"]),
        "adapter_source": st.none() | st.sampled_from(["hub", "HUB", "s3", "disk"]),
        "merged_adapters": st.none() | MERGED,
        "do_sample": st.booleans() | ANYTHING,
        "max_new_tokens": NUMBERS,
        "best_of": NUMBERS,
        "repetition_penalty": NUMBERS,
        "frequency_penalty": NUMBERS,
        "presence_penalty": NUMBERS,
        "seed": NUMBERS,
        "temperature": NUMBERS,
        "top_k": NUMBERS,
        "top_p": NUMBERS,
        "typical_p": NUMBERS,
        "truncate": NUMBERS,
        "watermark": ANYTHING,
        "ignore_eos_token": ANYTHING,
        "return_k_alternatives": NUMBERS,
        "stop_sequences": st.none() | st.lists(st.text(max_size=2), max_size=3) | ANYTHING,
    },
)
# No bound of the server's own gets in the way.
LIMITS = Limits(max_best_of=2**64, max_stop_sequences=100, max_input_length=2**64)


class Merging:
    """An engine as far as the checks of a merge go."""

    merge_strategies = MERGE_STRATEGIES


def servers_refusal(wire: dict[str, Any], *, stream: bool) -> str | None:
    """What the other reading of the protocol says to parameters as they are sent."""
    try:
        text = json.dumps(wire, allow_nan=False)
        p = GenerateParameters.model_validate(json.loads(text))
        validation.sampling_of(p)
        validation.best_of(p, LIMITS, stream)
        validation.check_adapter(p, Merging())  # type: ignore[arg-type]
        assert p.max_new_tokens != 0, "max_new_tokens"
        assert p.return_k_alternatives is None or p.return_k_alternatives > 0, "alternatives"
        assert p.truncate is None or p.truncate > 0, "truncate"
        source = (p.adapter_source or "hub").lower()
        assert source in {"hub", "local", "s3", "pbase"}, "source"
    except (PydanticError, RouterError, AssertionError, ValueError) as error:
        return str(error)
    return None


@given(PARAMETERS)
@settings(max_examples=400)
def test_nothing_that_is_refused_leaves_and_nothing_that_is_taken_is_refused(
    parameters: dict[str, Any],
) -> None:
    given_wire = dict(parameters)
    if "stop_sequences" in given_wire:
        given_wire["stop"] = given_wire.pop("stop_sequences")
    try:
        sent = calls.generate("x", **parameters).request.body
    except errors.ValidationError:
        assert stricter(given_wire) or servers_refusal(given_wire, stream=False) is not None
    else:
        assert sent is not None
        assert servers_refusal(sent["parameters"], stream=False) is None


def stricter(wire: dict[str, Any]) -> bool:
    """What a server takes, but would make nothing of or worse."""
    merged = wire.get("merged_adapters") or {}
    odd_merge = "merged_adapters" in wire and (
        not merged.get("ids")  # nothing to merge
        or "" in merged["ids"]
        or merged.get("density", 0) is None
        or (merged.get("density") or 0) < 0
        or merged.get("merge_strategy", 0) is None
    )
    return bool(odd_merge)
