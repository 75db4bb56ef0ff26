"""What is asked of a server and how much at once, for those who test a program against it."""

import json
import threading
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Asked:
    """A request as it reached the server.

    Attributes:
        method: `POST`, or what else it was.
        path: Its route.
        headers: Its headers, with names in small letters.
        content: Its body.
    """

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """Its body, read as JSON; None where there is none."""
        return json.loads(self.content) if self.content else None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of a native route or of embeddings; others stand beside the prompt."""
        body = self.body or {}
        beside = {} if "inputs" in body else body
        return dict(body.get("parameters") or beside)

    @property
    def adapter_id(self) -> str | None:
        """The adapter that it names; None for the base model."""
        return self.parameters.get("adapter_id") or self.parameters.get("model") or None


class Witness:
    """An application that sees what goes through it to another.

    Attributes:
        app: The other; it may be replaced at any time.
        requests: What was asked, in the order in which it came.
        running: How many requests are under way.
        most_at_once: How many were, at most.
        changed: Told of by every change of these; its lock is held for looking at several.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.changed = threading.Condition()
        self.forget()

    def forget(self) -> None:
        """Begin anew; what is under way belongs to the time before."""
        with self.changed:
            self.requests: list[Asked] = []
            self.running = self.most_at_once = 0
            self._era = object()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See a request, and hand it on."""
        content, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            content += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        era = self._arrived(Asked(scope["method"], scope["path"], headers, content))
        try:
            await self.app(scope, _again(content, receive), send)
        finally:
            self._left(era)

    def _arrived(self, asked: Asked) -> object:
        with self.changed:
            self.requests.append(asked)
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
            self.changed.notify_all()
            return self._era

    def _left(self, era: object) -> None:
        with self.changed:
            if era is self._era:
                self.running -= 1
                self.changed.notify_all()


def _again(content: bytes, receive: Receive) -> Receive:
    """The messages of a request whose body was read already."""
    read = False

    async def message() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": content, "more_body": False}

    return message
