"""What is sent again: the decision, which is pure, and what both clients do by it."""

from typing import Any

import pytest

from lorax import errors
from lorax.net.retries import Attempt, pause
from tests.conftest import Caller
from tests.wire_server import (
    WireServer,
    hang_up,
    saying,
    streaming,
    token_event,
)

pytestmark = pytest.mark.anyio

FIRST = Attempt(number=1, max_retries=2, left=60)
SCHEMA = Attempt(number=1, max_retries=2, left=60, has_format=True)
SQL = Attempt(number=1, max_retries=2, left=60, adapter_id="acme/sql")


def most(low: float, high: float) -> float:
    return high


@pytest.mark.parametrize(
    ("error", "attempt", "again"),
    [
        (errors.OverloadedError("full", status=429), FIRST, True),
        (errors.OverloadedError("full", status=200), FIRST, True),  # an event of a stream
        (errors.RateLimitExceededError("slow down", status=429), FIRST, True),
        (errors.UnknownError("bad gateway", 502), FIRST, True),
        (errors.UnhealthyError("unhealthy", status=503), FIRST, True),
        (errors.ShardTimeoutError("gateway timeout", status=504), FIRST, True),
        (errors.ConnectionFailedError("refused"), FIRST, True),
        (errors.ConnectionFailedError("[SSL: CERTIFICATE_VERIFY_FAILED]"), FIRST, False),
        (errors.ClientClosedError("closed"), FIRST, False),
        (errors.IncompleteGenerationError("cut"), FIRST, True),
        (errors.IncompleteGenerationError("x", error_type="incomplete_generation"), FIRST, False),
        (errors.ValidationError("top_p", status=422), FIRST, False),
        (errors.UnknownError("oops", 500), FIRST, False),
        (errors.UnexpectedAnswerError("a page", status=200), FIRST, False),
        (errors.AdapterNotFoundError("404", status=424), FIRST, False),
        (errors.AdapterLostError("base"), FIRST, False),
        # A failure that may be a neighbour's, and what makes it this request's own.
        (errors.GenerationError("Invalid schema", status=424), FIRST, True),
        (errors.GenerationError("Invalid schema", status=424), SCHEMA, False),
        (errors.GenerationError("CUDA out of memory", status=424), SCHEMA, True),
        (errors.GenerationError("trouble with adapter acme/mail", status=424), SQL, True),
        (errors.GenerationError("trouble with adapter ACME/sql", status=424), SQL, False),
        (errors.GenerationError("x"), Attempt(2, 2, left=60, neighbours_failure=True), False),
        # No more attempts, no more time.
        (errors.ConnectionFailedError("refused"), Attempt(2, 2, left=60), True),
        (errors.ConnectionFailedError("refused"), Attempt(3, 2, left=60), False),
        (errors.ConnectionFailedError("refused"), Attempt(1, 0, left=60), False),
        (errors.ConnectionFailedError("refused"), Attempt(1, 2, left=0.2), False),
        (errors.UnknownError("busy", 503, retry_after=59), FIRST, True),
        (errors.UnknownError("busy", 503, retry_after=60), FIRST, False),
    ],
)
def test_what_is_sent_again(error: errors.LoraxError, attempt: Attempt, again: bool) -> None:
    assert (pause(error, attempt, most) is not None) is again


def test_how_long_it_waits() -> None:
    error = errors.ConnectionFailedError("refused")
    waits = [pause(error, Attempt(number, 9, left=60), most) for number in range(1, 9)]
    assert waits == [0.25, 0.5, 1, 2, 4, 8, 8, 8]
    assert pause(error, FIRST, min) == 0  # anything from there: full jitter
    asked = errors.OverloadedError("full", retry_after=3)
    assert pause(asked, FIRST, min) == 3
    assert pause(asked, FIRST, most) == 3.25


ANSWER = saying(200, {"content-type": "application/json"}, b'[{"generated_text": "here"}]')
STREAM = streaming(token_event("here", "here"))


def refusal(status: int, **headers: str) -> Any:
    return saying(status, {"content-type": "text/plain", **headers}, b"busy")


OVERLOAD = b'data: {"error": "Model is overloaded", "error_type": "overloaded"}\n\n'
NEIGHBOUR = b'data: {"error": "CUDA error", "error_type": "generation"}\n\n'


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_busy_server_is_asked_again(
    transport: Caller, wire_server: WireServer, status: int
) -> None:
    wire_server.play_in_turn(refusal(status), refusal(status), ANSWER)
    assert (await transport.call(wire_server.url, "generate", "x")).text == "here"
    assert len(wire_server.requests) == 3


async def test_a_connection_that_breaks_is_made_again(
    transport: Caller, wire_server: WireServer
) -> None:
    half = saying(200, {"content-type": "application/json", "content-length": "99"}, b"[")
    wire_server.play_in_turn(hang_up, half, ANSWER)
    assert (await transport.call(wire_server.url, "generate", "x")).text == "here"
    wire_server.play_in_turn(hang_up, streaming(cut=True), STREAM)
    items = await transport.stream(wire_server.url, "generate_stream", "x")
    assert [item.text for item in items] == ["here"]


@pytest.mark.parametrize("event", [OVERLOAD, NEIGHBOUR])
async def test_a_refusal_at_the_start_of_a_stream(
    transport: Caller, wire_server: WireServer, event: bytes
) -> None:
    wire_server.play_in_turn(streaming(event), STREAM)
    items = await transport.stream(wire_server.url, "generate_stream", "x")
    assert [item.text for item in items] == ["here"]
    assert len(wire_server.requests) == 2


async def test_a_neighbours_failure_is_met_once(transport: Caller, wire_server: WireServer) -> None:
    wire_server.stream(NEIGHBOUR)
    with pytest.raises(errors.GenerationError, match="CUDA") as caught:
        await transport.stream(wire_server.url, "generate_stream", "x")
    assert (caught.value.attempts, len(wire_server.requests)) == (2, 2)


async def test_nothing_is_sent_again_after_a_token(
    transport: Caller, wire_server: WireServer
) -> None:
    seen: list[str] = []
    wire_server.stream(token_event("one"), OVERLOAD)
    with pytest.raises(errors.OverloadedError):
        await transport.stream(
            wire_server.url, "generate_stream", "x", seen=lambda item: seen.append(item.text)
        )
    assert (seen, len(wire_server.requests)) == (["one"], 1)


@pytest.mark.parametrize(
    ("settings", "asked"), [({"max_retries": 0}, 1), ({"max_retries": 1}, 2), ({}, 3)]
)
async def test_how_often(
    transport: Caller, wire_server: WireServer, settings: dict[str, int], asked: int
) -> None:
    wire_server.play(hang_up)
    with pytest.raises(errors.ConnectionFailedError) as caught:
        await transport.having(**settings).call(wire_server.url, "generate", "x")
    assert (len(wire_server.requests), caught.value.attempts) == (asked, asked)
    assert (f"{asked} attempts" in str(caught.value)) is (asked > 1)


async def test_each_time_it_was_sent_is_counted(caller: Caller, wire_server: WireServer) -> None:
    wire_server.play_in_turn(hang_up, streaming(token_event("one"), cut=True))
    with pytest.raises(errors.IncompleteGenerationError) as caught:
        await caller.stream(wire_server.url, "generate_stream", "x")
    assert caught.value.attempts == 2


async def test_a_probe_is_not_sent_again(caller: Caller, wire_server: WireServer) -> None:
    wire_server.play(refusal(503))
    assert not await caller.call(wire_server.url, "health")
    assert len(wire_server.requests) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
async def test_what_a_server_may_say_of_it(
    caller: Caller, wire_server: WireServer, said: str, seconds: float | None
) -> None:
    wire_server.play(refusal(503, **{"retry-after": said}))
    with pytest.raises(errors.LoraxError) as caught:
        await caller.having(max_retries=0).call(wire_server.url, "generate", "x")
    assert caught.value.retry_after == seconds


async def test_a_time_that_is_not_there_is_not_waited_for(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.play(refusal(503, **{"retry-after": "3600"}))
    with pytest.raises(errors.LoraxError, match="busy") as caught:
        await caller.call(wire_server.url, "generate", "x")
    assert (caught.value.retry_after, len(wire_server.requests)) == (3600, 1)
