"""Schemas drawn by a seed: what nobody thought of."""

import random
from collections.abc import Callable
from typing import Any

from tests.grammar.entry import Entry

_NAMES = ("name", "items", "x", "größe", "is_ok", "a b", "$id", "from", "2nd", 'q"')
_PATTERNS = ("^[a-z]+$", r"\d{3}", '^[^"]*$', r"^(a|b\\c)+$", "^.{1,9}$", r"^\w+@\w+$", "(?i)a")
_FORMATS = ("date", "time", "date-time", "uuid", "email", "uri", "ipv4", "ipv6", "unheard-of")
_VALUES: tuple[Any, ...] = ("a", 'b"', "c\n", 1, -2.5, True, None, [1, "x"], {"k": None}, [], {})


class _Drawing:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._definitions: dict[str, Any] = {}

    def whole(self) -> dict[str, Any]:
        """A schema with its definitions."""
        self._definitions = dict.fromkeys(("A", "B")[: self._random.randint(0, 2)])
        for name in self._definitions:
            self._definitions[name] = self._object(2)
        schema: dict[str, Any] = self._object(3) if self._maybe(0.8) else self.draw(3)
        return {**schema, "$defs": self._definitions} if self._definitions else schema

    def draw(self, depth: int) -> dict[str, Any]:
        """One schema, so many levels deep at most."""
        leaves: list[Callable[[int], dict[str, Any]]] = [
            *(self._string, self._string, self._number, self._number),
            *(self._plain, self._enum, self._list_of_types),
        ]
        inner = [self._object, self._array, self._tuple, self._union, self._dictionary, self._all]
        schema = self._random.choice([*leaves, *inner, *inner] if depth > 0 else leaves)(depth)
        if self._definitions and depth > 0 and self._maybe(0.15):
            return {"$ref": f"#/$defs/{self._random.choice(list(self._definitions))}"}
        if self._maybe(0.2):
            schema = {"title": "Title", "description": "What it is", "default": None, **schema}
        return schema

    def _maybe(self, chance: float) -> bool:
        return self._random.random() < chance

    def _some(self, **keywords: Any) -> dict[str, Any]:
        """Some of these keywords."""
        return {name: value for name, value in keywords.items() if self._maybe(0.3)}

    def _bounds(self, kind: str, most: int) -> dict[str, Any]:
        low = self._random.randint(0, 2)
        return self._some(**{f"min{kind}": low, f"max{kind}": self._random.randint(low, most)})

    def _string(self, _: int) -> dict[str, Any]:
        pattern, named = self._random.choice(_PATTERNS), self._random.choice(_FORMATS)
        return {
            "type": "string",
            **self._bounds("Length", self._random.choice([3, 30, 300])),
            **self._some(pattern=pattern, format=named),
        }

    def _number(self, _: int) -> dict[str, Any]:
        low = self._random.randint(-20, 20)
        high = low + self._random.randint(2, 60)
        bounds = {"minimum": low, "exclusiveMaximum": high, "multipleOf": 2}
        return {"type": self._random.choice(["integer", "number"]), **self._some(**bounds)}

    def _plain(self, _: int) -> dict[str, Any]:
        return self._random.choice([{"type": "boolean"}, {"type": "null"}, {}, {"type": "object"}])

    def _enum(self, _: int) -> dict[str, Any]:
        values = self._random.sample(_VALUES, self._random.randint(1, 5))
        return {"const": values[0]} if self._maybe(0.2) else {"enum": values}

    def _list_of_types(self, _: int) -> dict[str, Any]:
        every = ["string", "integer", "number", "boolean", "null", "array", "object"]
        named = self._random.sample(every, self._random.randint(1, 3))
        return {"type": named, **self._some(minLength=2, minimum=3, maxItems=2, maxProperties=2)}

    def _object(self, depth: int) -> dict[str, Any]:
        names = self._random.sample(_NAMES, self._random.randint(0, 5))
        return {
            "type": "object",
            "properties": {name: self.draw(depth - 1) for name in names},
            "required": [name for name in names if self._maybe(0.5)],
            **self._some(additionalProperties=False, description="An object"),
        }

    def _array(self, depth: int) -> dict[str, Any]:
        bounds = self._bounds("Items", 5)
        items = self.draw(depth - 1)
        return {"type": "array", "items": items, **bounds, **self._some(uniqueItems=True)}

    def _tuple(self, depth: int) -> dict[str, Any]:
        places = [self.draw(depth - 1) for _ in range(self._random.randint(1, 3))]
        rest = self._some(items=self._random.choice([False, {"type": "integer"}]), minItems=1)
        return {"type": "array", "prefixItems": places, **rest}

    def _union(self, depth: int) -> dict[str, Any]:
        options = [self.draw(depth - 1) for _ in range(self._random.randint(1, 4))]
        return {self._random.choice(["anyOf", "anyOf", "oneOf"]): options}

    def _dictionary(self, depth: int) -> dict[str, Any]:
        bounds = self._bounds("Properties", 4)
        named = self._some(propertyNames={"pattern": "^[a-z]"})
        return {"type": "object", "additionalProperties": self.draw(depth - 1), **bounds, **named}

    def _all(self, depth: int) -> dict[str, Any]:
        return {"allOf": [self._object(depth - 1), self._object(depth - 1)]}


# Those that no value fits: closed objects side by side that require what the other forbids, two
# types at once, definitions that require themselves; and one that says nothing at all.
_WRONG = {
    **dict.fromkeys((0, 10, 44, 48, 69, 73, 104, 105), "allows no value"),
    **dict.fromkeys((35, 37, 40, 77), "holds itself"),
    32: "cannot have the type None",
}
ENTRIES = [Entry(f"drawn {seed}", _Drawing(seed).whole(), _WRONG.get(seed)) for seed in range(110)]
