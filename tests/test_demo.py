"""`make demo` shows what it promises, ends by itself, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import started

ROOT = Path(__file__).parents[1]


# What runs in the background ignores Ctrl-C, and so would what it starts: the demo is told not to.
DEMO = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("examples.demo", run_name="__main__")
"""


def demo() -> AbstractContextManager["subprocess.Popen[str]"]:
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return started([sys.executable, "-c", DEMO], cwd=ROOT, text=True, **pipes)


def nobody_is_left(process: "subprocess.Popen[str]") -> bool:
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demo_shows_the_adapter_right_where_the_base_model_is_not() -> None:
    with demo() as shown:
        out, err = shown.communicate(timeout=300)
        assert nobody_is_left(shown)
    assert shown.returncode == 0
    assert err == ""
    asked = re.split(r"^\? ", out, flags=re.MULTILINE)[1:]
    sql = [part for part in asked if "adapter_id='sql'" in part or 'adapter_id="sql"' in part]
    assert len(sql) == 4, out
    for part in sql:
        *base, adapter = re.findall(r"[✓✗] .*", part)
        assert adapter == "✓ the right rows"
        assert all("✗" in line for line in base)
    assert "Book(title='Dracula', author='Bram Stoker', year=1897)" in out
    assert re.search(r"extract'.*customer +Miriam Okafor *\n +order +BK-20417", out, re.DOTALL)
    austen, genres, greeting, returns, readings = asked[-5:]
    assert "There are 3 books by Jane Austen." in austen
    assert "→ genre: adventure; history; romance; science fiction\nGenre: adventure;" in genres
    assert "ask_bookshop{" not in greeting
    assert "30 days" in returns
    assert "from returns.md" in returns
    assert "on the first Thursday of each month" in readings
    assert "from readings.md" in readings


@pytest.mark.parametrize("until", ["listening", "client.generate_stream"])
def test_ctrl_c_ends_the_demo_and_its_server(until: str) -> None:
    with demo() as shown:
        assert shown.stdout is not None
        for line in shown.stdout:
            if until in line:
                break
        os.killpg(shown.pid, signal.SIGINT)
        shown.communicate(timeout=30)
        assert nobody_is_left(shown)
    assert shown.returncode == 130
