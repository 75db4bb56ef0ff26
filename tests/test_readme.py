"""The README's quick start runs as it stands."""

import re
from pathlib import Path
from typing import Any

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_quick_start_runs(devserver: str, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block.replace("http://127.0.0.1:8080", devserver), names)  # our own text
    shown = capsys.readouterr().out
    assert "Paris" in shown
    assert "title='Dracula' author='Bram Stoker' year=1897" in shown
    assert "Weather {'city': 'Rome'}" in shown
    assert shown.count("SELECT") == 3
