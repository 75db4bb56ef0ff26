"""The eight ways in which LlamaIndex asks a model, made one."""

import asyncio
from dataclasses import dataclass
from typing import Any

from llama_index.core.llms import LLM, ChatMessage, ChatResponse


@dataclass(frozen=True)
class Way:
    """One of the endpoints.

    Attributes:
        is_chat: Whether it takes a conversation rather than a prompt.
        is_stream: Whether it gives the answer in pieces.
        is_async: Whether it is awaited, in an event loop of its own for each call.
    """

    is_chat: bool
    is_stream: bool
    is_async: bool

    @property
    def name(self) -> str:
        stream = "stream_" if self.is_stream else ""
        return f"{'a' if self.is_async else ''}{stream}{'chat' if self.is_chat else 'complete'}"

    def ask(self, llm: LLM, text: str, **keywords: Any) -> list[Any]:
        """All pieces of the answer; a whole one is one piece."""
        if self.is_async:
            return asyncio.run(self.awaited(llm, text, **keywords))
        answer = self._call(llm, text, keywords)
        return list(answer) if self.is_stream else [answer]

    async def awaited(self, llm: LLM, text: str, **keywords: Any) -> list[Any]:
        """The same in the event loop that runs."""
        answer = await self._call(llm, text, keywords)
        return [piece async for piece in answer] if self.is_stream else [answer]

    def _call(self, llm: LLM, text: str, keywords: dict[str, Any]) -> Any:
        asked = [ChatMessage(content=text)] if self.is_chat else text
        return getattr(llm, self.name)(asked, **keywords)

    def text(self, llm: LLM, text: str, **keywords: Any) -> str:
        """The text of the answer; that of a stream is told twice, and must be the same."""
        pieces = self.ask(llm, text, **keywords)
        if self.is_stream:
            assert "".join(piece.delta or "" for piece in pieces) == said(pieces[-1])
        return said(pieces[-1])


def said(answer: Any) -> str:
    """The text of an answer."""
    if isinstance(answer, ChatResponse):
        return answer.message.content or ""
    text: str = answer.text
    return text


WAYS = [
    Way(is_chat=is_chat, is_stream=is_stream, is_async=is_async)
    for is_chat in (False, True)
    for is_stream in (False, True)
    for is_async in (False, True)
]
