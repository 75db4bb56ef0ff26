"""Processes: the stub servers, and one for each measurement."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import Case, Contender, Import
from benchmarks.stub_server import MANNERS, PIECES
from docs.pages import ROOT

LONGEST = 120  # seconds; who waits longer waits for ever
SCRIPTS = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class Measured:
    """One measurement: microseconds, seconds or kilobytes, and answers that did not come."""

    value: float
    failures: int = 0


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """The address of a server of each manner; they cost nothing while they are not asked."""
    with ExitStack() as stack:
        yield {manner: stack.enter_context(_server(manner)) for manner in MANNERS}


@contextmanager
def _server(manner: str) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.stub_server", manner]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def measure(case: Case, contender: Contender, url: str) -> Measured:
    """Measure once, in a process of its own."""
    return Measured(**json.loads(_run(contender, _task(case, contender, url))))


@dataclass(frozen=True)
class Profile:
    """Where the time goes: by function, and by package in percent."""

    shown: str
    shares: dict[str, float]


def profile(case: Case, contender: Contender, url: str) -> Profile:
    """Measure once where the time goes."""
    return Profile(**json.loads(_run(contender, {**_task(case, contender, url), "profile": True})))


def measure_import(what: Import) -> Measured:
    """Import once, in a process of its own."""
    arguments = [list(what.modules), list(what.before)]
    return Measured(**json.loads(_python(what.environment.python, "imports", arguments)))


def _task(case: Case, contender: Contender, url: str) -> dict[str, Any]:
    return {
        "case": case.measured,
        "url": url,
        "pieces": PIECES,
        "tokens": case.tokens,
        "repeats": case.repeats,
        "option": contender.option,
        "profile": False,
    }


def _run(contender: Contender, task: dict[str, Any]) -> str:
    return _python(contender.environment.python, contender.script, task)


def _python(python: Path, script: str, argument: object) -> str:
    # -E: a PYTHONPATH would put this project in the place of what the environment holds. Proxies
    # are not for a server on this machine.
    command = [str(python), "-EB", str(SCRIPTS / f"{script}.py"), json.dumps(argument)]
    around = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run(
        command, env=around, capture_output=True, text=True, check=False, timeout=LONGEST
    )
    if done.returncode:
        sys.exit(f"{script} in {python}:\n{done.stderr}")
    return done.stdout
