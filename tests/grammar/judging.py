"""Whether a text that does not fit a response format breaks only what was said to be not enforced.

Problems come from jsonschema for plain schemas and from pydantic for types. Each is a place in the
value and the keyword that it breaks; a union's problem is as good as that of its best option.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import jsonschema
import pydantic

from lorax import grammar

Unenforced = Mapping[str, Sequence[str]]
# What speaks of places inside its own, or of several schemas for it.
_WIDE = {
    *("not", "if", "then", "else", "contains", "propertyNames", "patternProperties"),
    *("dependentSchemas", "dependentRequired", "dependencies", "oneOf", "contentSchema"),
    "unevaluatedProperties",
}
# The keyword behind each kind of pydantic's errors.
_KEYWORDS = {
    "greater_than": "exclusiveMinimum formatExclusiveMinimum",
    "greater_than_equal": "minimum formatMinimum",
    "less_than": "exclusiveMaximum formatExclusiveMaximum",
    "less_than_equal": "maximum formatMaximum",
    "multiple_of": "multipleOf",
    "string_too_short": "minLength",
    "string_too_long": "maxLength",
    "bytes_too_short": "minLength",
    "bytes_too_long": "maxLength",
    "string_pattern_mismatch": "pattern",
    "too_short": "minItems minProperties uniqueItems",
    "too_long": "maxItems maxProperties",
    "json_invalid": "contentMediaType",
    "json_type": "contentMediaType",
    "byte_size": "minimum",
    "decimal_max_digits": "maxDigits",
    "decimal_max_places": "decimalPlaces",
    "decimal_whole_digits": "maxDigits",
    "date_future": "formatExclusiveMinimum",
    "date_past": "formatExclusiveMaximum",
}


def unlisted(form: Any, unenforced: Unenforced, text: str) -> list[str]:
    """What is wrong with a text, but for what is listed; nothing where it fits.

    Args:
        form: A type or a JSON schema.
        unenforced: What `explain` lists, by place.
        text: The text.
    """
    listed = _Listed(unenforced)
    if grammar.is_type(form):
        try:
            grammar.adapter(form).validate_json(text)
        except pydantic.ValidationError as error:
            return _of_type(listed, error.errors(), text)
        return []
    schema = grammar.schema_of(form)
    assert schema is not None
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(json.loads(text))
        if not _is_listed(listed, error)
    ]


class _Listed:
    def __init__(self, unenforced: Unenforced) -> None:
        self._words = {
            place: {note.split()[0].rstrip(":") for note in notes}
            for place, notes in unenforced.items()
        }

    def has(self, places: Iterable[str], keywords: set[str]) -> bool:
        """Whether one of the keywords is listed at one of the places."""
        return any(keywords & self._words.get(place, set()) for place in places)


def _places(steps: Sequence[str | int]) -> list[str]:
    """How a place may be called: an item by its number or not, a name as such or as any."""
    names = [(f"[{step}]", "[]") if isinstance(step, int) else (f".{step}", ".*") for step in steps]
    return ["$" + "".join(parts) for parts in product(*names)]


def _is_listed(listed: _Listed, error: jsonschema.ValidationError) -> bool:
    steps = list(error.absolute_path)
    path = {str(step) for step in error.absolute_schema_path}
    if listed.has(_places(steps), {str(error.validator)}):
        return True
    above = [place for end in range(len(steps) + 1) for place in _places(steps[:end])]
    if listed.has(above, path & _WIDE):
        return True
    options = defaultdict(list)
    for inner in error.context or ():
        options[inner.relative_schema_path[0]].append(inner)
    return any(all(_is_listed(listed, inner) for inner in option) for option in options.values())


def _of_type(listed: _Listed, errors: Sequence[Any], text: str) -> list[str]:
    """Pydantic names a union's options in the middle of a place: those are told by the value."""
    value = json.loads(text)
    groups: dict[tuple[Any, ...], dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for error in errors:
        steps, option = _followed(value, error["loc"])
        groups[steps][option].append(error)
    found = []
    for options in groups.values():
        wrong = [
            [error for error in option if not _is_excused(listed, value, error)]
            for option in options.values()
        ]
        if all(wrong):
            found += [f"{error['loc']}: {error['msg']}" for option in wrong for error in option]
    return found


def _followed(value: Any, loc: Sequence[Any]) -> tuple[tuple[Any, ...], Any]:
    """The steps of a place up to the first that is none, and that one."""
    steps: list[Any] = []
    for step in loc:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return tuple(steps), step
        steps.append(step)
    return tuple(steps), None


def _is_excused(listed: _Listed, value: Any, error: Any) -> bool:
    steps: list[Any] = []
    wide = [*_places([])]
    for step in error["loc"]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            continue
        steps.append(step)
        wide += _places(steps)
    keywords = set(_KEYWORDS.get(error["type"], "format").split())
    if "[key]" in error["loc"]:
        keywords = {"propertyNames"}
        return listed.has(wide, keywords)
    return listed.has(_places(steps), keywords) or listed.has(wide, {"contentSchema"})
