"""A JSON schema lowered to what every LoRAX server compiles rightly, and what that changes.

What is left is a small language: objects whose properties are all required, dictionaries, arrays,
tuples, unions, enumerations, strings by a pattern, and the plain types. Every text that a server
makes from it is a value of the schema it came from, but for what `unenforced` lists.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lorax.errors import ValidationError
from lorax.schemas import patterns
from lorax.schemas.containers import BOUNDS, Containers, Effort
from lorax.schemas.literals import any_of, constant, is_numeral, is_of, numbers, plain_type, within
from lorax.schemas.merging import (
    REFERRING,
    References,
    Schema,
    UnsatisfiableError,
    merged,
    plain,
    referred,
    same,
    types,
)
from lorax.shapes import is_list, is_object

__all__ = ["Effort", "Lowered", "TooLargeError", "lower"]
_MOST_NODES = 5_000  # with more of them a server takes minutes
_EXACT = 2**63  # where not every server writes a whole number with all its digits
# What constraints without a type speak of.
_IMPLIED = {
    "object": {
        *("properties", "additionalProperties", "required", "propertyNames", "minProperties"),
        *("maxProperties", "patternProperties", "dependentRequired", "dependentSchemas"),
        *("dependencies", "unevaluatedProperties"),
    },
    "array": {
        *("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
        "unevaluatedItems",
    },
    "string": {"pattern", "minLength", "maxLength", "format"},
    "number": set(BOUNDS),
}


@dataclass(frozen=True)
class Lowered:
    """A lowered schema.

    Attributes:
        schema: What a server is sent.
        changed: What was changed, by place: `$.user.name` for a property, `[]` for an array's item.
        unenforced: Constraints that the answer may break, by place.
    """

    schema: Schema
    changed: dict[str, list[str]]
    unenforced: dict[str, list[str]]


class TooLargeError(ValidationError):
    """What a schema comes to when written out is too large."""


# By these a schema is told that does not say its type.
SPEAKING = frozenset(key for keys in _IMPLIED.values() for key in keys)


def lower(schema: Any, effort: Effort) -> Lowered:
    """Lower a schema.

    Example:
        >>> age = {"type": "integer", "title": "Age"}
        >>> lower({"properties": {"age": age}, "required": ["age"]}, Effort()).schema
        {'type': 'object', 'properties': {'age': {'type': 'integer'}}, 'required': ['age']}

    Raises:
        ValidationError: It is no JSON schema, no value fits it, or it holds itself without end.
    """
    lowering = _Lowering(schema, effort)
    try:
        made = lowering.lower(schema, "$")
    except UnsatisfiableError as error:
        message = f"response_format allows no value at {lowering.at}: {error}."
        raise ValidationError(message) from None
    except RecursionError:
        raise ValidationError("response_format is nested too deeply.") from None
    except (TypeError, AttributeError, ValueError) as error:
        # A keyword's value of a type that no schema has, such as properties that are a list.
        if isinstance(error, ValidationError):
            raise
        message = f"response_format is no JSON schema at {lowering.at}: {error}."
        raise ValidationError(message) from None
    if made is None:
        raise ValidationError("response_format holds itself, and no value of it comes to an end.")
    return Lowered(made, lowering.changed, lowering.unenforced)


class _Lowering(Containers):
    def __init__(self, root: Any, effort: Effort) -> None:
        super().__init__(effort)
        self.at = "$"
        self._references = References(root if is_object(root) else {})
        self._open: Counter[str] = Counter()
        self._nodes = 0

    def lower(self, schema: Any, path: str) -> Schema | None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise TooLargeError("response_format comes to too large a schema when written out.")
        self.at = path
        followed: list[str] = []
        flat = self.flat(schema, followed)
        if any(map(self._is_enough, followed)):
            return None
        self._open.update(followed)
        try:
            return self._value(flat, path)
        finally:
            self._open.subtract(followed)

    def _is_enough(self, name: str) -> bool:
        """Whether a reference is not to be followed once more."""
        again = sum(count - 1 for count in self._open.values() if count)
        if self._open[name] and again + 1 >= self._effort.depth:
            return True
        cyclic = (other for other in self._open.elements() if self._references.is_cyclic(other))
        return self._references.is_cyclic(name) and len(list(cyclic)) >= self._effort.nested

    def flat(self, schema: Any, followed: list[str]) -> Schema:
        flat = plain(schema)
        parts = flat.pop("allOf", [])
        name = referred(flat)
        if name is not None:
            flat = {key: value for key, value in flat.items() if key not in REFERRING}
            if name in followed:
                raise ValidationError(f"response_format refers to {name!r}, which is that itself.")
            followed.append(name)
            parts = [self._references.find(name), *parts]
        for part in parts:
            flat = merged(flat, self.flat(part, followed))
        return flat

    def _value(self, schema: Schema, path: str) -> Schema | None:
        self.miss(schema, "", path)
        for part in schema.get("also", []):
            for key, value in part.items():
                self.note(self.unenforced, path, f"{key} {value!r}"[:120])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self._union(schema, key, path)
        if "const" in schema:
            only = schema["const"]
            if not any(same(only, value) for value in schema.get("enum", [only])):
                raise UnsatisfiableError(f"{only!r} is not one of {schema['enum']!r}")
            schema = {**schema, "enum": [only]}
        if "enum" in schema:
            return self._enum(schema, path)
        named = types(schema)
        if named is None:
            named = next(([name] for name, keys in _IMPLIED.items() if keys & schema.keys()), None)
        if named is None:
            return self._anything(path)
        made = [self._of_type(schema, name, path) for name in named]
        ending = [item for item in made if item is not None]
        return any_of(ending) if ending else None

    def _union(self, schema: Schema, key: str, path: str) -> Schema | None:
        base = {name: value for name, value in schema.items() if name != key}
        options = schema[key]
        if key == "oneOf":
            self.note(self.unenforced, path, "oneOf: that only one of them fits")
        if any(is_numeral(option) for option in options):
            options = [option for option in options if not is_numeral(option)]
            self.note(self.changed, path, "a decimal is written as a number")
        made: list[Schema] = []
        reasons: list[str] = []
        for option in options:
            try:
                item = self.lower({"allOf": [base, option]} if base else option, path)
            except UnsatisfiableError as error:
                reasons.append(str(error))
                continue
            if item is None:
                self.note(self.changed, path, "one option less: it would hold itself once more")
            made += [] if item is None else [item]
        if not made and len(reasons) == len(options):
            raise UnsatisfiableError(reasons[0] if reasons else "there is nothing to choose from")
        return any_of(made) if made else None

    def _enum(self, schema: Schema, path: str) -> Schema:
        named = types(schema)
        values = [value for value in schema["enum"] if named is None or is_of(value, named)]
        values = [value for value in values if within(value, schema)]
        if not values:
            raise UnsatisfiableError(f"none of {schema['enum']!r} fits what stands beside")
        if any(is_list(value) or is_object(value) for value in values):
            for key in (_IMPLIED["object"] | _IMPLIED["array"]) & schema.keys():
                self.note(self.unenforced, path, f"{key} {schema[key]!r}"[:120])
        for value in values:
            if isinstance(value, int) and abs(value) >= _EXACT:
                self.note(self.unenforced, path, f"enum: {value} may lose digits")
        bare = [value for value in values if not isinstance(value, dict | list)]
        held = [constant(value) for value in values if isinstance(value, dict | list)]
        return any_of([{"enum": bare}, *held] if bare else held)

    def _of_type(self, schema: Schema, name: str, path: str) -> Schema | None:
        if name == "integer" and (listed := numbers(schema)) is not None:
            if not listed:
                raise UnsatisfiableError("no whole number is within its bounds")
            return {"enum": listed}
        self.miss(schema, name, path)
        if name == "string":
            return self.string(schema, path)
        if name == "array":
            return self.array(schema, path)
        return self.object(schema, path) if name == "object" else plain_type(name)

    def _anything(self, path: str) -> Schema:
        """A value of any type: a plain one, or an array or object of those where that is cheap."""
        text = {"type": "string", "pattern": patterns.text()}
        scalars = [text, *map(plain_type, ("number", "boolean", "null"))]
        if not self._effort.wide:
            self.note(self.changed, path, "any value is a string, number, boolean or null")
            return {"anyOf": scalars}
        self.note(self.changed, path, "any value is a plain one, or an array or object of those")
        inner: Schema = {"anyOf": scalars}
        holders: list[Schema] = [
            {"type": "array", "items": inner},
            {"type": "object", "additionalProperties": inner},
        ]
        return {"anyOf": [*scalars, *holders]}
