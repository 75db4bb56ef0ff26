"""A recorded session served back: each request gets the answer that was recorded for it."""

import json
import re
from collections import deque
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from lorax_devserver import sessions
from lorax_devserver.connection import Connection

_MADE_ANEW = {"content-length", "transfer-encoding", "connection", "date"}
_SHOWN = 3  # differences


class Replayer:
    """An ASGI application that answers from a file.

    A request that was recorded several times is answered in that order, and after the last by the
    last. Headers and secrets do not count when a request is looked for.

    Args:
        file: A session, as `record` writes it.

    Raises:
        StartError: The file is not there, or is no session.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._cases = sessions.read(file)
        self._due: dict[str, deque[dict[str, Any]]] = {}
        for known, case in self._cases:
            self._due.setdefault(_key(known), deque()).append(case)

    def __len__(self) -> int:
        return len(self._cases)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as it was answered."""
        connection = Connection(self, scope, receive, send)
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        asked, _ = sessions.question(scope["method"], path, [], await connection.body())
        case = self._next(asked)
        if case is None:
            words = f"lorax-devserver replay: {self._unknown(asked)}\n".encode()
            await connection.reply(501, {"content-type": "text/plain; charset=utf-8"}, words)
        elif case["response"]["status"] is None:
            await connection.close()
        else:
            await _answer(connection, case["response"])

    def _next(self, asked: sessions.Question) -> dict[str, Any] | None:
        due = self._due.get(_key(asked))
        if due is None:
            return None
        return due.popleft() if len(due) > 1 else due[0]

    def _unknown(self, asked: sessions.Question) -> str:
        """What there is instead of a request that was not recorded."""
        route = f"{asked.method} {asked.path}"
        near = [
            (known.differences(asked), case["name"])
            for known, case in self._cases
            if (known.method, known.path) == (asked.method, asked.path)
        ]
        if not near:
            there = sorted({f"{known.method} {known.path}" for known, _ in self._cases})
            return f"{self._file} has no {route}; it has {', '.join(there) or 'nothing'}."
        differences, name = min(near, key=lambda one: len(one[0]))
        more = f", and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
        listed = "; ".join(differences[:_SHOWN])
        return f"{self._file} has no such {route}. The nearest is {name}, where {listed}{more}."


def _key(asked: sessions.Question) -> str:
    """What makes two requests the same."""
    return json.dumps([asked.method, asked.path, asked.body], sort_keys=True)


async def _answer(connection: Connection, recorded: dict[str, Any]) -> None:
    """Send an answer as it was recorded; one that broke, breaks."""
    headers = [
        (name.encode(), value.encode())
        for name, value in recorded["headers"]
        if name not in _MADE_ANEW
    ]
    await connection.head(recorded["status"], headers)
    content = recorded["text"].encode("utf-8", "surrogateescape")
    for event in filter(None, re.split(rb"(?<=\n\n)", content)):
        await connection.write(event)
    if "broken" in recorded:
        await connection.close()
    else:
        await connection.end()
