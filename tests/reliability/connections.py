"""The connections that a piece of work makes, so that it can be seen which of them stay open."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import ref

import pytest


class Connections:
    """Those that this thread makes from now on, its event loops and the threads they start."""

    def __init__(self) -> None:
        self._made: list[ref[socket.socket]] = []  # weak: one that is forgotten must complain
        _OURS.set(self)

    def add(self, one: socket.socket) -> None:
        if one.family in {socket.AF_INET, socket.AF_INET6}:  # an event loop's own has neither
            self._made.append(ref(one))

    @property
    def made(self) -> int:
        return len(self._made)

    @property
    def open(self) -> int:
        return sum((one := made()) is not None and one.fileno() != -1 for made in self._made)


_OURS: ContextVar[Connections | None] = ContextVar("connections", default=None)


@contextmanager
def being_noticed() -> Iterator[None]:
    """Notice who makes a socket; the system does not tell one call's from another's."""
    make = socket.socket.__init__

    def noticed(self: socket.socket, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        if (ours := _OURS.get()) is not None:
            ours.add(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "__init__", noticed)
        yield
