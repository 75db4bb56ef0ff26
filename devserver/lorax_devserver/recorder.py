"""Between a program and a LoRAX server: passes everything on, and writes it down."""

import time
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
import httpx
from starlette.types import Receive, Scope, Send

from lorax_devserver import sessions
from lorax_devserver.connection import ClientLeftError, Connection
from lorax_devserver.errors import StartError

# What belongs to one connection; httpx makes its own.
_OF_A_CONNECTION = {
    "host",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "transfer-encoding",
    "content-length",
    "accept-encoding",
}
# What says nothing of a question or an answer; an answer is written down decoded.
_UNTOLD = {*_OF_A_CONNECTION, "user-agent", "date", "server", "content-encoding"}
Headers = Iterable[tuple[str, str]]


def checked_upstream(address: str) -> str:
    """An address that can be asked.

    Raises:
        StartError: It is none.
    """
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise StartError(f"--upstream {address!r} is no address: {error}") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise StartError(f"--upstream should be like http://127.0.0.1:8080, not {shown(address)!r}")
    return address


def shown(address: str) -> str:
    """An address without the name and password that may stand in it."""
    return str(httpx.URL(address).copy_with(userinfo=None))


class Recorder:
    """An ASGI application that is another server's double, and keeps a record.

    Args:
        upstream: The address of a LoRAX server.
        file: What the session is written into, after each answer.
    """

    def __init__(self, upstream: str, file: Path) -> None:
        self._http = httpx.AsyncClient(base_url=upstream, timeout=None)  # noqa: S113
        self._file = file
        self._count = 0
        self._cases: dict[int, dict[str, Any]] = {}
        self._writing = anyio.Lock()

    def __len__(self) -> int:
        return len(self._cases)

    async def close(self) -> None:
        """Let go of the server."""
        await self._http.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back as it comes."""
        connection = Connection(self, scope, receive, send)
        content = await connection.body()
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        request = self._http.build_request(
            scope["method"],
            path,
            headers=[*_without(_OF_A_CONNECTION, headers), ("accept-encoding", "identity")],
            content=content,
        )
        known = sessions.question(scope["method"], path, _without(_UNTOLD, headers), content)
        exchange = _Exchange(request, *known)
        self._count += 1
        number = self._count
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._pass_on, exchange, connection, tasks.cancel_scope)
            await connection.left()
            tasks.cancel_scope.cancel()
        self._cases[number] = exchange.case(number)
        async with self._writing:
            in_order = [self._cases[each] for each in sorted(self._cases)]
            await anyio.to_thread.run_sync(sessions.write, self._file, in_order)

    async def _pass_on(
        self, exchange: "_Exchange", connection: Connection, scope: anyio.CancelScope
    ) -> None:
        """Pass on the server's answer, or the same failure."""
        try:
            response = await self._http.send(exchange.request, stream=True)
            async with aclosing(response):
                exchange.response = response
                await connection.head(response.status_code, _passed(response))
                async for data in response.aiter_bytes():
                    exchange.content += data
                    await connection.write(data)
        except httpx.HTTPError as error:
            exchange.failed = repr(error)
            await connection.close()
        except ClientLeftError:
            return
        else:
            exchange.is_whole = True
            await connection.end()
        scope.cancel()


class _Exchange:
    """One request on its way, and what came back so far."""

    def __init__(
        self, request: httpx.Request, asked: sessions.Question, secrets: sessions.Secrets
    ) -> None:
        self.request = request
        self.response: httpx.Response | None = None
        self.content = b""
        self.is_whole = False
        self.failed = "the client left"
        self._asked = asked
        self._secrets = secrets
        self._began = time.monotonic()

    def case(self, number: int) -> dict[str, Any]:
        """It as it is written down."""
        hide, asked = self._secrets.hide, self._asked
        answer: dict[str, Any] = {"status": None, "error": hide(self.failed)}
        if self.response is not None:
            text = self.content.decode(errors="surrogateescape")
            headers = _without(_UNTOLD, self.response.headers.multi_items())
            answer = {
                "status": self.response.status_code,
                "headers": self._secrets.hidden(headers),
                "text": hide(text),
                **({} if self.is_whole else {"broken": hide(self.failed)}),
                "seconds": round(time.monotonic() - self._began, 2),
            }
        route = asked.path.split("?")[0].strip("/").replace("/", "_") or "root"
        return {
            "name": f"{number:03}_{route}",
            "note": "",
            "request": {
                "method": asked.method,
                "path": asked.path,
                "headers": dict(asked.headers),
                "body": asked.body,
            },
            "response": answer,
        }


def _without(names: set[str], headers: Headers) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers if name.lower() not in names]


def _passed(response: httpx.Response) -> list[tuple[bytes, bytes]]:
    """An answer's headers as they are passed on, with its body decoded."""
    kept = _without({*_OF_A_CONNECTION, "content-encoding"}, response.headers.multi_items())
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]
