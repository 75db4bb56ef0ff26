"""An attempt's turn: its place among the client's requests, and its failure told as ours."""

import math
import threading
from types import TracebackType
from typing import Any

import anyio

from lorax.exchange import Reading
from lorax.net.attempts import Attempts
from lorax.net.connections import waker
from lorax.net.failures import told_as_ours


class Turn:
    """What is done in the block is one attempt; for `with` and `async with`.

    It is a class and no generator: an event loop that ends closes all generators at once, also
    those that stand inside others.

    Args:
        attempts: The call's.
        reading: What it reads, if that is a stream: one that is complete cannot fail any more.

    Raises:
        LoraxError: What went wrong in the block.
    """

    def __init__(self, attempts: Attempts, reading: Reading[Any] | None = None) -> None:
        self._attempts = attempts
        self._reading = reading

    def __enter__(self) -> None:
        woken = threading.Event()
        try:
            self._attempts.ask(woken.set)
            while (patience := self._attempts.patience()) is not None:
                self._attempts.ends_by(woken.set)
                woken.wait(None if math.isinf(patience) else patience)
        except BaseException:
            self._attempts.leave()
            raise

    async def __aenter__(self) -> None:
        woken = anyio.Event()
        try:
            self._attempts.ask(waker(woken))
            while (patience := self._attempts.patience()) is not None:
                self._attempts.ends_by(woken.set)
                with anyio.move_on_after(patience):
                    await woken.wait()
        except BaseException:
            self._attempts.leave()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        told = error
        try:
            if isinstance(error, Exception):
                told = told_as_ours(error, self._attempts, self._reading)
            self._attempts.ended(told)
        finally:
            self._attempts.leave()
        if told is not None and told is not error:
            raise told from error
        return told is None and error is not None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        return self.__exit__(kind, error, traceback)


def pause(attempts: Attempts, seconds: float) -> None:
    """Wait between attempts; a stream or a client that is closed ends it."""
    ended = threading.Event()
    attempts.ends_by(ended.set)
    ended.wait(seconds)


async def apause(attempts: Attempts, seconds: float) -> None:
    """The same, awaited."""
    with anyio.move_on_after(seconds) as scope:
        attempts.ends_by(scope.cancel)
        await anyio.sleep_forever()
