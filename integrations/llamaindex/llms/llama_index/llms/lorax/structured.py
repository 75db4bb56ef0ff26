"""Structured prediction: the server holds the answer to the class that was asked for."""

import contextlib
from collections.abc import AsyncGenerator, Generator, Iterator
from typing import Any, Generic

from llama_index.core.base.llms.types import ChatResponse, CompletionResponse
from llama_index.core.instrumentation.events.llm import (
    LLMStructuredPredictEndEvent,
    LLMStructuredPredictStartEvent,
)
from llama_index.core.llms.llm import LLM
from llama_index.core.llms.structured_llm import StructuredLLM
from llama_index.core.program.utils import FlexibleModel, create_flexible_model
from llama_index.core.prompts import PromptTemplate
from llama_index.core.types import Model, PydanticProgramMode
from llama_index.llms.lorax.callbacks import report
from llama_index.llms.lorax.guarding import guarded
from pydantic import BaseModel
from pydantic_core import from_json

from lorax.schemas.checking import checker

_Partial = Any  # as the framework's methods say it: a Model or a FlexibleModel, or lists of those


@guarded
class StructuredLoRAX(StructuredLLM):
    """A model whose every answer is a value of a class."""


class StructuredPrediction(LLM):
    """Prediction of a class's values by the server's grammar, one request each.

    With another `pydantic_program_mode` than the default, LlamaIndex's own programs do it:
    `FUNCTION` by a tool and `LLM` by words, both of which describe the class in the prompt.
    """

    def structured_predict(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """Predict a value of a class.

        Args:
            output_cls: The class; the server lets the model write nothing else.
            prompt: What is asked, as a template.
            llm_kwargs: Keywords of the call, such as `adapter_id`.
            prompt_args: The template's variables.

        Raises:
            AnswerMismatchError: max_new_tokens cut the answer, or the class has rules that no
                grammar knows; it has the text.
            LoraxError: Anything else that a call raises.

        Example:
            >>> llm.structured_predict(Person, PromptTemplate("Who wrote {book}?"), book="Emma")
            Person(name='Jane Austen', born=1775)
        """
        if not self._is_native:
            framework: Any = super()
            value: Model = framework.structured_predict(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
            return value
        _began(output_cls, prompt, prompt_args)
        asked, keywords = self._asked(output_cls, prompt, llm_kwargs, prompt_args)
        call = self.chat if self.metadata.is_chat_model else self.complete
        return _ended(output_cls, call(asked, **keywords))

    async def astructured_predict(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """Predict a value of a class; as `structured_predict`, awaited."""
        if not self._is_native:
            framework: Any = super()
            value: Model = await framework.astructured_predict(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
            return value
        _began(output_cls, prompt, prompt_args)
        asked, keywords = self._asked(output_cls, prompt, llm_kwargs, prompt_args)
        call = self.achat if self.metadata.is_chat_model else self.acomplete
        return _ended(output_cls, await call(asked, **keywords))

    def _structured_stream_call(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Generator[_Partial, None, None]:
        if not self._is_native:
            return super()._structured_stream_call(output_cls, prompt, llm_kwargs, **prompt_args)
        asked, keywords = self._asked(output_cls, prompt, llm_kwargs, prompt_args)
        call = self.stream_chat if self.metadata.is_chat_model else self.stream_complete
        pieces, growing = call(asked, **keywords), _Growing(output_cls)

        def partials() -> Generator[_Partial, None, None]:
            with contextlib.closing(pieces):
                for piece in pieces:
                    yield from growing.feed(piece)
            yield growing.whole()

        return partials()

    async def _structured_astream_call(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> AsyncGenerator[_Partial, None]:
        if not self._is_native:
            return await super()._structured_astream_call(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
        asked, keywords = self._asked(output_cls, prompt, llm_kwargs, prompt_args)
        call = self.astream_chat if self.metadata.is_chat_model else self.astream_complete
        pieces, growing = await call(asked, **keywords), _Growing(output_cls)

        async def partials() -> AsyncGenerator[_Partial, None]:
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    for partial in growing.feed(piece):
                        yield partial
            yield growing.whole()

        return partials()

    def as_structured_llm(self, output_cls: type[BaseModel], **kwargs: Any) -> StructuredLoRAX:
        """A model whose every answer is a value of a class.

        Args:
            output_cls: The class.
            kwargs: Other settings of `StructuredLLM`.

        Example:
            >>> llm.as_structured_llm(Person).complete("Who wrote Emma?").raw
            Person(name='Jane Austen', born=1775)
        """
        return StructuredLoRAX(llm=self, output_cls=output_cls, **kwargs)

    @property
    def _is_native(self) -> bool:
        return self.pydantic_program_mode is PydanticProgramMode.DEFAULT

    def _asked(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None,
        prompt_args: dict[str, Any],
    ) -> tuple[Any, dict[str, Any]]:
        """What is asked, and with which keywords."""
        # A stop sequence would cut the value.
        keywords: dict[str, Any] = {
            "stop_sequences": [],
            **(llm_kwargs or {}),
            "response_format": output_cls,
        }
        if self.metadata.is_chat_model:
            messages = prompt.format_messages(llm=self, **prompt_args)
            return self._extend_messages(messages), keywords
        return self._get_prompt(prompt, **prompt_args), {**keywords, "formatted": True}


def _text(answer: ChatResponse | CompletionResponse) -> str:
    if isinstance(answer, ChatResponse):
        return answer.message.content or ""
    return answer.text


def _began(output_cls: type[Any], prompt: PromptTemplate, prompt_args: dict[str, Any]) -> None:
    report(
        LLMStructuredPredictStartEvent(
            output_cls=output_cls, template=prompt, template_args=prompt_args
        )
    )


def _ended(output_cls: type[Model], answer: ChatResponse | CompletionResponse) -> Model:
    output: Model = checker(output_cls)(_text(answer))
    report(LLMStructuredPredictEndEvent(output=output))
    return output


class _Growing(Generic[Model]):
    """Reads an answer while it grows, as values that have what came so far."""

    def __init__(self, output_cls: type[Model]) -> None:
        self._output_cls = output_cls
        self._flexible = create_flexible_model(output_cls)
        self._text = ""
        self._seen: Any = {}

    def feed(self, piece: ChatResponse | CompletionResponse) -> Iterator[Model | FlexibleModel]:
        """The value after another piece, if that added something."""
        self._text = _text(piece)
        try:
            seen = from_json(self._text, allow_partial="trailing-strings")
        except ValueError:
            return
        if seen == self._seen:
            return
        self._seen = seen
        try:
            yield self._output_cls.model_validate(seen)
        except Exception:  # noqa: BLE001  # the class's own validators raise anything on a part
            if isinstance(seen, dict):
                yield self._flexible.model_validate(seen)

    def whole(self) -> Model:
        """The value at the end.

        Raises:
            AnswerMismatchError: The answer is none.
        """
        value: Model = checker(self._output_cls)(self._text)
        return value
