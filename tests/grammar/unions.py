"""Plain JSON schemas put together: unions, schemas side by side, references, recursion."""

from typing import Any

from tests.grammar.entry import Entry
from tests.grammar.keywords import WHOLE, WORD, array, thing

CLOSED = {"additionalProperties": False}
CAT = thing(kind={"const": "cat"}, lives=WHOLE)
DOG = thing(kind={"const": "dog"}, name=WORD)
JOINED: dict[str, Any] = {
    "anyOf": {"anyOf": [WHOLE, WORD, {"type": "null"}]},
    "anyOf of the same": {"anyOf": [WHOLE, {"type": "integer", "title": "N"}, WHOLE]},
    "anyOf with one that fails": {"anyOf": [WHOLE, False, {"enum": []}]},
    "anyOf of anyOf": {"anyOf": [{"anyOf": [WHOLE, WORD]}, {"anyOf": [{"type": "null"}]}]},
    "anyOf beside a type": {"type": "string", "anyOf": [{"maxLength": 3}, {"pattern": "^a+$"}]},
    "anyOf beside properties": {
        **thing(a=WHOLE),
        "anyOf": [thing(b=WORD), {"required": ["c"]}, {"properties": {"a": {"enum": [1]}}}],
    },
    "anyOf of required": {
        **thing([], a=WHOLE, b=WHOLE),
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "anyOf beside oneOf": {
        "anyOf": [{"type": "string"}, {"type": "integer"}],
        "oneOf": [{"minimum": 3}, {"maximum": 5}],
    },
    "oneOf": {"oneOf": [WHOLE, WORD]},
    "oneOf of which two fit": {"oneOf": [{"type": "number"}, WHOLE]},
    "oneOf told apart": {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}},
    "oneOf of required": {
        **thing([], a=WHOLE, b=WHOLE),
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "anyOf of objects": array({"anyOf": [CAT, DOG, {"type": "null"}]}),
    "allOf of one": {"allOf": [thing(a=WHOLE)], "description": "d"},
    "allOf of two objects": {"allOf": [thing(a=WHOLE), thing(b=WORD)]},
    "allOf of the same property": {
        "allOf": [thing(a={"type": "number"}), thing(a={"type": "integer", "minimum": 3})]
    },
    "allOf of three": {"allOf": [thing(a=WHOLE), {"required": ["b"]}, {"properties": {"b": WORD}}]},
    "allOf beside properties": {**thing(c=WORD), "allOf": [thing(a=WHOLE), thing([], b=WHOLE)]},
    "allOf of closed ones": {
        "allOf": [
            {**thing(["a"], a=WHOLE, b=WHOLE), **CLOSED},
            {**thing([], a=WHOLE, c=WHOLE), **CLOSED},
        ]
    },
    "allOf of a closed and an open one": {
        "allOf": [{**thing(["a"], a=WHOLE), **CLOSED}, thing([], b=WHOLE)]
    },
    "allOf of a dictionary and an object": {
        "allOf": [{"type": "object", "additionalProperties": WHOLE}, thing(a={"minimum": 0})]
    },
    "allOf of two dictionaries": {
        "allOf": [
            {"type": "object", "additionalProperties": {"type": "number"}},
            {"type": "object", "additionalProperties": {"type": ["integer", "string"]}},
        ]
    },
    "allOf of unions": {
        "allOf": [
            {"anyOf": [WHOLE, WORD, {"type": "null"}]},
            {"anyOf": [{"type": "number"}, {"type": "null"}]},
        ]
    },
    "allOf of enums": {"allOf": [{"enum": ["a", "b", 1]}, {"enum": ["b", 1, True]}]},
    "allOf of lists of types": {
        "allOf": [{"type": ["string", "null", "integer"]}, {"type": ["null", "number"]}]
    },
    "allOf of patterns": {
        "type": "string",
        "allOf": [{"pattern": "^[a-z]*$"}, {"pattern": "^a"}],
    },
    "allOf of tuples": {
        "allOf": [
            {"type": "array", "prefixItems": [{"type": "number"}], "items": WORD, "minItems": 2},
            {"prefixItems": [WHOLE, {"minLength": 1}]},
        ]
    },
    "allOf of a tuple and a list": {
        "allOf": [
            {"type": "array", "items": {"type": "number"}},
            {"prefixItems": [WHOLE, {"minimum": 0}], "items": WORD, "maxItems": 2},
        ]
    },
    "allOf of a short tuple and a long one": {
        "allOf": [
            {"type": "array", "prefixItems": [WHOLE], "items": False},
            {"prefixItems": [{"type": "number"}, WORD]},
        ]
    },
    "allOf of bounds": {
        "type": "integer",
        "allOf": [{"minimum": 2}, {"minimum": 4}, {"maximum": 9}, {"multipleOf": 2}],
    },
    "allOf of true": {"allOf": [True, {}, thing(a=WHOLE)]},
    "allOf of a constant and a union": {"allOf": [{"const": "a"}, {"anyOf": [WORD, WHOLE]}]},
    "allOf of one and true": {"allOf": [{"enum": [1, 2]}, {"enum": [True, 2]}]},
    "not": {"type": "string", "not": {"enum": [""]}},
    "if, then, else": {
        **thing([], a=WHOLE, b=WORD),
        "if": {"properties": {"a": {"const": 1}}},
        "then": {"required": ["c"]},
        "else": {"properties": {"b": {"const": "z"}}},
    },
    "an OpenAPI schema": {
        **thing(
            ["id"],
            id={**WHOLE, "format": "int64", "readOnly": True},
            at={
                "type": "string",
                "format": "date-time",
                "nullable": True,
            },
        ),
        "xml": {"name": "x"},
        "example": {"id": 1},
        "x-order": 3,
        "externalDocs": {"url": "https://example.com"},
    },
}

LEAF = thing(["value"], value=WHOLE)
REFERRING: dict[str, Any] = {
    "$defs": {**thing(a={"$ref": "#/$defs/L"}), "$defs": {"L": LEAF}},
    "definitions": {**thing(a={"$ref": "#/definitions/L"}), "definitions": {"L": LEAF}},
    "components of OpenAPI": {
        **thing(a={"$ref": "#/components/schemas/L"}),
        "components": {"schemas": {"L": LEAF}},
    },
    "a reference at the top": {"$ref": "#/$defs/L", "$defs": {"L": LEAF}},
    "a reference into properties": thing(a=WHOLE, b={"$ref": "#/properties/a"}),
    "a reference into a list": {
        **thing(a={"anyOf": [WORD, WHOLE]}, b={"$ref": "#/properties/a/anyOf/1"})
    },
    "escapes in a reference": {
        **thing(a={"$ref": "#/$defs/a~1b~0c%20d"}),
        "$defs": {"a/b~c d": LEAF},
    },
    "$anchor": {**thing(a={"$ref": "#leaf"}), "$defs": {"x": {"$anchor": "leaf", **LEAF}}},
    "$dynamicRef": {
        **thing(a={"$dynamicRef": "#leaf"}),
        "$defs": {"x": {"$dynamicAnchor": "leaf", **LEAF}},
    },
    "an $id": {
        "$id": "https://example.com/top.json",
        **thing(a={"$ref": "#/$defs/L"}, b={"$ref": "https://example.com/top.json#/$defs/L"}),
        "$defs": {"L": LEAF},
    },
    "a reference with siblings": {
        **thing(a={"$ref": "#/$defs/N", "description": "d", "maximum": 3}),
        "$defs": {"N": {"type": "integer", "minimum": 1}},
    },
    "a reference to a reference": {
        **thing(a={"$ref": "#/$defs/A"}),
        "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"allOf": [{"$ref": "#/$defs/L"}]}, "L": LEAF},
    },
    "one definition in six places": {
        **thing(**{key: {"$ref": "#/$defs/L"} for key in "abcdef"}),
        "$defs": {"L": LEAF},
    },
}
_NODE = {"$ref": "#/$defs/N"}


def _holding(**properties: Any) -> dict[str, Any]:
    return {**_NODE, "$defs": {"N": thing(value=WHOLE, **properties)}}


RECURSIVE: dict[str, Any] = {
    "itself or null": _holding(n={"anyOf": [_NODE, {"type": "null"}]}),
    "an array of itself": _holding(n=array(_NODE)),
    "a dictionary of itself": _holding(n={"type": "object", "additionalProperties": _NODE}),
    "itself, optional": {**_NODE, "$defs": {"N": thing(["value"], value=WHOLE, n=_NODE)}},
    "itself in a union": _holding(n={"oneOf": [WORD, array(_NODE), _NODE]}),
    "itself in a tuple": _holding(n={"anyOf": [WHOLE, {"prefixItems": [_NODE, _NODE]}]}),
    "itself in a tuple that may be short": _holding(n={"type": "array", "prefixItems": [_NODE]}),
    "itself twice": _holding(left={"anyOf": [_NODE, WORD]}, right={"anyOf": [_NODE, WORD]}),
    "the whole in itself": thing(["a"], a=WORD, more=array({"$ref": "#"})),
    "two that hold each other": {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": thing(["x"], x=WHOLE, b={"$ref": "#/$defs/B"}),
            "B": thing(["y"], y=WHOLE, a={"$ref": "#/$defs/A"}),
        },
    },
    "five that hold each other": {
        "$ref": "#/$defs/a",
        "$defs": {
            name: {
                "anyOf": [
                    thing(of={"const": name}, value=WHOLE),
                    *(
                        thing(
                            of={"const": other},
                            l={"$ref": f"#/$defs/{other}"},
                            r={"$ref": f"#/$defs/{other}"},
                        )
                        for other in "abcde"
                    ),
                ]
            }
            for name in "abcde"
        },
    },
    "an array of arrays of itself": {
        "$ref": "#/$defs/A",
        "$defs": {"A": array({"$ref": "#/$defs/A"})},
    },
    "itself through allOf": {
        **_NODE,
        "$defs": {"N": {"allOf": [thing(v=WHOLE), thing([], n=_NODE)]}},
    },
}
WRONG: dict[str, tuple[Any, str]] = {
    "itself, required": (_holding(n=_NODE), "holds itself"),
    "an array of itself, not empty": (_holding(n=array(_NODE, minItems=1)), "holds itself"),
    "a tuple of itself": (
        _holding(n={"type": "array", "prefixItems": [_NODE], "minItems": 1}),
        "holds itself",
    ),
    "a reference to itself": ({**_NODE, "$defs": {"N": _NODE}}, "is that itself"),
    "allOf of itself": ({**_NODE, "$defs": {"N": {"allOf": [_NODE]}}}, "is that itself"),
    "anyOf, none of which fits": ({"anyOf": [False, {"enum": []}]}, "allows no value"),
    "an empty anyOf": ({"anyOf": []}, "allows no value"),
    "allOf of enums apart": ({"allOf": [{"enum": [1]}, {"enum": [2]}]}, "allows no value"),
    "allOf of true and one": ({"allOf": [{"enum": [1]}, {"const": True}]}, "allows no value"),
}
ENTRIES = [
    Entry(name, form) for group in (JOINED, REFERRING, RECURSIVE) for name, form in group.items()
] + [Entry(name, form, error) for name, (form, error) in WRONG.items()]
