"""A call's keywords as LlamaIndex's handlers of events can write them: data, no classes."""

from collections.abc import Mapping
from typing import Any

from llama_index.core.tools.types import BaseTool
from llama_index.llms.lorax.tools import described

from lorax.grammar import schema_of
from lorax.tools import Tool
from lorax.validating import checked


class _Form(dict[str, Any]):
    """The schema of a response format, which keeps what it was made of: that checks an answer."""

    def __init__(self, given: Any) -> None:
        super().__init__(schema_of(given) or {})
        self.given = given


def shown(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a call, in the form that is shown.

    Raises:
        ValidationError: One is no response format, or no tool.
    """
    given = dict(keywords)
    if given.get("response_format") is not None:
        given["response_format"] = _Form(given["response_format"])
    if isinstance(given.get("tools"), list | tuple):
        given["tools"] = [_tool(tool) for tool in given["tools"]]
    return given


def meant(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that were given, in the form that the client takes."""
    form = keywords.get("response_format")
    return {**keywords, "response_format": form.given} if isinstance(form, _Form) else {**keywords}


def _tool(tool: Any) -> Any:
    if isinstance(tool, BaseTool):
        return described(tool)
    return checked(Tool, tool, "tools").model_dump() if isinstance(tool, type) else tool
