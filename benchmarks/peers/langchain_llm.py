"""LangChain's LLM over our client, and beside it one that does nothing: the framework's floor."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LLM
from langchain_core.outputs import GenerationChunk
from measuring import PROMPT, Peer, Task, main

from langchain_lorax import LoRAX


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


class LangChain(Peer):
    """Either of them."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        ours = task.option == "ours"
        self.llm: LLM = (
            LoRAX(base_url=task.url, max_new_tokens=task.tokens)
            if ours
            else Nothing(pieces=task.texts)
        )

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
