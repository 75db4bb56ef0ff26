"""The recordings of a real LoRAX server, as tests/wire holds them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "wire"


def cases(*files: str) -> dict[str, dict[str, Any]]:
    """Recorded requests and answers by `file/name`."""
    return {
        f"{file}/{case['name']}": case
        for file in files
        for case in json.loads((FOLDER / f"{file}.json").read_text())
    }


def asked(url: str, case: dict[str, Any]) -> dict[str, Any]:
    """A recorded request as httpx takes it; a long prompt is recorded as a unit and its count."""
    request = case["request"]
    body = request["body"]
    if repeat := request.get("repeat"):
        unit, times = repeat["inputs"]
        body = {**body, "inputs": unit * times}
    return {
        "method": request["method"],
        "url": url + request["path"],
        "headers": request["headers"],
        "content": body if isinstance(body, str) or body is None else json.dumps(body),
    }
