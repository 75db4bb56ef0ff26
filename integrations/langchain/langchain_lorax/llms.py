"""LoRAX as a LangChain LLM: text in, text out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
    Callbacks,
)
from langchain_core.language_models.llms import LLM
from langchain_core.outputs import Generation, GenerationChunk, LLMResult
from langchain_core.runnables.config import ContextThreadPoolExecutor
from pydantic import ConfigDict, Field, PrivateAttr

from lorax.grammar import response_format
from lorax.parameters import combined
from lorax.types import Response, StreamResponse
from lorax.wrapping import ModelSettings


class LoRAX(ModelSettings, LLM):  # type: ignore[misc]  # mypy's plugin, of two models' model_construct
    """A LoRAX server's completions.

    Every setting can be given here, at each call, or by `bind`; a call's keyword wins.

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
        >>> chain = prompt | llm.bind(adapter_id="sql", stop=[";"]) | StrOutputParser()
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True, hide_input_in_errors=True)

    stop_sequences: list[str] = Field(
        default_factory=list, alias="stop", description="Texts that end an answer; cut from it."
    )
    max_new_tokens: int | None = Field(
        512, ge=1, description="Tokens to generate at most; the client's own default is 20."
    )

    @property
    def _llm_type(self) -> str:
        return "lorax"

    # The keywords of the call that this copy of the model was made for.
    _call_keywords: dict[str, Any] = PrivateAttr(default_factory=dict[str, Any])

    @property
    def _identifying_params(self) -> dict[str, Any]:
        """All that changes an answer, and no secret: the key of LangChain's cache."""
        settings = {**self.keywords(), "stop_sequences": self.stop_sequences}
        given = combined(settings, self._call_keywords)
        given["response_format"] = response_format(given.get("response_format"))
        return {"base_url": self.address, **given, "api_token": None}

    def _for_call(self, call: dict[str, Any]) -> "LoRAX":
        """A copy that knows a call's keywords: LangChain keys its cache by the model alone."""
        copy = self.model_copy()
        copy._call_keywords = call
        return copy

    def generate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        callbacks: Callbacks | list[Callbacks] | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        """Complete each prompt; like LangChain's own, with a cache that knows the call."""
        model = self._for_call(_without_run(kwargs))
        return LLM.generate(model, prompts, stop, callbacks, **kwargs)

    async def agenerate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        callbacks: Callbacks | list[Callbacks] | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        """Complete each prompt; like LangChain's own, with a cache that knows the call."""
        model = self._for_call(_without_run(kwargs))
        return await LLM.agenerate(model, prompts, stop, callbacks, **kwargs)

    @property
    def lc_secrets(self) -> dict[str, str]:
        """Where the secrets of a serialised model come from."""
        return {"api_key": "LORAX_API_KEY", "api_token": "LORAX_API_TOKEN"}

    def _call(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> str:
        return self.client.generate(prompt, **self._arguments(stop, kwargs)).text

    async def _acall(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> str:
        answer = await self.async_client.generate(prompt, **self._arguments(stop, kwargs))
        return answer.text

    def _generate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        generate = partial(self.client.generate, **self._arguments(stop, kwargs))
        with ContextThreadPoolExecutor() as pool:
            return _result(list(pool.map(generate, prompts)))

    async def _agenerate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        arguments = self._arguments(stop, kwargs)
        generate = self.async_client.generate
        tasks = [asyncio.ensure_future(generate(p, **arguments)) for p in prompts]
        try:
            return _result(await asyncio.gather(*tasks))
        finally:  # one failed, or this was cancelled: the others must not go on
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _stream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[GenerationChunk]:
        arguments = self._arguments(stop, kwargs)
        with self.client.generate_stream(prompt, **arguments) as stream:
            for token in stream:
                if chunk := _chunk(token):
                    if run_manager:
                        run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk
                if token.is_stopped and not token.is_last:
                    return

    async def _astream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[GenerationChunk]:
        arguments = self._arguments(stop, kwargs)
        async with self.async_client.generate_stream(prompt, **arguments) as stream:
            async for token in stream:
                if chunk := _chunk(token):
                    if run_manager:
                        await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk
                if token.is_stopped and not token.is_last:
                    return

    def _arguments(self, stop: list[str] | None, call: dict[str, Any]) -> dict[str, Any]:
        """What the client is called with; a stop given beside the prompt wins."""
        arguments = self.arguments(call)
        return {**arguments, "stop_sequences": stop} if stop is not None else arguments


def _without_run(keywords: dict[str, Any]) -> dict[str, Any]:
    """A call's keywords without those that LangChain itself takes, which name a run."""
    of_a_run = {"tags", "metadata", "run_name", "run_id"}
    return {name: value for name, value in keywords.items() if name not in of_a_run}


def _result(answers: list[Response]) -> LLMResult:
    """Answers in LangChain's form, with their usage."""
    prompt = generated = 0
    generations: list[list[Generation]] = []
    model = None
    for answer in answers:
        info: dict[str, Any] = {}
        model = answer.metadata.model_id or model
        if answer.finish_reason is not None:
            info["finish_reason"] = answer.finish_reason.value
        if answer.details is not None:
            prompt += answer.details.prompt_tokens
            generated += answer.details.generated_tokens
        generations.append([Generation(text=answer.text, generation_info=info)])
    output = {"token_usage": _usage(prompt, generated), "model_name": model}
    return LLMResult(generations=generations, llm_output=output)


def _chunk(token: StreamResponse) -> GenerationChunk | None:
    """A token in LangChain's form; None when it shows nothing and ends nothing.

    Only the last chunk has generation_info: LangChain adds the numbers of all chunks up.
    """
    if not (token.is_last or token.is_stopped):
        return GenerationChunk(text=token.text) if token.text else None
    info: dict[str, Any] = {}
    if token.finish_reason is not None:
        info["finish_reason"] = token.finish_reason.value
    if token.details is not None:
        prompt, generated = token.details.prompt_tokens, token.details.generated_tokens
        info["token_usage"] = _usage(prompt, generated)
    return GenerationChunk(text=token.text, generation_info=info)


def _usage(prompt: int, generated: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": generated,
        "total_tokens": prompt + generated,
    }
