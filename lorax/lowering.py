"""A JSON schema lowered to what every LoRAX server compiles rightly, and what that changes.

What is left is a small language: objects whose properties are all required, dictionaries, arrays,
tuples, unions, enumerations, strings by a pattern, and the plain types. Every text that a server
makes from it is a value of the schema it came from, but for what `unenforced` lists.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lorax import patterns
from lorax.errors import ValidationError
from lorax.literals import any_of, constant, is_decimal, is_of, numbers
from lorax.merging import References, Schema, UnsatisfiableError, merged, plain, types
from lorax.shapes import is_object

_MOST_NODES = 20_000
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
# What no server looks at, by the type of what stands there; "" is any type.
_NOT_ENFORCED: dict[str, tuple[str, ...]] = {
    "": ("not", "if", "then", "else", "also"),
    "string": ("contentEncoding", "contentMediaType", "contentSchema"),
    "number": _BOUNDS,
    "integer": _BOUNDS,
    "array": ("uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
    "object": ("patternProperties", "dependentSchemas", "dependentRequired", "dependencies"),
}
# What constraints without a type speak of.
_IMPLIED = {
    "object": {"properties", "additionalProperties", "required", "propertyNames"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
    "string": {"pattern", "minLength", "maxLength", "format"},
    "number": set(_BOUNDS),
}


@dataclass(frozen=True)
class Effort:
    """How much of a schema is kept where it costs a server much.

    Attributes:
        longest: The bounds on lengths that are kept, of strings, arrays and dictionaries.
        wide: Whether a value of any type may be an array or an object of plain values.
        depth: How many times a schema that holds itself is written out.
    """

    longest: float = math.inf
    wide: bool = True
    depth: int = 3


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


class _Lowering:
    def __init__(self, root: Any, effort: Effort) -> None:
        self.changed: dict[str, list[str]] = {}
        self.unenforced: dict[str, list[str]] = {}
        self.at = "$"
        self._references = References(root if is_object(root) else {})
        self._effort = effort
        self._inside: Counter[str] = Counter()
        self._nodes = 0

    def lower(self, schema: Any, path: str) -> Schema | None:
        """One place of the schema; None where it would hold itself once more."""
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise ValidationError("response_format comes to too large a schema when written out.")
        self.at = path
        followed: list[str] = []
        flat = self._flat(schema, followed)
        if any(self._inside[name] >= self._effort.depth for name in followed):
            return None
        self._inside.update(followed)
        try:
            return self._value(flat, path)
        finally:
            self._inside.subtract(followed)

    def _flat(self, schema: Any, followed: list[str]) -> Schema:
        """References and allOf put in: one schema of constraints that stand side by side."""
        flat = plain(schema)
        parts = flat.pop("allOf", [])
        if "$ref" in flat:
            name = str(flat.pop("$ref"))
            if name in followed:
                raise ValidationError(f"response_format refers to {name!r}, which is that itself.")
            followed.append(name)
            parts = [self._references.find(name), *parts]
        for part in parts:
            flat = merged(flat, self._flat(part, followed))
        return flat

    def _value(self, schema: Schema, path: str) -> Schema | None:
        self._miss(schema, "", path)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self._union(schema, key, path)
        if "const" in schema:
            schema = {**schema, "enum": [schema["const"]]}
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
            self._note(self.unenforced, path, "oneOf: that only one of them fits")
        if any(is_decimal(option) for option in options):
            options = [option for option in options if not is_decimal(option)]
            self._note(self.changed, path, "a decimal is written as a number")
        made: list[Schema] = []
        reasons: list[str] = []
        for option in options:
            try:
                item = self.lower({"allOf": [base, option]} if base else option, path)
            except UnsatisfiableError as error:
                reasons.append(str(error))
                continue
            made += [] if item is None else [item]
        if not made and len(reasons) == len(options):
            raise UnsatisfiableError(reasons[0] if reasons else "there is nothing to choose from")
        return any_of(made) if made else None

    def _enum(self, schema: Schema, path: str) -> Schema:
        named = types(schema)
        values = [value for value in schema["enum"] if named is None or is_of(value, named)]
        if not values:
            raise UnsatisfiableError(f"none of {schema['enum']!r} is of its type")
        for key in ("pattern", "minLength", "maxLength", *_BOUNDS):
            if key in schema:
                self._note(self.unenforced, path, f"{key} {schema[key]!r}")
        bare = [value for value in values if not isinstance(value, dict | list)]
        held = [constant(value) for value in values if isinstance(value, dict | list)]
        return any_of([{"enum": bare}, *held] if bare else held)

    def _of_type(self, schema: Schema, name: str, path: str) -> Schema | None:
        if name == "integer" and (listed := numbers(schema)) is not None:
            if not listed:
                raise UnsatisfiableError("no whole number is within its bounds")
            return {"enum": listed}
        self._miss(schema, name, path)
        if name == "string":
            return self._string(schema, path)
        if name == "array":
            return self._array(schema, path)
        return self._object(schema, path) if name == "object" else {"type": name}

    def _anything(self, path: str) -> Schema:
        """A value of any type: a plain one, or an array or object of those where that is cheap."""
        text = {"type": "string", "pattern": patterns.text()}
        scalars = [text, *({"type": name} for name in ("number", "boolean", "null"))]
        if not self._effort.wide:
            self._note(self.changed, path, "any value is a string, number, boolean or null")
            return {"anyOf": scalars}
        self._note(self.changed, path, "any value is a plain one, or an array or object of those")
        inner: Schema = {"anyOf": scalars}
        holders: list[Schema] = [
            {"type": "array", "items": inner},
            {"type": "object", "additionalProperties": inner},
        ]
        return {"anyOf": [*scalars, *holders]}

    def _string(self, schema: Schema, path: str) -> Schema:
        given = schema.get("pattern")
        named = schema.get("format")
        pattern = patterns.FORMATS.get(str(named))
        if given is not None:
            try:
                pattern = patterns.rewritten(str(given))
            except patterns.NoPatternError as error:
                self._note(self.unenforced, path, f"pattern {given!r}: {error}")
            if pattern is not None and named is not None:
                self._note(self.unenforced, path, f"format {named!r}")
        if pattern is None:
            if named is not None:
                self._note(self.unenforced, path, f"format {named!r}")
            pattern = patterns.text(*self._bounds(schema, "Length", path))
        else:
            for key in {"minLength", "maxLength"} & schema.keys():
                self._note(self.unenforced, path, f"{key} {schema[key]}")
        return {"type": "string", "pattern": pattern}

    def _array(self, schema: Schema, path: str) -> Schema | None:
        if "prefixItems" in schema:
            return self._tuple(schema, path)
        least, most = self._bounds(schema, "Items", path)
        item = None
        if most != 0 and schema.get("items") is not False:
            item = self.lower(schema.get("items", {}), f"{path}[]")
            if item is None and least:
                return None
            if item is None:
                self._note(self.changed, path, "empty: its items would hold it once more")
        if item is None:
            if least:
                raise UnsatisfiableError("an array without items has too few")
            return {"type": "array", "maxItems": 0}
        return {"type": "array", "items": item, **_given(minItems=least, maxItems=most)}

    def _tuple(self, schema: Schema, path: str) -> Schema | None:
        places = list(schema["prefixItems"])
        places += [schema.get("items", {})] * (schema.get("minItems", 0) - len(places))
        if schema.get("items", False) is not False:
            self._note(self.changed, path, f"the array has {len(places)} items")
        kept = places[: schema.get("maxItems")]
        made = [self.lower(item, f"{path}[{number}]") for number, item in enumerate(kept)]
        if not made:
            return {"type": "array", "maxItems": 0}
        return None if None in made else {"type": "array", "prefixItems": made}

    def _object(self, schema: Schema, path: str) -> Schema | None:
        required: list[str] = schema.get("required", [])
        named: dict[str, Any] = dict(schema.get("properties", {}))
        named.update({name: {} for name in required if name not in named})
        if "properties" in schema and not named and "additionalProperties" not in schema:
            return {"type": "object", "maxProperties": 0}
        if not named and is_object(schema.get("propertyNames")):
            names = self._flat(schema["propertyNames"], []).get("enum", [])
            named = dict.fromkeys(map(str, names), schema.get("additionalProperties", {}))
            if not named:
                self._note(self.unenforced, path, "propertyNames")
        return self._fixed(named, required, path) if named else self._dictionary(schema, path)

    def _fixed(self, named: Mapping[str, Any], required: list[str], path: str) -> Schema | None:
        """An object of these properties: all of them are written, whether required or not."""
        made: dict[str, Schema] = {}
        for name, part in named.items():
            here = f"{path}.{name}"
            try:
                item = self.lower(part, here)
            except UnsatisfiableError:
                if name in required:
                    raise
                item = None
            if item is not None:
                # The name stands in the grammar as it is, so it is written as JSON writes it.
                made[json.dumps(name, ensure_ascii=False)[1:-1]] = item
                if name not in required:
                    self._note(self.changed, here, "always written, though not required")
            elif name in required:
                return None
            else:
                self._note(self.changed, here, "left out: it holds itself, or allows nothing")
        return {"type": "object", "properties": made, "required": list(made)}

    def _dictionary(self, schema: Schema, path: str) -> Schema | None:
        least, most = self._bounds(schema, "Properties", path)
        values = schema.get("additionalProperties", {})
        if values in ({}, False, True) and schema.get("patternProperties"):
            values = next(iter(schema["patternProperties"].values()))
        item = None if most == 0 or values is False else self.lower(values, f"{path}.*")
        if item is None and least:
            return None
        if item is None:
            return {"type": "object", "maxProperties": 0}
        bounds = _given(minProperties=least, maxProperties=most)
        return {"type": "object", "additionalProperties": item, **bounds}

    def _bounds(self, schema: Schema, kind: str, path: str) -> tuple[int, int | None]:
        """The least and the most of something that are kept."""
        least, most = int(schema.get(f"min{kind}", 0)), schema.get(f"max{kind}")
        if most is not None and least > most:
            raise UnsatisfiableError(f"min{kind} {least} is more than max{kind} {most}")
        if least > self._effort.longest:
            self._note(self.unenforced, path, f"min{kind} {least}")
            least = int(self._effort.longest)
        if most is not None and most > self._effort.longest:
            self._note(self.unenforced, path, f"max{kind} {most}")
            most = None
        return least, None if most is None else int(most)

    def _miss(self, schema: Schema, name: str, path: str) -> None:
        for key in _NOT_ENFORCED.get(name, ()):
            if key in schema and schema[key] is not False:
                self._note(self.unenforced, path, f"{key} {schema[key]!r}"[:120])

    @staticmethod
    def _note(where: dict[str, list[str]], path: str, words: str) -> None:
        if words not in where.setdefault(path, []):
            where[path].append(words)


def _given(**bounds: int | None) -> Schema:
    return {name: bound for name, bound in bounds.items() if bound}
