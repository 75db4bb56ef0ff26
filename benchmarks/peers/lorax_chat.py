"""Our client's chat, which is what LangChain's chat model goes over."""

from measuring import PROMPT, Peer, Task, main

from lorax import AsyncClient, Client


class LoraxChat(Peer):
    """The client as its documentation uses it."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.client = Client(task.url)
        self.async_client = AsyncClient(task.url)

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        chunks = self.client.chat_stream(PROMPT, max_new_tokens=self.task.tokens)
        return [text for chunk in chunks if (text := chunk.text)]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        chunks = self.async_client.chat_stream(PROMPT, max_new_tokens=self.task.tokens)
        return [text async for chunk in chunks if (text := chunk.text)]


if __name__ == "__main__":
    main(LoraxChat)
