"""Greedy answers of a GGUF model with and without an adapter, through llama.cpp itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import xllamacpp

LONGEST_ANSWER = 96  # tokens; the longest reference query has about 70


@dataclass(frozen=True)
class Answer:
    """What the model wrote, and whether it ended the answer by itself."""

    text: str
    ended: bool


class Llama:
    """A model with one adapter loaded, which every request may use or leave."""

    def __init__(self, model_file: Path, adapter_file: Path, threads: int) -> None:
        params = xllamacpp.CommonParams()
        params.model.path = str(model_file)
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter_file), 1.0)]
        params.n_ctx = 1024
        params.n_parallel = 1
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.verbosity = 0
        self._server = xllamacpp.Server(params)

    def answer(self, prompt: str, adapted: bool) -> Answer:
        """Returns the most likely continuation of the prompt."""
        reply = self._server.handle_completions(
            {
                "prompt": prompt,
                "temperature": 0.0,
                "max_tokens": LONGEST_ANSWER,
                "lora": [{"id": 0, "scale": float(adapted)}],
                "cache_prompt": False,  # the base must not see what the adapter computed
            }
        )
        choice = reply["choices"][0]
        return Answer(choice["text"], choice["finish_reason"] == "stop")

    def tokens(self, text: str) -> list[int]:
        """Returns the token ids of a text, without a token for its beginning."""
        request = Request(
            f"{self._server.listening_address}/tokenize",
            json.dumps({"content": text}).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request) as reply:
            ids: list[int] = json.load(reply)["tokens"]
        return ids
