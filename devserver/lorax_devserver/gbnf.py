"""A regular expression as a grammar in llama.cpp's notation (GBNF, grammars/README.md there)."""

from typing import Any

from lorax_devserver.errors import EngineError
from lorax_devserver.regexes import ENDLESS, parse

_CATEGORIES = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_SPACE": " \\t\\n\\r\\x0B\\x0C",
    "CATEGORY_WORD": "A-Za-z0-9_",
}


def grammar(pattern: str) -> str:
    """The grammar whose texts are those that a pattern matches whole.

    Example:
        >>> grammar("(ab|c)+")
        'root ::= ((("a" "b" | "c")))+'

    Raises:
        EngineError: The pattern is none, or looks ahead or back, which no grammar can.
    """
    try:
        return f"root ::= {_sequence(parse(pattern))}"
    except (ValueError, RecursionError) as error:
        raise EngineError(f"cannot be made a grammar: {error}") from error


def _sequence(items: Any) -> str:
    return " ".join(part for item in items if (part := _item(item))) or '""'


def _item(item: Any) -> str:
    """One node of a parsed pattern; group numbers and flags mean nothing to a grammar."""
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return f'"{_character(value)}"'
    if kind == "NOT_LITERAL":
        return f"[^{_character(value)}]"
    if kind == "ANY":
        return "[^\\n]"
    if kind == "IN":
        return _set(value)
    if kind == "BRANCH":
        return f"({' | '.join(_sequence(branch) for branch in value[1])})"
    if kind == "SUBPATTERN":
        return f"({_sequence(value[-1])})"
    if kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return f"({_sequence(value[2])}){_times(*map(int, value[:2]))}"
    if kind == "AT":
        return ""  # the whole text is matched anyhow
    raise ValueError(f"{kind.lower()} in a pattern")


def _times(least: int, most: int) -> str:
    endless = most == ENDLESS
    known = {(0, True): "*", (1, True): "+"}.get((least, endless))
    if known:
        return known
    if (least, most) == (0, 1):
        return "?"
    return f"{{{least},}}" if endless else f"{{{least},{most}}}"


def _set(items: Any) -> str:
    negated, inside = "", ""
    for kind, value in items:
        name = str(kind)
        if name == "NEGATE":
            negated = "^"
        elif name == "LITERAL":
            inside += _character(value)
        elif name == "RANGE":
            inside += f"{_character(value[0])}-{_character(value[1])}"
        elif str(value) in _CATEGORIES:
            inside += _CATEGORIES[str(value)]
        else:
            raise ValueError(f"{str(value).lower()} in a pattern")
    return f"[{negated}{inside}]"


def _character(code: int) -> str:
    """A character in quotes or in a set: letters and digits as they are, others by number."""
    text = chr(code)
    if text.isascii() and (text.isalnum() or text in " _:,{}.;'"):
        return text
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
