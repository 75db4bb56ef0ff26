"""Requests that fail together: each hears of it, and none is left open."""

from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest

from lorax_devserver.engine import Piece, Token
from lorax_devserver.errors import EngineError
from lorax_devserver.neighbours import Neighbours
from lorax_devserver.testing import ScriptedServer
from tests.conftest import running_devserver

pytestmark = pytest.mark.anyio
TOKEN = Token(Piece(1, b"a"), -0.25)


class Source:
    """Tokens without end, or until a failure; it knows whether it was closed."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.fails_at = fails_at
        self.closed = False

    async def tokens(self) -> AsyncGenerator[Token, None]:
        try:
            number = 0
            while number != self.fails_at:
                number += 1
                yield TOKEN
            raise EngineError("out of memory")
        finally:
            self.closed = True


async def test_a_failure_reaches_one_whose_token_is_being_read() -> None:
    neighbours, innocent, failing = Neighbours(), Source(), Source(fails_at=0)
    stream = neighbours.share(innocent.tokens())
    assert await anext(stream) == TOKEN
    with pytest.raises(EngineError, match="out of memory"):
        await anext(neighbours.share(failing.tokens()))
    with pytest.raises(EngineError, match="out of memory"):
        await anext(stream)
    assert innocent.closed
    assert failing.closed


async def test_a_failure_reaches_one_that_waits_for_its_turn() -> None:
    neighbours = Neighbours()
    go_on = anyio.Event()

    async def slow() -> AsyncGenerator[Token, None]:
        await go_on.wait()
        raise EngineError("refused")
        yield TOKEN

    async def wait_for(tokens: AsyncGenerator[Token, None]) -> None:
        with pytest.raises(EngineError, match="refused"):
            await anext(neighbours.share(tokens))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait_for, slow())
        for _ in range(3):
            tasks.start_soon(wait_for, Source().tokens())
        await anyio.wait_all_tasks_blocked()
        go_on.set()


async def test_one_that_leaves_harms_nobody() -> None:
    neighbours, other, leaving = Neighbours(), Source(), Source()
    stream, left = neighbours.share(other.tokens()), neighbours.share(leaving.tokens())
    assert await anext(left) == TOKEN
    await left.aclose()
    assert leaving.closed
    assert await anext(stream) == TOKEN
    await stream.aclose()


def test_an_adapter_that_is_missing_fails_its_own_request_alone() -> None:
    with running_devserver("--scripted", "--faithful") as url:
        body = {"inputs": "[[sleep:0.05]]", "parameters": {"max_new_tokens": 12}}
        with httpx.stream("POST", f"{url}/generate_stream", json=body) as stream:
            events = stream.iter_lines()
            assert "Ray" in next(events)
            missing = {"inputs": "x", "parameters": {"adapter_id": "acme/missing"}}
            assert httpx.post(f"{url}/generate", json=missing).status_code == 424
            assert "error" not in "".join(events)


def test_too_many_answers_to_choose_from_are_no_overload() -> None:
    with running_devserver("--scripted", "--max-concurrent-requests", "4") as url:
        body = {"inputs": "x", "parameters": {"best_of": 200, "do_sample": True}}
        refused = httpx.post(f"{url}/generate", json=body)
        assert (refused.status_code, refused.json()["error_type"]) == (422, "validation")


def test_each_of_the_answers_to_choose_from_takes_a_place(lorax_server: ScriptedServer) -> None:
    lorax_server.reset(max_concurrent_requests=4, max_best_of=4)
    lorax_server.script("x", hang_at=1)
    chosen = {"inputs": "x", "parameters": {"best_of": 2, "do_sample": True}}
    with ThreadPoolExecutor() as pool:
        held = pool.submit(httpx.post, f"{lorax_server.url}/generate", json=chosen)
        lorax_server.wait_for_requests(1)
        more = {"inputs": "x", "parameters": {"best_of": 3, "do_sample": True}}
        refused = httpx.post(f"{lorax_server.url}/generate", json=more)
        assert (refused.status_code, refused.json()["error_type"]) == (429, "overloaded")
        lorax_server.move()
        assert isinstance(held.exception(), httpx.RemoteProtocolError)


def test_a_name_that_no_header_can_hold() -> None:
    with running_devserver("--scripted", "--model-id", "модель") as url:
        for route in ("/generate", "/generate_stream"):
            answer = httpx.post(f"{url}{route}", json={"inputs": "x"})
            assert answer.status_code == 200
            assert "x-model-id" not in answer.headers
