"""LangChain's messages as the client's turns; what other models put into them the client reads."""

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core import messages as said

from langchain_lorax.answers import as_written
from lorax.errors import ValidationError

Turn = dict[str, Any]


def turns(messages: Sequence[said.BaseMessage]) -> list[Turn]:
    """A conversation as the client takes it.

    Args:
        messages: LangChain's messages, of this model or of any other.

    Raises:
        ValidationError: There is a message that nobody says.
    """
    return [{**_speaker(message), "content": message.content} for message in messages]


def _speaker(message: said.BaseMessage) -> Turn:
    """Who speaks, and what a turn has beside its content."""
    match message:
        case said.HumanMessage():
            return {"role": "user"}
        case said.SystemMessage():
            return {"role": "system"}
        case said.AIMessage():
            function = message.additional_kwargs.get("function_call")
            calls = [*_calls(message)]
            return {"role": "assistant", "tool_calls": calls, "function_call": function}
        case said.ToolMessage():
            told = {"tool_call_id": message.tool_call_id, "name": message.name or None}
            return {"role": "tool", **told}
        case said.FunctionMessage():
            return {"role": "function", "name": message.name}
        case said.ChatMessage():
            return {"role": message.role}
        case _:
            raise ValidationError(f"messages cannot hold a {type(message).__name__}.")


def _calls(message: said.AIMessage) -> Iterator[Turn]:
    """The calls of an answer that LangChain read, and those that were broken."""
    for call in message.tool_calls:
        yield {"id": call["id"], "name": call["name"], "arguments": call["args"]}
    for broken in message.invalid_tool_calls:
        arguments = as_written(broken["args"])
        yield {"id": broken["id"], "name": broken["name"] or "", "arguments": arguments}
