"""The model server's part: adapters made ready, schemas judged, jobs run and counted."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace

import anyio

from lorax_devserver import schemas
from lorax_devserver.engine import Adapter, Embedder, Engine, Entity, Job, Token
from lorax_devserver.errors import EngineError
from lorax_devserver.generation import Answer, Step, steps
from lorax_devserver.loading import AdapterLoader
from lorax_devserver.metrics import Metrics
from lorax_devserver.neighbours import Neighbours
from lorax_devserver.settings import Kind
from lorax_devserver.validation import ValidRequest
from lorax_devserver.wire import generation_error


class Shard:
    """A model server, as LoRAX calls one, over any engine.

    Args:
        engine: What computes.
        embedder: What makes texts vectors: the engine, or a model beside it.
        metrics: Where it counts.
        kind: What the model is for; what it is not for fails. None for all.
        faithful: Whether one request's failure fails all that are being served.
        lenient: Whether schemas that would take a LoRAX server long are let through.
        on_job: What is shown each generation before it is computed.
    """

    def __init__(
        self,
        engine: Engine,
        embedder: Embedder,
        metrics: Metrics,
        *,
        kind: Kind | None,
        faithful: bool,
        lenient: bool,
        on_job: Callable[[Job], object],
    ) -> None:
        self.engine = engine
        self._embedder = embedder
        self.adapters = AdapterLoader(engine)
        self._metrics = metrics
        self._kind = kind
        self._neighbours = Neighbours() if faithful else None
        self._lenient = lenient
        self._on_job = on_job

    async def run(self, request: ValidRequest) -> AsyncGenerator[Step, None]:
        """Run a job, token by token.

        Raises:
            RouterError: The engine failed.
        """
        job = request.job
        self._on_job(job)
        with engine_errors():
            self._check("generate")
            await self.adapters.ready(job.adapter)
        tokens = self._tokens(job)
        if self._neighbours is not None:
            tokens = self._neighbours.share(tokens)
        began, count = time.monotonic(), 0
        with engine_errors():
            async with (
                aclosing(self._counted(tokens, job)) as counted,
                aclosing(steps(counted, job, self.engine.eos_token_id)) as read,
            ):
                async for step in read:
                    count += 1
                    yield step
        self._metrics.generated(job, count, time.monotonic() - began)

    async def _tokens(self, job: Job) -> AsyncGenerator[Token, None]:
        if job.schema is not None:
            await anyio.to_thread.run_sync(schemas.check, job.schema, self._lenient)
        async with aclosing(self.engine.generate(job)) as tokens:
            async for token in tokens:
                yield token

    async def _counted(
        self, tokens: AsyncGenerator[Token, None], job: Job
    ) -> AsyncGenerator[Token, None]:
        """The same tokens: the first is a prompt's computing, each later one a step's."""
        metrics, method = self._metrics, "prefill"
        with metrics.running(job.input_length + job.max_new_tokens):
            async with aclosing(tokens):
                while True:
                    started = time.monotonic()
                    metrics.count("batch_inference_count", method=method)
                    try:
                        token = await anext(tokens, None)
                    except EngineError:
                        metrics.count("batch_inference_failure", method=method)
                        raise
                    if token is None:
                        return
                    metrics.count("batch_inference_success", method=method)
                    metrics.observe("batch_inference_duration", time.monotonic() - started)
                    yield token
                    method = "decode"

    async def run_whole(self, request: ValidRequest) -> list[Answer]:
        """Generate best_of answers, the likeliest first.

        Raises:
            RouterError: The engine failed.
        """
        answers = []
        for number in range(request.best_of):
            sampling = request.job.sampling
            # Each of several answers is drawn from a seed of its own.
            seed = (sampling.seed + number) % 2**64
            job = replace(request.job, sampling=replace(sampling, seed=seed))
            answer = Answer(seed=seed if request.seed is not None else None)
            async with aclosing(self.run(replace(request, job=job))) as run:
                async for step in run:
                    answer.add(step)
            answers.append(answer)
        if request.job.prompt_logprobs:
            with engine_errors():
                logprobs = await self.engine.prompt_logprobs(
                    request.job.prompt, request.job.adapter
                )
            for answer in answers:
                answer.prompt_logprobs = logprobs
        return sorted(answers, key=lambda answer: answer.mean_logprob, reverse=True)

    async def embed(self, texts: Sequence[str], adapter: Adapter | None) -> list[list[float]]:
        """The texts' vectors.

        Raises:
            RouterError: The engine failed.
        """
        with engine_errors():
            self._check("embed")
            await self.adapters.ready(adapter)
            return await self._embedder.embed(texts, adapter)

    async def classify(self, texts: Sequence[str]) -> list[list[Entity]]:
        """The classes of the texts' tokens.

        Raises:
            RouterError: The engine failed.
        """
        with engine_errors():
            self._check("classify")
            await self.adapters.ready(None)
            return [await self.engine.classify(text) for text in texts]

    def _check(self, wanted: Kind) -> None:
        if self._kind not in {None, wanted}:
            does = {"generate": "generates text", "embed": "embeds", "classify": "classifies"}
            name = self.engine.model_id
            raise EngineError(f"{name} {does[self._kind or wanted]}; it does not {wanted}")


@contextmanager
def engine_errors() -> Iterator[None]:
    """An engine's failure in the router's words."""
    try:
        yield
    except EngineError as error:
        raise generation_error(str(error)) from error
