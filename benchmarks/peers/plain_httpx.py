"""httpx and a pydantic model alone, with its own transport or with aiohttp's: no client at all."""

from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from measuring import PROMPT, Peer, Task, main
from pydantic import BaseModel, TypeAdapter


class Token(BaseModel):
    """A token as the server sends it."""

    id: int
    text: str
    logprob: float | None
    special: bool


class Event(BaseModel):
    """An event of a stream."""

    token: Token
    generated_text: str | None
    details: dict[str, Any] | None


class Answer(BaseModel):
    """A whole answer."""

    generated_text: str
    details: dict[str, Any] | None


WHOLE = TypeAdapter(list[Answer])


class Httpx(Peer):
    """What one would write by hand."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        limits = httpx.Limits(max_connections=None)
        transport = AiohttpTransport(limits=limits) if task.option == "aiohttp" else None
        self.client = httpx.Client(base_url=task.url, timeout=60)
        self.async_client = httpx.AsyncClient(
            base_url=task.url, timeout=60, limits=limits, transport=transport
        )

    def _body(self, stream: bool) -> dict[str, Any]:
        parameters = {"max_new_tokens": self.task.tokens, "details": True}
        return {"inputs": PROMPT, "stream": stream, "parameters": parameters}

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        texts: list[str] = []
        rest = b""
        with self.client.stream("POST", "/", json=self._body(True)) as response:
            for chunk in response.iter_bytes():
                rest = _read(rest + chunk, texts)
        return texts

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        texts: list[str] = []
        rest = b""
        async with self.async_client.stream("POST", "/", json=self._body(True)) as response:
            async for chunk in response.aiter_bytes():
                rest = _read(rest + chunk, texts)
        return texts

    def whole(self) -> str:
        """A whole answer's text, waited for."""
        response = self.client.post("/", json=self._body(False))
        return WHOLE.validate_json(response.content)[0].generated_text


def _read(received: bytes, texts: list[str]) -> bytes:
    """Read the events that are whole, and give back the rest."""
    *events, rest = received.split(b"\n\n")
    texts.extend(Event.model_validate_json(event[6:]).token.text for event in events)
    return rest


if __name__ == "__main__":
    main(Httpx)
