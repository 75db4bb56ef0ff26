"""A stream ends at the server when its reader leaves, or when somebody else closes it."""

import logging
import threading
from typing import Any

import anyio
import pytest

from lorax import AsyncClient, Client, errors
from lorax_devserver.testing import ScriptedServer
from tests.conftest import Caller
from tests.wire_server import SSE_HEAD, Script, Send, WireServer, chunk, hang, saying, token_event

pytestmark = pytest.mark.anyio
ONE = token_event("one")


async def one_token(send: Send) -> None:
    await send(SSE_HEAD)
    await send(chunk(ONE))
    await anyio.sleep_forever()


@pytest.mark.parametrize("leave", ["close", "with", "drop"])
async def test_leaving_a_stream_ends_it_at_the_server(
    transport: Caller, wire_server: WireServer, leave: str
) -> None:
    async def read_one(client: AsyncClient) -> None:
        stream = client.generate_stream("x")
        if leave == "with":
            async with stream:
                await anext(stream)
        else:
            await anext(stream)
        if leave == "close":
            await stream.aclose()

    def read_one_sync(client: Client) -> None:
        stream = client.generate_stream("x")
        if leave == "with":
            with stream:
                next(stream)
        else:
            next(stream)
        if leave == "close":
            stream.close()

    wire_server.play(one_token)
    with anyio.fail_after(10):
        async with transport.client(wire_server.url) as client:
            if transport.is_async:
                await read_one(client)
            else:
                await anyio.to_thread.run_sync(read_one_sync, client)
            await wire_server.left.wait()


@pytest.mark.parametrize("transport", ["async", "async over httpx"], indirect=True)
@pytest.mark.parametrize("script", [one_token, hang])
async def test_another_task_closes_it(
    transport: Caller, wire_server: WireServer, script: Script
) -> None:
    wire_server.play(script)
    caught: list[BaseException] = []

    async def read(stream: Any) -> None:
        try:
            async for _ in stream:
                pass
        except errors.LoraxError as error:
            caught.append(error)

    with anyio.fail_after(10):
        async with transport.client(wire_server.url) as client:
            stream = client.generate_stream("x")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(read, stream)
                await wire_server.asked.wait()
                await anyio.wait_all_tasks_blocked()
                await stream.aclose()
            await wire_server.left.wait()
            await stream.aclose()
    assert [type(error) for error in caught] == [errors.IncompleteGenerationError]
    assert "was closed" in str(caught[0])


async def test_another_thread_closes_it(wire_server: WireServer) -> None:
    wire_server.play(one_token)
    with Client(wire_server.url) as client:
        stream = client.generate_stream("x")
        caught: list[BaseException] = []
        first = threading.Event()

        def read() -> None:
            try:
                for _ in stream:
                    first.set()
            except errors.LoraxError as error:
                caught.append(error)

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.to_thread.run_sync, read)
                await anyio.to_thread.run_sync(first.wait)
                stream.close()
            await wire_server.left.wait()
        assert [type(error) for error in caught] == [errors.IncompleteGenerationError]
        stream.close()
        with pytest.raises(StopIteration):
            next(stream)


async def test_a_pause_between_attempts_is_ended_too(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.play(saying(503, {"retry-after": "30"}))
    async with caller.client(wire_server.url) as client:
        stream = client.generate_stream("x")

        async def close() -> None:
            await wire_server.asked.wait()
            await caller.close(stream)

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(close)
                with pytest.raises(errors.IncompleteGenerationError, match="was closed"):
                    await caller.read(stream)
    assert len(wire_server.requests) == 1


def test_a_stream_that_is_closed_as_its_attempt_fails(
    lorax_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Another attempt would have come; that there is none is said of the closing."""
    lorax_server.fault("html=503")
    with Client(lorax_server.url) as client, caplog.at_level(logging.DEBUG, "lorax"):
        stream = client.generate_stream("x")

        def close(_record: logging.LogRecord) -> bool:  # of an attempt's end, before its pause
            stream.close()
            return True

        caplog.handler.addFilter(close)
        with pytest.raises(errors.IncompleteGenerationError, match="was closed"):
            list(stream)
        caplog.handler.removeFilter(close)
    assert len(lorax_server.requests) == 1


async def test_a_client_that_is_closed_ends_its_pauses(
    caller: Caller, wire_server: WireServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "lorax")
    wire_server.play(saying(503, {"retry-after": "30"}))
    client = caller.kind(wire_server.url)

    async def ask() -> None:
        with pytest.raises(errors.ClientClosedError):
            await caller.call_of(client, "generate", "x")

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            while not caplog.records:  # the first attempt has failed
                await anyio.lowlevel.checkpoint()
            await caller.close(client)
    assert len(wire_server.requests) == 1


@pytest.mark.parametrize("transport", ["async", "async over httpx"], indirect=True)
async def test_a_task_that_is_cancelled(transport: Caller, wire_server: WireServer) -> None:
    wire_server.play(one_token)
    with anyio.fail_after(10):
        async with transport.client(wire_server.url) as client, anyio.create_task_group() as tasks:

            async def read() -> None:
                async for _ in client.generate_stream("x"):
                    tasks.cancel_scope.cancel()

            tasks.start_soon(read)
        await wire_server.left.wait()


@pytest.mark.parametrize("method", ["generate", "generate_stream"])
async def test_a_client_that_is_closed_ends_what_is_under_way(
    caller: Caller, wire_server: WireServer, method: str
) -> None:
    async def begun(send: Send) -> None:
        await send(SSE_HEAD)
        await anyio.sleep_forever()

    wire_server.play(begun)
    client = caller.kind(wire_server.url, max_retries=2)

    async def ask() -> None:
        whole = method == "generate"
        with pytest.raises(errors.ClientClosedError):
            await (caller.call_of if whole else caller.stream_of)(client, method, "x")

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await wire_server.asked.wait()
            await anyio.wait_all_tasks_blocked()
            while not wire_server.left.is_set():
                await (
                    client.aclose() if caller.is_async else anyio.to_thread.run_sync(client.close)
                )
                await anyio.lowlevel.checkpoint()
    assert len(wire_server.requests) == 1
