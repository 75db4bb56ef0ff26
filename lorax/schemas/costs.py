"""What a lowered schema costs a server: the seconds in which it compiles it, and everyone waits.

A LoRAX server makes an automaton of a schema and tries its whole vocabulary from every state. With
outlines-core 0.1.14 and 49,152 tokens that was measured as 0.02 s a state, and 0.1 s more where
almost any character may stand; a larger vocabulary takes longer. What an array holds is written
twice, so that arrays in arrays come to much text, though to few states; that costs its square.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from lorax.schemas import patterns
from lorax.schemas.merging import Schema
from lorax.schemas.patterns import Size

_BASE, _STATE, _WIDE, _AGAIN = 0.3, 0.02, 0.1, 7e-7
_PLAIN = {"integer": Size(3), "number": Size(9), "boolean": Size(8), "null": Size(4)}


@dataclass(frozen=True)
class Cost:
    """What a schema costs.

    Attributes:
        seconds: Of compiling, roughly: within a factor of two.
        most: The place in it that costs most, such as `$.user.name`.
        share: How much of the seconds that is, up to 1.
    """

    seconds: float
    most: str
    share: float


def cost(schema: Schema) -> Cost:
    """The cost of a lowered schema.

    Example:
        >>> cost({"type": "integer"}).seconds < 1
        True
    """
    parts: dict[str, float] = {}
    whole = _seconds(_size(schema, "$", parts, 1))
    most = max(parts, key=lambda path: parts[path], default="$")
    return Cost(_BASE + whole, most, parts.get(most, 0) / whole if whole else 0)


def _seconds(size: Size) -> float:
    return (
        size.states * _STATE + size.wide * _WIDE + size.again * (size.states + size.again) * _AGAIN
    )


def _size(schema: Schema, path: str, parts: dict[str, float], times: int) -> Size:
    """How large the automaton of a schema is; `parts` gets what each leaf of it costs."""
    if "properties" in schema:
        inside = [
            _text(f'"{name}"') + Size(3) + _size(part, f"{path}.{name}", parts, times)
            for name, part in schema["properties"].items()
        ]
        return _sum(inside) + Size(2 + len(inside))
    if "anyOf" in schema:
        return _sum(_size(option, path, parts, times) for option in schema["anyOf"])
    if "prefixItems" in schema:
        places = enumerate(schema["prefixItems"])
        inside = [_size(part, f"{path}[{n}]", parts, times) + Size(2) for n, part in places]
        return _sum(inside) + Size(2)
    if "items" in schema:
        return _repeated(schema, "Items", schema["items"], f"{path}[]", parts, times)
    if "additionalProperties" in schema:
        value = schema["additionalProperties"]
        return _repeated(schema, "Properties", value, f"{path}.*", parts, times)
    leaf = _leaf(schema)
    parts[path] = parts.get(path, 0) + _seconds(leaf) * times
    return leaf


def _repeated(
    schema: Schema, kind: str, one: Schema, path: str, parts: dict[str, float], times: int
) -> Size:
    """Each copy that a bound asks for is written out; without bounds there are two that are one."""
    most: int | None = schema.get(f"max{kind}")
    copies = most or max(schema.get(f"min{kind}", 1), 1)
    key = Size(5, 1) if kind == "Properties" else Size()
    inside = key + Size(3) + _size(one, path, parts, times * copies)
    again = 0 if most else inside.states + inside.again
    return inside * copies + Size(2, 0, again)


def _leaf(schema: Schema) -> Size:
    if "enum" in schema:
        return Size(_joined([json.dumps(value) for value in schema["enum"]]))
    if "pattern" in schema:
        return patterns.size(schema["pattern"]) + Size(2)
    return _PLAIN.get(schema["type"], Size(3))


def _joined(texts: list[str]) -> int:
    """The states of an automaton of some texts, where what may follow alike is one state."""
    following: dict[str, set[str]] = {}
    for text in texts:
        for end in range(len(text) + 1):
            following.setdefault(text[:end], set()).add(text[end : end + 1])
    # The longest beginnings first: a state is its next characters and the states after them.
    states: dict[frozenset[tuple[str, int]], int] = {}
    of: dict[str, int] = {}
    for begin in sorted(following, key=len, reverse=True):
        out = frozenset((one, of[begin + one] if one else -1) for one in following[begin])
        of[begin] = states.setdefault(out, len(states))
    return len(states)


def _text(text: str) -> Size:
    return Size(len(text))


def _sum(sizes: Iterable[Size]) -> Size:
    total = Size()
    for size in sizes:
        total += size
    return total
