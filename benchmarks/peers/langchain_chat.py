"""LangChain's chat over our client, beside a class that does nothing and the plainest one."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from measuring import PROMPT, Peer, Task, main

from langchain_lorax import ChatLoRAX
from lorax import AsyncClient, Client


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


class Plainest(Nothing):
    """It hands the client's words on, and knows no call, no end and no error."""

    url: str
    tokens: int

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, *_: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        client = Client(self.url)
        for piece in client.chat_stream(PROMPT, max_new_tokens=self.tokens):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece.text))

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, *_: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        client = AsyncClient(self.url)
        async for piece in client.chat_stream(PROMPT, max_new_tokens=self.tokens):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece.text))


def made(task: Task) -> BaseChatModel:
    """The one that a task is for."""
    if task.option == "ours":
        return ChatLoRAX(base_url=task.url, max_new_tokens=task.tokens)
    if task.option == "plainest":
        return Plainest(pieces=[], url=task.url, tokens=task.tokens)
    return Nothing(pieces=task.texts)


class LangChain(Peer):
    """One of them."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.chat = made(task)

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        return [text for piece in self.chat.stream(PROMPT) if (text := str(piece.content))]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        return [text async for piece in self.chat.astream(PROMPT) if (text := str(piece.content))]


if __name__ == "__main__":
    main(LangChain)
