"""How many requests a client sends at once: the rule, and both clients on a small server."""

import asyncio
import gc
import multiprocessing
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from lorax import AsyncClient, Client, errors
from lorax.net.pacing import START, Pacing, Place
from tests.conftest import Caller, running_devserver
from tests.wire_server import SSE_HEAD, Send, WireServer, chunk, hang, saying, token_event

pytestmark = pytest.mark.anyio


def places(pacing: Pacing, count: int) -> list[Place]:
    asked = [Place() for _ in range(count)]
    for place in asked:
        pacing.ask(place)
    return asked


def taken(asked: list[Place]) -> int:
    return sum(place.taken for place in asked)


def test_it_begins_with_what_a_server_takes() -> None:
    pacing = Pacing()
    asked = places(pacing, 500)
    assert (taken(asked), START) == (128, 128)
    pacing.leave(asked[0])
    assert [place.taken for place in asked[127:131]] == [True, True, False, False]


def test_a_burst_of_refusals_tells_what_the_server_takes() -> None:
    pacing = Pacing()
    asked = places(pacing, 64)
    assert [pacing.refuse(place) for place in asked[8:]] == [True] * 56
    assert pacing.limit == 8
    for place in reversed(asked[8:]):
        pacing.ask(place)
    assert taken(asked) == 8
    pacing.leave(asked[0])
    assert [place.taken for place in asked[8:10]] == [True, False], "the first that came is next"


def test_before_a_refusal_it_grows_by_what_is_accepted() -> None:
    pacing = Pacing()
    asked = places(pacing, 1000)
    for place in asked:
        assert place.taken
        pacing.accept(place)
        pacing.accept(place)
    assert taken(asked) == 1000


def test_after_a_refusal_it_grows_slowly() -> None:
    pacing = Pacing()
    asked = places(pacing, 10)
    for place in asked[4:]:
        pacing.refuse(place)
    waiting = places(pacing, 10)
    for place in asked[:3]:
        pacing.accept(place)
    assert taken(waiting) == 0
    pacing.accept(asked[3])
    pacing.accept(Place(taken=True))
    assert taken(waiting) == 1, "all four that are under way made room for one"


def test_alone_it_keeps_one_place() -> None:
    pacing = Pacing()
    (place,) = places(pacing, 1)
    assert not pacing.refuse(place)
    assert pacing.limit == 1
    assert taken(places(pacing, 3)) == 1


def test_what_the_server_says_is_taken() -> None:
    pacing = Pacing()
    asked = places(pacing, 200)
    pacing.know(150)
    assert taken(asked) == 150
    pacing.accept(asked[0])
    assert taken(asked) == 150, "it does not grow beyond it"
    pacing.know(4)
    for place in asked[:147]:
        pacing.leave(place)
    assert taken(asked) == 4


def test_who_gives_up_is_passed_over() -> None:
    pacing = Pacing()
    pacing.know(1)
    first, second, third = places(pacing, 3)
    pacing.leave(second)
    pacing.leave(first)
    assert (second.taken, third.taken) == (False, True)
    pacing.leave(third)
    pacing.leave(third)
    assert taken(places(pacing, 2)) == 1


def test_a_place_for_a_closed_event_loop_goes_to_the_next() -> None:
    def closed() -> None:
        raise RuntimeError("Event loop is closed")

    pacing = Pacing()
    pacing.know(1)
    (first,) = places(pacing, 1)
    dead, next_one = Place(wake=closed), Place()
    pacing.ask(dead)
    pacing.ask(next_one)
    pacing.leave(first)
    assert (dead.taken, next_one.taken) == (False, True)


@pytest.fixture(scope="module")
def small() -> Any:
    with running_devserver("--scripted", "--max-concurrent-requests", "4") as url:
        yield url


QUICK = "[[sleep:0.01]] [[say:one two three]]"


async def test_a_batch_over_a_small_server_comes_whole(small: str) -> None:
    async with AsyncClient(small) as client:
        answers = await asyncio.gather(*(client.generate(QUICK) for _ in range(100)))
        assert {answer.text for answer in answers} == {"one two three"}
    with Client(small) as waiting, ThreadPoolExecutor(50) as pool:
        texts = pool.map(lambda _: waiting.generate(QUICK).text, range(100))
        assert set(texts) == {"one two three"}


async def test_streams_over_a_small_server_come_whole(small: str) -> None:
    async with AsyncClient(small) as client:

        async def text() -> str:
            return "".join([token.text async for token in client.generate_stream(QUICK)])

        assert set(await asyncio.gather(*(text() for _ in range(60)))) == {"one two three"}


async def test_who_is_refused_alone_is_told(caller: Caller, small: str) -> None:
    """Others fill the server: nothing of this client's own is waited for."""
    async with AsyncClient(small) as others:
        streams = [others.generate_stream("[[hang:2]] x") for _ in range(4)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(errors.OverloadedError) as caught:
            await caller.call(small, "generate", QUICK)
        assert caught.value.attempts == 3
        for stream in streams:
            await stream.aclose()
    assert (await caller.call(small, "generate", QUICK)).text == "one two three"


async def test_nothing_is_asked_before(caller: Caller, wire_server: WireServer) -> None:
    wire_server.answer(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')
    await caller.call(wire_server.url, "generate", "x")
    assert [request["path"] for request in wire_server.requests] == ["/"]


async def test_a_place_that_does_not_come_is_not_waited_for_for_ever(
    caller: Caller, wire_server: WireServer
) -> None:
    async def unread(send: Send) -> None:
        await send(SSE_HEAD)
        await send(chunk(token_event("one")))
        await hang(send)

    wire_server.play(unread)
    async with caller.having(timeout=0.3).client(wire_server.url) as client:
        client._pacing.know(2)
        streams = [client.generate_stream("x") for _ in range(3)]
        for stream in streams[:2]:
            await caller.first(stream)
        with pytest.raises(errors.RequestTimeoutError, match=r"2 others of this client") as caught:
            await caller.first(streams[2])
        assert caught.value.attempts == 1
        for stream in streams[:2]:
            await caller.close(stream)


async def test_idle_time_is_not_waiting_time(caller: Caller, small: str) -> None:
    async with caller.having(timeout=5).client(small) as client:
        client._pacing.know(1)
        client._pacing.moved -= 1000
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(caller.call_of, client, "generate", QUICK)


async def test_a_stream_that_flows_is_waited_for(caller: Caller, small: str) -> None:
    """It takes longer than a wait may; what waits for its place does not fail."""
    flowing = "[[sleep:0.2]] [[say:one two three four five six seven eight nine ten eleven]]"
    async with caller.having(timeout=0.9).client(small) as client:
        client._pacing.know(1)
        stream = client.generate_stream(flowing)
        await caller.first(stream)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(caller.read, stream)
            assert (await caller.call_of(client, "generate", QUICK)).text == "one two three"


async def test_one_that_hangs_takes_none_of_those_behind_it_along(
    caller: Caller, wire_server: WireServer
) -> None:
    answer = saying(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')
    wire_server.play_in_turn(hang, answer)
    async with caller.having(timeout=0.5).client(wire_server.url) as client:
        client._pacing.know(1)

        async def hangs() -> None:
            with pytest.raises(errors.RequestTimeoutError, match="No answer within"):
                await caller.call_of(client, "generate", "x")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(hangs)
            await wire_server.asked.wait()
            for _ in range(3):
                tasks.start_soon(caller.call_of, client, "generate", "x")


def test_the_garbage_collector_may_end_a_stream_at_any_moment() -> None:
    """Also while the places are counted in the same thread."""
    pacing = Pacing()
    pacing.know(2)
    dropped = places(pacing, 2)
    waiting = Place(wake=lambda: pacing.leave(dropped[1]))
    last = Place()
    pacing.ask(waiting)
    pacing.ask(last)
    pacing.leave(dropped[0])
    assert (waiting.taken, last.taken, pacing._under_way) == (True, True, 2)


async def test_what_waits_can_be_cancelled(wire_server: WireServer) -> None:
    wire_server.play(hang)
    async with AsyncClient(wire_server.url) as client:
        client._pacing.know(1)
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(client.generate, "x")
            await wire_server.asked.wait()
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        assert len(wire_server.requests) == 1
        assert (client._pacing._under_way, client._pacing._queuing) == (0, 0)


async def test_places_return_on_every_way(small: str) -> None:
    """Some hundred requests that end in every way there is, from threads and tasks at once."""
    draw = random.Random(6)
    # Two clients do not know of each other: one may find the server full of the other's.
    client, waiting = AsyncClient(small, max_retries=50), Client(small, max_retries=50)

    async def ask(way: float) -> None:
        if way < 0.2:
            with anyio.move_on_after(way / 10):
                await client.generate(QUICK)
        elif way < 0.4:
            async for _ in client.generate_stream(QUICK):
                break
        elif way < 0.6:
            with pytest.raises(errors.GenerationError):
                await client.generate("[[fail:1]]")
        elif way < 0.8:
            await anyio.to_thread.run_sync(waiting.generate, QUICK)
        else:
            stream = waiting.generate_stream(QUICK)
            await anyio.to_thread.run_sync(next, stream)
            stream.close()

    await asyncio.gather(*(ask(draw.random()) for _ in range(300)))
    gc.collect()
    await client.aclose()
    waiting.close()
    for pacing in (client._pacing, waiting._pacing):
        assert (pacing._under_way, pacing._queuing) == (0, 0)


def _in_child(client: Client, answers: Any) -> None:
    answers.put((client.generate(QUICK).text, client._pacing._under_way))


def test_a_forked_process_has_places_of_its_own(small: str) -> None:
    with Client(small) as client:
        client._pacing.know(1)
        stream = client.generate_stream("[[hang:2]] x")
        next(stream)
        context = multiprocessing.get_context("fork")
        answers = context.SimpleQueue()
        child = context.Process(target=_in_child, args=(client, answers))
        child.start()
        assert answers.get() == ("one two three", 0)
        child.join()
        stream.close()


def test_threads_and_event_loops_share_the_places(small: str) -> None:
    client = AsyncClient(small)
    client._pacing.know(1)
    texts: list[str] = []

    async def ask() -> None:
        texts.append((await client.generate(QUICK)).text)
        await client.aclose()

    threads = [threading.Thread(target=asyncio.run, args=(ask(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["one two three"] * 6
