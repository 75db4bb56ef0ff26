"""The held-out conversations: written by hand, with functions that no training conversation has."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HELD_OUT_FILE = Path(__file__).with_name("held_out.json")
Call = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A held-out conversation and what the model should do next.

    Attributes:
        kind: The name of its kind, a heading of the card.
        say: What the user says.
        tools: The functions that are offered.
        calls: The calls that are due; none where words are.
        words: What the words must contain, where words are due.
        also: Values of arguments that are as good: pairs of name and value.
        system: What the system turn says.
        before: Exchanges that came before: pairs of what user and model said.
        called: The calls that were made since, with their results.
        choice: What the client is given as tool_choice.
        parallel: Whether several calls may be made at once.
    """

    kind: str
    say: str
    tools: list[dict[str, Any]]
    calls: list[Call] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    also: list[list[Any]] = field(default_factory=list)
    system: str = ""
    before: list[tuple[str, str]] = field(default_factory=list)
    called: list[Call] = field(default_factory=list)
    choice: str = "auto"
    parallel: bool = False

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The turns as the client takes them."""
        out: list[dict[str, Any]] = []
        if self.system:
            out.append({"role": "system", "content": self.system})
        for said, answered in self.before:
            out.append({"role": "user", "content": said})
            out.append({"role": "assistant", "content": answered})
        out.append({"role": "user", "content": self.say})
        for number, call in enumerate(self.called):
            written = {"id": str(number), "name": call["name"], "arguments": call["arguments"]}
            out.append({"role": "assistant", "content": "", "tool_calls": [written]})
            out.append({"role": "tool", "tool_call_id": str(number), "content": call["result"]})
        return out


def held_out() -> list[Case]:
    """Returns the held-out conversations in the order of their kinds."""
    written = json.loads(HELD_OUT_FILE.read_text(encoding="utf-8"))
    functions = {tool["name"]: tool for tool in written["functions"]}
    return [
        Case(kind["kind"], **{**case, "tools": [functions[name] for name in case["tools"]]})
        for kind in written["kinds"]
        for case in kind["cases"]
    ]
