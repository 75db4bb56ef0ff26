"""Strings, arrays and objects of a JSON schema, lowered."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lorax.schemas import patterns
from lorax.schemas.literals import written
from lorax.schemas.merging import Schema, UnsatisfiableError
from lorax.shapes import is_list, is_object

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
# What no server looks at, by the type of what stands there; "" is any type.
_NOT_ENFORCED: dict[str, tuple[str, ...]] = {
    "": ("not", "if", "then", "else"),
    "string": (
        *("contentEncoding", "contentMediaType", "contentSchema", "formatMinimum", "formatMaximum"),
        *("formatExclusiveMinimum", "formatExclusiveMaximum"),
    ),
    "number": (*BOUNDS, "maxDigits", "decimalPlaces"),
    "integer": BOUNDS,
    "array": ("uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
    "object": (
        *("patternProperties", "dependentSchemas", "dependentRequired", "dependencies"),
        "unevaluatedProperties",
    ),
}


@dataclass(frozen=True)
class Effort:
    """How much of a schema is kept where it costs a server much.

    Attributes:
        longest: The bounds on lengths that are kept, of strings, arrays and dictionaries.
        wide: Whether a value of any type may be an array or an object of plain values.
        depth: How many times a schema that holds itself is written out.
        nested: How many such schemas may stand inside each other, whichever they are.
    """

    longest: float = math.inf
    wide: bool = True
    depth: int = 3
    nested: float = math.inf

    @property
    def reach(self) -> tuple[float, float]:
        """How far what holds itself is followed."""
        return self.depth, self.nested


class Containers(ABC):
    """What lowers the parts that hold others, and notes what becomes of them.

    Args:
        effort: How much is kept.
    """

    def __init__(self, effort: Effort) -> None:
        self.changed: dict[str, list[str]] = {}
        self.unenforced: dict[str, list[str]] = {}
        self._effort = effort

    @abstractmethod
    def lower(self, schema: Any, path: str) -> Schema | None:
        """One place of the schema; None where it would hold itself once more."""

    @abstractmethod
    def flat(self, schema: Any, followed: list[str]) -> Schema:
        """One schema of constraints that stand side by side."""

    def miss(self, schema: Schema, name: str, path: str) -> None:
        """Note what no server looks at in a schema of a type; "" is any."""
        for key in _NOT_ENFORCED.get(name, ()):
            if key in schema and schema[key] is not False:
                self.note(self.unenforced, path, f"{key} {schema[key]!r}"[:120])

    @staticmethod
    def note(where: dict[str, list[str]], path: str, words: str) -> None:
        """Note something of a place, once."""
        if words not in where.setdefault(path, []):
            where[path].append(words)

    def string(self, schema: Schema, path: str) -> Schema:
        """A string, by a pattern of what may stand between its quotes."""
        given = schema.get("pattern")
        named = schema.get("format")
        pattern = patterns.FORMATS.get(str(named))
        if given is not None:
            try:
                pattern = patterns.rewritten(str(given))
            except patterns.NoPatternError as error:
                self.note(self.unenforced, path, f"pattern {given!r}: {error}")
            if pattern is not None and named is not None:
                self.note(self.unenforced, path, f"format {named!r}")
        if pattern is None:
            if named is not None:
                self.note(self.unenforced, path, f"format {named!r}")
            pattern = patterns.text(*self._bounds(schema, "Length", path))
        else:
            for key in ("minLength", "maxLength"):
                if key in schema:
                    self.note(self.unenforced, path, f"{key} {schema[key]}")
        if "trimmed" in schema and "minLength" in schema:
            words = f"minLength {schema['minLength']}: blanks at the ends do not count"
            self.note(self.unenforced, path, words)
        return {"type": "string", "pattern": pattern}

    def array(self, schema: Schema, path: str) -> Schema | None:
        """An array of alike items, or a tuple."""
        if is_list(schema.get("items")):  # as earlier drafts have it
            places, rest = schema["items"], schema.get("additionalItems", {})
            schema = {**schema, "prefixItems": places, "items": rest}
        if "prefixItems" in schema:
            return self._tuple(schema, path)
        least, most = self._bounds(schema, "Items", path)
        item = None
        if most != 0 and schema.get("items") is not False:
            item = self._inside(schema.get("items", {}), f"{path}[]", least)
            if item is None and least:
                return None
            if item is None:
                self.note(self.changed, path, "empty: its items hold it, or allow nothing")
        if item is None:
            if least:
                raise UnsatisfiableError("an array without items has too few")
            return {"type": "array", "maxItems": 0}
        return {"type": "array", "items": item, **_given(minItems=least, maxItems=most)}

    def _inside(self, schema: Any, path: str, least: int) -> Schema | None:
        """What is in a container; where nothing can be, and need not, None."""
        try:
            return self.lower(schema, path)
        except UnsatisfiableError:
            if least:
                raise
            return None

    def _tuple(self, schema: Schema, path: str) -> Schema | None:
        places = list(schema["prefixItems"])
        places += [schema.get("items", {})] * (schema.get("minItems", 0) - len(places))
        if schema.get("items", False) is not False:
            self.note(self.changed, path, f"the array has {len(places)} items")
        least, made = schema.get("minItems", 0), list[Schema]()
        for number, item in enumerate(places[: schema.get("maxItems")]):
            place = self._inside(item, f"{path}[{number}]", max(least - number, 0))
            if place is None and number < least:
                return None
            if place is None:
                self.note(self.changed, path, f"the array has {number} items")
                break
            made.append(place)
        return {"type": "array", "prefixItems": made} if made else {"type": "array", "maxItems": 0}

    def object(self, schema: Schema, path: str) -> Schema | None:
        """An object of named properties, or a dictionary."""
        required: list[str] = schema.get("required", [])
        named: dict[str, Any] = dict(schema.get("properties", {}))
        others = schema.get("additionalProperties", {})
        named.update({name: others for name in required if name not in named})
        if "properties" in schema and not named and "additionalProperties" not in schema:
            return {"type": "object", "maxProperties": 0}
        if named:
            if "propertyNames" in schema:
                self.note(self.unenforced, path, f"propertyNames {schema['propertyNames']!r}"[:120])
            return self._counted(self._fixed(named, required, path), schema, required, path)
        if is_object(schema.get("propertyNames")):
            names = self.flat(schema["propertyNames"], []).get("enum", [])
            named = dict.fromkeys(map(str, names), others)
            if named:
                return self._counted(self._fixed(named, [], path), schema, [], path)
            self.note(self.unenforced, path, f"propertyNames {schema['propertyNames']!r}"[:120])
        return self._dictionary(schema, path)

    def _counted(
        self, made: Schema | None, schema: Schema, required: list[str], path: str
    ) -> Schema | None:
        """An object with as many properties as are allowed: those not required go, last first."""
        if made is None:
            return None
        least, most = int(schema.get("minProperties", 0)), schema.get("maxProperties")
        properties: Schema = made.get("properties", {})
        if len(properties) < least and schema.get("additionalProperties") is False:
            raise UnsatisfiableError(f"minProperties is {least}, and so many are not allowed")
        if len(properties) < least:
            self.note(self.unenforced, path, f"minProperties {least}")
        if most is None or len(properties) <= most:
            return made
        musts = [name for name in properties if name in set(map(written, required))]
        left = [name for name in properties if name not in musts]
        if len(musts) > most:
            raise UnsatisfiableError(f"maxProperties is {most}, and more are required")
        kept = {*musts, *left[: int(most) - len(musts)]}
        return fixed({name: part for name, part in properties.items() if name in kept})

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
                made[written(name)] = item
                if name not in required:
                    self.note(self.changed, here, "always written, though not required")
            elif name in required:
                return None
            else:
                self.note(self.changed, here, "left out: it holds itself, or allows nothing")
        return fixed(made)

    def _dictionary(self, schema: Schema, path: str) -> Schema | None:
        least, most = self._bounds(schema, "Properties", path)
        if least > 1:
            self.note(self.unenforced, path, f"minProperties {least}: a name may come twice")
        if most:
            self.note(self.unenforced, path, f"maxProperties {most}: not every server counts them")
        values = schema.get("additionalProperties", {})
        if values in ({}, False, True) and schema.get("patternProperties"):
            if values is False:
                self.note(self.unenforced, path, "additionalProperties False")
            values = next(iter(schema["patternProperties"].values()))
        item = None
        if most != 0 and values is not False:
            item = self._inside(values, f"{path}.*", least)
        if item is None and least:
            if values is False or most == 0:
                raise UnsatisfiableError("an object without properties has too few")
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
            self.note(self.unenforced, path, f"min{kind} {least}")
            least = int(self._effort.longest)
        if most is not None and most > self._effort.longest:
            self.note(self.unenforced, path, f"max{kind} {most}")
            most = None
        return least, None if most is None else int(most)


def fixed(properties: Schema) -> Schema:
    """An object of these properties, all of which are written."""
    if not properties:
        return {"type": "object", "maxProperties": 0}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _given(**bounds: int | None) -> Schema:
    return {name: bound for name, bound in bounds.items() if bound}
