"""LangChain's LLM over our client, beside a class that does nothing and the plainest one."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LLM
from langchain_core.outputs import GenerationChunk
from measuring import PROMPT, Peer, Task, main

from langchain_lorax import LoRAX
from lorax import AsyncClient, Client


class Nothing(LLM):
    """It has its tokens already, and hands them on as LangChain wants it done."""

    pieces: list[str]

    @property
    def _llm_type(self) -> str:
        return "nothing"

    def _call(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> str:
        return "".join(self.pieces)

    def _stream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[GenerationChunk]:
        for piece in self.pieces:
            chunk = GenerationChunk(text=piece)
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[GenerationChunk]:
        for piece in self.pieces:
            chunk = GenerationChunk(text=piece)
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


class Plainest(Nothing):
    """It hands the client's tokens on, and knows no stop, no end and no error."""

    url: str
    tokens: int

    def _stream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[GenerationChunk]:
        client = Client(self.url)
        for token in client.generate_stream(prompt, max_new_tokens=self.tokens):
            chunk = GenerationChunk(text=token.text)
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[GenerationChunk]:
        client = AsyncClient(self.url)
        async for token in client.generate_stream(prompt, max_new_tokens=self.tokens):
            chunk = GenerationChunk(text=token.text)
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


def made(task: Task) -> LLM:
    """The one that a task is for."""
    if task.option == "ours":
        return LoRAX(base_url=task.url, max_new_tokens=task.tokens)
    if task.option == "plainest":
        return Plainest(pieces=[], url=task.url, tokens=task.tokens)
    return Nothing(pieces=task.texts)


class LangChain(Peer):
    """One of them."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.llm = made(task)

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        return list(self.llm.stream(PROMPT))

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        return [text async for text in self.llm.astream(PROMPT)]

    async def abatch(self, count: int) -> list[Any]:
        """Many whole answers, as LangChain asks for them."""
        return list(await self.llm.abatch([PROMPT] * count, return_exceptions=True))


if __name__ == "__main__":
    main(LangChain)
