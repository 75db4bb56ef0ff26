"""lorax-client, ours and 0.6.3 alike: the same calls, in one environment or the other."""

from collections.abc import AsyncIterator
from typing import Any

from measuring import PROMPT, Peer, Task, main

from lorax import AsyncClient, Client


class LoraxClient(Peer):
    """The client as its documentation uses it."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.client = Client(task.url)
        self.async_client = AsyncClient(task.url)

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        tokens = self.client.generate_stream(PROMPT, max_new_tokens=self.task.tokens)
        return [token.token.text for token in tokens]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        tokens = self.async_client.generate_stream(PROMPT, max_new_tokens=self.task.tokens)
        return [token.token.text async for token in tokens]

    def whole(self) -> str:
        """A whole answer's text, waited for."""
        return self.client.generate(PROMPT, max_new_tokens=self.task.tokens).generated_text

    async def awhole(self) -> str:
        """A whole answer's text, awaited."""
        answer = await self.async_client.generate(PROMPT, max_new_tokens=self.task.tokens)
        return answer.generated_text

    def opened(self) -> AsyncIterator[Any]:
        """A stream that is asked for its first token alone."""
        tokens = self.async_client.generate_stream(PROMPT, max_new_tokens=self.task.tokens)
        return aiter(tokens)


if __name__ == "__main__":
    main(LoraxClient)
