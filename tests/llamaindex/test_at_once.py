"""Many calls at once, event loops one after another, and calls that somebody leaves."""

import asyncio
import gc
import threading
from typing import Any

import anyio
import pytest
from llama_index.core.llms import ChatMessage
from llama_index.llms.lorax import LoRAX

from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.ways import WAYS, Way

AWAITED = [way for way in WAYS if way.is_async]
STREAMED = [way for way in WAYS if way.is_stream]


async def idle(server: ScriptedServer) -> None:
    await anyio.to_thread.run_sync(server.wait_until_idle)


@pytest.mark.parametrize("way", AWAITED, ids=lambda way: way.name)
def test_ten_take_the_time_of_one(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("Yes.", delay=0.3)

    async def ten() -> list[Any]:
        return await asyncio.gather(*(way.awaited(llm, f"Why {n}?") for n in range(10)))

    assert len(asyncio.run(ten())) == 10
    assert lorax_server.most_at_once == 10


@pytest.mark.parametrize("way", AWAITED, ids=lambda way: way.name)
def test_the_loop_goes_on_meanwhile(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    """A call that blocked the loop would keep this from ever answering it."""
    lorax_server.script("Yes.", hang_at=1, times=1)
    lorax_server.script("No.")

    async def one_of_two() -> str:
        waiting = asyncio.create_task(way.awaited(llm, "Why?"))
        await anyio.to_thread.run_sync(lorax_server.wait_for_requests, 1)
        answer = await llm.acomplete("Why not?")
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await idle(lorax_server)
        return answer.text

    assert asyncio.run(one_of_two()) == "No."


@pytest.mark.lorax_server(max_concurrent_requests=2)
def test_no_more_than_the_server_takes(lorax_server: ScriptedServer) -> None:
    # A timeout of its own gives it a client of its own, which the limit does not leave slow.
    llm = LoRAX(base_url=lorax_server.url, timeout=31)
    lorax_server.script("Yes.")

    async def many() -> list[Any]:
        return await asyncio.gather(*(llm.acomplete(f"Why {n}?") for n in range(12)))

    assert [answer.text for answer in asyncio.run(many())] == ["Yes."] * 12


def test_one_model_in_many_loops_and_threads(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("Yes.")
    assert [way.text(llm, "Why?") for _ in range(3)] == ["Yes."] * 3
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(way.text(llm, "Why?"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["Yes."] * 4


@pytest.mark.parametrize("way", STREAMED, ids=lambda way: way.name)
def test_who_leaves_a_stream_ends_it(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("One two three four.", hang_at=3)
    asked: Any = [ChatMessage(content="Count.")] if way.is_chat else "Count."

    async def left() -> None:
        async for _ in await getattr(llm, way.name)(asked):
            break
        gc.collect()
        await idle(lorax_server)

    if way.is_async:
        asyncio.run(left())
    else:
        for _ in getattr(llm, way.name)(asked):
            break
        lorax_server.wait_until_idle()


@pytest.mark.parametrize("way", AWAITED, ids=lambda way: way.name)
def test_a_cancelled_call_ends_at_the_server(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("One two three four.", hang_at=3)

    async def cancelled() -> None:
        with anyio.move_on_after(0.3):
            await way.awaited(llm, "Count.")
        await idle(lorax_server)

    asyncio.run(cancelled())


def test_a_timeout_of_ones_own(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("Yes.", hang_at=1)

    async def hurried() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(llm.achat([ChatMessage(content="Why?")]), 0.3)
        await idle(lorax_server)

    asyncio.run(hurried())
