"""The openai SDK, by the completions that are nearest to generate, or by chat."""

from measuring import PROMPT, Peer, Task, main
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionUserMessageParam

MESSAGE = ChatCompletionUserMessageParam(role="user", content=PROMPT)


class Completions(Peer):
    """Prompts and their completions."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.client = OpenAI(base_url=f"{task.url}/v1", api_key="none")
        self.async_client = AsyncOpenAI(base_url=f"{task.url}/v1", api_key="none")

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        pieces = self.client.completions.create(
            model="", prompt=PROMPT, max_tokens=self.task.tokens, stream=True
        )
        return [piece.choices[0].text for piece in pieces]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        pieces = await self.async_client.completions.create(
            model="", prompt=PROMPT, max_tokens=self.task.tokens, stream=True
        )
        return [piece.choices[0].text async for piece in pieces]

    def whole(self) -> str:
        """A whole answer's text, waited for."""
        answer = self.client.completions.create(
            model="", prompt=PROMPT, max_tokens=self.task.tokens
        )
        return str(answer.choices[0].text)

    async def awhole(self) -> str:
        """A whole answer's text, awaited."""
        answer = await self.async_client.completions.create(
            model="", prompt=PROMPT, max_tokens=self.task.tokens
        )
        return str(answer.choices[0].text)


class Chat(Completions):
    """A conversation of one turn; whole answers are measured by completions."""

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        pieces = self.client.chat.completions.create(
            model="", messages=[MESSAGE], max_tokens=self.task.tokens, stream=True
        )
        return [piece.choices[0].delta.content or "" for piece in pieces]

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        pieces = await self.async_client.chat.completions.create(
            model="", messages=[MESSAGE], max_tokens=self.task.tokens, stream=True
        )
        return [piece.choices[0].delta.content or "" async for piece in pieces]


def peer(task: Task) -> Peer:
    """The one that is asked for."""
    return Chat(task) if task.option == "chat" else Completions(task)


if __name__ == "__main__":
    main(peer)
