"""An application served by a thread of this process, on a free port of loopback."""

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from lorax_devserver.connection import Protocol


async def _nothing() -> None:
    return


class Telling(uvicorn.Server):
    """A server that tells when it listens.

    Args:
        config: How it serves.
        listens: Called each time that it begins to listen.
    """

    def __init__(self, config: uvicorn.Config, listens: Callable[[], object]) -> None:
        super().__init__(config)
        self._listens = listens

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._listens()


class Serving:
    """An application that is served."""

    def __init__(self, config: uvicorn.Config, portal: BlockingPortal) -> None:
        self._portal = portal
        self._taken = _free_port()
        listens = threading.Event()
        self._server = Telling(config, listens.set)
        self._running = portal.start_task_soon(self._server.serve, [self._taken])
        self._running.add_done_callback(lambda _: listens.set())  # it failed: nobody waits for it
        listens.wait()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._taken.getsockname()[1]}"

    def drop(self) -> None:
        """Break off all connections."""
        self._portal.call(self._drop)

    def move(self) -> None:
        """Serve at another address: whoever knows the old one finds nobody there."""
        self._portal.call(self._move)

    def end(self) -> None:
        """Serve no longer."""
        self._server.should_exit = True
        self.drop()
        self._running.result()

    async def _drop(self) -> None:
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    async def _move(self) -> None:
        for listening in self._server.servers:
            listening.close()
        await self._drop()
        self._taken = _free_port()
        await self._server.startup([self._taken])


def _free_port() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def served(app: ASGIApp, close: Callable[[], Awaitable[None]] = _nothing) -> Iterator[Serving]:
    """Serve an application for a while; what is under way in the end is dropped.

    Args:
        app: The application.
        close: What is to be done afterwards in the same event loop.
    """
    config = uvicorn.Config(
        app,
        http=Protocol,
        lifespan="off",
        ws="none",
        log_config=None,  # logging is that of the program around it
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    with start_blocking_portal() as portal:
        serving = Serving(config, portal)
        try:
            yield serving
        finally:
            serving.end()
            portal.call(close)
