"""LoRAX as a LangChain chat model."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from inspect import signature
from typing import Any, TypeAlias

from langchain_core.language_models import BaseChatModel, ModelProfile
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, field_validator, model_validator

from langchain_lorax.answers import ChatChunks, chat_result
from langchain_lorax.batching import all_at_once
from langchain_lorax.calling import AsyncRun, Run, Stop, astreamed, awhole, streamed, whole
from langchain_lorax.chat_binding import Chatting, described
from langchain_lorax.errors import raised_for_langchain
from langchain_lorax.messages import turns
from langchain_lorax.settings import Settings
from lorax.calls import chat
from lorax.documenting import with_fields
from lorax.errors import UnknownParameterError
from lorax.messages import words
from lorax.parameters import GenerationSettings

Messages: TypeAlias = list[BaseMessage]
_NOT_OF_CHAT = GenerationSettings.model_fields.keys() - signature(chat).parameters.keys()
# Not "structured_output": agents would then leave out the tool that ends a run.
_PROFILE = ModelProfile(
    text_inputs=True,
    image_inputs=True,
    image_url_inputs=True,
    text_outputs=True,
    tool_calling=True,
    tool_choice=True,
    tool_call_streaming=True,
    temperature=True,
)


@with_fields
class ChatLoRAX(Chatting, Settings, BaseChatModel):  # type: ignore[misc]  # as of LoRAX
    """A LoRAX server's chat, whose every call can name its LoRA adapter.

    What can be set here can be given at each call and by `bind`, too; a call's keyword wins.

    Setup:
        Install `langchain-lorax`, and have a LoRAX server's address.

    Instantiate:
        >>> from langchain_lorax import ChatLoRAX
        >>> chat = ChatLoRAX(base_url="http://127.0.0.1:8080", adapter_id="acme/support")

    Invoke:
        >>> answer = chat.invoke([("system", "Be brief."), ("user", "Why is the sky blue?")])
        >>> answer.text
        'Air scatters blue light most.'
        >>> answer.usage_metadata["total_tokens"], answer.response_metadata["finish_reason"]
        (41, 'stop')

    Adapter:
        >>> chat.invoke("How many books are there?", adapter_id="acme/sql")
        >>> sql = chat.with_adapter("acme/sql")  # it shares connections
        >>> agent_step = chat.bind(adapter_id="acme/sql").bind_tools([tables])

    Stream:
        >>> for piece in chat.stream("Why is the sky blue?"):
        ...     print(piece.text, end="")
        Air scatters blue light most.

    Async:
        >>> await chat.ainvoke("Why is the sky blue?")
        >>> async for piece in chat.astream("Why is the sky blue?"): ...
        >>> await chat.abatch(["Why?", "How?"])

    Tool calling:
        >>> class Weather(BaseModel):
        ...     '''Tell the weather of a city.'''
        ...
        ...     city: str
        >>> chat.bind_tools([Weather]).invoke("Is it raining in Rome?").tool_calls
        [{'name': 'Weather', 'args': {'city': 'Rome'}, 'id': 'call_…', 'type': 'tool_call'}]

    Structured output:
        >>> class Book(BaseModel):
        ...     title: str
        ...     year: int
        >>> chat.with_structured_output(Book).invoke("Who wrote Dracula, and when?")
        Book(title='Dracula', year=1897)

    Image input:
        >>> chat.invoke([HumanMessage([{"type": "image", "url": "https://…"}, "What is it?"])])

    Token usage:
        >>> chat.invoke("Why is the sky blue?").usage_metadata
        {'input_tokens': 36, 'output_tokens': 8, 'total_tokens': 44}

    Response metadata:
        >>> chat.invoke("Why is the sky blue?").response_metadata
        {'model_name': 'acme/support', 'queue_time': 0.002, 'time_to_first_token': 0.04, …}

    Raises:
        ModelError: As LangChain sorts errors, and a `lorax.errors.LoraxError` at once.
    """

    parallel_tool_calls: bool = Field(
        default=False, description="Let the model ask for several calls of tools at once."
    )
    server_tools: bool = Field(
        default=False,
        description="Use the server's own `tools`, for models whose chat template prints them; "
        "otherwise they are described and enforced by the client.",
    )
    streaming: bool | None = Field(
        default=None,
        description="Ask for every answer as a stream, also where a whole one is wanted.",
    )

    @property
    def _llm_type(self) -> str:
        return "lorax-chat"

    @model_validator(mode="after")
    def _is_of_chat(self) -> "ChatLoRAX":
        _check_of_chat(self.keywords())
        return self

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return self.identity(None, {})

    def _get_invocation_params(self, stop: Stop = None, **kwargs: Any) -> dict[str, Any]:
        return {**self.identity(stop, self._options(kwargs)), "_type": self._llm_type}

    def _get_llm_string(self, stop: Stop = None, **kwargs: Any) -> str:
        return str(sorted(self.identity(stop, self._options(kwargs)).items()))

    def _resolve_model_profile(self) -> ModelProfile:
        return _PROFILE

    @field_validator("profile")
    @classmethod
    def _beside_what_is_known(cls, value: ModelProfile | None) -> Any:
        return value and {**_PROFILE, **value}

    def get_num_tokens_from_messages(
        self, messages: Messages, tools: Sequence[Any] | None = None
    ) -> int:
        """How many tokens a conversation has, without what the model's template puts around turns.

        Images are not counted. It is one request to the server, whatever the number of messages.
        """
        with raised_for_langchain():
            told = [json.dumps(described(tool)) for tool in tools or []]
            said = words(turns(messages))
        return self.get_num_tokens("\n".join([*said, *told]))

    def batch(self, inputs: list[Any], config: Any = None, **kwargs: Any) -> list[AIMessage]:
        """Answer each input; all at once, as far as the server takes them, and in their order."""
        return super().batch(inputs, all_at_once(config, len(inputs)), **kwargs)

    def batch_as_completed(
        self, inputs: Sequence[Any], config: Any = None, **kwargs: Any
    ) -> Iterator[Any]:
        """Answer each input, and give each answer with its number as it comes."""
        return super().batch_as_completed(inputs, all_at_once(config, len(inputs)), **kwargs)

    def _generate(
        self, messages: Messages, stop: Stop = None, run_manager: Run = None, **kwargs: Any
    ) -> ChatResult:
        arguments = self._arguments(messages, stop, kwargs)
        return chat_result(whole(self.client.chat, arguments))

    async def _agenerate(
        self, messages: Messages, stop: Stop = None, run_manager: AsyncRun = None, **kwargs: Any
    ) -> ChatResult:
        arguments = self._arguments(messages, stop, kwargs)
        return chat_result(await awhole(self.async_client.chat, arguments))

    def _stream(
        self, messages: Messages, stop: Stop = None, run_manager: Run = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        # LangChain tells its callbacks of each chunk itself.
        arguments = self._arguments(messages, stop, kwargs)
        return streamed(self.client.chat_stream, arguments, ChatChunks())

    def _astream(
        self, messages: Messages, stop: Stop = None, run_manager: AsyncRun = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        arguments = self._arguments(messages, stop, kwargs)
        return astreamed(self.async_client.chat_stream, arguments, ChatChunks())

    def _arguments(self, messages: Messages, stop: Stop, call: dict[str, Any]) -> dict[str, Any]:
        """What the client is called with."""
        arguments = self.call_arguments(stop, self._options(call))
        with raised_for_langchain():
            _check_of_chat(arguments)
            return {**arguments, "messages": turns(messages)}

    def _options(self, call: dict[str, Any]) -> dict[str, Any]:
        """A call's keywords with what is said of tools, which may be functions and classes."""
        given: Sequence[Any] = call.get("tools") or []
        with raised_for_langchain():
            tools = [described(tool) for tool in given]
        left_out = {"tools"} if tools else {"tools", "tool_choice"}
        options: dict[str, Any] = {
            "parallel_tool_calls": self.parallel_tool_calls,
            "server_tools": self.server_tools,
            **{name: value for name, value in call.items() if name not in left_out},
        }
        return {**options, "tools": tools} if tools else options


def _check_of_chat(settings: Mapping[str, Any]) -> None:
    for name in _NOT_OF_CHAT & settings.keys():
        raise UnknownParameterError(
            f"{name} is not taken by a LoRAX server's chat; LoRAX() has it."
        )
