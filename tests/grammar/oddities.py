"""Plain JSON schemas whose names and values are hard to write into a regular expression."""

from typing import Any

from tests.grammar.entry import Entry
from tests.grammar.keywords import WHOLE, WORD, array, thing

_NAMES = {
    "a quote": 'say "hi"',
    "a backslash": "a\\b",
    "a line end": "a\nb",
    "a tab": "a\tb",
    "a control character": "a\x01b\x7f\x80",
    "an accent": "naïve",
    "Chinese": "名前",
    "an emoji": "🙂",
    "a line separator": "a\u2028b",
    "brackets": "a[0].{b}(c)*+?|^$",
    "blanks": " a  b ",
    "nothing": "",
    "a keyword": "properties",
    "a reference": "$ref",
    "a hash": "#a-b&c~d",
    "a slash": "a/b",
    "a surrogate's look": "\\ud83d",
}
ODD: dict[str, Any] = {
    f"a name with {what}": thing(**{name: WHOLE}) for what, name in _NAMES.items()
}
ODD |= {
    "names that are keywords": thing(
        type=WORD, enum=WHOLE, items=array(), required=WORD, const=WHOLE, anyOf=WHOLE
    ),
    "all of the names": thing(**{key: {"type": "boolean"} for key in _NAMES.values()}),
    "order that is not the alphabet's": thing(zebra=WHOLE, apple=WHOLE, mango=WHOLE),
    "values with every escape": {"enum": ["\b\f\n\r\t", '"\\/', "\x00\x1f", "\x7f", "\u2028"]},
    "a const with odd names": {"const": dict.fromkeys(_NAMES.values(), "é\n")},
    "odd numbers": {"enum": [0, -0.0, 1e-7, 1e22, 123456789012345678901234567890, 0.1]},
    "a long name": thing(**{"a_name_that_is_rather_long_" * 4: WHOLE}),
    "a long enum value": {"enum": ["word " * 60, "other"]},
    "six levels": array(),
    "a title that is an object": thing(title=thing(title=WORD), description=WORD, default=WORD),
    "a default that does not fit": thing([], a={"type": "integer", "default": "none"}),
    "descriptions everywhere": {
        "title": "T",
        "description": "d",
        "$comment": "c",
        **thing(a={**WORD, "description": "d", "examples": ["x"], "deprecated": True}),
    },
    "integers written as numbers": {"type": "string", "minLength": 2.0, "maxLength": 3.0},
    "minItems as a number": array(minItems=1.0, maxItems=2.0),
}
for _ in range(5):
    ODD["six levels"] = array(ODD["six levels"])

ENTRIES = [Entry(name, form) for name, form in ODD.items()]
