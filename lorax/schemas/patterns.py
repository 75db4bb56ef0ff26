r"""What a string may be, as a regular expression over its JSON text.

A LoRAX server puts a pattern between quotes as it stands. So a pattern here says what may stand
between the quotes of JSON: a quote and a backslash only escaped, no control character.
"""

import re
import sys
from dataclasses import dataclass
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

_PLAIN = r'[^"\\\x00-\x1F\x7F-\x9F]'
# Any character. Surrogates are left out: half of a pair is no text.
CHARACTER = (
    rf'({_PLAIN}|\\["\\/bfnrt]|\\u([0-9a-cefA-CEF][0-9a-fA-F]{{3}}|[dD][0-7][0-9a-fA-F]{{2}}))'
)
# The same without \u: where characters are counted, each costs a server that much less.
_COUNTED = rf'({_PLAIN}|\\["\\/bfnrt])'

_DAY = (
    "[12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_HEX = "[0-9a-f]"
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_NAME = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST = rf"{_NAME}(\.{_NAME})*\.[a-z]{{2,}}"


def _uuid(version: str) -> str:
    variant = _HEX if version == _HEX else "[89ab]"
    return f"{_HEX}{{8}}-{_HEX}{{4}}-{version}{_HEX}{{3}}-{variant}{_HEX}{{3}}-{_HEX}{{12}}"


# By the name of a format (JSON Schema, pydantic): texts that are certainly of it, not all of them.
FORMATS = {
    "date": _DAY,
    "time": f"{_CLOCK}{_OFFSET}?",
    "date-time": f"{_DAY}T{_CLOCK}{_OFFSET}",
    "naive-date-time": f"{_DAY}T{_CLOCK}",
    "duration": r"P([0-9]{1,3}D(T[0-9]{1,2}H([0-9]{1,2}M)?)?|T[0-9]{1,2}[HMS])",
    "email": rf"[a-z0-9]+([._+-][a-z0-9]+)*@{_HOST}",
    "hostname": _HOST,
    "ipv4": rf"{_BYTE}\.{_BYTE}\.{_BYTE}\.{_BYTE}",
    "uri": rf"https?://{_HOST}(/[A-Za-z0-9._~/-]*)?(\?[A-Za-z0-9._~=&-]*)?",
    "uuid": _uuid(_HEX),
    **{f"uuid{version}": _uuid(str(version)) for version in range(1, 9)},
}


def text(least: int = 0, most: int | None = None) -> str:
    """The pattern of any text, with so many characters."""
    if not least and most is None:
        return f"{CHARACTER}*"
    return f"{_COUNTED}{{{least},{'' if most is None else most}}}"


@dataclass(frozen=True)
class Size:
    """How large the automaton of a pattern is.

    Attributes:
        states: Its states, roughly.
        wide: Of those, in how many almost any character may stand.
        again: What is written twice or more and comes to the same states, in states.
    """

    states: int = 0
    wide: int = 0
    again: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.states + other.states, self.wide + other.wide, self.again + other.again)

    def __mul__(self, times: int) -> "Size":
        return Size(self.states * times, self.wide * times, self.again * times)


class NoPatternError(Exception):
    """A pattern that cannot be written for JSON text; the message says why."""


def rewritten(pattern: str) -> str:
    r"""A pattern of a schema, which speaks of a text, as one of the JSON text.

    It is matched as a whole, anchored or not. What it cannot say of JSON text is refused: looking
    ahead or back, naming a group again, ends of words, flags.

    Example:
        >>> print(rewritten('^a"\\d$'))
        a\\"[0-9]

    Raises:
        NoPatternError: It cannot be written so, or is no pattern of Python's.
    """
    try:
        parsed: Any = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, FutureWarning) as error:
        raise NoPatternError(str(error)) from None
    if parsed.state.flags & ~re.UNICODE:
        raise NoPatternError("it has flags")
    tree = list(parsed)
    if tree and str(tree[0][1]) in {"AT_BEGINNING", "AT_BEGINNING_STRING"}:
        del tree[0]
    if tree and str(tree[-1][1]) in {"AT_END", "AT_END_STRING"}:
        del tree[-1]
    written = _sequence(tree)
    if not written:
        raise NoPatternError("it allows only the empty text")
    return written


def size(pattern: str) -> Size:
    """How large a pattern is; it is one that this module wrote."""
    return _size(parser.parse(pattern))


def _size(items: Any) -> Size:
    found = Size()
    for kind, value in items:
        name = str(kind)
        if name.endswith("_REPEAT"):
            least, most = int(value[0]), int(value[1])
            times = max(least, 1) if most == int(parser.MAXREPEAT) else most
            found += _size(value[2]) * times
        elif name == "BRANCH":
            for branch in value[1]:
                found += _size(branch)
        elif name == "SUBPATTERN":
            found += _size(value[-1])
        else:
            wide = name == "NOT_LITERAL" or (name == "IN" and str(value[0][0]) == "NEGATE")
            found += Size(1, int(wide))
    return found


def _sequence(items: Any) -> str:
    return "".join(_item(str(kind), value) for kind, value in items)


def _item(kind: str, value: Any) -> str:
    if kind == "LITERAL":
        return _character(value)
    if kind == "ANY":
        return _PLAIN
    if kind == "NOT_LITERAL":
        return _set([("NEGATE", None), ("LITERAL", value)])
    if kind == "IN":
        return _set(value)
    if kind == "BRANCH":
        return "(" + "|".join(_sequence(branch) for branch in value[1]) + ")"
    if kind == "SUBPATTERN":
        if value[1] or value[2]:
            raise NoPatternError("it has flags")
        return f"({_sequence(value[3])})"
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _repeated(int(value[0]), int(value[1]), _sequence(value[2]))
    words = {"AT": "an anchor inside", "GROUPREF": "a group named again"}
    raise NoPatternError(f"it has {words.get(kind, kind.lower().replace('_', ' '))}")


def _repeated(least: int, most: int, inside: str) -> str:
    if not inside:
        return ""
    if most == int(parser.MAXREPEAT):
        times = {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    else:
        times = "?" if (least, most) == (0, 1) else f"{{{least},{most}}}"
    return f"({inside}){times}"


_ESCAPED = {
    '"': '\\\\"',
    "\\": r"\\\\",
    "\b": r"\\b",
    "\f": r"\\f",
    "\n": r"\\n",
    "\r": r"\\r",
    "\t": r"\\t",
}
# What a set leaves out with a class: in some readings it holds these as well.
_BEYOND = {
    "CATEGORY_DIGIT": "\u0660-\U0010ffff",
    "CATEGORY_WORD": "\x80-\U0010ffff",
    "CATEGORY_SPACE": "\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
_RANGES = {"CATEGORY_DIGIT": "0-9", "CATEGORY_WORD": "A-Za-z0-9_", "CATEGORY_SPACE": " "}


def _character(code: int) -> str:
    character = chr(code)
    if character in _ESCAPED:
        return _ESCAPED[character]
    if _is_control(code):
        raise NoPatternError(f"it has the control character {code:#04x}")
    return re.escape(character)


def _is_control(code: int) -> bool:
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


def _set(items: Any) -> str:
    """A set of characters without those that JSON text has only escaped."""
    negated = str(items[0][0]) == "NEGATE"
    inside = ""
    for kind, value in items[1:] if negated else items:
        name = str(kind)
        if name == "LITERAL":
            inside += _in_set(value, value, negated=negated)
        elif name == "RANGE":
            inside += _in_set(value[0], value[1], negated=negated)
        elif str(value) in _RANGES:
            inside += _RANGES[str(value)] + (_BEYOND[str(value)] if negated else "")
        elif str(value).replace("NOT_", "") in _RANGES and not negated and len(items) == 1:
            return _set([("NEGATE", None), ("CATEGORY", str(value).replace("NOT_", ""))])
        else:
            raise NoPatternError("it has a class inside a class")
    if negated:
        return rf'[^"\\\x00-\x1F\x7F-\x9F{inside}]'
    if not inside:
        raise NoPatternError("it has a class of characters that JSON only has escaped")
    return f"[{inside}]"


def _in_set(first: int, last: int, *, negated: bool) -> str:
    """A range of a set, in the parts that may stand there bare."""
    if negated and first == last and (_is_control(first) or chr(first) in '"\\'):
        return ""  # left out anyhow
    written, begin = "", first
    for stop in [*(code for code in (0x22, 0x5C) if first <= code <= last), last + 1]:
        begin = max(begin, 0x20)
        for low, high in _bare(begin, stop - 1):
            written += _end(low) if low == high else f"{_end(low)}-{_end(high)}"
        begin = stop + 1
    return written


def _bare(first: int, last: int) -> list[tuple[int, int]]:
    """The parts of a range without controls and surrogates."""
    allowed = [(0x20, 0x7E), (0xA0, 0xD7FF), (0xE000, 0x10FFFF)]
    parts = [(max(first, low), min(last, high)) for low, high in allowed]
    return [(low, high) for low, high in parts if low <= high]


def _end(code: int) -> str:
    character = chr(code)
    return f"\\{character}" if character in r"\]^-[" else character
