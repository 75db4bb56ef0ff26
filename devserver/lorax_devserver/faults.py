"""What networks and gateways do to answers: each fault, and how it is done."""

import functools
import json
import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

from lorax_devserver.connection import Connection
from lorax_devserver.wire import KEEP_ALIVE, OVERLOADED, event, generation_error, to_json

SSE = [(b"content-type", b"text/event-stream")]
Play = Callable[[Connection, Any], Awaitable[None]]


@dataclass(frozen=True)
class Events:
    """What is still to be sent of an answer: the events of a stream, or a body as one."""

    parts: AsyncIterator[bytes]
    in_stream: bool


PlayOn = Callable[[Connection, Events, Any], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """A fault that can be asked for.

    Attributes:
        name: Its name.
        meaning: What it does, in words.
        value: Its value when none is given, which also says of what type values are.
        allowed: From where to where a number may be.
        play: What it does.
    """

    name: str
    meaning: str
    value: Any
    allowed: range
    play: Play


KINDS: dict[str, Kind] = {}


def _fault(name: str, value: Any = "", allowed: range = range(1001)) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        meaning = " ".join((play.__doc__ or "").split())
        KINDS[name] = Kind(name, meaning, value, allowed, play)
        return play

    return register


def _on_answer(
    name: str,
    value: Any = "",
    *,
    same_length: bool = True,
    extra: Mapping[bytes, bytes] = MappingProxyType({}),
    comments: bool = False,
) -> Callable[[PlayOn], PlayOn]:
    """A fault of an answer whose headers came; what it leaves open ends well.

    Comments between events pass untouched, unless it wants them too.
    """

    def register(play_on: PlayOn) -> PlayOn:
        @functools.wraps(play_on)
        async def play(connection: Connection, value: Any) -> None:
            async with connection.answer() as answer:
                kept = (h for h in answer.headers if same_length or h[0] != b"content-length")
                await connection.head(answer.status, [*kept, *extra.items()])
                parts = answer.parts if comments else connection.events(answer)
                await play_on(connection, Events(parts, answer.is_stream), value)
                await connection.end()

        _fault(name, value)(play)
        return play_on

    return register


# --- before an answer ---


@_fault("reset")
async def _reset(connection: Connection, _: str) -> None:
    """The connection is reset before any header."""
    await connection.body()
    await connection.reset()


@_fault("close")
async def _close(connection: Connection, _: str) -> None:
    """The connection is closed before any header."""
    await connection.body()
    await connection.close()


@_fault("hang")
async def _hang(connection: Connection, _: str) -> None:
    """Nothing ever comes."""
    await connection.left()


# --- in place of an answer ---


@_fault("overloaded")
async def _overloaded(connection: Connection, _: str) -> None:
    """429, and where a stream was asked for an event that says so, as a router does it."""
    if await _wants_stream(connection):
        await connection.reply(200, {"content-type": "text/event-stream"}, event(OVERLOADED.body))
    else:
        await _reply_error(connection, 429, OVERLOADED.body)


@_fault("unavailable", 1, allowed=range(1_000_000))
async def _unavailable(connection: Connection, seconds: int) -> None:
    """503 with a Retry-After of VALUE seconds."""
    await _busy(connection, str(seconds))


@_fault("unavailable-date", 1, allowed=range(1_000_000))
async def _unavailable_date(connection: Connection, seconds: int) -> None:
    """503 with a Retry-After that is a date, VALUE seconds from now."""
    then = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    await _busy(connection, format_datetime(then, usegmt=True))


async def _busy(connection: Connection, retry_after: str) -> None:
    headers = {"content-type": "text/plain", "retry-after": retry_after}
    await connection.reply(503, headers, b"upstream is busy\n")


@_fault("html", 502, allowed=range(200, 600))
async def _html(connection: Connection, status: int) -> None:
    """A gateway's page of HTML, with status VALUE."""
    page = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
    await connection.reply(status, {"content-type": "text/html"}, page)


@_fault("empty", 204, allowed=range(200, 600))
async def _empty(connection: Connection, status: int) -> None:
    """No body, with status VALUE."""
    await connection.head(status, [])
    await connection.end()


@_fault("redirect", "/")
async def _redirect(connection: Connection, location: str) -> None:
    """307 to VALUE, a path or an address."""
    await connection.reply(307, {"location": location}, b"")


@_fault("comments", 0.05)
async def _comments(connection: Connection, seconds: float) -> None:
    """A stream of comments, one every VALUE seconds, for ever."""
    await connection.head(200, SSE)
    while True:
        await connection.write(KEEP_ALIVE)
        await connection.pause(seconds)


# --- to an answer on its way ---


@_on_answer("late", 1.0)
async def _late(connection: Connection, events: Events, seconds: float) -> None:
    """The headers come, and VALUE seconds later the rest."""
    await connection.pause(seconds)
    await _pass(connection, events)


@_on_answer("reset-after", 0)
async def _reset_after(connection: Connection, events: Events, count: int) -> None:
    """The connection is reset after the headers and VALUE events, or before a whole body."""
    await _pass(connection, events, count)
    await connection.reset()


@_on_answer("cut", 1)
async def _cut(connection: Connection, events: Events, count: int) -> None:
    """The connection is closed after VALUE events, without the last chunk; before a whole body."""
    await _pass(connection, events, count)
    await connection.close()


@_on_answer("cut-event", 1)
async def _cut_event(connection: Connection, events: Events, count: int) -> None:
    """The connection is closed in mid-event after VALUE events, or in the middle of a body."""
    await _pass(connection, events, count)
    part = await anext(events.parts, b"")
    await connection.write(part[: len(part) // 2])
    await connection.close()


@_on_answer("cut-character", 0)
async def _cut_character(connection: Connection, events: Events, count: int) -> None:
    """The connection is closed inside the first character of many bytes after VALUE events."""
    await _pass(connection, events, count)
    async for part in events.parts:
        inside = re.search(rb"[\xc2-\xf4]", part)
        await connection.write(part[: inside.end()] if inside else part)
        if inside:
            await connection.close()


@_on_answer("end-early", 1, same_length=False)
async def _end_early(connection: Connection, events: Events, count: int) -> None:
    """A clean end after VALUE events, or before a whole body: the rest is missing."""
    await _pass(connection, events, count)


@_on_answer("half-json", same_length=False)
async def _half_json(connection: Connection, events: Events, _: str) -> None:
    """Half of the body, or of the first event, and a clean end."""
    part = await anext(events.parts, b"")
    half = part[: len(part) // 2]
    await connection.write(half + b"\n\n" if events.in_stream else half)


@_on_answer("malformed", 0, same_length=False)
async def _malformed(connection: Connection, events: Events, count: int) -> None:
    """A body that is no JSON; in a stream, one more event after VALUE events."""
    await _pass(connection, events, count)
    if events.in_stream:
        await connection.write(b'data: {"token": oops}\n\n')
        await _pass(connection, events)
    else:
        await connection.write(b'{"generated_text": oops}')


@_on_answer("error-event", 0)
async def _error_event(connection: Connection, events: Events, count: int) -> None:
    """The model fails after VALUE events of a stream; a whole answer comes as it is."""
    if events.in_stream:
        await _pass(connection, events, count)
        failed = generation_error("CUDA out of memory. Tried to allocate 2.00 GiB")
        await connection.write(event(failed.body))
    else:
        await _pass(connection, events)


@_on_answer("big-event", 10, same_length=False)
async def _big_event(connection: Connection, events: Events, megabytes: int) -> None:
    """The first event, or the whole body, is longer by VALUE MB of blanks."""
    start, brace, rest = (await anext(events.parts, b"")).partition(b"{")
    await connection.write(start + brace)
    for _ in range(megabytes):
        await connection.write(b" " * 1_000_000)
    await connection.write(rest)
    await _pass(connection, events)


@_on_answer("slow-bytes", 1.0)
async def _slow_bytes(connection: Connection, events: Events, seconds: float) -> None:
    """One byte of the body every VALUE seconds."""
    async for part in events.parts:
        for byte in part:
            await connection.write(bytes([byte]))
            await connection.pause(seconds)


@_on_answer("gzip", same_length=False, extra={b"content-encoding": b"gzip"}, comments=True)
async def _gzip(connection: Connection, events: Events, _: str) -> None:
    """The body comes compressed, event by event."""
    packer = zlib.compressobj(wbits=31)
    async for part in events.parts:
        await connection.write(packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH))
    await connection.write(packer.flush())


async def _pass(connection: Connection, events: Events, count: int | None = None) -> None:
    """Send so many events on, all for None; of a body that is none, nothing or all."""
    left = count if events.in_stream or count is None else 0
    while left != 0 and (part := await anext(events.parts, None)) is not None:
        await connection.write(part)
        left = None if left is None else left - 1


async def _wants_stream(connection: Connection) -> bool:
    if connection.path.startswith("/generate"):
        return connection.path == "/generate_stream"
    try:
        body = json.loads(await connection.body())
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("stream") is True


async def _reply_error(connection: Connection, status: int, body: dict[str, str]) -> None:
    await connection.reply(status, {"content-type": "application/json"}, to_json(body))
