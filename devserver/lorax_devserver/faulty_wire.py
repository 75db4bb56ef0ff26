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
from lorax_devserver.listening import START_FAULTS

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
    name = re.split(r"[=*;]", text.strip())[0]
    if name in START_FAULTS:
        raise FaultError(f"{name} is asked for by `serve --fault` alone, and without *TIMES")
    if name not in KINDS:
        near = get_close_matches(name, KINDS, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise FaultError(f"there is no fault {name!r}{hint} Known: {', '.join(sorted(KINDS))}")
    if form is None:
        raise FaultError(f"a fault is written NAME[=VALUE][*TIMES], not {text!r}")
    kind = KINDS[name]
    times = int(form["times"]) if form["times"] else None
    return Fault(text, kind, _value(kind, form["value"]), times)


def _value(kind: Kind, text: str | None) -> Any:
    """A value of a kind's type, within its bounds."""
    if text is None:
        return kind.value
    if isinstance(kind.value, str):
        return text
    low, high = kind.allowed[0], kind.allowed[-1]
    try:
        value = type(kind.value)(text)
    except ValueError:
        value = -1
    if not low <= value <= high:
        type_name = {"int": "a whole number", "float": "a number"}[type(kind.value).__name__]
        raise FaultError(f"{kind.name} takes {type_name} from {low} to {high}, not {text!r}")
    return value


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
