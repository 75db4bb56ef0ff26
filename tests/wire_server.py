"""A real HTTP server that answers with exactly the bytes a test gives it, when the test says."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import anyio
from anyio.abc import Listener, SocketAttribute, SocketStream

Send = Callable[[bytes], Awaitable[None]]
Script = Callable[[Send], Awaitable[None]]


class WireServer:
    """Listens on a loopback port and plays a script for each request.

    Attributes:
        requests: What was asked: method, path, headers in lower case and body.
        asked: Set when a request has come.
        left: Set when a client has closed its connection before the script was over.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.asked = anyio.Event()
        self.left = anyio.Event()
        self.url = ""
        self._script: Script | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "WireServer":
        tasks = await self._stack.enter_async_context(anyio.create_task_group())
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        self._tasks = tasks
        self.url = f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}"
        tasks.start_soon(self._listen, listener)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._tasks.cancel_scope.cancel()
        await self._stack.aclose()

    def play(self, script: Script) -> None:
        """Answer every request from now on by a script; the connection is closed after it."""
        self._script = script

    def play_in_turn(self, *scripts: Script) -> None:
        """Answer each request by the next script, and what comes after the last by that."""
        waiting = list(scripts)

        async def script(send: Send) -> None:
            await (waiting.pop(0) if len(waiting) > 1 else waiting[0])(send)

        self.play(script)

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Answer every request from now on with this."""

        self.play(saying(status, headers, body))

    def stream(self, *parts: bytes, cut: bool = False) -> None:
        """Answer with server-sent bytes in chunks; `cut` leaves out the closing chunk."""

        self.play(streaming(*parts, cut=cut))

    async def _listen(self, listener: Listener[SocketStream]) -> None:
        async with listener:
            await listener.serve(self._serve)

    async def _serve(self, connection: SocketStream) -> None:
        async with connection:
            self.requests.append(await _read_request(connection))
            self.asked.set()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, connection, tasks.cancel_scope)
                assert self._script is not None, "play() comes before the request"
                try:
                    await self._script(connection.send)
                except anyio.BrokenResourceError:
                    self.left.set()
                tasks.cancel_scope.cancel()

    async def _watch(self, connection: SocketStream, scope: anyio.CancelScope) -> None:
        """A client that leaves ends the script."""
        try:
            await connection.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            self.left.set()
            scope.cancel()


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def saying(status: int, headers: dict[str, str], body: bytes = b"") -> Script:
    """A whole answer."""

    async def script(send: Send) -> None:
        await send(head(status, {"content-length": str(len(body)), **headers}) + body)

    return script


def streaming(*parts: bytes, cut: bool = False) -> Script:
    """Server-sent bytes in chunks; `cut` leaves out the closing chunk."""

    async def script(send: Send) -> None:
        await send(SSE_HEAD)
        for part in parts:
            await send(chunk(part))
        if not cut:
            await send(LAST_CHUNK)

    return script


async def hang_up(send: Send) -> None:
    """The connection is closed without a word."""
    await send(b"")


async def hang(_: Send) -> None:
    """Nothing ever comes."""
    await anyio.sleep_forever()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


SSE_HEAD = head(
    200,
    {
        "content-type": "text/event-stream",
        "x-model-id": "base",
        "transfer-encoding": "chunked",
    },
)
LAST_CHUNK = b"0\r\n\r\n"


def token_event(text: str, generated_text: str | None = None, *, special: bool = False) -> bytes:
    token = {"id": 1, "text": text, "logprob": -0.25, "special": special, "skipped": False}
    done = generated_text is not None
    details = {
        "finish_reason": "length",
        "prompt_tokens": 1,
        "generated_tokens": 1,
        "seed": None,
    }
    event = {
        "token": token,
        "generated_text": generated_text,
        "details": details if done else None,
    }
    return b"data: " + json.dumps(event).encode() + b"\n\n"


async def _read_request(connection: SocketStream) -> dict[str, Any]:
    raw = b""
    async for part in _parts(connection):
        raw += part
        before, found, body = raw.partition(b"\r\n\r\n")
        if not found:
            continue
        first, *lines = before.decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        if len(body) >= int(headers.get("content-length", 0)):
            method, path, _ = first.split(" ")
            return {"method": method, "path": path, "headers": headers, "body": body}
    raise AssertionError("the client left before its request was whole")


async def _parts(connection: SocketStream) -> AsyncIterator[bytes]:
    while True:
        try:
            yield await connection.receive()
        except anyio.EndOfStream:
            return
