"""Texts that a regular expression allows, drawn by a seed: short, but now and then the longest."""

import random
from typing import Any

from lorax_devserver import regexes

# What strings are broken by, and what a vocabulary has seldom; `~` and blanks stand at the ends.
_CHARACTERS = " aZ09'/{}[],:.-_~$é漢🙂\u2028\uffff"
_DIGITS, _BLANKS = "0123456789", " "
_WORD = "abcxyzABCXYZ_0123456789"
_CATEGORIES = {"DIGIT": _DIGITS, "SPACE": _BLANKS, "WORD": _WORD}
_LONGEST = 3000  # of a repetition that is drawn to its end


class Walker:
    """Draws texts.

    Args:
        seed: Equal seeds draw equal texts.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def texts(self, pattern: str, count: int) -> list[str]:
        """So many texts that the pattern allows."""
        tree = regexes.parse(pattern)
        return [self._sequence(tree) for _ in range(count)]

    def _sequence(self, items: Any) -> str:
        return "".join(self._item(str(kind), value) for kind, value in items)

    def _item(self, kind: str, value: Any) -> str:
        if kind == "LITERAL":
            return chr(value)
        if kind.endswith("_REPEAT"):
            times = self._times(int(value[0]), int(value[1]))
            return "".join(self._sequence(value[2]) for _ in range(times))
        if kind == "BRANCH":
            return self._sequence(self._random.choice(value[1]))
        if kind == "SUBPATTERN":
            return self._sequence(value[-1])
        if kind in {"AT", "ASSERT", "ASSERT_NOT"}:  # no text of its own
            return ""
        if kind == "ANY":
            return self._random.choice(_CHARACTERS)
        assert kind in {"IN", "NOT_LITERAL"}, f"no text can be drawn from {kind}"
        return self._one_of([("NEGATE", None), ("LITERAL", value)] if kind != "IN" else value)

    def _times(self, least: int, most: int) -> int:
        if most < _LONGEST and self._random.random() < 0.15:
            return most
        more = min(int(self._random.expovariate(0.8)), 6)
        return min(most, least + more)

    def _one_of(self, items: Any) -> str:
        if str(items[0][0]) == "NEGATE":
            left = [one for one in _CHARACTERS if not any(_holds(item, one) for item in items[1:])]
            return self._random.choice(left)
        kind, value = self._random.choice(items)
        if str(kind) == "LITERAL":
            return chr(value)
        if str(kind) == "RANGE":
            low, high = value
            return chr(self._random.choice([low, high, self._random.randint(low, high)]))
        return self._random.choice(_category(value))


def _category(name: Any) -> str:
    """The characters of a class such as that of digits, or of its opposite."""
    known = str(name).removeprefix("CATEGORY_")
    if known in _CATEGORIES:
        return _CATEGORIES[known]
    left = _CATEGORIES[known.removeprefix("NOT_")]
    return "".join(one for one in _CHARACTERS if one not in left)


def _holds(item: Any, character: str) -> bool:
    kind, value = item
    if str(kind) == "LITERAL":
        return ord(character) == int(value)
    if str(kind) == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    return character in _category(value)
