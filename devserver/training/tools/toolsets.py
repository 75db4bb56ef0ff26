"""Functions as a client offers them: names, descriptions and schemas, drawn from their entries."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import Any

from training.tools import asking, functions, values
from training.tools.chains import Chain
from training.tools.functions import Function
from training.tools.smalltalk import FAILURES, OK

Drawn = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """A question, the call that it takes, what the function gives, and the answer to the user."""

    question: str
    name: str
    arguments: Drawn
    result: str
    answer: str

    @property
    def call(self) -> Drawn:
        """The call as a model writes it."""
        return {"name": self.name, "arguments": self.arguments}


@dataclass(frozen=True)
class Argument:
    """An argument: its name here and in the entry, its kind, its schema, and its default."""

    name: str
    known_as: str
    kind: str
    schema: Drawn
    default: Any = None
    optional: bool = False


@dataclass(frozen=True)
class Offered:
    """A function as it is offered: the dict for the client, and what is asked of it."""

    function: Function
    tool: Drawn
    arguments: tuple[Argument, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.tool["name"])

    def ask(self, rng: random.Random) -> Ask:
        """Returns a question that takes this function."""
        asked, answer = _line(self.function.asks, rng).split(" => ")
        said = dict(re.findall(r"\{(\w+)=(\w+)\}", asked))
        asked = re.sub(r" ?\{\w+=\w+\}", "", asked)
        drawn = {
            argument.known_as: _value(argument, rng)
            for argument in self.arguments
            if f"<{argument.known_as}>" in asked
        }
        question = fill(asked, drawn, rng, spelled=True)
        # What the answer has beyond the question's words is the result.
        result = {
            name: _drawn(name, rng) for name in re.findall(r"<(\w+)>", answer) if name not in drawn
        }
        answer = fill(answer, {**drawn, **result}, rng)
        answer = answer[0].upper() + answer[1:]
        if rng.random() < 0.05:
            told, answer = rng.choice(FAILURES)
        else:
            told = _told(result, answer, rng)
        found = {one.name: _argument(one, drawn, said, question) for one in self.arguments}
        return Ask(question, self.name, found, told, answer)


def offered(function: Function, rng: random.Random) -> Offered:
    """Returns a function under one of its names, described in one of the usual forms."""
    plain = rng.random() < 0.45  # written by hand; else as pydantic and LangChain write it
    described = rng.random() < 0.5
    arguments = [
        _offered_argument(known, spec, plain, described, rng)
        for known, spec in function.arguments.items()
    ]
    if rng.random() < 0.25:
        rng.shuffle(arguments)
    properties = {one.name: one.schema for one in arguments}
    required = [one.name for one in arguments if not one.optional]
    parameters: Drawn = {"type": "object", "properties": properties}
    if not plain:
        parameters = {"properties": properties}
    if required:
        parameters["required"] = required
    parameters.setdefault("type", "object")
    tool: Drawn = {"name": _name(function, rng)}
    if rng.random() < 0.94:
        tool["description"] = rng.choice(function.says.split("|")) + rng.choice(["", "", "."])
    if arguments or not plain:
        tool["parameters"] = parameters
    return Offered(function, tool, tuple(arguments))


def chained(first: Offered, second: Offered, chain: Chain, rng: random.Random) -> tuple[Ask, Ask]:
    """Returns the two calls that one question takes; both have the question and the last answer."""
    question, answer = _line(chain.asks, rng).split(" => ")
    drawn = {
        one.known_as: _value(one, rng)
        for one in (*first.arguments, *second.arguments)
        if f"<{one.known_as}>" in question
    }
    question = fill(question, drawn, rng, spelled=True)
    drawn[chain.passed] = values.draw(chain.kind, rng)
    answer = fill(answer, drawn, rng)
    answer = answer[0].upper() + answer[1:]
    told = _told({chain.kind: drawn[chain.passed]}, str(drawn[chain.passed]), rng)
    results = (told, rng.choice(OK))
    one, two = (
        Ask(
            question,
            offered.name,
            {one.name: _argument(one, drawn, {}, question) for one in offered.arguments},
            result,
            answer,
        )
        for offered, result in zip((first, second), results, strict=True)
    )
    return one, two


def every_function() -> list[Function]:
    """Returns the functions, with those that are made for asking databases and texts."""
    databases = []
    for owner, asks in asking.DATABASES.items():
        for line in asking.ASKING.strip().splitlines():
            name, things = owner.split("|")
            databases.append(_asking(line, name, things, asks))
    texts = [
        _asking(line, "", "", asking.SEARCHES) for line in asking.SEARCHING.strip().splitlines()
    ]
    return [*functions.FUNCTIONS, *databases, *texts]


def fill(text: str, drawn: Drawn, rng: random.Random, *, spelled: bool = False) -> str:
    """Puts values in their places; a name that has none gets one of its kind."""

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name not in drawn:
            drawn[name] = _drawn(name, rng)
        value = drawn[name]
        if spelled and type(value) is int and 1 < value <= 12 and rng.random() < 0.3:
            return values.COUNTED[value]
        return values.text_of(value)

    return re.sub(r"<(\w+)>", put, text)


def _line(asks: str, rng: random.Random) -> str:
    return rng.choice(asks.strip().splitlines()).strip()


def _drawn(name: str, rng: random.Random) -> Any:
    return values.draw(name.rstrip("0123456789"), rng)


def _asking(line: str, owner: str, things: str, asks: str) -> Function:
    """A function that takes the user's whole question."""
    head, says = line.replace("<things>", things).split(": ", 1)
    name, argument = re.fullmatch(r"(.*)\((\w+)\)", head).groups()  # type: ignore[union-attr]
    name = name.replace("<owner>", owner).replace(" ", "_")
    says = says.replace("<owner>", owner)
    return Function(owner or "texts", name, says, asks, {argument: "whole; The question"})


def _name(function: Function, rng: random.Random) -> str:
    name = rng.choice(function.names.split("|"))
    if rng.random() < 0.12:
        first, *others = name.split("_")
        name = first + "".join(map(str.capitalize, others))
    return name


def _offered_argument(
    known: str, spec: str, plain: bool, described: bool, rng: random.Random
) -> Argument:
    names = known.split("|")
    kind, _, words = spec.partition("; ")
    kind, _, default = kind.partition(" = ")
    schema = _schema(kind)
    value = _default(kind, default)
    if default and value is None:
        if plain and rng.random() < 0.3 and schema == {"type": "string"}:
            value = ""  # no null and no default: the grammar wants a text all the same
        else:
            schema = {"anyOf": [schema, {"type": "null"}], "default": None}
    elif default:
        schema["default"] = value
    if described and words:
        schema["description"] = rng.choice(words.split("|"))
    if not plain:
        schema = dict(sorted(schema.items()))
    # Two names of one list are not taken by another argument: the lists have none in common.
    name = names[0] if rng.random() < 0.4 else rng.choice(names)
    return Argument(name, names[0], kind, schema, value, bool(default))


def _schema(kind: str) -> Drawn:
    first, *others = kind.split()
    if first == "enum":
        return {"type": "string", "enum": others}
    if first == "list":
        return {"type": "array", "items": _schema(" ".join(others))}
    types = {"int": "integer", "decimal": "number", "price": "number", "bool": "boolean"}
    return {"type": types.get(first, "string")}


def _default(kind: str, default: str) -> Any:
    if kind.startswith(("int", "bool")) and default:
        return json.loads(default)
    return None if default in {"", "null"} else default


def _value(argument: Argument, rng: random.Random) -> Any:
    first, *others = argument.kind.split()
    if first == "int":
        return rng.randint(int(others[0]), int(others[1]))
    if first == "enum":
        return rng.choice(others)
    return values.several(others[0], rng) if first == "list" else values.draw(first, rng)


def _argument(argument: Argument, drawn: Drawn, said: dict[str, str], question: str) -> Any:
    """What an argument of the call is: every one is written, the grammar wants it so."""
    name = argument.known_as
    if argument.kind == "whole":
        return question
    if name in said:
        return said[name] == "true" if argument.kind == "bool" else said[name]
    return drawn.get(name, argument.default)


def _told(result: Drawn, answer: str, rng: random.Random) -> str:
    """Writes a result in one of the forms that functions have."""
    if not result:
        return rng.choice(OK) if rng.random() < 0.6 else answer
    form = rng.random()
    if form < 0.15:
        return answer
    bare = {name.rstrip("0123456789"): value for name, value in result.items()}
    if form < 0.4:
        return json.dumps(bare)
    if form < 0.5:
        rows = [value if isinstance(value, list) else [value] for value in result.values()]
        return str(
            [(item,) for item in rows[0]]
            if len(rows) == 1
            else [tuple(item for row in rows for item in row)]
        )
    if form < 0.6 and len(result) > 1:
        return "\n".join(f"{name}: {values.text_of(value)}" for name, value in bare.items())
    listed = [
        rng.choice([", ", "\n"]).join(map(str, value)) if isinstance(value, list) else str(value)
        for value in result.values()
    ]
    return ", ".join(listed)
