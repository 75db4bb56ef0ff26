"""Plain JSON schemas, a keyword or one form of it each, as what servers do with them is told."""

from typing import Any

from tests.grammar.entry import Entry

WORD = {"type": "string"}
WHOLE = {"type": "integer"}


def thing(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    """An object; all its properties are required unless told."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names}


def array(items: Any = WHOLE, **others: Any) -> dict[str, Any]:
    """An array."""
    return {"type": "array", "items": items, **others}


def words(count: int) -> dict[str, Any]:
    """Properties that are strings."""
    return {f"property_{number}": WORD for number in range(count)}


ANYTHING: dict[str, Any] = {
    "true in a property": thing(a=True),
    "nothing said of a property": thing(a={}),
    "a title alone": thing(a={"title": "A"}),
    "a default alone": thing(a={"default": 3, "description": "three"}),
    "not alone": thing(a={"not": {"type": "null"}}),
    "any items": {"type": "array"},
    "items true": array(True),
    "any object": {"type": "object"},
    "three any objects": thing(a={"type": "object"}, b={"type": "object"}, c={"type": "object"}),
    "six any values": thing(**{key: {} for key in "abcdef"}),
    "additionalProperties true": {"type": "object", "additionalProperties": True},
    "additionalProperties false alone": {"type": "object", "additionalProperties": False},
    "no schema": {"type": "json_object"},
    "a tool of OpenAI's": {
        "type": "json_schema",
        "json_schema": {"name": "x", "strict": True, "schema": thing(a=WORD)},
    },
}
TYPES: dict[str, Any] = {
    "a list of types": {"type": ["string", "null"]},
    "a list with constraints": {"type": ["string", "integer"], "minLength": 2, "minimum": 3},
    "a list with an object": {"type": ["object", "array", "boolean"], "properties": {"a": WHOLE}},
    "a list of one type": {"type": ["integer"]},
    "every type": {"type": ["string", "number", "integer", "object", "array", "boolean", "null"]},
    "null": {"type": "null"},
    "boolean": {"type": "boolean"},
    "no type, properties": {"properties": {"a": WHOLE}, "required": ["a"]},
    "no type, items": {"items": WHOLE},
    "no type, minLength": {"anyOf": [{"minLength": 2}]},
    "no type, minimum": {"anyOf": [{"minimum": 2}]},
    "no type, minProperties": {"anyOf": [{"minProperties": 1}]},
    "no type, contains": {"anyOf": [{"contains": WHOLE}]},
    "nullable of OpenAPI": thing(a={"type": "string", "nullable": True}),
}
STRINGS: dict[str, Any] = {
    f"maxLength {most}": {"type": "string", "maxLength": most} for most in (0, 1, 20, 50, 200, 2000)
}
STRINGS |= {
    f"format {name}": {"type": "string", "format": name}
    for name in (
        *("date", "time", "date-time", "duration", "email", "idn-email", "hostname", "uuid"),
        *("ipv4", "ipv6", "uri", "uri-reference", "iri", "regex", "json-pointer", "byte", "color"),
    )
}
STRINGS |= {
    "a pattern and lengths": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 4},
    "a pattern and a format": {"type": "string", "pattern": "^2", "format": "date"},
    "a format and lengths": {"type": "string", "format": "date", "minLength": 2},
    "contentEncoding": {"type": "string", "contentEncoding": "base64"},
    "equal bounds": {"type": "string", "minLength": 4, "maxLength": 4},
    "six short strings": thing(**{name: {"type": "string", "maxLength": 20} for name in "abcdef"}),
}
NUMBERS: dict[str, Any] = {
    "integer 1 to 10": {"type": "integer", "minimum": 1, "maximum": 10},
    "integer -5 to 5": {"type": "integer", "minimum": -5, "maximum": 5},
    "integer, exclusive bounds": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 4},
    "integer, bounds with fractions": {"type": "integer", "minimum": 0.5, "maximum": 3.5},
    "integer to 1000": {"type": "integer", "minimum": 0, "maximum": 1000},
    "integer, steps": {"type": "integer", "minimum": 0, "maximum": 20, "multipleOf": 5},
    "integer, steps with a fraction": {
        "type": "integer",
        "minimum": 1,
        "maximum": 3,
        "multipleOf": 0.1,
    },
    "number in bounds": {"type": "number", "minimum": 0, "maximum": 1},
    "number, steps": {"type": "number", "multipleOf": 0.01},
    "exclusive as a flag": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "integer",
        "minimum": 0,
        "maximum": 3,
        "exclusiveMinimum": True,
    },
}
ARRAYS: dict[str, Any] = {
    "maxItems 20": array(maxItems=20),
    "maxItems 200 of strings": array(WORD, maxItems=200),
    "maxItems 0": array(maxItems=0),
    "2 to 3 items": array(minItems=2, maxItems=3),
    "minItems 1": array(WORD, minItems=1),
    "uniqueItems": array({"enum": [1, 2]}, uniqueItems=True, minItems=2, maxItems=2),
    "contains": array({"type": ["integer", "string"]}, contains=WORD, minContains=1),
    "items false": array(False),
    "prefixItems": {"type": "array", "prefixItems": [WORD, WHOLE]},
    "prefixItems, items": {"type": "array", "prefixItems": [WORD], "items": WHOLE},
    "prefixItems, items false": {"type": "array", "prefixItems": [WORD, WORD], "items": False},
    "prefixItems, minItems": {
        "type": "array",
        "prefixItems": [WORD],
        "items": WHOLE,
        "minItems": 3,
    },
    "prefixItems, maxItems": {"type": "array", "prefixItems": [WORD, WHOLE], "maxItems": 1},
    "prefixItems without types": {"type": "array", "prefixItems": [{}, True]},
    "items as a list": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "array",
        "items": [WORD, WHOLE],
        "additionalItems": False,
        "minItems": 2,
    },
    "arrays of arrays": array(array(array())),
    "unevaluatedItems": {"prefixItems": [WORD], "unevaluatedItems": False, "minItems": 1},
}
OBJECTS: dict[str, Any] = {
    "optional integers": thing([], **{f"field_{number}": WHOLE for number in range(11)}),
    "twelve optional strings": thing([], **words(12)),
    "thirty strings": thing(**words(30)),
    "sixty booleans": thing(**{f"b{number}": {"type": "boolean"} for number in range(60)}),
    "additionalProperties false": {**thing(a=WHOLE), "additionalProperties": False},
    "required, not a property": {**thing(a=WHOLE), "required": ["a", "b"]},
    "required, not a property, of a type": {
        **thing(a=WHOLE),
        "required": ["b"],
        "additionalProperties": WORD,
    },
    "required alone": {"type": "object", "required": ["z", "a"]},
    "no properties": {"type": "object", "properties": {}},
    "a dictionary": {"type": "object", "additionalProperties": WHOLE},
    "a dictionary of arrays": {"type": "object", "additionalProperties": array(WORD)},
    "1 to 2 properties": {
        "type": "object",
        "additionalProperties": WHOLE,
        "minProperties": 1,
        "maxProperties": 2,
    },
    "minProperties beside properties": {**thing(a=WHOLE), "minProperties": 2},
    "maxProperties beside properties": {**thing([], a=WHOLE, b=WHOLE), "maxProperties": 1},
    "patternProperties": {"type": "object", "patternProperties": {"^x": WHOLE}},
    "patternProperties, closed": {
        "type": "object",
        "patternProperties": {"^x": WHOLE},
        "additionalProperties": False,
    },
    "patternProperties beside properties": {
        **thing(xa=WORD, b=WORD),
        "patternProperties": {"^x": {"enum": ["y"]}},
    },
    "propertyNames": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}},
    "propertyNames of an enum": {
        "type": "object",
        "propertyNames": {"enum": ["a", "b"]},
        "additionalProperties": WHOLE,
    },
    "propertyNames beside properties": {
        **thing(["a"], a=WHOLE, longer=WHOLE),
        "propertyNames": {"maxLength": 2},
    },
    "dependentRequired": {**thing([], a=WHOLE), "dependentRequired": {"a": ["b"]}},
    "dependentSchemas": {**thing(a=WHOLE), "dependentSchemas": {"a": {"required": ["c"]}}},
    "unevaluatedProperties": {
        **thing(a=WHOLE),
        "required": ["a", "b"],
        "allOf": [{"properties": {"b": WORD}}],
        "unevaluatedProperties": False,
    },
    "a property that allows nothing": thing(["a"], a=WHOLE, b=False),
}
VALUES: dict[str, Any] = {
    "enum of strings": {"enum": ["red", 'a "b"', "c\\d", "e\nf", "ü", "🙂", ""]},
    "enum of many types": {"enum": [1, -2.5, 1e30, True, None, "1"]},
    "enum of objects": {"enum": [{"a": 1}, {"a": [2, {"b": None}]}, {}, []]},
    "enum of lists and words": {"enum": [["a", 1], "b", [[]]]},
    "enum with a type": {"type": "string", "enum": ["a", 1, None, "b"]},
    "enum with bounds": {"type": "integer", "enum": [1, 5, 50], "maximum": 10},
    "enum with a pattern": {"enum": ["a1", "b2"], "pattern": "^a"},
    "enum with null": {"type": ["string", "null"], "enum": ["a", None]},
    "an enum of 300": {"enum": [f"item number {number}" for number in range(300)]},
    "an enum of 60 in a list": array({"enum": [f"code_{number:x}" for number in range(60)]}),
    "const": {"const": "fixed"},
    "const of a number": {"const": 1.50},
    "const of an object": {"const": {"a": {"b": [1, "c"]}}},
    "const of a list": {"const": [1, [2, []], {}]},
    "const null": thing(a={"const": None}),
    "const false": {"const": False},
    "const among enum": {"const": "b", "enum": ["a", "b"]},
}
WRONG: dict[str, tuple[Any, str]] = {
    "false": (thing(a=False), "allows no value"),
    "an empty enum": ({"enum": []}, "allows no value"),
    "an enum of another type": ({"type": "integer", "enum": ["a"]}, "allows no value"),
    "const outside enum": ({"const": "c", "enum": ["a", "b"]}, "allows no value"),
    "crossed bounds": ({"type": "integer", "minimum": 5, "maximum": 3}, "allows no value"),
    "crossed lengths": ({"type": "string", "minLength": 5, "maxLength": 3}, "allows no value"),
    "crossed numbers of items": (array(minItems=3, maxItems=1), "allows no value"),
    "items false, minItems": (array(False, minItems=1), "allows no value"),
    "two types at once": ({"allOf": [WORD, WHOLE]}, "allows no value"),
    "two constants at once": ({"allOf": [{"const": 1}, {"const": 2}]}, "allows no value"),
    "closed, and one more required": (
        {**thing(a=WHOLE), "required": ["b"], "additionalProperties": False},
        "allows no value",
    ),
    "closed in two ways": (
        {"allOf": [{**thing(a=WHOLE), "additionalProperties": False}, thing(b=WHOLE)]},
        "allows no value",
    ),
    "too many required": ({**thing(a=WHOLE, b=WHOLE), "maxProperties": 1}, "allows no value"),
    "empty and minProperties": (
        {"type": "object", "additionalProperties": False, "minProperties": 1},
        "allows no value",
    ),
    "no type that there is": (thing(a={"type": "text"}), "has the type 'text'"),
    "properties as a list": ({"type": "object", "properties": ["a"]}, "is no JSON schema"),
    "a schema that is a word": (thing(a="string"), "where a schema should be"),
    "a reference to nothing": ({"$ref": "#/$defs/A", "$defs": {}}, "where nothing stands"),
    "a reference elsewhere": ({"$ref": "https://example.com/a.json"}, "begin with #"),
}

ENTRIES = [
    Entry(name, form)
    for group in (ANYTHING, TYPES, STRINGS, NUMBERS, ARRAYS, OBJECTS, VALUES)
    for name, form in group.items()
] + [Entry(name, form, error) for name, (form, error) in WRONG.items()]
