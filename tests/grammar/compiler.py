"""The compiler that a LoRAX server uses, as a test bench.

A schema becomes a regular expression by outlines 0.1.1 (a function in Python) or, in images built
otherwise, by outlines-core (the same in Rust). That becomes an automaton over a model's vocabulary
by outlines-core 0.1.14, which is slow: it runs in a process of its own, killed when it takes too
long. Run as a program, this file is that process.
"""

import importlib
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import time
import types
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lorax_devserver import schemas
from lorax_devserver.errors import EngineError
from lorax_devserver.gguf import read_head
from lorax_devserver.model import packaged_model
from lorax_devserver.vocabulary import Vocabulary, to_bytes, vocabulary_form

# Python 3.13 would have to build it with a Rust compiler.
HAS_CORE = importlib.util.find_spec("outlines_core") is not None
NO_CORE = "outlines-core 0.1.14 has no wheel for this Python"


def python_form(schema: Any) -> str:
    """The regular expression that outlines 0.1.1 makes of a schema.

    Raises:
        EngineError: It refuses the schema.
    """
    try:
        pattern = schemas.regex(json.dumps(schema))
    except BaseException as error:
        # Where the recursion ends inside rpds, which is written in Rust, that says so.
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError("maximum recursion depth exceeded") from None
    assert pattern is not None, "outlines 0.1.1 is not installed"
    return pattern


def rust_form(schema: Any) -> str:
    """The regular expression that outlines-core 0.1.14 makes of a schema; it may refuse it."""
    core: Any = importlib.import_module("outlines_core.fsm.json_schema")
    pattern: str = core.build_regex_from_schema(json.dumps(schema))
    return pattern


@dataclass(frozen=True)
class Compiled:
    """What came of compiling.

    Attributes:
        seconds: How long it took; None where it was given up.
        refused: The compiler's words, where it refused.
    """

    seconds: float | None = None
    refused: str | None = None


class Compiler:
    """A process that compiles regular expressions one after another."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Compiler":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def compile(self, pattern: str, limit: float) -> Compiled:
        """Compile a regular expression, or give up after some seconds."""
        process = self._started()
        assert process.stdin is not None
        process.stdin.write(json.dumps(pattern).encode() + b"\n")
        process.stdin.flush()
        answer = self._line(process, limit)
        if answer is None:
            self._stop()
            return Compiled()
        return Compiled(**json.loads(answer))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            command = [sys.executable, "-m", "tests.grammar.compiler"]
            self._process = subprocess.Popen(command, bufsize=0, **pipes)
            assert self._line(self._process, 60) == b"ready\n"
        return self._process

    @staticmethod
    def _line(process: subprocess.Popen[bytes], limit: float) -> bytes | None:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            return process.stdout.readline() if selector.select(limit) else None

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None


class _Tokenizer:
    """SmolLM2's vocabulary in the form that outlines-core asks for."""

    def __init__(self) -> None:
        path = packaged_model()
        assert path is not None, "the packaged model is not installed"
        pieces = Vocabulary(read_head(path).metadata)
        self.eos_token_id = pieces.eos_token_id
        self.special_tokens = set(pieces.special_names())
        self._forms = {vocabulary_form(pieces[number]): number for number in range(len(pieces))}

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        return self._forms

    @staticmethod
    def convert_token_to_string(token: str) -> str:
        return to_bytes(token).decode(errors="replace")


def _serve() -> None:
    """Compile what comes in, a line each."""
    # Its guide module wants torch for the type of one value only.
    torch: Any = types.ModuleType("torch")
    torch.tensor = lambda values, device=None: values
    sys.modules["torch"] = torch
    guide: Any = importlib.import_module("outlines_core.fsm.guide")
    core: Any = importlib.import_module("outlines_core.fsm.regex")
    tokenizer = _Tokenizer()
    core.reduced_vocabulary(tokenizer)  # which a server does once
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    print("ready", file=answers)
    for line in sys.stdin:
        begin = time.perf_counter()
        try:
            guide.RegexGuide.from_regex(json.loads(line), tokenizer)
            answer: dict[str, Any] = {"seconds": time.perf_counter() - begin}
        except Exception as error:  # noqa: BLE001 - whatever it says of the pattern
            answer = {"refused": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    _serve()
