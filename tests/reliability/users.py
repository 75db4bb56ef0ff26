"""Those who call: the clients and the wrappers of each framework, all asking for the same text."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
from llama_index.core.base.llms.types import ChatMessage
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX as LlamaIndexLoRAX
from pydantic import BaseModel

from langchain_lorax import ChatLoRAX, LoRAXEmbeddings
from langchain_lorax import LoRAX as LangChainLoRAX
from lorax import AsyncClient, Client
from lorax.types import ChatChunk, ChatResponse

PLENTY = 60
SAID = " The sky is blue by day, over 東京."  # eight tokens come before the long characters
PROMPT = f"[[say:{SAID}]]"


TEXT = "The sky is blue."


def numbers(vector: list[float]) -> str:
    """A vector as text."""
    return " ".join(f"{number:.3f}" for number in vector)


class Weather(BaseModel):
    """Tell the weather of a city."""

    city: str


CALL: dict[str, Any] = {
    "messages": '[[toolcall:{"name": "Weather", "arguments": {"city": "東京"}}]]',
    "tools": [Weather],
    "tool_choice": "any",
    "max_new_tokens": PLENTY,
}


class OfClient:
    """Calls the client; what the others do otherwise, they say.

    Attributes:
        right: The right answer.
        has_sync: Whether it calls the sync client, too.
        has_stream: Whether it streams.
    """

    right = SAID
    has_sync = True
    has_stream = True

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.client = Client(url, headers=headers, timeout=timeout)
        self.async_client = AsyncClient(url, headers=headers, timeout=timeout)

    def whole(self) -> str:
        return self.client.generate(PROMPT, max_new_tokens=PLENTY).text

    def stream(self) -> Iterator[str]:
        with self.client.generate_stream(PROMPT, max_new_tokens=PLENTY) as stream:
            for token in stream:
                yield token.text

    async def awhole(self) -> str:
        return (await self.async_client.generate(PROMPT, max_new_tokens=PLENTY)).text

    async def astream(self) -> AsyncIterator[str]:
        async with self.async_client.generate_stream(PROMPT, max_new_tokens=PLENTY) as stream:
            async for token in stream:
                yield token.text

    def close(self) -> None:
        self.client.close()

    async def aclose(self) -> None:
        await self.async_client.aclose()


class OverHttpx(OfClient):
    """Lends the async client connections of httpx's own, which it has where aiohttp is missing."""

    has_sync = False

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        # Reading certificates takes longer than anything else here.
        self.lent = httpx.AsyncClient(verify=url.startswith("https:"))
        self.async_client = AsyncClient(
            url, headers=headers, timeout=timeout, http_client=self.lent
        )

    async def aclose(self) -> None:
        await self.lent.aclose()


class OfTools(OfClient):
    """Asks for a call of a tool; a call reads as its name, its arguments and why it ended."""

    right = 'Weather {"city": "東京"} tool_calls'

    def whole(self) -> str:
        return self._of_answer(self.client.chat(**CALL))

    def stream(self) -> Iterator[str]:
        with self.client.chat_stream(**CALL) as stream:
            for chunk in stream:
                yield self._of_chunk(chunk)

    async def awhole(self) -> str:
        return self._of_answer(await self.async_client.chat(**CALL))

    async def astream(self) -> AsyncIterator[str]:
        async with self.async_client.chat_stream(**CALL) as stream:
            async for chunk in stream:
                yield self._of_chunk(chunk)

    @staticmethod
    def _of_answer(answer: ChatResponse) -> str:
        calls = " ".join(f"{call.name} {call.text}" for call in answer.tool_calls)
        return f"{calls} {answer.finish_reason}"

    @staticmethod
    def _of_chunk(chunk: ChatChunk) -> str:
        calls = [f"{d.name} {d.arguments}" if d.name else d.arguments for d in chunk.tool_calls]
        return "".join(calls) + (f" {chunk.finish_reason}" if chunk.finish_reason else "")


class OfWrapper(OfClient):
    """Calls a wrapper, which shares its clients with all that are configured alike."""

    def __init__(self, wrapper: Any) -> None:
        self.client = wrapper.client
        self.async_client = wrapper.async_client

    async def aclose(self) -> None:
        """Nothing: whoever has a wrapper alone leaves its connections to the end of the loop."""


class OfLangChain(OfWrapper):
    """Calls LangChain's LLM."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.llm = LangChainLoRAX(base_url=url, headers=headers, timeout=timeout)
        super().__init__(self.llm)

    def whole(self) -> str:
        return self.llm.invoke(PROMPT)

    def stream(self) -> Iterator[str]:
        return self.llm.stream(PROMPT)

    async def awhole(self) -> str:
        return await self.llm.ainvoke(PROMPT)

    def astream(self) -> AsyncIterator[str]:
        return self.llm.astream(PROMPT)


class OfLangChainChat(OfWrapper):
    """Calls LangChain's chat model."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.chat = ChatLoRAX(base_url=url, headers=headers, timeout=timeout)
        super().__init__(self.chat)

    def whole(self) -> str:
        return self.chat.invoke(PROMPT).text

    def stream(self) -> Iterator[str]:
        for chunk in self.chat.stream(PROMPT):
            yield chunk.text

    async def awhole(self) -> str:
        return (await self.chat.ainvoke(PROMPT)).text

    async def astream(self) -> AsyncIterator[str]:
        async for chunk in self.chat.astream(PROMPT):
            yield chunk.text


class OfEmbeddings(OfWrapper):
    """Asks a framework's embeddings for the vector of a text, which reads as its numbers."""

    right = "0.356 -0.026 -0.407 0.211 -0.170 0.448 0.067 -0.314"
    has_stream = False


class OfLangChainEmbeddings(OfEmbeddings):
    """Calls LangChain's embeddings."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.embeddings = LoRAXEmbeddings(base_url=url, headers=headers, timeout=timeout)
        super().__init__(self.embeddings)

    def whole(self) -> str:
        return numbers(self.embeddings.embed_query(TEXT))

    async def awhole(self) -> str:
        return numbers(await self.embeddings.aembed_query(TEXT))


class OfLlamaIndexEmbeddings(OfEmbeddings):
    """Calls LlamaIndex's embeddings."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.embeddings = LoRAXEmbedding(base_url=url, headers=headers, timeout=timeout)
        super().__init__(self.embeddings)

    def whole(self) -> str:
        return numbers(self.embeddings.get_text_embedding(TEXT))

    async def awhole(self) -> str:
        return numbers(await self.embeddings.aget_text_embedding(TEXT))


class OfLlamaIndex(OfWrapper):
    """Calls LlamaIndex's LLM for a completion."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.llm = LlamaIndexLoRAX(base_url=url, headers=headers, timeout=timeout)
        super().__init__(self.llm)

    def whole(self) -> str:
        return self.llm.complete(PROMPT).text

    def stream(self) -> Iterator[str]:
        for piece in self.llm.stream_complete(PROMPT):
            yield piece.delta or ""

    async def awhole(self) -> str:
        return (await self.llm.acomplete(PROMPT)).text

    async def astream(self) -> AsyncIterator[str]:
        async for piece in await self.llm.astream_complete(PROMPT):
            yield piece.delta or ""


class OfLlamaIndexChat(OfLlamaIndex):
    """Calls LlamaIndex's LLM for a chat."""

    turns = (ChatMessage(content=PROMPT),)

    def whole(self) -> str:
        return self.llm.chat(self.turns).message.content or ""

    def stream(self) -> Iterator[str]:
        for piece in self.llm.stream_chat(self.turns):
            yield piece.delta or ""

    async def awhole(self) -> str:
        return (await self.llm.achat(self.turns)).message.content or ""

    async def astream(self) -> AsyncIterator[str]:
        async for piece in await self.llm.astream_chat(self.turns):
            yield piece.delta or ""


# By what the page calls them.
USERS: dict[str, type[OfClient]] = {
    "the client": OfClient,
    "the client without aiohttp": OverHttpx,
    "the client's tool calls": OfTools,
    "LangChain": OfLangChain,
    "LangChain's chat": OfLangChainChat,
    "LangChain's embeddings": OfLangChainEmbeddings,
    "LlamaIndex": OfLlamaIndex,
    "LlamaIndex's chat": OfLlamaIndexChat,
    "LlamaIndex's embeddings": OfLlamaIndexEmbeddings,
}
