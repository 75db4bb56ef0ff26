"""Values written out as schemas: constants, ranges of numbers, unions."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from lorax.schemas.merging import Schema, same
from lorax.shapes import is_list, is_object

# Whole numbers in a range of so many are written out.
_MOST_NUMBERS = 32
# What pydantic's schemas have for texts that it reads as a decimal or as a number of bytes.
_NUMERAL = ("^(?!^[-+.]*$)", r"^\s*(\d*\.?\d+)\s*(\w+)?")


def plain_type(name: str) -> Schema:
    """The schema of a type by its name; numbers of such an exponent as floats have."""
    if name == "number":
        return {"type": "number", "minDigitsExponent": 1, "maxDigitsExponent": 2}
    return {"type": name}


def constant(value: Any) -> Schema:
    """The schema of one value; servers take those of arrays and objects piece by piece alone."""
    if is_object(value):
        if not value:
            return {"type": "object", "maxProperties": 0}
        properties = {written(name): constant(item) for name, item in value.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if is_list(value):
        if not value:
            return {"type": "array", "maxItems": 0}
        return {"type": "array", "prefixItems": [constant(item) for item in value]}
    return {"enum": [value]}


def written(name: str) -> str:
    """A property's name; it stands in the grammar as it is, so it is written as JSON writes it."""
    return json.dumps(name, ensure_ascii=False)[1:-1]


def any_of(options: Sequence[Schema]) -> Schema:
    """A union, flat and with nothing twice; a single schema stands for itself.

    Example:
        >>> any_of([{"type": "null"}, {"anyOf": [{"type": "null"}, {"enum": [1]}]}])
        {'anyOf': [{'type': 'null'}, {'enum': [1]}]}
    """
    flat: list[Schema] = []
    for option in options:
        for item in option.get("anyOf", [option]):
            if not any(same(item, other) for other in flat):
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


def within(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a number or a text is within the bounds of a schema, and of its pattern."""
    if isinstance(value, str):
        pattern, least, most = (schema.get(key) for key in ("pattern", "minLength", "maxLength"))
        fits = (least is None or len(value) >= least) and (most is None or len(value) <= most)
        return fits and (pattern is None or _matches(str(pattern), value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    over, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    over, under = (low if over is True else over), (high if under is True else under)
    inside = low <= value <= high
    inside &= over is None or over is False or value > over
    inside &= under is None or under is False or value < under
    return bool(inside) and ("multipleOf" not in schema or _divides(schema["multipleOf"], value))


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except (re.error, FutureWarning):
        return True


def _divides(step: float, number: float) -> bool:
    """Whether a number is a multiple of another, both as they are written."""
    return Fraction(str(number)) % Fraction(str(step)) == 0


def numbers(schema: Schema) -> list[int] | None:
    """The whole numbers within the bounds of a schema; None where they are too many."""
    # In earlier drafts an exclusive bound is a flag beside the other one.
    low = _bound(schema, "minimum", "exclusiveMinimum", math.floor, 1)
    high = _bound(schema, "maximum", "exclusiveMaximum", math.ceil, -1)
    if low is None or high is None or high - low >= _MOST_NUMBERS:
        return None
    step = schema.get("multipleOf", 1)
    return [number for number in range(low, high + 1) if _divides(step, number)]


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


def is_numeral(schema: Any) -> bool:
    """Whether this is the text that pydantic takes for a number, beside a number."""
    return is_object(schema) and str(schema.get("pattern")).startswith(_NUMERAL)
