"""A server on a port that was taken: it says when it is ready, and serves until Ctrl-C."""

import socket
from functools import partial

import typer
import uvicorn
from starlette.types import ASGIApp

from lorax_devserver import listening
from lorax_devserver.connection import Protocol
from lorax_devserver.in_thread import Telling


def address(taken: socket.socket, start: listening.Start) -> str:
    """The URL of a server on a port."""
    host, port = taken.getsockname()[:2]
    where = f"[{host}]" if ":" in host else host
    return f"{start.scheme}://{where}:{port}"


async def serve(
    application: ASGIApp, taken: socket.socket, ready: str, start: listening.Start
) -> None:
    """Serve an application.

    Args:
        application: What answers.
        taken: The port.
        ready: What is printed once it listens.
        start: The faults of its start.
    """
    config = uvicorn.Config(
        application,
        http=Protocol,
        lifespan="off",
        log_level="warning",
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=3,
    )
    config.load()
    config.ssl = start.tls
    if start.refusing or start.deaf:
        await listening.hold_back(taken, start, partial(typer.echo, ready))
        server = uvicorn.Server(config)
    else:
        server = Telling(config, partial(typer.echo, ready))
    await server.serve(sockets=[taken])
