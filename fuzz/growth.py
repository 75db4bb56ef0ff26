"""How the time of reading grows with an answer's length: shapes that could make it grow faster."""

import json
import time
from collections.abc import Callable, Iterator

from fuzz.answers import STREAMED, chat_events, made_call, native_events
from lorax.errors import LoraxError
from lorax.exchange import Reading, StreamCall

BYTES = 100_000


def native(pieces: list[str]) -> tuple[str, bytes]:
    """A native stream of some tokens."""
    return "native", _stream(native_events(pieces))


def calls(text: str) -> tuple[str, bytes]:
    """A stream whose text is held to tool calls, in one event."""
    return "ours", _stream(chat_events([text]))


def _stream(events: Iterator[object]) -> bytes:
    written = (
        value if isinstance(value, bytes) else json.dumps(value).encode() for value in events
    )
    return b"".join(b"data: " + value + b"\n\n" for value in written)


# What is about n bytes long.
SHAPES: dict[str, Callable[[int], tuple[str, bytes]]] = {
    "one long event": lambda n: native(["a" * n]),
    "many events": lambda n: native(["a"] * (n // 100)),
    "one long comment": lambda n: ("native", b":" + b"a" * n),
    "an event of many lines": lambda n: ("native", b"data: a\n" * (n // 8)),
    "an error of many words": lambda n: (
        "native",
        b'data: {"error": "%s", "error_type": "generation"}\n\n' % (b"adapter" * (n // 7)),
    ),
    "many stops that are none": lambda n: native(["ab"] * (n // 100)),
    "a call with long arguments": lambda n: calls(
        '{"name": "add", "arguments": {"a": "%s"}}' % ("b" * n)
    ),
    "many calls": lambda n: calls('{"name": "a", "arguments": {}}' * (n // 30)),
    "a list of calls": lambda n: calls("[" + '{"name": "a", "arguments": {}},' * (n // 30)),
    "many words": lambda n: calls("[" + '{"content": "a"},' * (n // 17)),
    "brackets": lambda n: calls("[" * n),
    "objects": lambda n: calls('{"a":' * (n // 5)),
    "a long number deep inside": lambda n: calls("[" * (n // 2) + "1" * (n // 2)),
    "a long name": lambda n: calls('{"name": "%s' % ("a" * n)),
    "a long key": lambda n: calls('{"%s' % ("a" * n)),
    "escapes": lambda n: calls('{"content": "%s' % ("\\ud83d" * (n // 6))),
}


def seconds(shape: str, size: int) -> float:
    """The time of feeding an answer byte by byte."""
    tools, data = SHAPES[shape](size)
    call = (
        made_call("native", stream=True, stops=("abcabc",), adapter=True)
        if tools == "native"
        else made_call("chat", stream=True, tools="ours")
    )
    assert isinstance(call, StreamCall), "it streams"
    reading = Reading(call)
    began = time.process_time()
    try:
        reading.begin(STREAMED)
        for at in range(len(data)):
            for _ in reading.feed(data[at : at + 1]):
                pass
    except LoraxError:
        pass
    return time.process_time() - began


def factors() -> dict[str, float]:
    """How many times as long an answer takes that is twice as long, for each shape."""
    return {
        shape: min(seconds(shape, 2 * BYTES) for _ in range(3))
        / min(seconds(shape, BYTES) for _ in range(3))
        for shape in SHAPES
    }
