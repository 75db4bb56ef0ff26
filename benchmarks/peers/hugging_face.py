"""huggingface_hub's InferenceClient, whose text_generation speaks to servers of this family."""

from huggingface_hub import AsyncInferenceClient, InferenceClient
from measuring import PROMPT, Peer, Task, main


class HuggingFace(Peer):
    """The client at the server's own address."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.client = InferenceClient(task.url)
        self.async_client = AsyncInferenceClient(task.url)

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        tokens = self.task.tokens
        return list(self.client.text_generation(PROMPT, max_new_tokens=tokens, stream=True))

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        pieces = await self.async_client.text_generation(
            PROMPT, max_new_tokens=self.task.tokens, stream=True
        )
        return [piece async for piece in pieces]

    def whole(self) -> str:
        """A whole answer's text, waited for."""
        return self.client.text_generation(PROMPT, max_new_tokens=self.task.tokens)

    async def awhole(self) -> str:
        """A whole answer's text, awaited."""
        return await self.async_client.text_generation(PROMPT, max_new_tokens=self.task.tokens)


if __name__ == "__main__":
    main(HuggingFace)
