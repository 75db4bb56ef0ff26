"""The engine that answers by script: what its prompts tell it to, with a real tokenizer.

Directives stand in the prompt, as `[[say:TEXT]]`; docs/devserver.md lists them. Every token has
the same log-probability, so that an answer can be computed beforehand.
"""

import json
import re
import struct
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

import anyio

from lorax_devserver import instances
from lorax_devserver.adapters import SOURCES
from lorax_devserver.engine import (
    MERGE_STRATEGIES,
    SIGN_METHODS,
    Adapter,
    Alternative,
    Entity,
    Job,
    Piece,
    Sampling,
    Token,
)
from lorax_devserver.errors import EngineError
from lorax_devserver.gguf import read_head
from lorax_devserver.tokenizer import SmolTokenizer
from lorax_devserver.vocabulary import Vocabulary

ANSWER = (
    " Rayleigh scattering makes the sky look blue, because air scatters short wavelengths more "
    "strongly."
)
OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 2.00 GiB"
LOGPROB, PROMPT_LOGPROB, OTHER_LOGPROB = -0.25, -1.5, -3.0
_FIRST_OTHER = 100
_DIRECTIVE = re.compile(r"\[\[(\w+):(.*?)\]\]", re.DOTALL)


class ScriptedEngine:
    """A model that does what it is told.

    Args:
        vocabulary: The GGUF file whose tokenizer and chat template it takes.
        model_id: Its name.

    Attributes:
        told: What the model server behind a router was last told, call by call.
        script: What says how a prompt is to be answered, as directives by name; where it says
            nothing, the prompt's own directives count.
        dead: Whether that model server has died, as it can at any moment.
    """

    merge_strategies = MERGE_STRATEGIES
    embeds_by = "scripted"
    adapter_files = None

    def __init__(self, vocabulary: Path, model_id: str) -> None:
        metadata = read_head(vocabulary).metadata
        self.model_id = model_id
        self.told: deque[dict[str, Any]] = deque(maxlen=1000)
        self.script: Callable[[str], dict[str, str]] = lambda _prompt: {}
        self.dead = False
        self.chat_template: str = metadata["tokenizer.chat_template"]
        self._vocabulary = Vocabulary(metadata)
        self._tokenizer = SmolTokenizer(metadata, self._vocabulary)
        self.eos_token_id = self._vocabulary.eos_token_id

    async def close(self) -> None:
        """Nothing is open."""

    async def healthy(self) -> bool:
        """Whether it lives."""
        return not self.dead

    async def tokenize(self, text: str) -> list[Piece]:
        """Cut a text into SmolLM2's tokens."""
        return self._tokenizer.encode(text)

    async def download(self, adapter: Adapter | None) -> None:
        """Fetch an adapter: `missing` and `private` in its id say how that goes."""
        self.told.append(_download(adapter))
        for adapter_id in adapter.ids if adapter else ():
            if "missing" in adapter_id:
                if adapter is not None and adapter.source.lower() == "local":
                    raise EngineError(f"No such adapter: {adapter_id}")
                raise EngineError(f"404 Client Error: Repository Not Found for {adapter_id}")
            if "private" in adapter_id and not (adapter and adapter.api_token):
                raise EngineError(f"401 Client Error: cannot access gated repo {adapter_id}")

    async def load(self, adapter: Adapter | None, index: int) -> None:
        """Load an adapter: one with `badrank` in its id does not fit."""
        ids = list(adapter.ids) if adapter else ["__base_model__"]
        self.told.append({"rpc": "LoadAdapter", "ids": ids, "index": index})
        if any("badrank" in adapter_id for adapter_id in ids):
            raise EngineError("Rank of adapter is 256 and exceeds the maximum supported 128")

    async def generate(self, job: Job) -> AsyncGenerator[Token, None]:
        """Give the tokens of the answer that the prompt asks for, then the end of text."""
        if self.dead:
            raise EngineError("error trying to connect: Connection refused (os error 111)")
        self.told.append(_prefill(job))
        script = self.script(job.inputs) or dict(_DIRECTIVE.findall(job.inputs))
        pieces = [*self._tokenizer.encode(_answer(job, script)), self._end]
        think, pause = _seconds(script, "think"), _seconds(script, "sleep")
        if job.alternatives > len(self._vocabulary) - _FIRST_OTHER:
            raise EngineError("selected index k out of range")
        await anyio.sleep(think)
        number = 0
        while True:
            number += 1
            if script.get("fail") == str(number):
                raise EngineError(OUT_OF_MEMORY)
            if script.get("hang") == str(number):
                await anyio.sleep_forever()
            await anyio.sleep(pause)
            if self.dead:
                raise EngineError("transport error")
            yield self._token(self._piece(pieces, number, script), job.alternatives)

    @property
    def _end(self) -> Piece:
        return self._vocabulary[self.eos_token_id]

    def _piece(self, pieces: list[Piece], number: int, script: dict[str, str]) -> Piece:
        """The number-th token; past its answer a model repeats the end, or the answer."""
        if script.get("eos") == "0":
            return pieces[(number - 1) % max(len(pieces) - 1, 1)]
        return pieces[min(number, len(pieces)) - 1]

    def _token(self, piece: Piece, alternatives: int) -> Token:
        others = [
            Alternative(self._vocabulary[_FIRST_OTHER + number], OTHER_LOGPROB)
            for number in range(alternatives - 1)
        ]
        likely = [Alternative(piece, LOGPROB), *others] if alternatives else []
        return Token(piece, LOGPROB, likely)

    async def prompt_logprobs(
        self, prompt: Sequence[int], adapter: Adapter | None
    ) -> list[float | None]:
        """The same for each token but the first."""
        return [None, *[PROMPT_LOGPROB] * (len(prompt) - 1)]

    async def embed(self, texts: Sequence[str], adapter: Adapter | None) -> list[list[float]]:
        """Eight numbers made from each text's bytes."""
        return [_vector(text) for text in texts]

    async def classify(self, text: str) -> list[Entity]:
        """A token that begins with a capital is a person, any other is nothing."""
        entities, at = [], 0
        for piece in self._tokenizer.encode(text):
            end = at + len(piece.data)
            word = piece.data.decode(errors="replace").strip()
            label = "B-PER" if word[:1].isupper() else "O"
            entities.append(Entity(label, 0.99, at, end))
            at = end
        return entities


def _seconds(script: dict[str, str], name: str) -> float:
    """How long a directive says to wait."""
    try:
        seconds = float(script.get(name, 0))
    except ValueError:
        seconds = -1
    if not seconds >= 0:
        raise EngineError(f"[[{name}:{script[name]}]] is no number of seconds")
    return seconds


def _answer(job: Job, script: dict[str, str]) -> str:
    """What the model says: a tool call given word by word, a schema's instance, or a text."""
    if "toolcall" in script:
        return script["toolcall"]
    if job.schema is not None:
        choices = instances.Choices(script.get("pick"), script.get("str", "text"))
        try:
            return json.dumps(instances.smallest(json.loads(job.schema), choices))
        except (LookupError, TypeError, AttributeError, RecursionError) as error:
            raise EngineError(f"no answer is known to this schema: {error!r}") from error
    return script.get("say", ANSWER).replace("\\n", "\n")


def _vector(text: str) -> list[float]:
    if "[[fail:" in text:
        raise EngineError("embedding exploded")
    total = sum(text.encode())
    return [(total * (place + 3)) % 97 / 97 - 0.5 for place in range(8)]


def _float32(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


def _set(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that a message between router and model server holds: no zeros."""
    numbers = {k: _float32(v) if isinstance(v, float) else v for k, v in fields.items()}
    return {name: value for name, value in numbers.items() if value}


def _download(adapter: Adapter | None) -> dict[str, Any]:
    merged = adapter if adapter and adapter.weights is not None else None
    return {
        "rpc": "DownloadAdapter",
        "ids": list(adapter.ids) if adapter else ["__base_model__"],
        "weights": [_float32(weight) for weight in merged.weights or ()] if merged else [],
        "strategy": MERGE_STRATEGIES.index(merged.merge_strategy) if merged else 0,
        "density": merged.density if merged else 0.0,
        "sign": SIGN_METHODS.index(merged.majority_sign_method) if merged else 0,
        "source": SOURCES.index(adapter.source.lower()) if adapter else 0,
        "api_token": adapter.api_token if adapter else None,
    }


def _prefill(job: Job) -> dict[str, Any]:
    single = job.adapter.ids[0] if job.adapter and job.adapter.weights is None else None
    return {
        "rpc": "Prefill",
        "inputs": job.inputs,
        "truncate": job.truncate,
        "ntok": job.input_length,
        "parameters": _set(
            {
                **_sampling(job.sampling),
                "watermark": job.watermark,
                "return_k_alternatives": job.alternatives,
                "schema": job.schema,
                "adapter_id": single,
            }
        ),
        "stopping": _set(
            {
                "max_new_tokens": job.max_new_tokens,
                "stop_sequences": list(job.stop),
                "ignore_eos_token": job.ignore_eos_token,
            }
        ),
        "adapter_index": job.adapter_index,
        "prefill_logprobs": job.prompt_logprobs,
    }


def _sampling(sampling: Sampling) -> dict[str, Any]:
    return {
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "typical_p": sampling.typical_p,
        "do_sample": sampling.do_sample,
        "seed": sampling.seed,
        "repetition_penalty": sampling.repetition_penalty,
        "frequency_penalty": sampling.frequency_penalty,
        "presence_penalty": sampling.presence_penalty,
    }
