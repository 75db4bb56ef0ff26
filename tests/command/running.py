"""The command in this process and in one of its own, and servers that are not LoRAX."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typer.testing import CliRunner, Result

from lorax.command.app import app
from tests.processes import started

COMMAND = [sys.executable, "-m", "lorax.command"]


def run(*options: str, stdin: str | bytes | None = None) -> Result:
    """The command in this process: for what needs neither a terminal nor signals."""
    return CliRunner().invoke(app, options, input=stdin, catch_exceptions=False)


def process(*options: str, **how: Any) -> AbstractContextManager["subprocess.Popen[bytes]"]:
    """The command in a process of its own."""
    return started([*COMMAND, *options], **how)


class Page:
    """What a server answers at a path; a body of None repeats the request."""

    def __init__(
        self,
        body: str | None,
        status: int = 200,
        kind: str = "application/json",
        model: str | None = None,
    ) -> None:
        self.body, self.status, self.kind, self.model = body, status, kind, model


@contextmanager
def serving(pages: Mapping[str, Page]) -> Iterator[str]:
    """A server of Python's own, with these pages and no others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            page = pages.get(self.path)
            if page is None:
                self.send_error(404)
                return
            body = (f"{self.headers}{asked}" if page.body is None else page.body).encode()
            self.send_response(page.status)
            self.send_header("content-type", page.kind)
            if page.model is not None:
                self.send_header("x-model-id", page.model)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
