"""LoRAX as a LangChain LLM: text in, text out."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, TypeAlias

from langchain_core.callbacks import Callbacks
from langchain_core.language_models import LLM
from langchain_core.outputs import GenerationChunk, LLMResult
from pydantic import Field, PrivateAttr

from langchain_lorax.answers import TextChunks, llm_result
from langchain_lorax.batching import in_tasks, in_threads
from langchain_lorax.binding import Keeping
from langchain_lorax.calling import AsyncRun, Run, Stop, astreamed, awhole, streamed, whole
from langchain_lorax.settings import Settings, covered
from lorax.documenting import with_fields
from lorax.types import Response

AnyCallbacks: TypeAlias = Callbacks | list[Callbacks] | None
# What LangChain hands on of a run; it is no keyword of the model's.
_OF_A_RUN = {"tags", "metadata", "run_name", "run_id"}


class Completing(Keeping[str, "Completing"]):
    """What completions and all that is made of them share."""


@with_fields
class LoRAX(Completing, Settings, LLM):
    """A LoRAX server's completions, each of which can name its LoRA adapter.

    What can be set here can be given at each call and by `bind`, too; a call's keyword wins.

    Setup:
        Install `langchain-lorax`, and have a LoRAX server's address.

    Instantiate:
        >>> from langchain_lorax import LoRAX
        >>> llm = LoRAX(base_url="http://127.0.0.1:8080", max_new_tokens=64)

    Invoke:
        >>> llm.invoke("Why is the sky blue?", adapter_id="acme/physics")
        ' Rayleigh scattering'

    Stream:
        >>> for text in llm.stream("Why is the sky blue?", adapter_id="acme/physics"):
        ...     print(text, end="")
         Rayleigh scattering

    Async:
        >>> await llm.ainvoke("Why is the sky blue?")
        ' Rayleigh scattering'

    Chain:
        >>> chain = prompt | llm.bind(adapter_id="acme/sql", stop=[";"])

    Structured output:
        >>> books = PydanticOutputParser(pydantic_object=Book)
        >>> chain = prompt | llm.bind(response_format=Book, check=True) | books

    Token usage:
        >>> llm.generate(["Why is the sky blue?"]).llm_output["token_usage"]
        {'prompt_tokens': 6, 'completion_tokens': 5, 'total_tokens': 11}

    Raises:
        ModelError: As LangChain sorts errors, and a `lorax.errors.LoraxError` at once.
    """

    logprobs: bool = Field(
        default=False,
        description="Tell each token with its log-probability, in generation_info.",
    )

    # The keywords of the call that this copy of the model was made for.
    _call_keywords: dict[str, Any] = PrivateAttr(default_factory=dict[str, Any])

    @property
    def _llm_type(self) -> str:
        return "lorax"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"logprobs": self.logprobs, **self.identity(None, self._call_keywords)}

    def _for_call(self, stop: Stop, call: dict[str, Any]) -> tuple["LoRAX", dict[str, Any]]:
        """A copy that knows a call's keywords: LangChain keys its cache by the model alone."""
        given = call if stop is None else {**call, "stop_sequences": stop}
        copy = self.model_copy()
        copy._call_keywords = {k: v for k, v in given.items() if k not in _OF_A_RUN}
        return copy, given

    def generate(
        self, prompts: list[str], stop: Stop = None, callbacks: AnyCallbacks = None, **kwargs: Any
    ) -> LLMResult:
        """Complete each prompt; like LangChain's own, with a cache that knows the call."""
        model, call = self._for_call(stop, kwargs)
        return LLM.generate(model, prompts, None, callbacks, **call)

    async def agenerate(
        self, prompts: list[str], stop: Stop = None, callbacks: AnyCallbacks = None, **kwargs: Any
    ) -> LLMResult:
        """Complete each prompt; like LangChain's own, with a cache that knows the call."""
        model, call = self._for_call(stop, kwargs)
        return await LLM.agenerate(model, prompts, None, callbacks, **call)

    def stream(self, input: Any, config: Any = None, **kwargs: Any) -> Iterator[str]:  # noqa: A002
        """Complete a prompt, and give each piece of text as it comes."""
        return super().stream(input, config, **covered(kwargs))  # callbacks see the keywords

    def astream(self, input: Any, config: Any = None, **kwargs: Any) -> AsyncIterator[str]:  # noqa: A002
        """Complete a prompt, and give each piece of text as it comes."""
        return super().astream(input, config, **covered(kwargs))

    def _call(self, prompt: str, stop: Stop = None, run_manager: Run = None, **kwargs: Any) -> str:
        return self._whole(self.call_arguments(stop, kwargs), prompt).text

    async def _acall(
        self, prompt: str, stop: Stop = None, run_manager: AsyncRun = None, **kwargs: Any
    ) -> str:
        return (await self._awhole(self.call_arguments(stop, kwargs), prompt)).text

    def _generate(
        self, prompts: list[str], stop: Stop = None, run_manager: Run = None, **kwargs: Any
    ) -> LLMResult:
        logprobs, arguments = self._told(stop, kwargs)
        answers = in_threads(partial(self._whole, arguments), prompts)
        return llm_result(answers, logprobs=logprobs)

    async def _agenerate(
        self, prompts: list[str], stop: Stop = None, run_manager: AsyncRun = None, **kwargs: Any
    ) -> LLMResult:
        logprobs, arguments = self._told(stop, kwargs)
        answers = await in_tasks(partial(self._awhole, arguments), prompts)
        return llm_result(answers, logprobs=logprobs)

    def _whole(self, arguments: dict[str, Any], prompt: str) -> Response:
        return whole(partial(self.client.generate, prompt), arguments)

    async def _awhole(self, arguments: dict[str, Any], prompt: str) -> Response:
        return await awhole(partial(self.async_client.generate, prompt), arguments)

    def _stream(
        self, prompt: str, stop: Stop = None, run_manager: Run = None, **kwargs: Any
    ) -> Iterator[GenerationChunk]:
        logprobs, arguments = self._told(stop, kwargs)
        call = partial(self.client.generate_stream, prompt)
        return streamed(call, arguments, TextChunks(logprobs), run_manager)

    def _astream(
        self, prompt: str, stop: Stop = None, run_manager: AsyncRun = None, **kwargs: Any
    ) -> AsyncIterator[GenerationChunk]:
        logprobs, arguments = self._told(stop, kwargs)
        call = partial(self.async_client.generate_stream, prompt)
        return astreamed(call, arguments, TextChunks(logprobs), run_manager)

    def _told(self, stop: Stop, call: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
        """Whether tokens are wanted, and what the client is called with."""
        logprobs = call.pop("logprobs", self.logprobs)
        return bool(logprobs), self.call_arguments(stop, call)
