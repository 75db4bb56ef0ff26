"""LangChain's chat model over our client, and beside it one that does nothing: its floor."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from measuring import PROMPT, Peer, Task, main

from langchain_lorax import ChatLoRAX


class Nothing(BaseChatModel):
    """It has its tokens already, and hands them on as LangChain wants it done."""

    pieces: list[str]

    @property
    def _llm_type(self) -> str:
        return "nothing"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, *_: Any, **kwargs: Any
    ) -> ChatResult:
        said = AIMessage("".join(self.pieces))
        return ChatResult(generations=[ChatGeneration(message=said)])

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, *_: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self.pieces:
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, *_: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for piece in self.pieces:
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))


class LangChain(Peer):
    """Either of them."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        ours = task.option == "ours"
        self.chat: BaseChatModel = (
            ChatLoRAX(base_url=task.url, max_new_tokens=task.tokens)
            if ours
            else Nothing(pieces=task.texts)
        )

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        return [text for piece in self.chat.stream(PROMPT) if (text := str(piece.content))]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        return [text async for piece in self.chat.astream(PROMPT) if (text := str(piece.content))]


if __name__ == "__main__":
    main(LangChain)
