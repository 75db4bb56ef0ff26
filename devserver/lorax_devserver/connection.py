"""The bare connection under an answer, for those who break it on purpose."""

import socket
import struct
from asyncio import Transport
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from lorax_devserver.wire import CORS, KEEP_ALIVE

LAST_SECONDS = 2.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


class Protocol(H11Protocol):
    """uvicorn's own, which also hands its connection to the application."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Put the connection where an application finds it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}

    def shutdown(self) -> None:
        """End: an answer under way has a moment left, and nobody waits for one without end."""
        super().shutdown()
        self.loop.call_later(LAST_SECONDS, self.transport.abort)


class ClientLeftError(Exception):
    """Nobody is left to write to."""


@dataclass
class Answer:
    """What the application would have sent: its status and headers, then its body in parts.

    A stream's parts are its events, and comments between them; any other body is one part.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    parts: AsyncIterator[bytes]

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream of events."""
        return (b"content-type", b"text/event-stream") in self.headers


class Connection:
    """A connection on which an answer is due."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._app = app
        self._scope = scope
        self._receive = receive
        self._send = send
        self._transport: Transport = scope["state"]["transport"]

    @property
    def path(self) -> str:
        """What was asked for."""
        return str(self._scope["path"])

    @asynccontextmanager
    async def answer(self) -> AsyncGenerator[Answer, None]:
        """The application's answer; it stops working when the block is left."""
        to_send, messages = anyio.create_memory_object_stream[Message](0)

        async def run() -> None:
            async with to_send:
                await self._app(self._scope, self._receive, to_send.send)

        async def parts() -> AsyncGenerator[bytes, None]:
            async for message in messages:
                if body := message.get("body"):
                    yield body

        left = False
        async with anyio.create_task_group() as tasks, messages:
            tasks.start_soon(run)
            try:
                head = await messages.receive()
                yield Answer(head["status"], list(head["headers"]), parts())
            except (anyio.EndOfStream, ClientLeftError):
                left = True  # raised below: a task group would wrap it
            tasks.cancel_scope.cancel()
        if left:
            raise ClientLeftError

    async def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send a status and headers."""
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes) -> None:
        """Send a part of a body; raises ClientLeftError when the connection is closed."""
        if self._transport.is_closing():
            raise ClientLeftError
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def events(self, answer: Answer) -> AsyncGenerator[bytes, None]:
        """The parts of an answer that are no comments; those are sent as they come."""
        async for part in answer.parts:
            if part == KEEP_ALIVE:
                await self.write(part)
            else:
                yield part

    async def end(self) -> None:
        """End a body as it should be, unless the connection is closed."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send a whole answer."""
        everything = {**headers, "content-length": str(len(body)), **CORS}
        await self.head(status, [(k.encode(), v.encode()) for k, v in everything.items()])
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def body(self) -> bytes:
        """The request's body."""
        data, more = b"", True
        while more:
            message = await self._receive()
            data += message.get("body", b"")
            more = message.get("more_body", False)
        return data

    async def pause(self, seconds: float) -> None:
        """Wait, while somebody is there to wait for; raises ClientLeftError when nobody is."""
        with anyio.move_on_after(seconds):
            await self.left()
            raise ClientLeftError

    async def close(self) -> None:
        """Close it, once what was written is out."""
        self._transport.close()
        await self.left()

    async def reset(self) -> None:
        """Have it reset."""
        if not self._transport.is_closing():  # the client was not quicker
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
        await self.left()

    async def left(self) -> None:
        """Wait until it is closed."""
        while (await self._receive())["type"] != "http.disconnect":
            continue
