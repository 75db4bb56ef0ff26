"""LlamaIndex's LLM over our client, beside a class that does nothing and the plainest one."""

from typing import Any

from llama_index.core.base.llms.types import (
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.llms.callbacks import llm_completion_callback
from llama_index.core.llms.custom import CustomLLM
from llama_index.core.llms.llm import LLM
from llama_index.llms.lorax import LoRAX
from measuring import PROMPT, Peer, Task, main

from lorax import AsyncClient, Client


class Nothing(CustomLLM):
    """It has its tokens already, and hands them on as LlamaIndex wants it done."""

    pieces: list[str]

    @property
    def metadata(self) -> LLMMetadata:
        """Nothing is known of it."""
        return LLMMetadata()

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """All of its tokens."""
        return CompletionResponse(text="".join(self.pieces))

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        """Its tokens one by one."""

        def growing() -> CompletionResponseGen:
            text = ""
            for piece in self.pieces:
                text += piece
                yield CompletionResponse(text=text, delta=piece)

        return growing()

    @llm_completion_callback()
    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseAsyncGen:
        """Its tokens one by one, awaited."""

        async def growing() -> CompletionResponseAsyncGen:
            text = ""
            for piece in self.pieces:
                text += piece
                yield CompletionResponse(text=text, delta=piece)

        return growing()


class Plainest(Nothing):
    """It hands the client's tokens on, and knows no stop, no end and no error."""

    url: str
    tokens: int

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        """Its tokens one by one."""

        def growing() -> CompletionResponseGen:
            text = ""
            client = Client(self.url)
            for token in client.generate_stream(prompt, max_new_tokens=self.tokens):
                text += token.text
                yield CompletionResponse(text=text, delta=token.text)

        return growing()

    @llm_completion_callback()
    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseAsyncGen:
        """Its tokens one by one, awaited."""

        async def growing() -> CompletionResponseAsyncGen:
            text = ""
            client = AsyncClient(self.url)
            async for token in client.generate_stream(prompt, max_new_tokens=self.tokens):
                text += token.text
                yield CompletionResponse(text=text, delta=token.text)

        return growing()


def made(task: Task) -> LLM:
    """The one that a task is for."""
    if task.option == "ours":
        return LoRAX(base_url=task.url, max_new_tokens=task.tokens)
    if task.option == "plainest":
        return Plainest(pieces=[], url=task.url, tokens=task.tokens)
    return Nothing(pieces=task.texts)


class LlamaIndex(Peer):
    """One of them."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.llm = made(task)

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        return [piece.delta or "" for piece in self.llm.stream_complete(PROMPT)]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        pieces = await self.llm.astream_complete(PROMPT)
        return [piece.delta or "" async for piece in pieces]


if __name__ == "__main__":
    main(LlamaIndex)
