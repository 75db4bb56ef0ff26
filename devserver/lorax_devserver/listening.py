"""The port a server listens on: taken at once, and the faults of its start."""

import errno
import math
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import anyio

from lorax_devserver.errors import StartError

# What `--fault` takes beside the faults of answers, and what each does.
START_FAULTS = {
    "refuse": "Connections are refused for VALUE seconds, or for good.",
    "deaf": "Connections are taken but nothing is read, no TLS greeting either, for VALUE seconds, "
    "or for good.",
    "expired-tls": "HTTPS with an expired certificate; VALUE is a file for that of its issuer.",
}


@dataclass(frozen=True)
class Start:
    """How a server starts to listen.

    Attributes:
        refusing: For how many seconds connections are refused.
        deaf: For how many seconds they are taken, and nothing is read.
        tls: What HTTPS is spoken with; None for HTTP.
    """

    refusing: float = 0.0
    deaf: float = 0.0
    tls: ssl.SSLContext | None = None

    @property
    def scheme(self) -> str:
        """What its address begins with."""
        return "https" if self.tls else "http"


def start(faults: Sequence[str]) -> Start:
    """Read the faults of a start.

    Raises:
        StartError: A value is no number, or a package is missing.
    """
    values = {name: value for name, _, value in (text.partition("=") for text in faults)}
    tls = _expired_tls(values["expired-tls"]) if "expired-tls" in values else None
    if {"refuse", "deaf"} <= values.keys():
        raise StartError("--fault refuse and --fault deaf exclude each other")
    return Start(_seconds("refuse", values), _seconds("deaf", values), tls)


def _seconds(name: str, values: dict[str, str]) -> float:
    text = values.get(name, "0")
    if text == "":
        return math.inf
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise StartError(f"--fault {name} takes seconds, not {text!r}")
    return float(text)


def _expired_tls(issuer: str) -> ssl.SSLContext:
    try:
        import trustme  # noqa: PLC0415  (for this fault alone)
    except ImportError:
        raise StartError(
            "--fault expired-tls needs trustme: pip install 'lorax-devserver[tls]'"
        ) from None
    now = datetime.now(timezone.utc)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = ("127.0.0.1", "::1", "localhost")
    certificate = authority.issue_cert(
        *names, not_before=now - timedelta(days=2), not_after=now - timedelta(days=1)
    )
    certificate.configure_cert(context)
    if issuer:
        try:
            Path(issuer).write_bytes(authority.cert_pem.bytes())
        except OSError as error:
            raise StartError(f"--fault expired-tls={issuer}: {error.strerror}") from None
    return context


def take(host: str, port: int, how: Start) -> socket.socket:
    """Take a port before the model is loaded, so that a taken one is told at once.

    Connections wait until the server reads them, unless they are to be refused.

    Raises:
        StartError: It cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        if not how.refusing:
            taken.listen()
    except OSError as error:
        taken.close()
        taken_by_another = error.errno == errno.EADDRINUSE
        hint = "; is another server running there? --port 0 takes a free one"
        words = f"cannot listen on {host}:{port}: {error.strerror}"
        raise StartError(words + (hint if taken_by_another else "")) from None
    return taken


async def hold_back(taken: socket.socket, how: Start, ready: Callable[[], None]) -> None:
    """Ignore connections, or refuse them, as a port does on which none listens."""
    ready()
    await anyio.sleep(how.deaf or how.refusing)
    try:
        taken.listen()
    except OSError as error:  # another has taken what nobody listened on
        raise StartError(f"cannot listen any more: {error.strerror}") from None
