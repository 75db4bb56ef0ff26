"""Structured output: what is bound for a schema, and how the answer is read by it."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from operator import itemgetter
from typing import Any, Literal, cast, get_args

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.output_parsers.openai_tools import JsonOutputKeyToolsParser, PydanticToolsParser
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import BaseModel

from lorax.shapes import is_object

Method = Literal["json_schema", "function_calling", "json_mode"]
Answer = dict[str, Any] | BaseModel
Asked = tuple[dict[str, Any], Runnable[Any, Any]]


def reading(
    chat: Runnable[LanguageModelInput, AIMessage], parser: Runnable[Any, Any], include_raw: bool
) -> Runnable[LanguageModelInput, Answer]:
    """A model's answers as values.

    Args:
        chat: The model, which was given what `asked` says.
        parser: What reads its answers.
        include_raw: Whether the message is given as well, and what it cannot be read for.
    """
    whole = RunnableGenerator(_whole, _awhole) | parser
    if not include_raw:
        return chat | whole
    read = RunnablePassthrough.assign(
        parsed=itemgetter("raw") | whole, parsing_error=lambda _: None
    )
    unread = RunnablePassthrough.assign(parsed=lambda _: None)
    either = read.with_fallbacks([unread], exception_key="parsing_error")
    # The model comes first: it is the first step that a call's keywords reach.
    raw = chat | RunnableMap(raw=RunnablePassthrough())
    return cast("Runnable[LanguageModelInput, Answer]", raw | either)


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
    first, *others = seen
    answer: Any = cast("Any", first) + others if others else first
    reason = seen[-1].response_metadata.get("finish_reason")
    if answer.invalid_tool_calls or (not answer.tool_calls and _is_cut(answer.text, reason)):
        why = "max_new_tokens was reached" if reason == "length" else "it is no JSON as it ended"
        raise OutputParserException(f"The answer was cut: {why}.", llm_output=answer.text)


def _is_cut(text: str, reason: str | None) -> bool:
    """Whether JSON did not come to its end; at the limit, whether it is not all there is."""
    begun = text.lstrip()
    if not begun.startswith(("{", "[")):
        return reason == "length"
    try:
        json.JSONDecoder().raw_decode(begun)
    except (ValueError, RecursionError):
        return True
    return False


def asked(schema: Any, method: Method, strict: bool | None) -> Asked:
    """What is bound for values of a schema, and what reads them.

    Args:
        schema: A pydantic class, a TypedDict, a JSON schema or an OpenAI function.
        method: The way that `with_structured_output` names.
        strict: Told to traces alone.

    Raises:
        ValueError: There is no such method, or it is no schema.
    """
    if not is_object(schema) and not hasattr(schema, "__annotations__"):
        raise ValueError(
            f"with_structured_output needs a class with fields or a JSON schema, not {schema!r}; "
            "what is neither can be a field of a class."
        )
    if method not in get_args(Method):
        names = " or ".join(get_args(Method))
        raise ValueError(f"method should be {names}, not {method!r}")
    keywords, parser = _call(schema) if method == "function_calling" else _form(schema, method)
    told = {"kwargs": {"method": method, "strict": strict}, "schema": schema}
    return {**keywords, "ls_structured_output_format": told}, parser


def _call(schema: Any) -> Asked:
    """A value as the arguments of a call."""
    tool = convert_to_openai_tool(schema)
    name = tool["function"]["name"]
    keywords = {"tools": [tool], "tool_choice": name, "response_format": None}
    if _is_class(schema):
        return keywords, PydanticToolsParser(tools=[schema], first_tool_only=True)
    return keywords, JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)


def _form(schema: Any, method: Method) -> Asked:
    """A value as the text: no call, whatever tools were bound, and no stop cuts it."""
    form = {"type": "json_object"} if method == "json_mode" else _schema(schema)
    tools: dict[str, Any] = {"tools": [], "tool_choice": None}
    keywords: dict[str, Any] = {"response_format": form, "stop_sequences": [], **tools}
    if _is_class(schema):
        return keywords, PydanticOutputParser[Any](pydantic_object=schema)
    return keywords, JsonOutputParser()


def _is_class(schema: Any) -> bool:
    return isinstance(schema, type) and is_basemodel_subclass(schema)


def _schema(given: Any) -> Any:
    """A schema as the client takes it; LangChain's reader of schemas wants a title in each."""
    schema: Any = given
    is_function = is_object(given) and ("name" in given or "function" in given)
    is_typed = isinstance(given, type) and not issubclass(given, BaseModel)  # pydantic 1's, too
    return convert_to_json_schema(schema) if is_function or is_typed else schema
