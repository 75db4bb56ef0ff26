"""The ways of calling: who calls, waiting or awaiting, for a whole answer or a stream."""

import asyncio
from contextlib import aclosing, closing
from dataclasses import dataclass
from itertools import product

import anyio
from anyio.lowlevel import checkpoint

from lorax.errors import LoraxError
from tests.reliability.connections import Connections
from tests.reliability.outcomes import Got, Outcome
from tests.reliability.users import USERS, OfClient, OfEmbeddings, OfTools


@dataclass(frozen=True)
class Way:
    """A way of calling.

    Attributes:
        name: Who calls.
        is_async: Whether it is awaited.
        is_stream: Whether the answer is streamed.
    """

    name: str
    is_async: bool
    is_stream: bool

    def __str__(self) -> str:
        how = "async" if self.is_async else "sync"
        return f"{self.name}, {how}, {'stream' if self.is_stream else 'whole'}"

    @property
    def is_of_tools(self) -> bool:
        return USERS[self.name] is OfTools

    @property
    def is_of_vectors(self) -> bool:
        return issubclass(USERS[self.name], OfEmbeddings)

    def call(self, url: str, headers: dict[str, str], timeout: float) -> Outcome:
        """Make a call, in a thread that does nothing else.

        Raises:
            AssertionError: The answer is wrong, or a connection is not closed in time.
        """
        ours = Connections()
        user = USERS[self.name](url, headers, timeout)
        outcome = asyncio.run(self._await(user, ours)) if self.is_async else self._wait(user, ours)
        assert ours.made, "its connections were not noticed"
        assert not ours.open, "a connection is open though its user is gone"
        return outcome

    def _wait(self, user: OfClient, ours: Connections) -> Outcome:
        with closing(user):
            outcome = self._ask(user).outcome()
            if outcome.connections:  # goes over the one that is kept, or shows one that was lost
                user.client.health()
            assert ours.open <= outcome.connections, "a connection is not closed"
            return outcome

    async def _await(self, user: OfClient, ours: Connections) -> Outcome:
        async with aclosing(user):
            outcome = (await self._ask_async(user)).outcome()
            if outcome.connections:
                await user.async_client.health()
            with anyio.move_on_after(10):  # an event loop closes a connection in its next turns
                while ours.open > outcome.connections:
                    await checkpoint()
            assert ours.open <= outcome.connections, "a connection is not closed"
            return outcome

    def _ask(self, user: OfClient) -> Got:
        got = Got(user.right)
        try:
            for piece in user.stream() if self.is_stream else iter((user.whole(),)):
                got.take(piece)
        except LoraxError as error:
            got.error = error
        return got

    async def _ask_async(self, user: OfClient) -> Got:
        got = Got(user.right)
        try:
            if self.is_stream:
                async for piece in user.astream():
                    got.take(piece)
            else:
                got.take(await user.awhole())
        except LoraxError as error:
            got.error = error
        return got


WAYS = [
    Way(name, is_async, is_stream)
    for (name, user), is_async, is_stream in product(USERS.items(), (False, True), (False, True))
    if (is_async or user.has_sync) and (user.has_stream or not is_stream)
]
