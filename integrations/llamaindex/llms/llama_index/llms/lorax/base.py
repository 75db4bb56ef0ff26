"""LoRAX as a LlamaIndex LLM: completions and chat, whole and streamed."""

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
    TextBlock,
)
from llama_index.core.llms.custom import CustomLLM
from llama_index.llms.lorax.callbacks import chat_callback, completion_callback
from pydantic import ConfigDict, Field

from lorax import types as answers
from lorax.errors import ValidationError
from lorax.wrapping import ModelSettings


class LoRAX(ModelSettings, CustomLLM):
    """A LoRAX server as LlamaIndex's LLM.

    Every setting can be given here or at each call, where a call's keyword wins.

    Example:
        >>> from llama_index.llms.lorax import LoRAX
        >>> llm = LoRAX(base_url="http://127.0.0.1:8080")
        >>> llm.complete("Why is the sky blue?", adapter_id="acme/physics").text
        ' Rayleigh scattering'
        >>> for piece in llm.stream_complete("Why is the sky blue?", adapter_id="acme/physics"):
        ...     print(piece.delta, end="")
         Rayleigh scattering
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    max_new_tokens: int | None = Field(
        256, ge=1, description="Tokens to generate at most; the client's own default is 20."
    )
    context_window: int = Field(
        2048, ge=1, description="Tokens of the longest prompt and its answer together."
    )
    is_chat_model: bool = Field(
        True, description="Whether prompts go through the model's chat template."
    )

    @classmethod
    def class_name(cls) -> str:
        """The name that a serialised model is found by."""
        return "LoRAX_LLM"

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex plans its prompts with."""
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.max_new_tokens or self.context_window // 2,
            is_chat_model=self.is_chat_model,
            model_name=self.adapter_id or "lorax",
        )

    @completion_callback
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Complete a prompt."""
        answer = self.client.generate(self._prompt(prompt, formatted), **self.arguments(kwargs))
        return _completed(answer)

    @completion_callback
    async def acomplete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponse:
        """Complete a prompt."""
        return _completed(
            await self.async_client.generate(
                self._prompt(prompt, formatted), **self.arguments(kwargs)
            )
        )

    @completion_callback
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        """Complete a prompt, token by token."""
        arguments = self.arguments(kwargs)
        stream = self.client.generate_stream(self._prompt(prompt, formatted), **arguments)

        def pieces() -> CompletionResponseGen:
            text = ""
            with stream:
                for token in stream:
                    delta = token.text
                    text += delta
                    yield _piece(text, delta, token)
                    if token.is_stopped and not token.is_last:
                        return

        return pieces()

    @completion_callback
    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseAsyncGen:
        """Complete a prompt, token by token."""
        arguments = self.arguments(kwargs)
        stream = self.async_client.generate_stream(self._prompt(prompt, formatted), **arguments)

        async def pieces() -> CompletionResponseAsyncGen:
            text = ""
            async with stream:
                async for token in stream:
                    delta = token.text
                    text += delta
                    yield _piece(text, delta, token)
                    if token.is_stopped and not token.is_last:
                        return

        return pieces()

    @chat_callback
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer a conversation."""
        return _chatted(self.client.chat(_turns(messages), **self.arguments(kwargs)))

    @chat_callback
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer a conversation."""
        return _chatted(await self.async_client.chat(_turns(messages), **self.arguments(kwargs)))

    @chat_callback
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Answer a conversation, piece by piece."""
        stream = self.client.chat_stream(_turns(messages), **self.arguments(kwargs))

        def pieces() -> ChatResponseGen:
            text = ""
            with stream:
                for chunk in stream:
                    text += chunk.text
                    yield _chat_piece(text, chunk)
                    if chunk.finish_reason and chunk.usage is None:
                        return  # a stop sequence ended the text before the server noticed

        return pieces()

    @chat_callback
    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        """Answer a conversation, piece by piece."""
        stream = self.async_client.chat_stream(_turns(messages), **self.arguments(kwargs))

        async def pieces() -> ChatResponseAsyncGen:
            text = ""
            async with stream:
                async for chunk in stream:
                    text += chunk.text
                    yield _chat_piece(text, chunk)
                    if chunk.finish_reason and chunk.usage is None:
                        return  # a stop sequence ended the text before the server noticed

        return pieces()

    def _prompt(self, prompt: str, formatted: bool) -> str:
        if formatted or self.completion_to_prompt is None:
            return prompt
        return self.completion_to_prompt(prompt)


def _turns(messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
    """Messages in the client's form.

    Raises:
        ValidationError: One holds something else than text.
    """
    for message in messages:
        for block in message.blocks:
            if not isinstance(block, TextBlock):
                raise ValidationError(f"messages hold text alone here, no {block.block_type}.")
    return [{"role": m.role.value, "content": m.content or ""} for m in messages]


def _usage(prompt: int, generated: int) -> dict[str, dict[str, int]]:
    """Usage where LlamaIndex's token counter looks for it."""
    total = prompt + generated
    return {
        "usage": {"prompt_tokens": prompt, "completion_tokens": generated, "total_tokens": total}
    }


def _about(answer: answers.Response | answers.StreamResponse) -> dict[str, Any]:
    """What is said beside a completion's text."""
    if answer.details is None:
        return {}
    usage = _usage(answer.details.prompt_tokens, answer.details.generated_tokens)
    reason = {"finish_reason": answer.finish_reason.value if answer.finish_reason else None}
    return {"raw": {**usage, **reason}, "additional_kwargs": {**usage["usage"], **reason}}


def _completed(answer: answers.Response) -> CompletionResponse:
    return CompletionResponse(text=answer.text, **_about(answer))


def _piece(text: str, delta: str, token: answers.StreamResponse) -> CompletionResponse:
    if token.details is None:  # all but the last
        return CompletionResponse(text=text, delta=delta)
    return CompletionResponse(text=text, delta=delta, **_about(token))


def _chatted(answer: answers.ChatResponse) -> ChatResponse:
    return ChatResponse(
        message=ChatMessage(role=MessageRole.ASSISTANT, content=answer.text),
        **_about_chat(answer.usage, answer.finish_reason),
    )


def _chat_piece(text: str, chunk: answers.ChatChunk) -> ChatResponse:
    return ChatResponse(
        message=ChatMessage(role=MessageRole.ASSISTANT, content=text),
        delta=chunk.text,
        **_about_chat(chunk.usage, chunk.finish_reason),
    )


def _about_chat(usage: answers.Usage | None, reason: str | None) -> dict[str, Any]:
    """What is said beside a chat's text."""
    if usage is None:
        return {}
    counted = _usage(usage.prompt_tokens, usage.completion_tokens)
    finish = {"finish_reason": reason}
    return {"raw": {**counted, **finish}, "additional_kwargs": {**counted["usage"], **finish}}
