"""Training conversations: what users ask of the functions they offer, and the turn that is due.

The eight conversations of a step share their functions and their system turn, so that a long
beginning is computed once.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from training.tools import smalltalk
from training.tools.chains import CHAINS, Chain
from training.tools.toolsets import Ask, Offered, chained, every_function, fill, offered

Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Conversation:
    """A conversation up to the turn that is due, and that turn.

    Attributes:
        tools: The functions that are offered.
        choice: What the client is given as tool_choice.
        parallel: Whether several calls may be made at once.
        messages: The turns.
        due: The turn that the model should write.
    """

    tools: Sequence[dict[str, Any]]
    choice: str
    parallel: bool
    messages: Messages
    due: Any

    @property
    def answer(self) -> str:
        """The turn as the model writes it."""
        return json.dumps(self.due, ensure_ascii=False)


def conversations(steps: int, size: int, seed: int) -> list[list[Conversation]]:
    """Returns the conversations of each step, always the same ones for the same seed."""
    rng = random.Random(seed)
    functions = every_function()
    single = [one for one in functions if not _takes_all(one.arguments)]
    asking = [one for one in functions if _takes_all(one.arguments)]
    return [list(_Step(rng, single, asking).conversations(size)) for _ in range(steps)]


def _takes_all(arguments: dict[str, str]) -> bool:
    return any(kind.startswith("whole") for kind in arguments.values())


class _Step:
    """The conversations of one step: draws functions and a form, then what is said about them."""

    def __init__(self, rng: random.Random, single: list[Any], asking: list[Any]) -> None:
        self.rng = rng
        self.chain: Chain | None = None
        self.functions = [*single, *rng.sample(asking, len(single) // 4)]
        self.tools = self._draw_tools(single, asking)
        form = rng.choices(["auto", "any", "required", "name", "parallel"], [66, 6, 4, 5, 19])[0]
        self.parallel = form == "parallel" or (form in {"any", "required"} and rng.random() < 0.2)
        self.choice = "auto" if form == "parallel" else form
        if form == "name":
            self.choice = rng.choice(self.tools).name
        system = fill(rng.choice(smalltalk.SYSTEMS), {}, rng)
        self.system = [{"role": "system", "content": system}] if rng.random() < 0.5 else []
        self.ids = 0

    def conversations(self, size: int) -> Iterator[Conversation]:
        """Draws the conversations."""
        kinds = {self._call: 42, self._result: 24, self._two: 14, self._words: 22}
        if self.choice != "auto":
            kinds = {self._call: 80, self._two: 20}
        tools = [one.tool for one in self.tools]
        for _ in range(size):
            said, due = self.rng.choices(list(kinds), list(kinds.values()))[0]()
            before = self._finished() if self.rng.random() < 0.14 else []
            messages = [*self.system, *before, *said]
            yield Conversation(tools, self.choice, self.parallel, messages, due)

    def _draw_tools(self, single: list[Any], asking: list[Any]) -> list[Offered]:
        """One to five functions of different names; in some steps one takes whole questions."""
        rng = self.rng
        count = rng.choices([1, 2, 3, 4, 5], [14, 28, 30, 18, 10])[0]
        wanted = [rng.choice(asking)] if rng.random() < 0.3 else []
        first = rng.choice(single)
        related = [one for one in single if one.domain == first.domain and one is not first]
        wanted += [first, *(related if rng.random() < 0.4 else [])]
        others = [one for one in single if one not in wanted]
        wanted = [*wanted, *rng.sample(others, count)][:count]
        if rng.random() < 0.13:
            self.chain = rng.choice(CHAINS)
            ends = {self.chain.first, self.chain.second}
            wanted = [one for one in single if one.names.split("|")[0] in ends] + wanted[:2]
        rng.shuffle(wanted)
        found: dict[str, Offered] = {}
        for function in wanted:
            one = offered(function, rng)
            found.setdefault(one.name, one)
        return list(found.values())

    def _ask(self) -> Ask:
        callable_ = [
            one for one in self.tools if self.choice in {one.name, "auto", "any", "required"}
        ]
        one = self.rng.choice(callable_)
        return _said_otherwise(one.ask(self.rng), self.rng)

    def _call(self) -> tuple[Messages, Any]:
        ask = self._ask()
        return [_user(ask.question)], [ask.call] if self.parallel else ask.call

    def _result(self) -> tuple[Messages, Any]:
        ask = self._ask()
        return [_user(ask.question), *self._called([ask])], _words(ask.answer)

    def _two(self) -> tuple[Messages, Any]:
        """Two requests in one turn: both calls at once, or one after the other, then words."""
        if self.chain and self.choice == "auto" and self.rng.random() < 0.8:
            return self._chained(self.chain)
        one, two = self._ask(), self._ask()
        if one.call == two.call:
            return self._call()
        between = self.rng.choice(smalltalk.BETWEEN)
        asked = [_user(f"{one.question} {between}{two.question}")]
        if self.parallel and self.rng.random() < 0.7:
            return asked, [one.call, two.call]
        results = self._called([one, two]) if self.parallel else self._in_turn(one, two)
        stage = self.rng.random()
        if self.choice != "auto" or (stage < 0.65 and not self.parallel):
            if self.parallel:
                return asked, [one.call, two.call]
            return (asked, one.call) if stage < 0.25 else ([*asked, *results[:2]], two.call)
        return [*asked, *results], _words(f"{one.answer} {two.answer}")

    def _chained(self, chain: Chain) -> tuple[Messages, Any]:
        """One request that takes two calls, of which the second needs the first one's result."""
        ends = {one.function.names.split("|")[0]: one for one in self.tools}
        if not {chain.first, chain.second} <= ends.keys():
            return self._call()
        one, two = chained(ends[chain.first], ends[chain.second], chain, self.rng)
        asked, results = [_user(one.question)], self._in_turn(one, two)
        said, due = self.rng.choice(
            [(asked, one.call), ([*asked, *results[:2]], two.call), ([*asked, *results], None)]
        )
        if due is None:
            return said, _words(two.answer)
        return said, [due] if self.parallel else due

    def _in_turn(self, one: Ask, two: Ask) -> Messages:
        return [*self._called([one]), *self._called([two])]

    def _words(self) -> tuple[Messages, Any]:
        """Something that no function is for."""
        rng = self.rng
        if rng.random() < 0.5:
            domains = {one.function.domain for one in self.tools}
            others = [one for one in self.functions if one.domain not in domains]
            ask = _said_otherwise(offered(rng.choice(others), rng).ask(rng), rng)
            return [_user(ask.question)], _words(rng.choice(smalltalk.DECLINED))
        lines = smalltalk.SMALLTALK if rng.random() < 0.65 else smalltalk.KNOWLEDGE
        said, answer = _exchange(lines, rng)
        return [_user(said)], _words(answer)

    def _finished(self) -> Messages:
        """An exchange that is over when the conversation begins."""
        if self.rng.random() < 0.4:
            said, answer = _exchange(smalltalk.SMALLTALK, self.rng)
            return [_user(said), {"role": "assistant", "content": answer}]
        ask = self._ask()
        ended = {"role": "assistant", "content": ask.answer}
        return [_user(ask.question), *self._called([ask]), ended]

    def _called(self, asks: Sequence[Ask]) -> Messages:
        """The turn that calls, and those of the results."""
        calls, results = [], []
        for ask in asks:
            self.ids += 1
            calls.append({"id": f"call_{self.ids}", **ask.call})
            result = {"role": "tool", "tool_call_id": f"call_{self.ids}", "content": ask.result}
            results.append(result)
        return [{"role": "assistant", "content": "", "tool_calls": calls}, *results]


def _said_otherwise(ask: Ask, rng: random.Random) -> Ask:
    """A question as people write it: with a word before, or without care."""
    question = ask.question
    if question in ask.arguments.values():
        return ask
    form = rng.random()
    if form < 0.1:
        question = rng.choice(smalltalk.BEFORE) + question
    elif form < 0.16:
        question = question.rstrip(".?!")
    elif form < 0.22 and not question.startswith("I "):
        question = question[0].lower() + question[1:]
    return Ask(question, ask.name, ask.arguments, ask.result, ask.answer)


def _exchange(lines: str, rng: random.Random) -> tuple[str, str]:
    said, answer = rng.choice(lines.strip().splitlines()).split(" => ")
    drawn: dict[str, Any] = {}
    return fill(said, drawn, rng), fill(answer, drawn, rng)


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def _words(text: str) -> dict[str, str]:
    return {"content": text}
