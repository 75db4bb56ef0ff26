"""What can happen to an answer on its way: a damage takes its parts and gives worse ones."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from lorax.exchange import Head

Parts = list[bytes]
Damage = Callable[[random.Random, Parts], Parts]

MARK = "here it is changed"
NEWS = (b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",")
INVALID = (b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf", b"\x80")
COMMENTS = (b":\n\n", b": keep-alive\n", b":\r\n\r\n", b"event: x\n", b"id: 7\n", b"retry: 1\n")
WRONG = [
    *(b"null", b"true", b"false", b"0", b"-0.0", b"1.5", b'""', b'"x"', b"[]", b"{}", b"[[]]"),
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1" * 25, b"9" * 5000, b"1E-400"),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\xe2\x80\xa8"', b'{"error": 5}'),
    *(b'"yes"', b'"1"', b"01", b"'x'", b"undefined", b'"\\x"', b'"<|im_end|>"', b'"length"'),
]
DEEP = [
    *(b"[" * 10_000, b'{"a":' * 10_000, b"[" * 10_000 + b"]" * 10_000),
    *(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 150 + b"]" * 150, b"[" * 900 + b"]" * 900),
    *(json.dumps(text * 300).encode() for text in ("[", '{"arguments":', '{"name":[')),
]
ERRORS = (
    *(
        b'{"error": "x", "error_type": "generation"}',
        b'{"error": null}',
        b'{"error": "overloaded"}',
    ),
    *(b'{"error": {"message": [1]}, "error_type": [7]}', b'{"error": "\\ud800"}', b"[]", b"x"),
    b'{"error": ' + b"[" * 900 + b"]" * 900 + b"}",
)
STATUSES = (200, 204, 307, 400, 404, 422, 424, 429, 500, 503, 504, 999)
KINDS_OF_CONTENT = ("text/html", "text/event-stream", "application/json", "", "\xff")
ODD = ("", "7", "-1", "9" * 5000, "some/adapter", "\xff\u2028", "²")


def nothing(rng: random.Random, parts: Parts) -> Parts:
    """None at all."""
    return parts


def truncated(rng: random.Random, parts: Parts) -> Parts:
    """The end is missing."""
    whole = b"".join(parts)
    return [whole[: rng.randrange(len(whole) + 1)]]


def _at_some_bytes(change: Callable[[random.Random, int], bytes]) -> Damage:
    """A damage that puts others in the place of one to three bytes."""

    def damage(rng: random.Random, parts: Parts) -> Parts:
        whole = bytearray(b"".join(parts))
        for _ in range(rng.randrange(1, 4)):
            if whole:
                at = rng.randrange(len(whole))
                whole[at : at + 1] = change(rng, whole[at])
        return [bytes(whole)]

    return damage


def dropped_bytes(rng: random.Random, parts: Parts) -> Parts:
    """Some bytes in the middle are missing."""
    whole = b"".join(parts)
    begin = rng.randrange(len(whole) + 1)
    return [whole[:begin], whole[begin + rng.randrange(1, 30) :]]


def invalid_utf8(rng: random.Random, parts: Parts) -> Parts:
    """Bytes that are no text stand between."""
    return _inserted(rng, parts, rng.choice(INVALID))


def _inserted(rng: random.Random, parts: Parts, new: bytes) -> Parts:
    whole = b"".join(parts)
    at = rng.randrange(len(whole) + 1)
    return [whole[:at], new, whole[at:]]


def repeated_event(rng: random.Random, parts: Parts) -> Parts:
    """An event comes again, at once or later."""
    again = rng.choice(parts)
    at = rng.choice([parts.index(again) + 1, rng.randrange(len(parts) + 1)])
    return [*parts[:at], again, *parts[at:]]


def swapped_events(rng: random.Random, parts: Parts) -> Parts:
    """The events come in another order."""
    if rng.random() < 0.5:
        return rng.sample(parts, len(parts))
    at = rng.randrange(len(parts))
    return [*parts[:at], *parts[at + 1 : at + 2], parts[at], *parts[at + 2 :]]


def dropped_event(rng: random.Random, parts: Parts) -> Parts:
    """Events are missing."""
    at = rng.randrange(len(parts))
    return parts[:at] + parts[at + rng.choice([1, 1, 2, 5]) :]


def error_event(rng: random.Random, parts: Parts) -> Parts:
    """An error stands between the events, or what looks like one."""
    at = rng.randrange(len(parts) + 1)
    return [*parts[:at], b"data: " + rng.choice(ERRORS) + b"\n\n", *parts[at:]]


def line_ends(rng: random.Random, parts: Parts) -> Parts:
    """Lines end in other ways."""
    ends = rng.choice([[b"\r\n"], [b"\r"], [b"\n", b"\r\n"], [b"\n", b"\r\n", b"\r"]])
    lines = b"".join(parts).split(b"\n")
    return [line + rng.choice(ends) for line in lines[:-1]] + lines[-1:]


def comments(rng: random.Random, parts: Parts) -> Parts:
    """Comments, and fields that are not known, stand between lines."""
    lines = b"".join(parts).split(b"\n")
    return [rng.choice(COMMENTS) * (rng.random() < 0.3) + line + b"\n" for line in lines]


def byte_order_mark(rng: random.Random, parts: Parts) -> Parts:
    """A mark of the byte order stands at the beginning, as some servers write it."""
    return [b"\xef\xbb\xbf", *parts]


def split_data(rng: random.Random, parts: Parts) -> Parts:
    """Data stands on several lines, as the format allows it."""
    return [part.replace(b",", b",\ndata:", rng.randrange(3)) for part in parts]


def random_bytes(rng: random.Random, parts: Parts) -> Parts:
    """Noise, alone or in the place of an event."""
    noise = rng.randbytes(rng.randrange(200))
    if rng.random() < 0.3:
        return [noise]
    at = rng.randrange(len(parts))
    return [*parts[:at], noise, *parts[at + 1 :]]


def _in_a_member(change: Callable[[random.Random, bytes, bytes], bytes]) -> Damage:
    """A damage that changes one member of an object, or one item of an array.

    Args:
        change: Takes the key with its colon, or nothing, and the value's JSON; gives both anew.
    """

    def damage(rng: random.Random, parts: Parts) -> Parts:
        at = rng.randrange(len(parts))
        data = parts[at].removeprefix(b"data: ")
        prefix = parts[at][: len(parts[at]) - len(data)]
        try:
            value = json.loads(data)
            holder, step = rng.choice(list(_members(value)))
        except (ValueError, IndexError):  # it is no JSON, or nothing is in it
            return parts
        old, holder[step] = json.dumps(holder[step]).encode(), MARK
        key = json.dumps(step).encode() + b": " if isinstance(step, str) else b""
        marked = key + json.dumps(MARK).encode()
        written = json.dumps(value).encode().replace(marked, change(rng, key, old))
        return [*parts[:at], prefix + written + b"\n\n" * bool(prefix), *parts[at + 1 :]]

    return damage


def _members(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a value, as a container and the step into it."""
    if isinstance(value, (dict, list)):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield value, step
            yield from _members(value[step])


def _twice(rng: random.Random, key: bytes, old: bytes) -> bytes:
    both = [key + rng.choice(WRONG), key + old]
    rng.shuffle(both)
    return b", ".join(both)


def another_head(rng: random.Random, head: Head) -> Head:
    """A head with another status, or with headers that are odd or lost."""
    headers = dict(head.headers)
    odd = {"content-type": KINDS_OF_CONTENT, "x-adapter-id": ODD, "x-prompt-tokens": ODD}
    for name in rng.sample(sorted(odd), rng.randrange(3)):
        headers[name] = rng.choice(odd[name])
    return Head(rng.choice([head.status, *STATUSES]), headers, head.url)


STREAM_ONLY = {
    "events repeated": repeated_event,
    "events in another order": swapped_events,
    "events dropped": dropped_event,
    "an error between": error_event,
    "other line ends": line_ends,
    "comments between": comments,
    "data on several lines": split_data,
}
KINDS: dict[str, Damage] = {
    "none": nothing,
    "truncated": truncated,
    "bits flipped": _at_some_bytes(lambda rng, old: bytes([old ^ 1 << rng.randrange(8)])),
    "bytes doubled": _at_some_bytes(lambda rng, old: bytes([old, old])),
    "bytes inserted": _at_some_bytes(lambda rng, old: bytes([old]) + rng.choice(NEWS)),
    "bytes replaced": _at_some_bytes(lambda rng, old: rng.choice(NEWS)),
    "bytes dropped": dropped_bytes,
    "no UTF-8": invalid_utf8,
    "byte order mark": byte_order_mark,
    "random bytes": random_bytes,
    "wrong values": _in_a_member(lambda rng, key, old: key + rng.choice(WRONG)),
    "nested deeply": _in_a_member(lambda rng, key, old: key + rng.choice(DEEP)),
    "fields twice": _in_a_member(_twice),
    "fields missing": _in_a_member(lambda rng, key, old: b'"other": ' + old),
    **STREAM_ONLY,
}
