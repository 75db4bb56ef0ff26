"""The servers that tests run against, and one way to call both clients."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryFile
from typing import Any

import anyio
import pytest

from lorax import AsyncClient, Client
from tests.wire_server import WireServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def running_devserver(*options: str) -> Iterator[str]:
    """A devserver of its own process; gives its address. It has nothing to complain of."""
    command = [sys.executable, "-m", "lorax_devserver", "serve", "--port", "0", *options]
    with TemporaryFile("w+") as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True)
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert "ready: " in ready, f"the server said {ready!r}"
            yield ready.split("ready: ")[1].split(" ")[0]
        finally:
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
    """Calls a method of either client, and collects its streams."""

    def __init__(self, kind: type[Client] | type[AsyncClient]) -> None:
        self.kind = kind

    @property
    def is_async(self) -> bool:
        return self.kind is AsyncClient

    async def call(self, url: str, method: str, *args: Any, **kwargs: Any) -> Any:
        if self.kind is AsyncClient:
            async with AsyncClient(url) as client:
                return await getattr(client, method)(*args, **kwargs)
        with Client(url) as client:
            return await anyio.to_thread.run_sync(partial(getattr(client, method), *args, **kwargs))

    async def stream(
        self,
        url: str,
        method: str,
        *args: Any,
        seen: Callable[[Any], Any] = lambda item: None,
        **kwargs: Any,
    ) -> list[Any]:
        """All items of a stream; each is shown to `seen` when it comes."""
        items = []
        if self.kind is AsyncClient:
            async with (
                AsyncClient(url) as async_client,
                getattr(async_client, method)(*args, **kwargs) as stream,
            ):
                async for item in stream:
                    seen(item)
                    items.append(item)
            return items

        def read() -> None:
            with Client(url) as client, getattr(client, method)(*args, **kwargs) as stream:
                for item in stream:
                    seen(item)
                    items.append(item)

        await anyio.to_thread.run_sync(read)
        return items


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)
