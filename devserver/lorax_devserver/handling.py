"""What is done with each request: it takes a place, is checked, is run, and has its headers."""

import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from lorax_devserver import classification, native
from lorax_devserver.bodies import AdapterParameters, GenerateParameters
from lorax_devserver.engine import Embedder, Engine, Job, fitting
from lorax_devserver.event_stream import EventStream
from lorax_devserver.generation import Answer
from lorax_devserver.metrics import Metrics
from lorax_devserver.settings import Kind, Limits
from lorax_devserver.shard import Shard
from lorax_devserver.validation import (
    ValidRequest,
    adapter_of,
    check_adapter,
    check_length,
    validate,
)
from lorax_devserver.wire import OVERLOADED, PanicError, float32, json_response

PANICKED = 101  # a Rust program's exit code


@dataclass
class Handling:
    """A model, and the requests to it.

    Attributes:
        engine: What computes.
        limits: The router's start options.
        embedder: What makes texts vectors; None for the engine.
        kind: What the model is for; None for everything that the engine can do.
        faithful: Whether one request can harm others, as on a LoRAX server: its failure fails all
            that are being served, and an unknown merge strategy ends the process.
        lenient: Whether schemas that would take a LoRAX server long are let through.
        on_job: What is shown each generation before it is computed.
        running: How many sequences are being served.
    """

    engine: Engine
    limits: Limits = field(default_factory=Limits)
    embedder: Embedder | None = None
    kind: Kind | None = None
    faithful: bool = False
    lenient: bool = False
    on_job: Callable[[Job], object] = lambda _job: None
    running: int = 0

    def __post_init__(self) -> None:
        self.counts = Metrics(self.limits)
        self.shard = Shard(
            self.engine,
            self.embedder or self.engine,
            self.counts,
            kind=self.kind,
            faithful=self.faithful,
            lenient=self.lenient,
            on_job=self.on_job,
        )

    async def answer(
        self,
        inputs: str,
        p: GenerateParameters,
        write: Callable[[ValidRequest, list[Answer]], Any],
    ) -> Response:
        """A whole answer, with what it took in its headers."""
        with self._served(self._sequences(p)):
            valid = await self._valid(inputs, p, stream=False)
            started = time.monotonic()
            answers = await self.shard.run_whole(valid)
        headers = self._headers(valid, native.timing_headers(valid, answers[0], started))
        return json_response(write(valid, answers), headers=headers)

    def event_stream(
        self,
        inputs: str,
        p: GenerateParameters,
        write: Callable[[ValidRequest], AsyncGenerator[bytes, None]],
    ) -> Response:
        """A stream; its request is checked once the headers are out, as the router does."""

        async def events() -> AsyncGenerator[bytes, None]:
            with self._served(self._sequences(p)):
                valid = await self._valid(inputs, p, stream=True)
                async with aclosing(write(valid)) as written:
                    async for data in written:
                        yield data

        return EventStream(events(), self._stream_headers(inputs, p))

    async def vectors(
        self, texts: list[str], parameters: AdapterParameters | None
    ) -> list[list[float]]:
        """A vector for each text."""
        p = parameters or AdapterParameters()
        with self._served(1):
            check_adapter(p, self.engine)
            for text in texts:
                check_length(len(await self.engine.tokenize(text)), self.limits)
            adapter = adapter_of(p, self.limits)
            self.shard.adapters.index(adapter)
            vectors = await self.shard.embed(texts, adapter)
        return [[float32(value) for value in vector] for vector in vectors]

    async def classified(
        self, texts: list[str]
    ) -> tuple[list[list[dict[str, Any]]], dict[str, str]]:
        """The names in each text, and the headers of their answer."""
        started = time.monotonic()
        with self._served(1):
            classes = await self.shard.classify(texts)
        found = [
            classification.entities(text, tokens)
            for text, tokens in zip(texts, classes, strict=True)
        ]
        spent = str(int((time.monotonic() - started) * 1000))
        headers = {
            "x-compute-type": "gpu+optimized",
            "x-compute-time": spent,
            "x-validation-time": "0",
            "x-queue-time": "0",
            "x-inference-time": spent,
        }
        return found, headers

    def _sequences(self, p: GenerateParameters) -> int:
        """How many places a request takes; more answers than allowed are refused for that."""
        return min(p.best_of or 1, self.limits.max_best_of)

    @contextmanager
    def _served(self, permits: int) -> Iterator[None]:
        """A request counted, with its places among those that run at once: one a sequence."""
        with self.counts.request():
            if self.running + permits > self.limits.max_concurrent_requests:
                raise OVERLOADED
            self.running += permits
            try:
                yield
            except PanicError:
                if self.faithful:
                    os._exit(PANICKED)
                raise
            finally:
                self.running -= permits

    async def _valid(self, inputs: str, p: GenerateParameters, *, stream: bool) -> ValidRequest:
        """A request checked; its adapter gets a number even if the request is refused."""
        index = self.shard.adapters.index(adapter_of(p, self.limits))
        with self.counts.validating():
            return await validate(
                inputs, p, self.engine, self.limits, adapter_index=index, stream=stream
            )

    def _headers(self, valid: ValidRequest, timings: Mapping[str, str]) -> dict[str, str]:
        adapter = valid.job.adapter.headers if valid.job.adapter else {}
        compute = {"x-compute-type": "gpu+optimized"}
        return {**compute, **timings, **adapter, **fitting({"x-model-id": self.engine.model_id})}

    def _stream_headers(self, inputs: str, p: GenerateParameters) -> dict[str, str]:
        """What a stream's headers say before its request is checked."""
        adapter = adapter_of(p, self.limits)
        return {
            "cache-control": "no-cache",
            "x-compute-type": "gpu+optimized",
            "x-compute-characters": str(len(inputs)),
            "x-accel-buffering": "no",
            **(adapter.headers if adapter else {}),
            **fitting({"x-model-id": self.engine.model_id}),
        }
