"""An application served by a thread of this process, on a free port of loopback."""

import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp

from lorax_devserver.connection import Protocol


async def _nothing() -> None:
    return


@contextmanager
def served(
    app: ASGIApp, close: Callable[[], Awaitable[None]] = _nothing
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Serve an application for a while; what is under way in the end is dropped.

    Args:
        app: The application.
        close: What is to be done afterwards in the same event loop.

    Returns:
        Its address, and what drops all its connections.
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
    server = uvicorn.Server(config)

    async def drop() -> None:
        for connection in list(server.server_state.connections):
            connection.transport.abort()

    with start_blocking_portal() as portal, socket.create_server(("127.0.0.1", 0)) as taken:
        running = portal.start_task_soon(server.serve, [taken])
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}", partial(portal.call, drop)
        finally:
            server.should_exit = True
            portal.call(drop)
            running.result()
            portal.call(close)
