"""Clients close what they opened: in each event loop, each process, when dropped, from threads."""

import asyncio
import copy
import gc
import multiprocessing
import threading
from typing import Any

import anyio
import httpx
import pytest

from lorax import AsyncClient, Client
from tests.conftest import running_devserver
from tests.wire_server import WireServer

ANSWER = b'[{"generated_text": "a"}]'
JSON = {"content-type": "application/json"}


def alive(kind: type) -> int:
    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


def test_an_event_loop_leaves_nothing_behind(devserver: str) -> None:
    client = AsyncClient(devserver)

    async def ask(asked: AsyncClient) -> None:
        await asked.generate("x", max_new_tokens=1)

    before = alive(httpx.AsyncClient), alive(asyncio.AbstractEventLoop)
    for _ in range(3):
        asyncio.run(ask(client))
        asyncio.run(ask(AsyncClient(devserver)))
    assert (alive(httpx.AsyncClient), alive(asyncio.AbstractEventLoop)) == before


@pytest.mark.anyio
async def test_a_dropped_client_closes_its_connections(wire_server: WireServer) -> None:
    wire_server.answer(200, JSON, ANSWER)
    before = alive(httpx.AsyncClient)
    for _ in range(5):
        await AsyncClient(wire_server.url).generate("x")
    with anyio.fail_after(10):
        while alive(httpx.AsyncClient) > before:
            await anyio.lowlevel.checkpoint()


def test_a_client_reopened_again_and_again_keeps_nothing(devserver: str) -> None:
    client = Client(devserver)
    before = alive(httpx.Client)
    for _ in range(5):
        with client:
            client.generate("x", max_new_tokens=1)
    assert alive(httpx.Client) == before


def test_threads_share_one_set_of_connections(devserver: str) -> None:
    before = alive(httpx.Client)
    together = threading.Barrier(8)
    with Client(devserver) as client:

        def ask() -> None:
            together.wait()
            client.generate("x", max_new_tokens=1)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert alive(httpx.Client) == before + 1


def _ask(client: Client, answers: Any) -> None:
    answers.put(client.generate("The capital of France is", max_new_tokens=3).text)


def test_a_forked_process_has_connections_of_its_own(devserver: str) -> None:
    client = Client(devserver)
    expected = client.generate("The capital of France is", max_new_tokens=3).text
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    children = [context.Process(target=_ask, args=(client, answers)) for _ in range(2)]
    for child in children:
        child.start()
    assert [answers.get() for _ in children] == [expected, expected]
    for child in children:
        child.join()
    assert client.generate("The capital of France is", max_new_tokens=3).text == expected
    client.close()


def test_a_copy_has_connections_of_its_own(devserver: str) -> None:
    client = Client(devserver, headers={"a": "b"}, timeout=30)
    client.info()
    for other in (copy.copy(client), copy.deepcopy(client)):
        assert (other.base_url, other.headers, other.timeout) == (devserver, {"a": "b"}, 30)
        client.close()
        assert other.info().model_id
        other.close()


@pytest.mark.parametrize("drops", [False, True])
def test_an_event_loop_that_ends_closes_the_streams_in_it(
    drops: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with running_devserver("--scripted") as url:
        client = AsyncClient(url)

        async def leave_open() -> list[Any]:
            streams = [client.generate_stream("[[sleep:0.1]] x") for _ in range(20)]
            for stream in streams:
                await anext(stream)
            return [] if drops else streams

        asyncio.run(leave_open())
    assert not caplog.records, "asyncio complains of generators that it could not close"
