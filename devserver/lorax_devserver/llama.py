"""The engine that runs a real model: llama.cpp, in this process, spoken to over loopback."""

import json
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import anyio
import xllamacpp

from lorax_devserver import adapters, gbnf, schemas
from lorax_devserver.engine import Adapter, Alternative, Entity, Job, Piece, Token
from lorax_devserver.errors import EngineError, StartError
from lorax_devserver.llama_server import LlamaServer, model_head, refusal
from lorax_devserver.vocabulary import Vocabulary

# llama.cpp keeps back the tokens of an unfinished character, also at its limit: it is asked for
# as many more as a character can have, and the caller stops when it has enough.
UNFINISHED = 8


class LlamaEngine:
    """A GGUF model, with LoRA adapters applied request by request.

    Args:
        model: The model's file.
        model_id: Its name, as /info gives it.
        adapter_files: The adapters it can apply; all are loaded at the start, none applied.
        slots: How many requests are computed at once; further ones wait.
        context: The tokens of the longest prompt and its answer together.
        threads: The processor threads to compute on; by default half of the processors.

    Raises:
        StartError: A file is missing, damaged or made for another model.
    """

    def __init__(
        self,
        model: Path,
        model_id: str,
        adapter_files: Sequence[adapters.AdapterFile] = (),
        slots: int = 4,
        context: int = 2048,
        threads: int | None = None,
    ) -> None:
        self.model_id = model_id
        self.adapter_files = adapter_files
        self._context = context
        head = model_head("model", model)
        try:
            for file in adapter_files:
                adapters.check(file, head)
        except adapters.AdapterError as error:
            raise StartError(str(error)) from error
        self.chat_template: str = head.metadata.get("tokenizer.chat_template", "")
        try:
            self._vocabulary = Vocabulary(head.metadata)
        except KeyError as error:
            raise StartError(
                f"model {model}: its vocabulary is not byte-level BPE, as those of SmolLM2, "
                "Llama 3 and Qwen are; others are not read here yet"
            ) from error
        self.eos_token_id = self._vocabulary.eos_token_id
        self._shelf = adapters.Shelf(adapter_files)
        self._free = anyio.Semaphore(slots)
        self._server = LlamaServer(_params(model, adapter_files, slots, context), threads)

    merge_strategies = ("linear",)

    async def close(self) -> None:
        """Stop the model."""
        await self._server.close()

    async def healthy(self) -> bool:
        """Whether llama.cpp answers."""
        return await self._server.healthy()

    async def tokenize(self, text: str) -> list[Piece]:
        """Cut a text into tokens; special tokens written in it count as such."""
        body = {"content": text, "add_special": False, "parse_special": True}
        answer = await self._server.post("/tokenize", body)
        return [self._vocabulary[number] for number in answer["tokens"]]

    async def download(self, adapter: Adapter | None) -> None:
        """Look adapters up where the request says they are."""
        for adapter_id in adapter.ids if adapter else ():
            self._shelf.look_up(adapter_id, adapter.source if adapter else "")

    async def load(self, adapter: Adapter | None, index: int) -> None:
        """Nothing is left to do: all adapters were loaded at the start."""

    async def classify(self, text: str) -> list[Entity]:
        """Refuse: this model generates."""
        raise EngineError(f"{self.model_id} does not classify")

    async def generate(self, job: Job) -> AsyncGenerator[Token, None]:
        """Give tokens as llama.cpp samples them; leaving frees its slot."""
        constraint = await anyio.to_thread.run_sync(_constraint, job.schema)
        body = {**self._sampling(job), **constraint, "stream": True}
        prompt = list(job.prompt)
        async with (
            self._free,
            self._server.stream("/completion", body) as response,
        ):
            if not response.is_success:
                raise refusal(await response.aread())
            async for line in response.aiter_lines():
                if line.startswith("error:"):
                    raise refusal(line.removeprefix("error:").encode())
                if not line.startswith("data: "):
                    continue
                tokens = await self._tokens(json.loads(line[6:]), prompt, job)
                for token in tokens:
                    prompt.append(token.piece.id)
                    yield token

    async def prompt_logprobs(
        self, prompt: Sequence[int], adapter: Adapter | None
    ) -> list[float | None]:
        """How likely each token of a prompt was; the first has none."""
        later = range(1, len(prompt))
        known = [await self._logprob(prompt[:n], prompt[n], adapter) for n in later]
        return [None, *known]

    embeds_by = "the mean of its last layer"

    async def embed(self, texts: Sequence[str], adapter: Adapter | None) -> list[list[float]]:
        """The mean of the last layer over each text's tokens, of length one."""
        return [await self._vector(text, adapter) for text in texts]

    async def _vector(self, text: str, adapter: Adapter | None) -> list[float]:
        body = {"content": text, **self._lora(adapter)}
        async with self._free:
            answer = await self._server.post("/embedding", body)
        vector: list[float] = answer[0]["embedding"][0]
        return vector

    def _lora(self, adapter: Adapter | None) -> dict[str, Any]:
        """The scale of every adapter: an empty list would mean those of the start."""
        scales = [0.0] * len(self._shelf)
        if adapter is not None:
            weights = (1.0,) if adapter.weights is None else adapter.weights
            for name, weight in zip(adapter.ids, weights, strict=True):
                scales[self._shelf[name]] += weight
        return {"lora": [{"id": place, "scale": scale} for place, scale in enumerate(scales)]}

    def _sampling(self, job: Job) -> dict[str, Any]:
        """A job as llama.cpp's /completion takes it.

        Its own defaults of top_k, top_p and min_p are switched off. A prompt is computed anew
        each time: what a cache holds changes the last bits of a result, and so, now and then,
        a greedy answer.
        """
        sampling = job.sampling
        return {
            "prompt": list(job.prompt),
            "n_predict": job.max_new_tokens + UNFINISHED,
            "n_probs": max(job.alternatives, 1),
            "return_tokens": True,
            "cache_prompt": False,
            "temperature": sampling.temperature if sampling.samples else 0,
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "min_p": 0,
            "typical_p": sampling.typical_p,
            "seed": sampling.seed % (2**32 - 1),  # the one left out would mean a random one
            "repeat_penalty": sampling.repetition_penalty,
            "repeat_last_n": self._context,
            "frequency_penalty": sampling.frequency_penalty,
            "presence_penalty": sampling.presence_penalty,
            "ignore_eos": job.ignore_eos_token,
            **self._lora(job.adapter),
        }

    async def _tokens(
        self, message: dict[str, Any], before: Sequence[int], job: Job
    ) -> list[Token]:
        """The tokens of one message of llama.cpp's stream; the last message has none.

        A message comes when a character is whole. It names the last of its tokens alone, though
        its bytes are those of all: the others are found again from the bytes.
        """
        found = []
        if message.get("stop_type") == "eos" and before[-1] != self.eos_token_id:
            # The text ended inside a character: what llama.cpp kept back of it is lost.
            return [Token(self._vocabulary[self.eos_token_id], 0.0)]
        for entry in message.get("completion_probabilities", []):
            piece = self._vocabulary[entry["id"]]
            data = bytes(entry["bytes"])
            if not piece.special and data != piece.data:
                missing = data.removesuffix(piece.data)
                for hidden in self._hidden(missing):
                    logprob = await self._logprob(before, hidden.id, job.adapter)
                    found.append(Token(hidden, logprob))
                    before = [*before, hidden.id]
            likely = [
                Alternative(self._vocabulary[other["id"]], other["logprob"])
                for other in entry["top_logprobs"][: job.alternatives]
            ]
            found.append(Token(piece, entry["logprob"], likely))
        return found

    def _hidden(self, data: bytes) -> Sequence[Piece]:
        for count in range(1, len(data) + 1):
            if pieces := self._vocabulary.split(data, count):
                return pieces
        raise EngineError(f"no tokens for the bytes {data!r}")

    async def _logprob(self, before: Sequence[int], token: int, adapter: Adapter | None) -> float:
        """How likely a token was: one is forced, and the probabilities before the force are read.

        llama.cpp says nothing of a token that leaves a character unfinished, so in its place a
        line end is forced, and it is looked up among all that were possible.
        """
        unfinished = not _is_text(self._vocabulary[token].data)
        body = {
            "prompt": list(before),
            "n_predict": 1,
            "n_probs": len(self._vocabulary) if unfinished else 1,
            "temperature": 0,
            "logit_bias": [[self._vocabulary.line_end if unfinished else token, 1000.0]],
            **self._lora(adapter),
        }
        answer = await self._server.post("/completion", body)
        (forced,) = answer["completion_probabilities"]
        likely = [forced, *forced["top_logprobs"]]
        return next(float(other["logprob"]) for other in likely if other["id"] == token)


def _constraint(schema: str | None) -> dict[str, Any]:
    """What holds the model to a schema: what a LoRAX server would let it write, where known.

    Raises:
        EngineError: A LoRAX server refuses the schema.
    """
    if schema is None:
        return {}
    pattern = schemas.regex(schema)
    if pattern is not None:
        return {"grammar": gbnf.grammar(pattern)}
    plain = json.loads(schema)
    if not isinstance(plain, dict):
        raise EngineError(f"{type(plain).__name__!r} object has no attribute 'get'")
    return {"json_schema": closed(plain)}


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def closed(schema: Any) -> Any:
    """The schema with every object closed: llama.cpp adds keys of its own to an open one."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema:
        inside.setdefault("additionalProperties", False)
    return inside


def _params(
    model: Path, adapter_files: Sequence[adapters.AdapterFile], slots: int, context: int
) -> Any:
    """What llama.cpp is to load and keep room for."""
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    loras = [xllamacpp.CommonAdapterLoraInfo(str(file.path), 0.0) for file in adapter_files]
    params.lora_adapters = loras
    params.lora_init_without_apply = True
    params.n_parallel = slots
    params.n_ctx = slots * (context + UNFINISHED)
    params.n_batch = params.n_ubatch = context  # an embedding wants its text in one batch
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    return params
