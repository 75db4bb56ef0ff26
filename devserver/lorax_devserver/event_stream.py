"""Server-sent events to a client that may leave: keep-alives, errors as events, and the end."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lorax_devserver.wire import CORS, KEEP_ALIVE, RouterError, event

KEEP_ALIVE_SECONDS = 15.0


class EventStream(Response):
    """Server-sent events, with a comment whenever nothing came for a while.

    An error goes out as the stream's last event. When the client leaves, the events' source is
    cancelled at once, also while it waits.
    """

    def __init__(self, events: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> None:
        self._events = events
        everything = {"content-type": "text/event-stream", **headers, **CORS}
        self.status_code = 200
        self.background = None
        self.raw_headers = [(k.encode(), v.encode()) for k, v in everything.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancel_when_left, receive, tasks.cancel_scope)
            await self._send_events(send)
            tasks.cancel_scope.cancel()

    async def _send_events(self, send: Send) -> None:
        to_send, arriving = anyio.create_memory_object_stream[bytes](0)
        async with anyio.create_task_group() as tasks, arriving:
            tasks.start_soon(self._produce, to_send)
            while True:
                data = KEEP_ALIVE
                with anyio.move_on_after(KEEP_ALIVE_SECONDS):
                    try:
                        data = await arriving.receive()
                    except anyio.EndOfStream:
                        break
                await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _produce(self, to_send: MemoryObjectSendStream[bytes]) -> None:
        async with to_send, aclosing(self._events):
            try:
                async for data in self._events:
                    await to_send.send(data)
            except RouterError as error:
                await to_send.send(event(error.body))


async def cancel_when_left(receive: Receive, scope: anyio.CancelScope) -> None:
    """Cancel a scope when the client closes its connection."""
    while (await receive())["type"] != "http.disconnect":
        continue
    scope.cancel()
