"""Every wait has its limit: for a connection, the first token, the next, everything."""

import math
import socket
import threading
from typing import Any

import anyio
import httpx
import pytest

from lorax import Client, Timeout, errors
from lorax.net.timeouts import Clock
from tests.conftest import Caller, running_devserver
from tests.wire_server import (
    SSE_HEAD,
    Send,
    WireServer,
    chunk,
    hang,
    hang_up,
    head,
    token_event,
)

pytestmark = pytest.mark.anyio
ONE = token_event("one")


async def comments_for_ever(send: Send) -> None:
    while True:
        await send(chunk(b":\n\n"))
        await anyio.sleep(0.02)


async def thinking(send: Send) -> None:
    await send(SSE_HEAD)
    await comments_for_ever(send)


async def stuck(send: Send) -> None:
    await send(SSE_HEAD)
    await send(chunk(ONE))
    await comments_for_ever(send)


async def dripping(send: Send) -> None:
    await send(head(200, {"content-type": "application/json", "content-length": "9999"}))
    while True:
        await send(b" ")
        await anyio.sleep(0.02)


async def never_ending(send: Send) -> None:
    await send(SSE_HEAD)
    await send(chunk(token_event("one", "one")))
    await anyio.sleep_forever()


async def test_an_answer_that_does_not_come(transport: Caller, wire_server: WireServer) -> None:
    wire_server.play(hang)
    asking = transport.having(timeout=0.1)
    with pytest.raises(errors.RequestTimeoutError, match=r"No answer within 0\.1 s\.") as caught:
        await asking.call(wire_server.url, "generate", "x")
    assert isinstance(caught.value, TimeoutError)
    assert "loads it" in str(caught.value)
    with pytest.raises(errors.RequestTimeoutError, match=r"No token within 0\.1 s\."):
        await asking.stream(wire_server.url, "generate_stream", "x")


@pytest.mark.parametrize("limit", [0.3, Timeout(first=0.3), Timeout(first=0.3, between=0.05)])
async def test_comments_are_no_token(
    transport: Caller, wire_server: WireServer, limit: Any
) -> None:
    wire_server.play(thinking)
    with pytest.raises(errors.RequestTimeoutError, match=r"No token within 0\.3 s\."):
        await transport.having(timeout=limit).stream(wire_server.url, "generate_stream", "x")


@pytest.mark.parametrize("limit", [0.3, Timeout(between=0.3)])
async def test_comments_are_no_next_token(
    transport: Caller, wire_server: WireServer, limit: Any
) -> None:
    seen: list[str] = []
    wire_server.play(stuck)
    with pytest.raises(errors.RequestTimeoutError, match=r"No more tokens within 0\.3 s\."):
        await transport.having(timeout=limit).stream(
            wire_server.url, "generate_stream", "x", seen=lambda item: seen.append(item.text)
        )
    assert seen == ["one"]


async def test_bytes_are_no_answer(transport: Caller, wire_server: WireServer) -> None:
    wire_server.play(dripping)
    with pytest.raises(errors.RequestTimeoutError, match=r"No answer within 0\.3 s\."):
        await transport.having(timeout=0.3).call(wire_server.url, "generate", "x")


async def test_everything_may_have_a_limit(transport: Caller, wire_server: WireServer) -> None:
    async def slowly(send: Send) -> None:
        await send(SSE_HEAD)
        while True:
            await send(chunk(ONE))
            await anyio.sleep(0.02)

    wire_server.play(slowly)
    asking = transport.having(timeout=Timeout(total=0.3))
    with pytest.raises(errors.RequestTimeoutError, match=r"not whole within 0\.3 s"):
        await asking.stream(wire_server.url, "generate_stream", "x")


async def test_all_attempts_fit_into_it(transport: Caller, wire_server: WireServer) -> None:
    wire_server.play_in_turn(hang_up, hang)
    with pytest.raises(errors.LoraxError) as caught:
        await transport.having(timeout=0.4).call(wire_server.url, "generate", "x")
    # The pause is drawn from 0 to 0.25 s, so there is time for another attempt: it has the rest.
    assert isinstance(caught.value, errors.RequestTimeoutError)
    assert (caught.value.attempts, len(wire_server.requests)) == (2, 2)


async def test_a_longer_wait_between_than_for_the_first(
    transport: Caller, wire_server: WireServer
) -> None:
    async def slow_at_the_end(send: Send) -> None:
        await send(SSE_HEAD)
        await send(chunk(ONE))
        await anyio.sleep(0.5)
        await send(chunk(token_event("two", "onetwo")) + b"0\r\n\r\n")

    wire_server.play(slow_at_the_end)
    asking = transport.having(timeout=Timeout(first=0.4, between=30))
    items = await asking.stream(wire_server.url, "generate_stream", "x")
    assert [item.text for item in items] == ["one", "two"]


async def test_ones_own_time_is_not_counted(wire_server: WireServer) -> None:
    async def both(send: Send) -> None:
        await send(SSE_HEAD)
        await send(chunk(ONE))
        await send(chunk(token_event("two", "onetwo")) + b"0\r\n\r\n")

    wire_server.play(both)

    def read() -> list[str]:
        texts = []
        with Client(wire_server.url, timeout=0.2) as client:
            for token in client.generate_stream("x"):
                texts.append(token.text)
                threading.Event().wait(0.3)  # one's own work
        return texts

    assert await anyio.to_thread.run_sync(read) == ["one", "two"]


async def test_a_whole_answer_does_not_wait_for_its_connection(
    transport: Caller, wire_server: WireServer
) -> None:
    wire_server.play(never_ending)
    with anyio.fail_after(20):
        items = await transport.stream(wire_server.url, "generate_stream", "x")
    assert [item.text for item in items] == ["one"]
    await wire_server.left.wait()


async def test_a_server_that_takes_no_connection(transport: Caller) -> None:
    with running_devserver("--scripted", "--fault", "deaf") as url:
        secure = url.replace("http:", "https:")  # it never greets
        with pytest.raises(errors.RequestTimeoutError, match=r"No connection within 0\.2 s\."):
            await transport.having(timeout=Timeout(connect=0.2), max_retries=1).call(secure, "info")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"timeout": 0}, "timeout should be"),
        ({"timeout": "5"}, "timeout should be"),
        ({"timeout": True}, "timeout should be"),
        ({"timeout": math.nan}, "timeout should be"),
    ],
)
def test_what_is_no_timeout(given: dict[str, Any], named: str) -> None:
    with pytest.raises(errors.ValidationError, match=named):
        Client("http://127.0.0.1:1", **given)


@pytest.mark.parametrize("name", ["first", "between", "connect", "total"])
def test_what_is_no_part_of_one(name: str) -> None:
    with pytest.raises(errors.ValidationError, match=rf"timeout\.{name} should be seconds"):
        Timeout(**{name: -1})


def test_none_waits_for_ever() -> None:
    clock = Clock(Timeout.of(None), streamed=True)
    assert (clock.left, clock.watch(), clock.limits()["timeout"]["read"]) == (math.inf, None, None)


def test_a_port_where_nobody_listens_costs_no_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(errors.ConnectionFailedError):
        Client(url, timeout=None).generate("x")


def test_a_transport_may_have_limits_of_its_own() -> None:
    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    with (
        httpx.Client(transport=httpx.MockTransport(late)) as http,
        pytest.raises(errors.RequestTimeoutError, match=r"^No answer\."),
    ):
        Client("http://lorax.example", timeout=None, max_retries=0, http_client=http).generate("x")
