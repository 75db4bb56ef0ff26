"""LoRAX as a LlamaIndex LLM: completions and chat, whole and streamed."""

import pickle
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from typing import Any

from llama_index.core.base.llms.generic_utils import messages_to_prompt
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    ImageBlock,
    LLMMetadata,
)
from llama_index.core.llms.custom import CustomLLM
from llama_index.core.llms.llm import default_completion_to_prompt
from llama_index.llms.lorax.callbacks import chat_callback, completion_callback
from llama_index.llms.lorax.converting import (
    Chatting,
    Completing,
    Prompted,
    chatted,
    completed,
    turns,
)
from llama_index.llms.lorax.guarding import guarded
from llama_index.llms.lorax.showing import meant
from llama_index.llms.lorax.structured import StructuredPrediction
from llama_index.llms.lorax.tools import ToolCalling
from pydantic import ConfigDict, Field, PrivateAttr, field_serializer

from lorax import AsyncStream, Stream
from lorax.documenting import with_fields
from lorax.errors import UnknownParameterError, ValidationError
from lorax.grammar import schema_of
from lorax.types import Info
from lorax.wrapping import DumpedSettings, ModelSettings

# A LoRAX server's own default, until it was asked.
_CONTEXT_WINDOW = 2048


@guarded
@with_fields
class LoRAX(DumpedSettings, ModelSettings, StructuredPrediction, ToolCalling, CustomLLM):
    """A LoRAX server as LlamaIndex's LLM.

    Every setting can be given here or at each call, where a call's keyword wins. Query engines,
    chat engines and agents hand no keywords on: give them `llm.with_adapter("acme/physics")`.

    Example:
        >>> from llama_index.llms.lorax import LoRAX
        >>> llm = LoRAX(base_url="http://127.0.0.1:8080")
        >>> llm.complete("Why is the sky blue?", adapter_id="acme/physics").text
        ' Rayleigh scattering'
        >>> for piece in llm.stream_complete("Why is the sky blue?", adapter_id="acme/physics"):
        ...     print(piece.delta, end="")
         Rayleigh scattering
        >>> engine = index.as_query_engine(llm=llm.with_adapter("acme/physics"))
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    max_new_tokens: int | None = Field(
        default=256, ge=1, description="Tokens to generate at most; the client's own default is 20."
    )
    context_window: int | None = Field(
        default=None,
        ge=1,
        description="Tokens of the longest prompt and its answer together. None is what the "
        f"server said to `warmup`; before that, {_CONTEXT_WINDOW}, a server's own default.",
    )
    is_chat_model: bool = Field(
        default=True,
        description="Whether conversations, and the prompts of query engines, go through the "
        "model's chat template; False for adapters tuned on plain prompts.",
    )

    # What servers said, by address; no field, since caches are keyed by those.
    _windows: dict[str, int] = PrivateAttr(default_factory=dict[str, int])

    @classmethod
    def class_name(cls) -> str:
        """The name that a serialised model is found by."""
        return "LoRAX_LLM"

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex plans its prompts with; it asks at every call, so nothing is sent."""
        window = self.context_window or self._windows.get(self.address, _CONTEXT_WINDOW)
        return LLMMetadata(
            context_window=window,
            num_output=self.max_new_tokens or window // 2,
            is_chat_model=self.is_chat_model,
            is_function_calling_model=not self._writes_prompts,
            model_name=self.adapter_name or "lorax",
        )

    def warmup(self, *adapter_ids: str) -> Info:
        """Ask the server for its limits, and have it load adapters before they are needed.

        `metadata.context_window` becomes the server's own, unless it was set; so it does in all
        copies on this server. Do this before query engines are made of the model: they plan their
        prompts by it when they are made.

        Args:
            adapter_ids: The adapters to load; the model's own if none is given.

        Returns:
            What the server says of itself.

        Raises:
            WarmupError: Some adapters could not be loaded; `failures` has the error of each.
            LoraxError: Anything else that a call raises.

        Example:
            >>> llm.warmup("acme/physics", "acme/law").max_total_tokens
            8192
        """
        info = self._take(self.client.info())
        if adapters := self.to_load(adapter_ids):
            self.client.warmup(**adapters)
        return info

    async def awarmup(self, *adapter_ids: str) -> Info:
        """Ask the server for its limits, and have it load adapters; as `warmup`, awaited."""
        info = self._take(await self.async_client.info())
        if adapters := self.to_load(adapter_ids):
            await self.async_client.warmup(**adapters)
        return info

    def to_payload(self) -> dict[str, Any]:
        """What handlers of events are told of the model: nothing secret."""
        return {**super().to_payload(), "base_url": self.address, "adapter_id": self.adapter_name}

    @completion_callback
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Complete a prompt.

        Args:
            prompt: The text to go on from.
            formatted: Whether it is as the model shall get it; otherwise `completion_to_prompt`
                makes it so.
            kwargs: Any parameter of the client's `generate`, such as `adapter_id`.

        Returns:
            The answer; `raw` has `usage`, `finish_reason`, `timings` in seconds, the `adapter_id`
            and `model_id` that the server used, and `parsed` where it was to be checked.

        Raises:
            UnknownParameterError: A misspelt keyword. Nothing was sent.
            LoraxError: Anything else that `generate` raises.

        Example:
            >>> llm.complete("Why is the sky blue?", adapter_id="acme/physics").text
            ' Rayleigh scattering'
        """
        asked = self._prompt(prompt, formatted)
        return completed(self.client.generate(asked, **self.arguments(kwargs)))

    @completion_callback
    async def acomplete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponse:
        """Complete a prompt; as `complete`, awaited."""
        asked = self._prompt(prompt, formatted)
        return completed(await self.async_client.generate(asked, **self.arguments(kwargs)))

    @completion_callback
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        """Complete a prompt, token by token; the last has what `complete` gives beside the text."""
        asked = self._prompt(prompt, formatted)
        stream = self.client.generate_stream(asked, **self.arguments(kwargs))
        return _streamed(stream, Completing())

    @completion_callback
    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseAsyncGen:
        """Complete a prompt, token by token; as `stream_complete`, awaited."""
        asked = self._prompt(prompt, formatted)
        stream = self.async_client.generate_stream(asked, **self.arguments(kwargs))
        return _astreamed(stream, Completing())

    @chat_callback
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer a conversation.

        It is rendered by the model's own chat template; with `is_chat_model=False`, or where
        `messages_to_prompt` was given, by that.

        Args:
            messages: The turns so far, of text and images. Tool calls and their results reach the
                prompt as text.
            kwargs: Any parameter of the client's `chat`, such as `adapter_id` and `tools`.

        Returns:
            The answer; tool calls are blocks of its message, and `raw` is as `complete` gives it.

        Raises:
            UnknownParameterError: A misspelt keyword, or one that chat does not have.
            LoraxError: Anything else that the client's `chat` raises.

        Example:
            >>> turns = [ChatMessage(role="user", content="Why is the sky blue?")]
            >>> llm.chat(turns, adapter_id="acme/physics").message.content
            'The sky is blue because of Rayleigh scattering.'
        """
        arguments = self._chat_arguments(kwargs)
        if self._writes_prompts:
            return chatted(self.client.generate(self._written(messages), **arguments))
        return chatted(self.client.chat(turns(messages), **arguments))

    @chat_callback
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answer a conversation; as `chat`, awaited."""
        arguments = self._chat_arguments(kwargs)
        if self._writes_prompts:
            return chatted(await self.async_client.generate(self._written(messages), **arguments))
        return chatted(await self.async_client.chat(turns(messages), **arguments))

    @chat_callback
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Answer a conversation, piece by piece; tool calls grow as the text does."""
        arguments = self._chat_arguments(kwargs)
        if self._writes_prompts:
            tokens = self.client.generate_stream(self._written(messages), **arguments)
            return _streamed(tokens, Prompted())
        return _streamed(self.client.chat_stream(turns(messages), **arguments), Chatting())

    @chat_callback
    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        """Answer a conversation, piece by piece; as `stream_chat`, awaited."""
        arguments = self._chat_arguments(kwargs)
        if self._writes_prompts:
            tokens = self.async_client.generate_stream(self._written(messages), **arguments)
            return _astreamed(tokens, Prompted())
        return _astreamed(self.async_client.chat_stream(turns(messages), **arguments), Chatting())

    def arguments(self, call: dict[str, Any]) -> dict[str, Any]:
        """What the client is called with: the settings, and over them a call's keywords."""
        return super().arguments(meant(call))

    def _chat_arguments(self, call: dict[str, Any]) -> dict[str, Any]:
        """The same for a conversation, which is told what it cannot have, and how to have it."""
        if call.get("tools"):
            self._check_template()
        arguments = self.arguments(call)
        if arguments.get("merged_adapters") and not self._writes_prompts:
            raise UnknownParameterError(
                "merged_adapters do not go through chat: for prompts that are written here, give "
                "the model is_chat_model=False; or name one adapter by adapter_id."
            )
        return arguments

    @property
    def _writes_prompts(self) -> bool:
        """Whether a conversation becomes a prompt here, not by the server's chat template."""
        return not self.is_chat_model or self.messages_to_prompt is not messages_to_prompt

    def _written(self, messages: Sequence[ChatMessage]) -> str:
        assert self.messages_to_prompt is not None, "LlamaIndex puts its own"
        blocks = (block for message in messages for block in message.blocks)
        if self.messages_to_prompt is messages_to_prompt and any(
            isinstance(block, ImageBlock) for block in blocks
        ):
            raise ValidationError(
                "messages: an image would be lost in the prompt that is written here: leave "
                "is_chat_model=False away, or give a messages_to_prompt that writes it."
            )
        return self.messages_to_prompt(messages)

    def _prompt(self, prompt: str, formatted: bool) -> str:
        if formatted or self.completion_to_prompt is None:
            return prompt
        return self.completion_to_prompt(prompt)

    def _take(self, info: Info) -> Info:
        self._windows[self.address] = info.max_total_tokens
        return info

    def _undumped(self) -> list[str]:
        """What there is that a dump leaves out."""
        functions = [name for name, default in _UNDUMPED.items() if getattr(self, name) != default]
        return [*super()._undumped(), *functions]

    @field_serializer("response_format")
    def _as_schema(self, value: Any) -> dict[str, Any] | None:
        return schema_of(value)

    def __getstate__(self) -> dict[Any, Any]:
        """What is pickled: LlamaIndex would leave out in silence what cannot be."""
        state = super().__getstate__()
        if lost := _TELLING - state["__dict__"].keys():
            raise pickle.PicklingError(
                f"{' and '.join(sorted(lost))} of this LoRAX cannot be pickled, and it would "
                "answer otherwise without: give what stands at the top of a module."
            )
        return state


# What changes an answer and is a function or a class of the user's, with LlamaIndex's own.
_UNDUMPED = {
    "completion_to_prompt": default_completion_to_prompt,
    "messages_to_prompt": messages_to_prompt,
    "output_parser": None,
}
_TELLING = {*_UNDUMPED, "response_format"}


def _streamed(stream: Stream[Any], make: Callable[[Any], Any]) -> Generator[Any, None, None]:
    """A stream in LlamaIndex's pieces, left where the text has ended."""
    with stream:
        for piece in stream:
            yield make(piece)
            if piece.may_be_left:
                return


async def _astreamed(
    stream: AsyncStream[Any], make: Callable[[Any], Any]
) -> AsyncGenerator[Any, None]:
    """The same, awaited."""
    async with stream:
        async for piece in stream:
            yield make(piece)
            if piece.may_be_left:
                return
