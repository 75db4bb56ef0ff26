"""The smallest instance of a JSON schema: what the scripted model answers under one."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choices:
    """What a prompt's directives choose.

    Attributes:
        pick: A name: of the alternatives of an anyOf, the first that mentions it.
        text: The value of every string.
    """

    pick: str | None = None
    text: str = "text"


def smallest(schema: Any, choices: Choices) -> Any:
    """Build the instance.

    Example:
        >>> smallest({"properties": {"age": {"type": "integer"}}}, Choices())
        {'age': 7}
    """
    return _Builder(schema, choices).build(schema)


class _Builder:
    def __init__(self, root: Any, choices: Choices) -> None:
        self._root = root
        self._choices = choices

    def build(self, schema: Any) -> Any:
        if "$ref" in schema:
            return self.build(self._resolve(schema["$ref"]))
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self.build(self._picked(schema[key]))
        if "properties" in schema:
            return {name: self.build(part) for name, part in schema["properties"].items()}
        return self._of_type(schema)

    def _of_type(self, schema: Any) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._of_type({**schema, "type": kind[0]})
        if kind == "array":
            return [self.build(schema.get("items", {}))] * max(schema.get("minItems", 1), 1)
        plain = {
            "string": self._choices.text,
            "integer": 7,
            "number": 0.5,
            "boolean": True,
            "null": None,
        }
        return plain.get(kind, {})

    def _picked(self, options: list[Any]) -> Any:
        name = self._choices.pick
        names = {name, "no_tool"} if name == "content" else {name}
        for option in options:
            mentioned = json.dumps(option)
            if any(f'"{wanted}"' in mentioned or f"/{wanted}" in mentioned for wanted in names):
                return option
        return options[0]

    def _resolve(self, reference: str) -> Any:
        there = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            there = there[step.replace("~1", "/").replace("~0", "~")] if step else there
        return there
