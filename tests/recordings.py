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
