"""The automaton of a regular expression: its places, their characters, and the fewest states."""

import sys
from collections.abc import Iterable
from typing import Any

from lorax_devserver.regexes import ENDLESS

MOST_WORK = 1_000_000  # steps of one part; what takes more is no pattern for a server either
END, _TOP = 0, sys.maxunicode + 1
_CATEGORIES = {  # as interegular has them: of ASCII
    "DIGIT": ((0x30, 0x3A),),
    "SPACE": ((0x09, 0x0E), (0x20, 0x21)),
    "WORD": ((0x30, 0x3A), (0x41, 0x5B), (0x5F, 0x60), (0x61, 0x7B)),
}
Characters = tuple[tuple[int, int], ...]  # ranges, each with its end left out, in order
Arrows = list[list[tuple[int, frozenset[int]]]]  # by place: classes, and the places after them
Steps = list[list[tuple[int, int]]]  # by state: classes, as bits, and the state after them


class TooLargeError(Exception):
    """A pattern whose automaton is not worth the work."""


class Places:
    """Places for a character in a pattern: which may stand there, and the places after it."""

    def __init__(self) -> None:
        self.found: list[tuple[Characters, frozenset[int]]] = [((), frozenset())]
        self._loops: dict[int, frozenset[int]] = {}  # by a negative number that stands for places
        self._sum = 0

    def before(self, items: Any, after: frozenset[int]) -> frozenset[int]:
        """The places at which a sequence begins, given those after it."""
        for kind, value in reversed(list(items)):
            after = self._item(str(kind), value, after)
            self._sum += len(after)
            if self._sum > MOST_WORK:
                raise TooLargeError
        return after

    def _item(self, kind: str, value: Any, after: frozenset[int]) -> frozenset[int]:
        if kind.endswith("_REPEAT"):
            return self._repeat(int(value[0]), int(value[1]), value[2], after)
        if kind == "BRANCH":
            return frozenset().union(*(self.before(branch, after) for branch in value[1]))
        if kind in {"SUBPATTERN", "ATOMIC_GROUP"}:
            return self.before(value[-1] if kind == "SUBPATTERN" else value, after)
        if kind not in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}:
            return after  # no character: an end, a look ahead, a group that is named again
        self.found.append((self._characters(kind, value), after))
        return frozenset([len(self.found) - 1])

    def _repeat(self, least: int, most: int, body: Any, after: frozenset[int]) -> frozenset[int]:
        begin = after
        if most == ENDLESS:
            loop = -1 - len(self._loops)
            self._loops[loop] = frozenset()
            begin = self._loops[loop] = self.before(body, frozenset([loop])) | after
        else:
            for _ in range(most - least):
                begin = self.before(body, begin) | after
        for _ in range(least):
            begin = self.before(body, begin)
        return begin

    def _characters(self, kind: str, value: Any) -> Characters:
        only = 0x0A if kind == "ANY" else value
        items: Any = value if kind == "IN" else [("LITERAL", only)]
        ranges: list[tuple[int, int]] = []
        for name, item in items:
            if str(name) == "LITERAL":
                ranges.append((item, item + 1))
            elif str(name) == "RANGE":
                ranges.append((item[0], item[1] + 1))
            elif str(name) == "CATEGORY":
                category = str(item).removeprefix("CATEGORY_")
                positive = _CATEGORIES[category.removeprefix("NOT_")]
                ranges.extend(_others(positive) if category.startswith("NOT_") else positive)
        negated = kind in {"NOT_LITERAL", "ANY"} or str(items[0][0]) == "NEGATE"
        return _others(ranges) if negated else _others(_others(ranges))

    def closed(self, places: Iterable[int]) -> frozenset[int]:
        """Places with none standing for others."""
        seen, left = set(places), [place for place in places if place < 0]
        while left:
            new = self._loops[left.pop()] - seen
            seen |= new
            left += [place for place in new if place < 0]
        return frozenset(place for place in seen if place >= 0)

    def arrows(self, bits: dict[Characters, int]) -> Arrows:
        """By place: the classes that may come, and the places after them."""
        closed = {after: self.closed(after) for _, after in self.found}
        return [[(bits[characters], closed[after])] for characters, after in self.found]


def classes(sets: list[Characters]) -> tuple[dict[Characters, int], int]:
    """Unicode in classes that the same sets hold, a bit for each: those of each set; the last."""
    numbers = {characters: number for number, characters in enumerate(dict.fromkeys(sets))}
    turns = dict.fromkeys([0, _TOP], 0)
    for characters, number in numbers.items():
        for turn in (end for range_ in characters for end in range_):
            turns[turn] = turns.get(turn, 0) ^ 1 << number
    holders, bits = 0, dict[int, int]()
    for turn in sorted(turns)[:-1]:
        holders ^= turns[turn]
        bits.setdefault(holders, 1 << len(bits))
    if len(bits) * len(numbers) > MOST_WORK:
        raise TooLargeError
    return {
        characters: sum(bit for holders, bit in bits.items() if holders >> number & 1)
        for characters, number in numbers.items()
    }, bits[holders]


def _others(ranges: Iterable[tuple[int, int]]) -> Characters:
    """The characters outside some ranges."""
    others, at = list[tuple[int, int]](), 0
    for begin, end in sorted(ranges):
        if begin > at:
            others.append((at, begin))
        at = max(at, end)
    return (*others, *([(at, _TOP)] if at < _TOP else []))


def size(items: Any) -> int:
    """The places in a sequence, with repetitions written out."""
    found = 0
    for kind, value in items:
        if str(kind).endswith("_REPEAT"):
            endless = int(value[1]) == ENDLESS
            found += int(value[0] + 1 if endless else value[1]) * max(1, size(value[2]))
        elif str(kind) == "BRANCH":
            found += sum(map(size, value[1]))
        elif str(kind) in {"SUBPATTERN", "ATOMIC_GROUP"}:
            found += size(value[-1] if str(kind) == "SUBPATTERN" else value)
        else:
            found += 1
    return found


def smallest(steps: Steps, ends: list[bool]) -> list[int]:
    """For each state its block of states that the same texts follow (Hopcroft's algorithm)."""
    into: Steps = [[] for _ in steps]
    for source, out in enumerate(steps):
        for classes, target in out:
            into[target].append((classes, source))
    block = [int(end) for end in ends]
    members = [{state for state, end in enumerate(ends) if end == kind} for kind in (False, True)]
    waiting = {0, 1}
    while waiting:
        ways: dict[int, int] = {}
        for target in members[waiting.pop()]:
            for classes, source in into[target]:
                ways[source] = ways.get(source, 0) | classes
        alike: dict[tuple[int, int], set[int]] = {}
        for source, classes in ways.items():
            alike.setdefault((block[source], classes), set()).add(source)
        for (old, _), group in alike.items():
            if len(group) < len(members[old]):
                members[old] -= group
                for state in group:
                    block[state] = len(members)
                smaller = len(group) <= len(members[old])
                waiting.add(len(members) if old in waiting or smaller else old)
                members.append(group)
    return block


def apart(arrows: Iterable[tuple[int, frozenset[int]]]) -> list[tuple[int, frozenset[int]]]:
    """Disjoint sets of classes, each with all that it leads to."""
    grouped: dict[int, set[int]] = {}
    for classes, after in arrows:
        grouped.setdefault(classes, set()).update(after)
    parts: dict[int, frozenset[int]] = {}
    for classes, targets in grouped.items():
        left = classes
        for part, known in list(parts.items()):
            if both := part & classes:
                left &= ~part
                del parts[part]
                parts[both] = known | targets
                if rest := part & ~classes:
                    parts[rest] = known
        if left:
            parts[left] = frozenset(targets)
    joined: dict[frozenset[int], int] = {}
    for classes, ends in parts.items():
        joined[ends] = joined.get(ends, 0) | classes
    return [(classes, ends) for ends, classes in joined.items() if ends]
