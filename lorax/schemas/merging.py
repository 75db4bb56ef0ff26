"""JSON schemas read: references followed, and several schemas for one value made one."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from lorax.errors import ValidationError
from lorax.shapes import is_list, is_object

Schema = dict[str, Any]

# What says nothing about which values are allowed.
_ANNOTATIONS = {
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$recursiveAnchor",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "id",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
}
REFERRING = ("$ref", "$dynamicRef", "$recursiveRef")
_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")


class UnsatisfiableError(Exception):
    """No value fits; the message says why."""


class References:
    """Finds what a `$ref` means within one schema.

    Args:
        root: The whole schema.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._base = str(root.get("$id", ""))
        self._cyclic: dict[str, bool] = {}

    def find(self, reference: str) -> Any:
        """The schema that a reference names: `#`, `#/a/pointer` or `#anchor`.

        Raises:
            ValidationError: There is none, or it is elsewhere.
        """
        local = reference.removeprefix(self._base) if self._base else reference
        if not local.startswith("#"):
            raise ValidationError(
                f"response_format refers to {reference!r}, which is not in the schema: only "
                "references that begin with # can be followed."
            )
        pointer = unquote(local[1:])
        if pointer and not pointer.startswith("/"):
            return self._anchored(pointer, reference)
        there: Any = self._root
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            there = self._step(there, name, reference)
        return there

    def is_cyclic(self, reference: str) -> bool:
        """Whether what a `$ref` names holds itself, directly or through others."""
        if reference not in self._cyclic:
            self._cyclic[reference] = reference in self._reached(reference)
        return self._cyclic[reference]

    def _reached(self, reference: str) -> set[str]:
        seen: set[str] = set()
        waiting: list[Any] = [self.find(reference)]
        while waiting:
            item = waiting.pop()
            if is_list(item):
                waiting.extend(item)
            elif is_object(item):
                name = referred(item)
                if name is not None and name not in seen:
                    seen.add(name)
                    waiting.append(self.find(name))
                waiting.extend(item.values())
        return seen

    @staticmethod
    def _step(there: Any, name: str, reference: str) -> Any:
        if is_object(there) and name in there:
            return there[name]
        if is_list(there) and name.isdigit() and int(name) < len(there):
            return there[int(name)]
        raise ValidationError(f"response_format refers to {reference!r}, where nothing stands.")

    def _anchored(self, name: str, reference: str) -> Any:
        waiting: list[Any] = [self._root]
        while waiting:
            item = waiting.pop()
            if is_object(item):
                if name in {item.get("$anchor"), item.get("$dynamicAnchor")}:
                    return item
                waiting.extend(item.values())
            elif is_list(item):
                waiting.extend(item)
        raise ValidationError(f"response_format refers to {reference!r}, where nothing stands.")


def referred(schema: Mapping[str, Any]) -> str | None:
    """What a schema refers to; within one schema the dynamic forms say the same."""
    names = [schema.get(key) for key in REFERRING]
    return next((name for name in names if isinstance(name, str)), None)


def same(one: Any, two: Any) -> bool:
    """Whether two JSON values are the same one; in Python 1 is True."""
    if is_list(one) and is_list(two):
        return len(one) == len(two) and all(map(same, one, two))
    if is_object(one) and is_object(two):
        return one.keys() == two.keys() and all(same(one[name], two[name]) for name in one)
    return isinstance(one, bool) == isinstance(two, bool) and bool(one == two)


def plain(schema: Any) -> Schema:
    """A schema without what is no constraint; `true` is the empty one.

    Raises:
        UnsatisfiableError: It is `false`.
        ValidationError: It is no schema.
    """
    if schema is True:
        return {}
    if schema is False:
        raise UnsatisfiableError("nothing is allowed there")
    if not is_object(schema):
        raise ValidationError(f"response_format holds {schema!r} where a schema should be.")
    return {key: value for key, value in schema.items() if key not in _ANNOTATIONS}


def types(schema: Mapping[str, Any]) -> list[str] | None:
    """The types a schema names; None for any.

    Raises:
        ValidationError: One is no type.
    """
    named = schema.get("type")
    if named is None:
        return None
    listed: list[str] = named if is_list(named) else [named]
    for name in listed:
        if name not in _TYPES:
            allowed = ", ".join(_TYPES)
            raise ValidationError(f"response_format has the type {name!r}; allowed are {allowed}.")
    return listed


def merged(one: Mapping[str, Any], two: Mapping[str, Any]) -> Schema:
    """One schema for values that fit both; both are `plain`.

    What cannot be joined (two patterns, two formats) is kept under `also`, as a list of schemas.

    Raises:
        UnsatisfiableError: No value fits both.
    """
    one, two = _ruled(two, one), _ruled(one, two)
    out = dict(one)
    for key, value in two.items():
        if key not in out or same(out[key], value):
            out[key] = value
        elif key in _JOINED:
            out[key] = _JOINED[key](out[key], value)
        elif key == "const":
            raise UnsatisfiableError(f"it should be {out[key]!r} and {value!r} at once")
        else:
            out["also"] = [*out.get("also", []), {key: value}]
    return out


def _ruled(one: Mapping[str, Any], two: Mapping[str, Any]) -> Mapping[str, Any]:
    """The second schema, its parts held to what the first says of those it does not name."""
    known, rest = one.get("prefixItems", []), one.get("items", True)
    if rest is not True and not is_list(rest) and len(two.get("prefixItems", [])) > len(known):
        places = two["prefixItems"]
        held = [_all_of(place, rest) for place in places[len(known) :]]
        two = {**two, "prefixItems": [*places[: len(known)], *held]}
    rule = one.get("additionalProperties", True)
    if rule is True or "properties" not in two:
        return two
    patterns = list(one.get("patternProperties", ()))
    named = {
        name: part
        if name in one.get("properties", ()) or any(_matches(item, name) for item in patterns)
        else _all_of(part, rule)
        for name, part in two["properties"].items()
    }
    return {**two, "properties": named}


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def _all_of(one: Any, two: Any) -> Any:
    if one is False or two is False:
        return False
    return {"allOf": [one, two]}


def _properties(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    both = {name: _all_of(one[name], two[name]) for name in two if name in one}
    return {**one, **two, **both}


def _choices(one: list[Any], two: list[Any]) -> list[Any]:
    return [_all_of(mine, other) for mine in one for other in two]


def _places(one: list[Any], two: list[Any]) -> list[Any]:
    longer = max(one, two, key=len)
    joined = [_all_of(mine, other) for mine, other in zip(one, two, strict=False)]
    return [*joined, *longer[len(joined) :]]


def _common_types(one: Any, two: Any) -> list[str]:
    mine, others = types({"type": one}) or [], types({"type": two}) or []
    common = [name for name in mine if name in others]
    for narrow, wide in ((mine, others), (others, mine)):
        if "integer" in narrow and "number" in wide and "integer" not in common:
            common.append("integer")
    if not common:
        raise UnsatisfiableError(f"its type should be {mine[0]} and {others[0]} at once")
    return common


_JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "type": _common_types,
    "properties": _properties,
    "required": lambda one, two: list(dict.fromkeys([*one, *two])),
    "enum": lambda one, two: [item for item in one if any(same(item, other) for other in two)],
    "anyOf": _choices,
    "oneOf": _choices,
    "prefixItems": _places,
    "also": lambda one, two: [*one, *two],
    **dict.fromkeys(("items", "additionalProperties", "propertyNames", "contains"), _all_of),
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minimum"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maximum"), min),
}
