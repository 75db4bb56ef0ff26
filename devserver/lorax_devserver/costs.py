"""How long a LoRAX server takes to compile a regular expression, told without compiling it.

The model server makes a token automaton of it with outlines-core 0.1.14, on the thread that serves
everyone. Most of that goes by states: from every state of the smallest automaton every token is
tried. The rest is interegular's, which looks the end of every step up in a list of the states it
has, so that it grows with the square of their number. Here the automaton is built in a quicker way,
and its states and steps are counted and weighed.

The weights were measured with outlines-core 0.1.14 over SmolLM2's vocabulary of 49,152 tokens.
"""

import math
from typing import Any

from lorax_devserver import automaton, regexes
from lorax_devserver.automaton import END, Arrows, Places, Steps, TooLargeError

_STATE = 0.02  # seconds for a state: every token is tried, most fail at once
_ANY = 0.1  # more, where any character may stand: the bytes between make four states
_KNOWN = 2.2e-7  # for comparing the end of a step with one known state, in all parts together
_REDUCED = 4e-7  # the same for the smallest automaton, for which it is built twice more
_MOST_PLACES = 20_000  # with more of them it is minutes


def seconds(pattern: str, limit: float = 30.0) -> float:
    """How long a model server compiles a pattern, roughly: within a factor of two.

    Args:
        pattern: What Python's re parses. Looking ahead or back counts for nothing.
        limit: Where to stop counting.

    Returns:
        Seconds, or infinity for more than the limit.

    Example:
        >>> seconds('"[a-z]{1,10}"') < 1 < seconds('("[^"]{0,50}",){20}')
        True

    Raises:
        EngineError: It is no pattern.
    """
    try:
        return _Bill(limit).of(regexes.parse(pattern))
    except (TooLargeError, RecursionError, OverflowError):
        return math.inf


class _Bill:
    """What is known of a pattern's cost so far."""

    def __init__(self, limit: float) -> None:
        self._limit, self._sum = limit, 0.0

    def of(self, tree: Any) -> float:
        if automaton.size(tree) > _MOST_PLACES:
            raise TooLargeError
        places = Places()
        start = places.before(tree, frozenset([END]))
        bits, others = automaton.classes([characters for characters, _ in places.found])
        steps, ends = self._build(places.arrows(bits), places.closed(start))
        block = automaton.smallest(steps, ends)
        smallest = dict(zip(block, steps, strict=True)).values()
        taken = sum(classes.bit_count() for out in smallest for classes, _ in out)
        self._add(_REDUCED * len(smallest) * taken + _STATE * len(smallest))
        self._add(_ANY * sum(classes & others > 0 for out in smallest for classes, _ in out))
        return self._sum

    def _add(self, time: float) -> None:
        self._sum += time
        if self._sum > self._limit:
            raise TooLargeError

    def _build(self, arrows: Arrows, start: frozenset[int]) -> tuple[Steps, list[bool]]:
        """The steps out of each set of places that can be reached, and whether it is an end."""
        states, numbers, steps, work = [start], {start: 0}, list[list[tuple[int, int]]](), 0
        for state in states:  # which grow meanwhile
            work += sum(len(after) for place in state for _, after in arrows[place])
            if work > automaton.MOST_WORK:
                raise TooLargeError
            steps.append([])
            leaving = (arrow for place in state for arrow in arrows[place])
            for classes, places in automaton.apart(leaving):
                target = numbers.setdefault(places, len(states))
                if target == len(states):
                    states.append(places)
                steps[-1].append((classes, target))
                self._add(_KNOWN * classes.bit_count() * target)
        return steps, [END in state for state in states]
