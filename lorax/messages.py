"""A conversation in the form that reaches a model: what a server would lose is written as text.

Tool calls and their results never reach the prompt as such (recording chat/tool_history), and
many templates know no role for them. So a call is written as the model itself writes one, and a
result as a turn of the user's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import from_json

from lorax.errors import ValidationError
from lorax.histories import in_our_form, unfolded
from lorax.parameters import Text
from lorax.shapes import is_object, json_text
from lorax.validating import checked

Content = Text | list[dict[str, Any]]
# What a call's arguments are called: by us, by LangChain, by Anthropic.
_ARGUMENTS = ("arguments", "args", "input")


class CalledFunction(BaseModel):
    """What was called in an earlier turn.

    Attributes:
        name: The function.
        arguments: Its arguments, as an object or as the JSON of one.
    """

    name: Text
    arguments: dict[str, Any] | Text | None = None


class PastCall(BaseModel):
    """A tool call of an earlier turn, in OpenAI's form or Anthropic's, or in that of `ToolCall`."""

    id: Text | None = None
    function: CalledFunction

    @model_validator(mode="before")
    @classmethod
    def _any_form(cls, value: Any) -> Any:
        given: Any = value.model_dump() if isinstance(value, BaseModel) else value
        if is_object(given) and "function" not in given and "name" in given:
            known = [name for name in _ARGUMENTS if name in given]
            if not known:
                raise ValueError(f"arguments are missing: give them as {' or '.join(_ARGUMENTS)}")
            said = [given[name] for name in known if given[name] is not None]
            function = {"name": given["name"], "arguments": said[0] if said else None}
            return {"id": given.get("id"), "function": function}
        return given

    @property
    def arguments(self) -> Any:
        """The arguments; a text that is no JSON as it is."""
        given = self.function.arguments
        if not isinstance(given, str):
            return given or {}
        try:
            return from_json(given or "{}", allow_inf_nan=False)
        except ValueError:
            return given

    @property
    def written(self) -> dict[str, Any]:
        """The call as a model writes it."""
        return {"name": self.function.name, "arguments": self.arguments}


class ChatMessage(BaseModel):
    """One turn of a conversation.

    Attributes:
        role: Who speaks: `system`, `user`, `assistant`, or `tool` for the result of a call.
        content: What is said, as text or as a list of text and image_url parts. Parts of other
            providers' are read as `lorax.histories` says.
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

    @model_validator(mode="before")
    @classmethod
    def _of_any_form(cls, value: Any) -> Any:
        """Other clients' turns have fields that are empty; only one that says something counts."""
        if not is_object(value):
            return value
        known, given = cls.model_fields, in_our_form(value)
        return {k: v for k, v in given.items() if v is not None and (k in known or v)}

    @model_validator(mode="after")
    def _says_something(self) -> "ChatMessage":
        if self.content is None and not self.tool_calls and self.role != "assistant":
            raise ValueError("content is missing: text or a list of parts; calls may stand alone")
        return self

    @property
    def calls(self) -> list[PastCall]:
        """The calls of an assistant's turn."""
        return self.tool_calls or []


Messages = str | Sequence[Mapping[str, Any] | BaseModel]
_RESULTS = {"tool", "function"}


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
        checked(ChatMessage, turn, f"messages[{number}]")
        for number, given in enumerate(messages)
        for turn in ([given] if isinstance(given, ChatMessage) else unfolded(given))
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
    out: list[dict[str, Any]] = []
    waiting: list[_Waiting] = []
    after_result = False
    for turn in messages:
        content = turn.content or ""
        is_result = turn.role in _RESULTS
        if is_result:
            content = _joined(_about(turn, waiting), content, "")
        if turn.calls:
            names = [call.function.name for call in turn.calls]
            waiting = [(call, names.count(call.function.name) > 1) for call in turn.calls]
            calls = [call.written for call in turn.calls]
            text = json_text(calls[0] if len(calls) == 1 else calls, "messages")
            content = _joined(content, text, "\n") if content else text
        role = "user" if is_result else turn.role
        # Templates that want turns to alternate would refuse two of the user's.
        if after_result and role == "user":
            out[-1]["content"] = _joined(out[-1]["content"], content, "\n")
        else:
            out.append({"role": role, "content": content})
        after_result = is_result
    if instructions:
        _put_before(out, instructions)
    return out


def words(messages: Messages) -> list[str]:
    """What each turn says as it reaches the prompt; images say nothing.

    Raises:
        ValidationError: The messages are no conversation.
    """
    given = turns(messages) if messages else []
    parts = [_parts(turn["content"]) for turn in rendered(given)]
    return ["".join(part.get("text", "") for part in said) for said in parts]


# A call whose result has not come yet, and whether another one beside it has its name.
_Waiting = tuple[PastCall, bool]


def _about(turn: ChatMessage, waiting: list[_Waiting]) -> str:
    """What stands before a result: the call it is of, with its arguments where that is needed.

    Ids are not always unique (a LoRAX router's are all "0"), nor always there: then the calls are
    taken in their order.
    """
    for item in waiting:
        call, is_repeated = item
        name, wanted = call.function.name, turn.tool_call_id
        if turn.name in {None, name} and wanted in {None, call.id}:
            waiting.remove(item)
            told = f" {json_text(call.arguments, 'messages')}" if is_repeated else ""
            return f"Result of {name}{told}: "
    return f"Result of {turn.name}: " if turn.name else "Result: "


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
