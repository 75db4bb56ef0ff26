"""The page of the command line: its examples run as they stand, its tables are the command's."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lorax.command.exits import MEANINGS
from tests.command.running import COMMAND, run

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()


def test_the_examples_run(devserver: str, tmp_path: Path) -> None:
    command = tmp_path / "lorax"
    command.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    command.chmod(0o755)
    here = {**os.environ, "LORAX_URL": devserver, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    here["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))
    examples = [
        example
        for block in re.findall(r"^```console\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
        for example in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE)
    ]
    assert len(examples) == 9
    for line, shown in examples:
        both = subprocess.run(
            ["/bin/sh", "-c", f"{line} 2>&1"],
            cwd=tmp_path,
            env=here,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        # A … stands for anything.
        pattern = ".*".join(map(re.escape, shown.rstrip("\n").split("…")))
        assert re.fullmatch(pattern, both.stdout.rstrip("\n"), re.DOTALL), both.stdout


def test_the_exit_codes_of_the_page_and_of_the_help() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, flags=re.MULTILINE)
    assert rows == [(str(code.value), meaning) for code, meaning in MEANINGS.items()]
    told = run("--help").stdout
    assert re.findall(r"^ +(\d+)  (.*)$", told, flags=re.MULTILINE) == rows


@pytest.mark.parametrize("command", ["generate", "chat", "info", "doctor"])
def test_every_command_takes_the_options_of_the_page(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = run(command, "--help").stdout
    rows = re.findall(r"^\| `(--[a-z-]+).*?` \| (?:`(\w+)`)?", PAGE, flags=re.MULTILINE)
    assert len(rows) == 6
    for option, variable in rows:
        assert f"  {option} " in told
        assert variable in told
