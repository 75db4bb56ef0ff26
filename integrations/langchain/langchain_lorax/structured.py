"""Structured output: what is bound for a schema, and how the answer is read by it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, cast

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import (
    BaseOutputParser,
    JsonOutputParser,
    PydanticOutputParser,
)
from langchain_core.output_parsers.openai_tools import (
    JsonOutputKeyToolsParser,
    PydanticToolsParser,
)
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import BaseModel

from langchain_lorax.answers import is_json
from lorax.shapes import is_object

Method = Literal["json_schema", "function_calling", "json_mode"]
Answer = dict[str, Any] | BaseModel


@dataclass(frozen=True)
class Structured:
    """What makes a model answer with a value of a schema.

    Attributes:
        keywords: What each call is given.
        parser: What reads the answer.
    """

    keywords: Mapping[str, Any]
    parser: Runnable[Any, Any]

    def around(
        self, chat: Runnable[LanguageModelInput, AIMessage], *, include_raw: bool
    ) -> Runnable[LanguageModelInput, Answer]:
        """A model that was given the keywords, and its answers read."""
        parser = RunnableGenerator(_whole, _awhole) | self.parser
        if not include_raw:
            return chat | parser
        read = RunnablePassthrough.assign(
            parsed=itemgetter("raw") | parser, parsing_error=lambda _: None
        )
        unread = RunnablePassthrough.assign(parsed=lambda _: None)
        # The model comes first: it is the first step that a call's keywords reach.
        raw = chat | RunnableMap(raw=RunnablePassthrough())
        return cast(
            "Runnable[LanguageModelInput, Answer]",
            raw | read.with_fallbacks([unread], exception_key="parsing_error"),
        )


def _whole(pieces: Iterator[AIMessage]) -> Iterator[AIMessage]:
    """An answer as it comes; LangChain's parsers would take one that was cut for a whole one."""
    seen: list[AIMessage] = []
    for piece in pieces:
        seen.append(piece)
        yield piece
    _check_whole(seen)


async def _awhole(pieces: AsyncIterator[AIMessage]) -> AsyncIterator[AIMessage]:
    seen: list[AIMessage] = []
    async for piece in pieces:
        seen.append(piece)
        yield piece
    _check_whole(seen)


def _check_whole(seen: Sequence[AIMessage]) -> None:
    if seen[-1].response_metadata.get("finish_reason") != "length":
        return
    answer: Any = sum(seen[1:], cast("Any", seen[0]))
    if answer.invalid_tool_calls or not (answer.tool_calls or is_json(answer.text)):
        raise OutputParserException(
            "The answer was cut: max_new_tokens was reached.", llm_output=answer.text
        )


def structured(schema: Any, method: Method, strict: bool | None) -> Structured:
    """What makes a model answer with a value of a schema, by a method.

    Args:
        schema: A pydantic class, a TypedDict, a JSON schema or an OpenAI function.
        method: The way that `with_structured_output` names.
        strict: Told to traces alone.

    Raises:
        ValueError: There is no such method, or no schema.
    """
    if schema is None:
        raise ValueError("with_structured_output needs a schema: the form of the answer.")
    told = {"kwargs": {"method": method, "strict": strict}, "schema": schema}
    parser: BaseOutputParser[Any]
    if method == "function_calling":
        tool = convert_to_openai_tool(schema)
        name = tool["function"]["name"]
        keywords: dict[str, Any] = {"tools": [tool], "tool_choice": name, "response_format": None}
        parser = (
            PydanticToolsParser(tools=[schema], first_tool_only=True)
            if _is_class(schema)
            else JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)
        )
    elif method in {"json_schema", "json_mode"}:
        form = _form(schema) if method == "json_schema" else {"type": "json_object"}
        # The answer is no call, whatever tools were bound before.
        keywords = {"response_format": form, "tools": [], "tool_choice": None}
        parser = (
            PydanticOutputParser(pydantic_object=schema)
            if _is_class(schema)
            else JsonOutputParser()
        )
    else:
        raise ValueError(
            f"method should be json_schema, function_calling or json_mode, not {method!r}"
        )
    return Structured({**keywords, "ls_structured_output_format": told}, parser)


def _is_class(schema: Any) -> bool:
    return isinstance(schema, type) and is_basemodel_subclass(schema)


def _form(schema: Any) -> Any:
    """A schema as the client takes it; LangChain's reader of schemas wants a title in each."""
    given: Any = schema
    is_function = is_object(given) and ("name" in given or "function" in given)
    if isinstance(given, type) and not issubclass(given, BaseModel):
        return convert_to_json_schema(schema)
    return convert_to_json_schema(schema) if is_function else schema
