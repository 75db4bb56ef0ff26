"""Answers to be damaged: those that a server gave, and ones that are made up."""

import functools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lorax import calls
from lorax.exchange import Call, Head, StreamCall
from tests.recordings import FOLDER, call_of, cases, head

Tools = Literal["", "ours", "servers"]
USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
ADAPTER = "some/adapter"
STREAMED = Head(200, {"content-type": "text/event-stream"}, "http://server")
WHOLE = Head(200, {"content-type": "application/json"}, "http://server")
ALPHABETS = (
    "abc .,\n",
    '{}[]":, \\n',
    "aé\u0085\u2028\u2029\ufeff\x0b",
    "🙂👩‍👩‍👧𝄞\U0010ffff",
    "<|im_end|></s>",
    "\ufffd\u0000\u001f\u007fÿ",
)
STOPS = ((), (), (".",), ("ab", "b,"), ("}",), ("🙂", "\n\n"), ("abcabc", "ca", "."))
NAMES = ("add", "", "now", "a\u2028b", "名前", 'na"me', "\U0001f642")


@dataclass(frozen=True)
class Answer:
    """An answer as a server sends it, and the call that reads it.

    Attributes:
        name: What it is called in a report.
        call: What reads it.
        head: What comes before it.
        parts: Its events; the body of a whole answer is one part.
        stops: The stop sequences that were asked for.
        tools: How it holds tool calls.
        is_whole: Whether it is one that ends well; of some that were recorded it is not known.
    """

    name: str
    call: Call[Any] | StreamCall[Any]
    head: Head
    parts: tuple[bytes, ...]
    stops: tuple[str, ...] = ()
    tools: Tools = ""
    is_whole: bool = False

    @property
    def kind(self) -> str:
        """Which dialect it is of: `native`, `chat`, or another route's."""
        paths = {"": "native", "/v1/chat/completions": "chat"}
        return paths.get(self.call.request.path, self.call.request.path)


def recorded() -> Iterator[Answer]:
    """Every recorded answer that a call reads."""
    for file in sorted(FOLDER.glob("*.json")):
        for name, case in cases(file.stem).items():
            call = None if case["response"]["status"] is None else call_of(case)
            if call is not None:
                yield _recorded(name, case, call)


def _recorded(name: str, case: dict[str, Any], call: Call[Any] | StreamCall[Any]) -> Answer:
    body = case["response"]["text"].encode()
    if case["request"]["path"] == "/generate" and case["response"]["status"] == 200:
        body = b"[" + body + b"]"  # the client asks on base_url itself, where it is in a list
    parts = tuple(part + b"\n\n" for part in body.split(b"\n\n") if part)
    asked = call.request.body or {}
    stops = asked.get("stop") or (asked.get("parameters") or {}).get("stop") or []
    return Answer(
        name,
        call,
        head(case),
        parts if isinstance(call, StreamCall) else (body,),
        tuple(stops),
        "servers" if asked.get("tools") else "",
    )


@functools.cache
def made_call(
    kind: str,
    *,
    stream: bool,
    stops: tuple[str, ...] = (),
    tools: Tools = "",
    adapter: bool = False,
) -> Call[Any] | StreamCall[Any]:
    """A call that reads a made up answer."""
    asked: dict[str, Any] = {"adapter_id": ADAPTER if adapter else None, "stop_sequences": stops}
    if kind == "native":
        return (calls.generate_stream if stream else calls.generate)("x", **asked)
    if tools:
        asked.update(tools=[{"name": "add"}], server_tools=tools == "servers")
    return (calls.chat_stream if stream else calls.chat)("x", **asked)


def whole(kind: str, text: str, reason: str = "stop") -> Any:
    """A whole answer of a text."""
    if kind == "native":
        return [{"generated_text": text}]
    message = {"role": "assistant", "content": text}
    return {"choices": [{"index": 0, "message": message, "finish_reason": reason}], "usage": USAGE}


def native_events(pieces: Sequence[str]) -> Iterator[Any]:
    """The events of a native stream, the end token's last."""
    for number, piece in enumerate(pieces):
        token = {"id": number, "text": piece, "logprob": -0.5, "special": False}
        yield {"token": token, "generated_text": None, "details": None}
    token = {"id": 0, "text": "<|im_end|>", "logprob": -0.5, "special": True}
    details = {"finish_reason": "eos_token", "prompt_tokens": 1, "generated_tokens": len(pieces)}
    yield {"token": token, "generated_text": "".join(pieces), "details": details}


def chat_events(pieces: Sequence[str]) -> Iterator[Any]:
    """The events of a streamed chat answer, and the mark of its end."""
    for piece in pieces:
        delta = {"role": "assistant", "content": piece}
        yield {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": USAGE}
    yield b"[DONE]"


class Maker:
    """Makes answers up.

    Args:
        rng: What decides.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def answer(self) -> Answer:
        """One of any kind."""
        rng = self._rng
        kind = rng.choice(["native", "chat", "chat"])
        tools: Tools = rng.choice(["", "ours", "ours", "servers"]) if kind == "chat" else ""
        # The server reads its own tools' calls itself, unless it streams.
        stream = tools == "servers" or rng.random() < 0.8
        stops = rng.choice(STOPS)
        text = self.text(rng.randrange(40))
        if tools and rng.random() < 0.9:
            text = self.call_text(tools)
        call = made_call(kind, stream=stream, stops=stops, tools=tools, adapter=rng.random() < 0.1)
        if stream:
            events = native_events if kind == "native" else chat_events
            parts = tuple(self._event(value) for value in events(self._pieces(text)))
        else:
            parts = (self._json(whole(kind, text)),)
        name = f"{kind} {'streamed' if stream else 'whole'}{f', tools {tools}' if tools else ''}"
        return Answer(name, call, STREAMED if stream else WHOLE, parts, stops, tools, is_whole=True)

    def text(self, length: int) -> str:
        """A text of odd characters."""
        alphabet = self._rng.choice(ALPHABETS)
        return "".join(self._rng.choices(alphabet, k=length))

    def call_text(self, tools: Tools) -> str:
        """An answer that is calls, or words in the form of one."""
        rng = self._rng
        if tools == "servers":
            if rng.random() < 0.2:
                function = {"_name": "no_tool", "content": self.text(rng.randrange(20))}
            else:
                function = {"_name": rng.choice(NAMES), **self._arguments()}
            return self._written({"function": function})
        if rng.random() < 0.2:
            return self._written({"content": self.text(rng.randrange(20))})
        made = [
            {"name": rng.choice(NAMES), "arguments": self._arguments()}
            for _ in range(rng.choice([1, 1, 2, 3]))
        ]
        return self._written(made[0] if len(made) == 1 else made)

    def _arguments(self) -> dict[str, Any]:
        names = (self.text(self._rng.randrange(1, 4)) for _ in range(self._rng.randrange(4)))
        return {name: self._value(2) for name in names}

    def _value(self, depth: int) -> Any:
        rng = self._rng
        kind = rng.randrange(8 if depth else 6)
        if kind < 6:
            numbers = [0, -1, 2**64, 1.5e300, -0.0]
            return (None, True, rng.choice(numbers), self.text(6), "", rng.random())[kind]
        inner = [self._value(depth - 1) for _ in range(rng.randrange(4))]
        return inner if kind == 6 else {self.text(3): part for part in inner}

    def _event(self, value: Any) -> bytes:
        return b"data: " + (value if isinstance(value, bytes) else self._json(value)) + b"\n\n"

    def _written(self, value: Any) -> str:
        return self._json(value).decode()

    def _json(self, value: Any) -> bytes:
        rng = self._rng
        separators = rng.choice([(",", ":"), (", ", ": "), (" ,\t", " :  ")])
        return json.dumps(value, ensure_ascii=rng.random() < 0.5, separators=separators).encode()

    def _pieces(self, text: str) -> list[str]:
        if self._rng.random() < 0.3:
            return list(text) or [""]
        at = sorted(self._rng.randrange(len(text) + 1) for _ in range(self._rng.randrange(8)))
        return [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)]
