"""A conversation in the form that reaches a model: what a server would lose is written as text.

Tool calls and their results never reach the prompt as such (recording chat/tool_history), and
many templates know no role for them. So a call is written as the model itself writes one, and a
result as a turn of the user's.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lorax.errors import ValidationError
from lorax.parameters import Text, checked
from lorax.shapes import is_object

Content = Text | list[dict[str, Any]]


class CalledFunction(BaseModel):
    """What was called in an earlier turn.

    Attributes:
        name: The function.
        arguments: Its arguments, as an object or as the JSON of one.
    """

    name: Text
    arguments: dict[str, Any] | Text = Field(default_factory=dict[str, Any])


class PastCall(BaseModel):
    """A tool call of an earlier turn, in OpenAI's form or in that of `ToolCall`."""

    id: Text | None = None
    function: CalledFunction

    @model_validator(mode="before")
    @classmethod
    def _any_form(cls, value: Any) -> Any:
        given: Any = value.model_dump() if isinstance(value, BaseModel) else value
        if is_object(given) and "function" not in given and "name" in given:
            arguments = given.get("arguments", given.get("args", {}))
            function = {"name": given["name"], "arguments": arguments}
            return {"id": given.get("id"), "function": function}
        return given

    @property
    def written(self) -> dict[str, Any]:
        """The call as a model writes it."""
        given = self.function.arguments
        arguments: Any = given
        if isinstance(given, str):
            try:
                arguments = json.loads(given or "{}")
            except ValueError:
                arguments = given
        return {"name": self.function.name, "arguments": arguments}


class ChatMessage(BaseModel):
    """One turn of a conversation.

    Attributes:
        role: Who speaks: `system`, `user`, `assistant`, or `tool` for the result of a call.
        content: What is said, as text or as a list of text and image_url parts.
        tool_calls: The calls of an assistant's turn.
        tool_call_id: Of a result: the call's id.
        name: Of a result: the function's name, where the call's id does not tell it.
    """

    model_config = ConfigDict(extra="forbid")

    role: Text = Field(min_length=1)
    content: Content | None = None
    tool_calls: list[PastCall] | None = None
    tool_call_id: Text | None = None
    name: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ChatMessage":
        if self.content is None and not self.tool_calls:
            raise ValueError("content is missing: text or a list of parts; calls may stand alone")
        return self

    @property
    def calls(self) -> list[PastCall]:
        """The calls of an assistant's turn."""
        return self.tool_calls or []


Messages = str | Sequence[Mapping[str, Any] | ChatMessage]
Role = Literal["system", "user", "assistant"]


def turns(messages: Messages) -> list[ChatMessage]:
    """The turns of a conversation; a text is one user's turn.

    Raises:
        ValidationError: The messages are no conversation.
    """
    if isinstance(messages, str):
        return [ChatMessage(role="user", content=messages)]
    given: Any = messages
    if not isinstance(given, list | tuple):
        raise ValidationError(f"messages should be a text or a list of turns, not {given!r}.")
    found = [
        turn if isinstance(turn, ChatMessage) else checked(ChatMessage, turn) for turn in messages
    ]
    if not found:
        raise ValidationError("messages cannot be empty: a conversation has at least one turn")
    return found


def rendered(messages: Sequence[ChatMessage], instructions: str = "") -> list[dict[str, Any]]:
    """The turns as they are sent: role and content alone.

    Args:
        messages: The turns.
        instructions: What the model is told beside them; it stands in the first turn if that is
            the system's or the user's, since not every template takes a system's turn.
    """
    names = {call.id: call.function.name for turn in messages for call in turn.calls}
    out: list[dict[str, Any]] = []
    after_result = False
    for turn in messages:
        content = turn.content or ""
        if turn.role == "tool":
            name = turn.name or names.get(turn.tool_call_id)
            content = _joined(f"Result of {name}: " if name else "Result: ", content, "")
        if turn.calls:
            calls = [call.written for call in turn.calls]
            text = json.dumps(calls[0] if len(calls) == 1 else calls, ensure_ascii=False)
            content = _joined(content, text, "\n") if content else text
        role = "user" if turn.role == "tool" else turn.role
        # Templates that want turns to alternate would refuse two of the user's.
        if after_result and role == "user":
            out[-1]["content"] = _joined(out[-1]["content"], content, "\n")
        else:
            out.append({"role": role, "content": content})
        after_result = turn.role == "tool"
    if instructions:
        _put_before(out, instructions)
    return out


def _put_before(turns: list[dict[str, Any]], instructions: str) -> None:
    first = turns[0]
    if first["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": instructions})
    elif first["role"] == "system":
        first["content"] = _joined(first["content"], instructions, "\n\n")
    else:
        first["content"] = _joined(instructions, first["content"], "\n\n")


def _joined(one: Content, two: Content, between: str) -> Content:
    if isinstance(one, str) and isinstance(two, str):
        return one + between + two
    before, after = _parts(one), _parts(two)
    if after[:1] and isinstance(after[0].get("text"), str):
        after = [{**after[0], "text": between + after[0]["text"]}, *after[1:]]
    return [*before, *after]


def _parts(content: Content) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content
