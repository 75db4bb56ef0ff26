"""Requests for the client's soak: each drawn by a seed, with a fault or none and its answer."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Leaving = Literal["", "break", "close", "cancel"]

# How often each is drawn; none at all is the first.
FAULTS = {
    "": 40,
    **dict.fromkeys(["reset", "close", "overloaded", "html=502", "html=200", "empty=204"], 2),
    **dict.fromkeys(["unavailable=0", "unavailable-date=0", "redirect=/elsewhere"], 2),
    **dict.fromkeys(["reset-after=0", "reset-after=3", "cut=0", "cut=3", "cut-event=2"], 2),
    **dict.fromkeys(["cut-character=1", "end-early=0", "end-early=3", "half-json"], 2),
    **dict.fromkeys(["malformed=0", "malformed=3", "error-event=0", "error-event=3"], 2),
    **dict.fromkeys(["late=0.3", "gzip", "slow-bytes=0.001"], 2),
    **dict.fromkeys(["big-event=1", "hang", "comments=0.05"], 1),
}
ENDLESS = ("hang", "comments")  # what ends by the caller's patience alone
WORDS = ("sky", "blue", "🦜🦜", "naïve", "\u2028", "{x}", "日本語", "data:", "\\", '"')
TOOLS = [{"name": "weather", "parameters": {"properties": {"city": {"type": "string"}}}}]


@dataclass(frozen=True)
class Request:
    """One request of a soak.

    Attributes:
        fault: What is asked of the wire; nothing if it is empty.
        method: The client's method.
        said: The right answer: a text, or a call's arguments.
        leaving: How it is left early, if it is.
        after: How many pieces, or hundredths of a second, it is left after.
        pause: Seconds between the tokens.
        tools: Whether its answer is a call.
    """

    fault: str
    method: str
    said: str
    leaving: Leaving
    after: int
    pause: float
    tools: bool

    @classmethod
    def drawn(cls, seed: str) -> "Request":
        """The request of a seed."""
        rng = random.Random(seed)
        method = rng.choice(["generate", "chat", *["generate_stream", "chat_stream"] * 3])
        tools = method.startswith("chat") and rng.random() < 0.4
        text = " ".join(rng.choices(WORDS, k=rng.randrange(1, 12)))
        leaving: list[Leaving] = ["break", "close", "cancel"]
        return cls(
            fault=rng.choices([*FAULTS], [*FAULTS.values()])[0],
            method=method,
            said=json.dumps({"city": text}) if tools else text,
            leaving=rng.choice(leaving) if rng.random() < 0.2 else "",
            after=rng.randrange(10),
            pause=rng.choice([0, 0, 0.02]),
            tools=tools,
        )

    @property
    def is_stream(self) -> bool:
        """Whether its answer comes in pieces."""
        return self.method.endswith("_stream")

    @property
    def is_endless(self) -> bool:
        """Whether nothing but the caller ends it."""
        return self.fault.startswith(ENDLESS)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the client's method is given."""
        call = f'[[toolcall:{{"name": "weather", "arguments": {self.said}}}]]'
        prompt = call if self.tools else f"[[say:{self.said}]]"
        asked = {"max_new_tokens": 300, **({"tools": TOOLS} if self.tools else {})}
        subject = "messages" if self.method.startswith("chat") else "prompt"
        return {subject: f"[[sleep:{self.pause}]]{prompt}", **asked}

    def is_right(self, pieces: Sequence[Any]) -> bool:
        """Whether a whole answer, or the pieces of one, say what they should."""
        if not self.tools:
            return "".join(piece.text for piece in pieces) == self.said
        calls = [call for piece in pieces for call in piece.tool_calls]
        if self.is_stream:
            return "".join(call.arguments for call in calls) == self.said
        return [call.text for call in calls] == [self.said]
