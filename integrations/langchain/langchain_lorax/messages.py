"""LangChain's messages as the client's turns; what other models put into them the client reads."""

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from langchain_lorax.answers import as_written
from lorax.errors import ValidationError

Turn = dict[str, Any]


def turns(messages: Sequence[BaseMessage]) -> list[Turn]:
    """A conversation as the client takes it.

    Args:
        messages: LangChain's messages, of this model or of any other.

    Raises:
        ValidationError: There is a message that nobody says.
    """
    return [{**_speaker(message), "content": message.content} for message in messages]


def _speaker(message: BaseMessage) -> Turn:
    """Who speaks, and what a turn has beside its content."""
    match message:
        case HumanMessage():
            return {"role": "user"}
        case SystemMessage():
            return {"role": "system"}
        case AIMessage():
            beside = message.additional_kwargs
            calls = [*_calls(message)]
            return {
                "role": "assistant",
                "tool_calls": calls,
                "function_call": beside.get("function_call"),
            }
        case ToolMessage():
            return {
                "role": "tool",
                "tool_call_id": message.tool_call_id,
                "name": message.name or None,
            }
        case FunctionMessage():
            return {"role": "function", "name": message.name}
        case ChatMessage():
            return {"role": message.role}
        case _:
            raise ValidationError(f"messages cannot hold a {type(message).__name__}.")


def _calls(message: AIMessage) -> Iterator[Turn]:
    """The calls of an answer that LangChain read, and those that were broken."""
    for call in message.tool_calls:
        yield {"id": call["id"], "name": call["name"], "arguments": call["args"]}
    for broken in message.invalid_tool_calls:
        arguments = as_written(broken["args"])
        yield {"id": broken["id"], "name": broken["name"] or "", "arguments": arguments}
