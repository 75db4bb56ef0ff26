"""Values written out as schemas: constants, ranges of numbers, unions."""

import math
from collections.abc import Sequence
from typing import Any

from lorax.merging import Schema
from lorax.shapes import is_list, is_object

# Whole numbers in a range of so many are written out.
_MOST_NUMBERS = 32


def constant(value: Any) -> Schema:
    """The schema of one value; servers take those of arrays and objects piece by piece alone."""
    if is_object(value):
        if not value:
            return {"type": "object", "maxProperties": 0}
        properties = {name: constant(item) for name, item in value.items()}
        return {"type": "object", "properties": properties, "required": list(value)}
    if is_list(value):
        if not value:
            return {"type": "array", "maxItems": 0}
        return {"type": "array", "prefixItems": [constant(item) for item in value]}
    return {"enum": [value]}


def any_of(options: Sequence[Schema]) -> Schema:
    """A union, flat and with nothing twice; a single schema stands for itself.

    Example:
        >>> any_of([{"type": "null"}, {"anyOf": [{"type": "null"}, {"enum": [1]}]}])
        {'anyOf': [{'type': 'null'}, {'enum': [1]}]}
    """
    flat: list[Schema] = []
    for option in options:
        for item in option.get("anyOf", [option]):
            if item not in flat:
                flat.append(item)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def is_of(value: Any, names: Sequence[str]) -> bool:
    """Whether a value is of one of the JSON types."""
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, int | float):
        whole = value == int(value)
        return "number" in names or (whole and "integer" in names)
    kinds = ((str, "string"), (list, "array"), (dict, "object"), (type(None), "null"))
    return any(isinstance(value, kind) and name in names for kind, name in kinds)


def numbers(schema: Schema) -> list[int] | None:
    """The whole numbers within the bounds of a schema; None where they are too many."""
    # In earlier drafts an exclusive bound is a flag beside the other one.
    low = _bound(schema, "minimum", "exclusiveMinimum", math.floor, 1)
    high = _bound(schema, "maximum", "exclusiveMaximum", math.ceil, -1)
    if low is None or high is None or high - low >= _MOST_NUMBERS:
        return None
    step = schema.get("multipleOf", 1)
    return [number for number in range(low, high + 1) if number % step == 0]


def _bound(schema: Schema, name: str, exclusive: str, rounded: Any, inward: int) -> int | None:
    found: list[int] = []
    beyond = schema.get(exclusive)
    at = schema.get(name)
    if isinstance(at, int | float) and not isinstance(at, bool):
        whole = -rounded(-at) + (inward if beyond is True and at == int(at) else 0)
        found.append(whole)
    if isinstance(beyond, int | float) and not isinstance(beyond, bool):
        found.append(rounded(beyond) + inward)
    return (max if inward > 0 else min)(found) if found else None


def is_decimal(schema: Any) -> bool:
    """Whether this is the text that pydantic takes for a decimal, beside a number."""
    return is_object(schema) and str(schema.get("pattern")).startswith("^(?!^[-+.]*$)")
