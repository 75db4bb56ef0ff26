"""The servers that tests run against, and one way to call both clients."""

import gc
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from tempfile import TemporaryFile
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import HealthCheck, settings

from lorax import AsyncClient, Client
from tests.processes import DEVSERVER, started
from tests.wire_server import WireServer

# A slow machine is no failure.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Let programs that tests start be ended by Ctrl-C: what runs beside others ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: many tests wait for something."""
    return (os.cpu_count() or 1) + 1


# These take the longest, so they go first: else all processes but one would wait for them.
LONG = {"test_conversations.py", "test_demo.py", "test_replay.py", "test_structured_output.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long before the others."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish() -> None:
    """Let no search for garbage look through all that was imported."""
    gc.collect()
    gc.freeze()


# Runs pytest in a test, for what the devserver's plugin does to a test run.
pytest_plugins = ["pytester"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def running_devserver(*options: str, command: str = "serve") -> Iterator[str]:
    """A devserver of its own process; gives its address. It has nothing to complain of."""
    words = [*DEVSERVER, command, "--port", "0", *options]
    with TemporaryFile("w+") as complaints:
        with started(words, stdout=subprocess.PIPE, stderr=complaints, text=True) as process:
            ready = process.stdout.readline()
            assert "ready: " in ready, f"the server said {ready!r}"
            yield ready.split("ready: ")[1].split(" ")[0]
            process.terminate()
            process.communicate(timeout=10)
        complaints.seek(0)
        assert complaints.read() == ""


@pytest.fixture(scope="session")
def devserver() -> Iterator[str]:
    """The address of a LoRAX server with the real model and the shipped adapters."""
    with running_devserver() as url:
        yield url


@pytest.fixture
async def wire_server() -> AsyncIterator[WireServer]:
    """A server that answers with the bytes it is told to."""
    async with WireServer() as server:
        yield server


class Caller:
    """Calls a method of either client, and collects its streams.

    Args:
        kind: The client.
        lends: Whether it goes over an httpx client of the test's, which is httpx's own transport.
        settings: How the client is made.
    """

    def __init__(
        self, kind: type[Client] | type[AsyncClient], *, lends: bool = False, **settings: Any
    ) -> None:
        self.kind = kind
        self.lends = lends
        self.settings = settings

    @property
    def is_async(self) -> bool:
        return self.kind is AsyncClient

    def having(self, **settings: Any) -> "Caller":
        """The same with other settings of the client."""
        return Caller(self.kind, lends=self.lends, **{**self.settings, **settings})

    @asynccontextmanager
    async def client(self, url: str) -> AsyncIterator[Any]:
        """A client of its own for a while."""
        if not self.is_async:
            with Client(url, **self.settings) as client:
                yield client
        elif self.lends:
            async with httpx.AsyncClient() as http:
                yield AsyncClient(url, http_client=http, **self.settings)
                assert not http.is_closed
        else:
            async with AsyncClient(url, **self.settings) as async_client:
                yield async_client

    async def call(self, url: str, method: str, *args: Any, **kwargs: Any) -> Any:
        async with self.client(url) as client:
            return await self.call_of(client, method, *args, **kwargs)

    async def call_of(self, client: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a client that is there."""
        call = partial(getattr(client, method), *args, **kwargs)
        return await (call() if self.is_async else anyio.to_thread.run_sync(call))

    async def stream(
        self,
        url: str,
        method: str,
        *args: Any,
        seen: Callable[[Any], Any] = lambda item: None,
        **kwargs: Any,
    ) -> list[Any]:
        """All items of a stream; each is shown to `seen` when it comes."""
        async with self.client(url) as client:
            return await self.read(getattr(client, method)(*args, **kwargs), seen)

    async def stream_of(self, client: Any, method: str, *args: Any, **kwargs: Any) -> list[Any]:
        """All items of a stream of a client that is there."""
        return await self.read(getattr(client, method)(*args, **kwargs))

    async def read(self, stream: Any, seen: Callable[[Any], Any] = lambda item: None) -> list[Any]:
        """All items of a stream that is there."""
        items = []
        if self.is_async:
            async with stream:
                async for item in stream:
                    seen(item)
                    items.append(item)
            return items

        def read() -> None:
            with stream:
                for item in stream:
                    seen(item)
                    items.append(item)

        await anyio.to_thread.run_sync(read)
        return items

    async def first(self, stream: Any) -> Any:
        """The first item of a stream."""
        return await (anext(stream) if self.is_async else anyio.to_thread.run_sync(next, stream))

    async def close(self, what: Any) -> None:
        """Close a stream or a client, from another thread than its reader's where there are any."""
        await (what.aclose() if self.is_async else anyio.to_thread.run_sync(what.close))


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)


@pytest.fixture(params=["sync", "async", "async over httpx"])
def transport(request: pytest.FixtureRequest) -> Caller:
    """Each client over each transport that it may have."""
    kind = Client if request.param == "sync" else AsyncClient
    return Caller(kind, lends=request.param == "async over httpx")
