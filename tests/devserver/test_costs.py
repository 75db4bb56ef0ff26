"""What a schema costs a LoRAX server, told beside what was measured with its own compiler."""

import json
import math
from pathlib import Path
from typing import Any

import httpx
import pytest

from lorax_devserver import costs, schemas
from lorax_devserver.errors import EngineError
from tests.conftest import running_devserver

# Measured with outlines-core 0.1.14 over 49,152 tokens; `over` is where it was given up.
MEASURED = json.loads((Path(__file__).parent / "compile_costs.json").read_text())


@pytest.mark.parametrize("case", MEASURED, ids=[case["name"] for case in MEASURED])
def test_an_estimate_beside_its_measurement(case: dict[str, Any]) -> None:
    pattern = schemas.regex(json.dumps(case["schema"]))
    assert pattern is not None
    told = costs.seconds(pattern, limit=60)
    if case.get("over"):
        assert told == math.inf
    elif case["seconds"] > 5:
        assert case["seconds"] / 2 < told < case["seconds"] * 2 or told == math.inf
    else:
        assert told < 10


# What no server could do is told at once, not tried.
@pytest.mark.parametrize("pattern", ["a{0,100000}", "(a{1000}){1000}", ".*a.{30}", "(" * 500])
def test_a_pattern_without_bounds(pattern: str) -> None:
    if pattern.startswith("(("):
        with pytest.raises(EngineError, match="is no regular expression"):
            costs.seconds(pattern)
    else:
        assert costs.seconds(pattern) == math.inf


LONG = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 300}}}


def test_a_schema_that_takes_long_is_refused_unless_the_server_is_lenient() -> None:
    form = {"type": "json_object", "schema": LONG}
    body = {"inputs": "x", "parameters": {"response_format": form}}
    with running_devserver("--scripted") as url:
        refused = httpx.post(f"{url}/generate", json=body)
        assert refused.status_code == 424
        assert "would compile this schema for about 4" in refused.json()["error"]
        streamed = httpx.post(f"{url}/generate_stream", json=body).text
        assert "would compile this schema" in streamed
    with running_devserver("--scripted", "--lenient") as url:
        assert httpx.post(f"{url}/generate", json=body).json() == {
            "generated_text": '{"a": "text"}'
        }
