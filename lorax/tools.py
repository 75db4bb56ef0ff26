"""Tools: what a model may call, how it is told so, and the grammar that holds it to a call.

The grammar is ours, sent as a response format. The server's own for `tools` also allows an empty
answer, loses `$defs`, knows one call a turn, and its texts are rarely compiled before (docs/
structured-output.md).
"""

import functools
import inspect
import json
from collections.abc import Sequence
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lorax import grammar
from lorax.errors import ValidationError
from lorax.parameters import Flag, Text
from lorax.schemas.lowering import Effort, Lowered, lower
from lorax.schemas.merging import Schema
from lorax.schemas.patterns import text as any_text
from lorax.shapes import is_list, is_object, json_text
from lorax.validating import checked, nearest

_FREE = {"auto", "none", "any", "required"}
_ANY_WORDS = {"type": "string", "pattern": any_text()}


class Tool(BaseModel):
    """A function that a model may call.

    Attributes:
        name: Its name.
        description: What it does, for the model.
        parameters: The JSON schema of its arguments, an object's.
    """

    model_config = ConfigDict(extra="ignore")

    name: Text = Field(min_length=1)
    description: Text = ""
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="before")
    @classmethod
    def _any_form(cls, value: Any) -> Any:
        if inspect.isclass(value) and issubclass(value, BaseModel):
            return _of_class(value)
        function: Any = value.get("function", value) if is_object(value) else None
        if not is_object(function):
            return cast("Any", value)
        fields = dict(function)
        fields.setdefault("parameters", fields.get("input_schema"))
        return {name: part for name, part in fields.items() if part is not None}


def _of_class(model: type[BaseModel]) -> dict[str, Any]:
    schema = grammar.schema_of(model) or {}
    words = inspect.getdoc(model) if model.__doc__ else ""
    return {"name": model.__name__, "description": words or "", "parameters": schema}


class ToolOptions(BaseModel):
    """What a chat can be told about tools."""

    tools: list[Any] = Field(
        default_factory=list[Any],
        description="Functions that the model may call: each a dict with `name`, `description` and "
        "`parameters` (a JSON schema), OpenAI's nesting of it, or a pydantic class.",
    )
    tool_choice: Any = Field(
        default=None,
        description='"auto" (the default) lets the model answer in words or call, "any" or '
        '"required" makes it call, "none" forbids it, and a tool\'s name makes it call that one.',
    )
    parallel_tool_calls: Flag = Field(
        default=False, description="Let the model ask for several calls at once."
    )
    server_tools: Flag = Field(
        default=False,
        description="Use the server's own `tools`, for models whose chat template prints them; "
        "otherwise they are described and enforced by the client.",
    )


class Toolbox:
    """The tools of a request, with the choice that was made among them.

    Args:
        options: What the caller gave.
        form: The response format that an answer in words is held to, in any form; None for text.

    Raises:
        ValidationError: A tool is none, two have one name, or the choice names none of them; or
            there is a form, and no answer in words that could have it.
    """

    def __init__(self, options: ToolOptions, form: Any = None) -> None:
        self.tools = [checked(Tool, tool, "tools") for tool in options.tools]
        names = [tool.name for tool in self.tools]
        for name in names:
            if names.count(name) > 1:
                raise ValidationError(f"tools has the name {name!r} more than once.")
            if name in _FREE:
                raise ValidationError(f"tools has the name {name!r}, which is a tool_choice.")
        self._choice = _choice(options.tool_choice, names)
        self._many = options.parallel_tool_calls
        self._words = grammar.schema_of(form) if self.active else None
        if self._words is not None and (options.server_tools or self._choice != "auto"):
            which = "server_tools" if options.server_tools else f"tool_choice {self._choice!r}"
            raise ValidationError(
                f"response_format and {which} exclude each other: only an answer in words beside "
                "tools of the client's own can be held to a form."
            )

    @property
    def active(self) -> bool:
        """Whether the answer can be a call."""
        return bool(self.tools) and self._choice != "none"

    @property
    def has_form(self) -> bool:
        """Whether an answer in words is JSON of a form."""
        return self._words is not None

    @property
    def servers_choice(self) -> str:
        """The choice as the server knows it: it cannot be made to call just any tool."""
        return "auto" if self._choice in {"any", "required"} else self._choice

    @property
    def _callable(self) -> list[Tool]:
        return [tool for tool in self.tools if self._choice in {*_FREE, tool.name}]

    def instructions(self) -> str:
        """What the model is told: the tools, and how to call one."""
        described = [tool.model_dump(exclude_defaults=True) for tool in self._callable]
        listed = "\n".join(json_text(_untitled(tool), "tools") for tool in described)
        call = '{"name": function name, "arguments": {argument: value}}'
        how = f"To call a function, answer with {call} and nothing else."
        if self._many:
            how += " To call several, answer with a list of those."
        if self._words is not None:
            schema = json_text(_untitled(self._words), "response_format")
            how += ' When no call is needed, answer with {"content": your answer}, where your '
            how += f"answer is JSON of this schema: {schema}"
        elif self._choice == "auto":
            how += ' To answer in words, answer with {"content": "your words"}.'
        else:
            how += " Call one now."
        return f"You can call these functions:\n{listed}\n\n{how}"

    def response_format(self, max_compile_seconds: float | None) -> dict[str, Any]:
        """What holds the model to a call, or to words where it may answer in them."""
        parameters = {tool.name: tool.parameters for tool in self._callable}
        words = self._words or (_ANY_WORDS if self._choice == "auto" else None)
        text = json_text([parameters, self._many, words], "tools")
        return grammar.sent(_explained(text), max_compile_seconds, "tools")

    def on_the_wire(self) -> list[dict[str, Any]]:
        """The tools for the server's own `tools`: parameters are mandatory, references lost."""
        out: list[dict[str, Any]] = []
        for tool in self.tools:
            if grammar.refers(tool.parameters):
                raise ValidationError(
                    f"tools: the parameters of {tool.name!r} have references, which the server "
                    "loses; without server_tools they are followed."
                )
            out.append({"type": "function", "function": {**tool.model_dump()}})
        return out


@functools.lru_cache(maxsize=128)
def _explained(text: str) -> grammar.Explanation:
    """What becomes of some tools' parameters, by the JSON of what matters."""
    parameters, many, words = json.loads(text)
    return grammar.affordable(lambda effort: _lowered(parameters, effort, words, many=many))


def _lowered(
    parameters: dict[str, Schema], effort: Effort, words: Schema | None, *, many: bool
) -> Lowered:
    """The union of calls: an array of it for several, and words where they are allowed."""
    changed: dict[str, list[str]] = {}
    unenforced: dict[str, list[str]] = {}
    calls: list[Schema] = []
    for name, schema in parameters.items():
        # Each on its own: a reference in it means a place in it.
        arguments = lower(schema or {"type": "object", "properties": {}}, effort)
        _told(arguments, name, changed, unenforced)
        calls.append(_object(name={"enum": [name]}, arguments=arguments.schema))
    one: Schema = calls[0] if len(calls) == 1 else {"anyOf": calls}
    answer: Schema = {"type": "array", "items": one, "minItems": 1} if many else one
    if words is not None:
        content = Lowered(words, {}, {}) if words == _ANY_WORDS else lower(words, effort)
        _told(content, "content", changed, unenforced)
        answer = {"anyOf": [*(answer.get("anyOf") or [answer]), _object(content=content.schema)]}
    return Lowered(answer, changed, unenforced)


def _told(
    lowered: Lowered,
    name: str,
    changed: dict[str, list[str]],
    unenforced: dict[str, list[str]],
) -> None:
    """Add what was lost in a part to what was lost in all."""
    for mine, theirs in ((changed, lowered.changed), (unenforced, lowered.unenforced)):
        mine.update({f"{name}{at.lstrip('$')}": said for at, said in theirs.items()})


def _choice(given: Any, names: Sequence[str]) -> str:
    """A choice in any form: a word, a tool's name, or OpenAI's or Anthropic's object."""
    choice = given
    if is_object(given):
        function: Any = given.get("function", given)
        choice = function.get("name", given.get("type")) if is_object(function) else None
    if choice is None and given is None:
        return "auto"
    if not names and choice not in {"auto", "none"}:
        raise ValidationError(f"tool_choice is {given!r}, and there are no tools.")
    if isinstance(choice, str) and (choice in names or choice in _FREE):
        return choice
    allowed = [*sorted(_FREE), *names]
    raise ValidationError(
        f"tool_choice should be one of {', '.join(allowed)}, not {given!r}."
        f"{nearest(str(choice), allowed)}"
    )


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _untitled(value: Any) -> Any:
    """A schema without the titles that pydantic writes: a model reads them for nothing."""
    if is_list(value):
        return [_untitled(item) for item in value]
    if not is_object(value):
        return value
    return {
        key: _untitled(item)
        for key, item in value.items()
        if not (key == "title" and isinstance(item, str))
    }
