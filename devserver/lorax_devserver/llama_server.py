"""llama.cpp's own server, in this process: a model started on a loopback port and asked by HTTP."""

import json
import os
import secrets
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import xllamacpp

from lorax_devserver.errors import EngineError, StartError
from lorax_devserver.gguf import GgufError, Head, read_head


class LlamaServer:
    """A model under llama.cpp.

    It answers any web page's request, so it is given a key that only this process knows.

    Args:
        params: The model, and what it is to do.
        threads: The processor threads to compute on; by default half of the processors. With
            all of them, any other busy process makes llama.cpp's threads wait for each other:
            3 s a token instead of 12 ms was measured on two cores.

    Raises:
        StartError: llama.cpp cannot load the model.
    """

    def __init__(self, params: Any, threads: int | None) -> None:
        key = secrets.token_urlsafe(32)
        params.api_keys = [key]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.ui = False
        params.verbosity = 0
        params.cpuparams.n_threads = threads or max((os.cpu_count() or 2) // 2, 1)
        params.cpuparams_batch.n_threads = params.cpuparams.n_threads
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise StartError(f"llama.cpp cannot load {params.model.path}: {error}") from error
        self._http = httpx.AsyncClient(
            base_url=self._server.listening_address,
            headers={"authorization": f"Bearer {key}"},
            timeout=None,
            trust_env=False,
        )

    async def close(self) -> None:
        """Stop the model."""
        await self._http.aclose()
        del self._server

    async def healthy(self) -> bool:
        """Whether llama.cpp answers."""
        return (await self._http.get("/health")).is_success

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer to a body.

        Raises:
            EngineError: llama.cpp refuses, in its words.
        """
        response = await self._http.post(path, json=body)
        if not response.is_success:
            raise refusal(response.content)
        return response.json()

    def stream(
        self, path: str, body: dict[str, Any]
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """The answer to a body while it comes."""
        return self._http.stream("POST", path, json=body)


def refusal(body: bytes) -> EngineError:
    """What llama.cpp says of its failure."""
    try:
        return EngineError(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return EngineError(body.decode(errors="replace"))


def model_head(what: str, model: Path) -> Head:
    """The head of a model's file; llama.cpp itself would not say what is wrong with one.

    Raises:
        StartError: It is missing, damaged or no GGUF.
    """
    try:
        return read_head(model)
    except FileNotFoundError:
        raise StartError(f"{what} {model}: there is no such file") from None
    except OSError as error:
        raise StartError(f"{what} {model}: {error.strerror}") from error
    except GgufError as error:
        raise StartError(str(error)) from error
