"""Faults asked for: by a request's header, or for all requests by a start option."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from lorax_devserver.connection import ClientLeftError, Connection
from lorax_devserver.faults import KINDS, Kind

HEADER = "x-devserver-fault"
_FORM = re.compile(r"(?P<name>[a-z-]+)(=(?P<value>[^*;]+))?(\*(?P<times>[1-9]\d*))?(;.*)?")


class FaultError(ValueError):
    """A fault that is not known, or not asked for as it should be."""


@dataclass(frozen=True)
class Fault:
    """A fault as asked for: `NAME`, `NAME=VALUE`; `*TIMES` is for the first requests alone.

    Attributes:
        text: How it was written; equal texts are counted together.
        kind: What it is.
        value: How many events, seconds or whatever its kind counts.
        times: How many requests it is for; None for all.
    """

    text: str
    kind: Kind
    value: Any
    times: int | None


def parse(text: str) -> Fault:
    """Read a fault.

    Example:
        >>> parse("unavailable=2*3").times
        3

    Raises:
        FaultError: There is no such fault, or its value is of another type.
    """
    form = _FORM.fullmatch(text.strip())
    name = form["name"] if form else text
    if form is None or name not in KINDS:
        near = get_close_matches(name.partition("=")[0], KINDS, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        known = ", ".join(sorted(KINDS))
        raise FaultError(
            f"there is no fault {text!r}{hint} Known, as NAME[=VALUE][*TIMES]: {known}"
        )
    kind = KINDS[name]
    try:
        value = kind.value if form["value"] is None else type(kind.value)(form["value"])
    except ValueError:
        type_name = {"int": "whole number", "float": "number"}[type(kind.value).__name__]
        raise FaultError(f"{name} takes a {type_name}, not {form['value']!r}") from None
    return Fault(text, kind, value, int(form["times"]) if form["times"] else None)


class FaultyWire:
    """An application whose answers fail on their way as asked.

    Args:
        app: The application; it runs under `connection.Protocol`.
        standing: Faults for every POST, as start options name them.
    """

    def __init__(self, app: ASGIApp, standing: Sequence[Fault] = ()) -> None:
        self._app = app
        self._standing = standing
        self._played: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or do worse."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        connection = Connection(self._app, scope, receive, send)
        try:
            fault = self._due(scope)
        except FaultError as error:
            words = f"{HEADER}: {error}\n".encode()
            return await connection.reply(400, {"content-type": "text/plain"}, words)
        if fault is None:
            return await self._app(scope, receive, send)
        try:
            await fault.kind.play(connection, fault.value)
        except ClientLeftError:
            await connection.left()

    def _due(self, scope: Scope) -> Fault | None:
        asked = dict(scope["headers"]).get(HEADER.encode())
        faults = [parse(asked.decode("latin-1"))] if asked is not None else self._standing
        for fault in faults:
            if asked is None and scope["method"] != "POST":
                continue
            self._played[fault.text] += 1
            if fault.times is None or self._played[fault.text] <= fault.times:
                return fault
        return None
