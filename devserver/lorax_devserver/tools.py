"""The tools dialect of the chat route: the grammar that forces a call, and its answer read back.

All of it is the router's, oddities included (recordings tools/*).
"""

import json
from typing import Any

from lorax_devserver.bodies import ChatBody, Tool, ToolFunction
from lorax_devserver.wire import to_json, tool_error, without_none

NO_TOOL = "no_tool"
PROMPT = (
    "\nGiven the functions available, please respond with a JSON for a function call with its "
    "proper arguments that best answers the given prompt. Respond in the format {name: function "
    "name, parameters: dictionary of argument name and its value}.Do not use variables.\n"
)


def _no_tool() -> Tool:
    """The way out that stands beside the tools."""
    content = {"type": "string", "description": "The response content"}
    return Tool(
        type="function",
        function=ToolFunction(
            name=NO_TOOL,
            description="Open ened response with no specific tool selected",
            parameters={
                "type": "object",
                "properties": {"content": content},
                "required": ["content"],
            },
        ),
    )


def chosen(body: ChatBody) -> list[Tool]:
    """The tools that the answer must be a call of; none when it is free.

    Raises:
        RouterError: The choice names no tool, or a response format stands beside the tools.
    """
    if not body.tools or body.tool_choice == "none":
        return []
    if body.response_format is not None:
        raise tool_error("Response format and tools are mutually exclusive")
    choice = body.tool_choice or "auto"
    name = choice if isinstance(choice, str) else choice.Function.name
    if name == "auto":
        return [*body.tools, _no_tool()]
    named = [tool for tool in body.tools if tool.function.name == name]
    if not named:
        raise tool_error(f"Tool with name {name} not found")
    return named


def schema(tools: list[Tool]) -> dict[str, Any]:
    """The grammar: one function object of any of the tools; nothing is required at its top."""
    functions = {tool.function.name: _function_schema(tool.function) for tool in tools}
    union = [{"$ref": f"#/$functions/{name}"} for name in functions]
    return {"$functions": functions, "properties": {"function": {"anyOf": union}}}


def _function_schema(function: ToolFunction) -> dict[str, Any]:
    """Only properties, required and the description are copied: $defs are lost.

    Properties that are no object, and required that is no list, are passed over.
    """
    properties = function.parameters.get("properties")
    required = function.parameters.get("required")
    return {
        "description": function.description or "",
        "additionalProperties": False,
        "properties": {
            "_name": {"type": "string", "const": function.name},
            **(properties if isinstance(properties, dict) else {}),
        },
        "required": ["_name", *(required if isinstance(required, list) else [])],
    }


def prompt(body: ChatBody) -> str:
    """The tools' description as it stands behind the last message."""
    tools = [_described(tool) for tool in [*(body.tools or []), _no_tool()]]
    words = PROMPT if body.tool_prompt is None else body.tool_prompt
    return f"\n---\n{to_json(tools).decode()}\n{words}"


def _described(tool: Tool) -> dict[str, Any]:
    function = without_none(
        description=tool.function.description,
        name=tool.function.name,
        parameters=tool.function.parameters,
    )
    return {"type": tool.type, "function": function}


def message(text: str) -> dict[str, Any]:
    """The answer's message: a call, or the words of no_tool.

    Raises:
        RouterError: The text is no call.
    """
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as error:
        reason = _serde(error, text)
        quoted = json.dumps(text, ensure_ascii=False)
        raise tool_error(f"Failed to parse generated text: {reason} {quoted}") from None
    function = answer.get("function") if isinstance(answer, dict) else None
    if not isinstance(function, dict):
        raise tool_error("No function found in generated text")
    name = function.pop("_name", None)
    if not isinstance(name, str):
        raise tool_error("No _name found in generated text")
    if name == NO_TOOL:
        if not isinstance(function.get("content"), str):
            raise tool_error("No `content` found in generated text")
        return {"role": "assistant", "content": function["content"]}
    return {"role": "assistant", "tool_calls": [_call(name, function)]}


def _call(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """A call; taking `_name` out puts the last argument in its place."""
    in_order = list(given.items())
    arguments = dict([*in_order[-1:], *in_order[:-1]])
    return {
        "id": "0",
        "type": "function",
        "function": {
            "description": None,
            "name": name,
            "arguments": to_json(arguments).decode(),
        },
    }


def _serde(error: json.JSONDecodeError, text: str) -> str:
    """Python's words for text that is no JSON, as serde's."""
    if error.msg.startswith("Unterminated string"):
        return f"EOF while parsing a string at line 1 column {len(text)}"
    if error.pos >= len(text):
        return f"EOF while parsing a value at line 1 column {len(text)}"
    if text[error.pos] in "tfn":
        return f"expected ident at line 1 column {error.pos + 2}"
    return f"expected value at line 1 column {error.pos + 1}"
