"""Requests that fail together, as those of a LoRAX server do."""

from collections.abc import AsyncGenerator, Awaitable
from typing import TypeVar

import anyio

from lorax_devserver.engine import Token
from lorax_devserver.errors import EngineError

T = TypeVar("T")


class Neighbours:
    """All requests that are being served: the failure of one is the failure of each.

    Prompts come first, one after another; while any waits, no answer goes on, and whoever waits is
    a neighbour already (recordings faults/neighbours_*).
    """

    def __init__(self) -> None:
        self._prefill = anyio.Lock()
        self._prompts = 0
        self._no_prompts = anyio.Event()
        self._seats: set[_Seat] = set()

    async def share(self, tokens: AsyncGenerator[Token, None]) -> AsyncGenerator[Token, None]:
        """Give one request's tokens, and close them.

        Raises:
            EngineError: The request failed, or one beside it.
        """
        seat = _Seat()
        self._seats.add(seat)
        try:
            token = await seat.wait(self._first(tokens))
            while token is not None:
                await seat.wait(self._no_prompts.wait())
                yield token
                seat.check()
                token = await seat.wait(anext(tokens, None))
        except EngineError as error:
            if seat.error is None:
                self._fail(error)
            raise
        finally:
            self._seats.discard(seat)
            await tokens.aclose()

    async def _first(self, tokens: AsyncGenerator[Token, None]) -> Token | None:
        if self._prompts == 0:
            self._no_prompts = anyio.Event()
        self._prompts += 1
        try:
            async with self._prefill:
                return await anext(tokens, None)
        finally:
            self._prompts -= 1
            if self._prompts == 0:
                self._no_prompts.set()

    def _fail(self, error: EngineError) -> None:
        for seat in self._seats:
            seat.error = error
            seat.scope.cancel()


class _Seat:
    """One request: what it waits for can be ended by a neighbour's error."""

    def __init__(self) -> None:
        self.error: EngineError | None = None
        self.scope = anyio.CancelScope()

    async def wait(self, step: Awaitable[T]) -> T:
        with anyio.CancelScope() as self.scope:
            result = await step
        self.check()
        return result

    def check(self) -> None:
        """Raise what a neighbour failed with."""
        if self.error is not None:
            raise EngineError(str(self.error))
