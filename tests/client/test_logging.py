"""One line of a log for each request that was sent, and none unless it is asked for."""

import logging
import re

import pytest

from lorax import errors
from tests.conftest import Caller
from tests.wire_server import WireServer, hang_up, saying, streaming, token_event

pytestmark = pytest.mark.anyio
ANSWER = saying(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')


async def test_a_line_a_request(
    caller: Caller, wire_server: WireServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "lorax")
    wire_server.play_in_turn(hang_up, ANSWER, streaming(token_event("a", "a")), saying(422, {}))
    await caller.call(wire_server.url, "generate", "x", adapter_id="sql")
    await caller.stream(wire_server.url, "generate_stream", "x")
    with pytest.raises(errors.UnprocessableEntityError):
        await caller.call(wire_server.url, "info")
    lines = [re.sub(r"\d+\.\d{3} s", "T", record.getMessage()) for record in caplog.records]
    url = wire_server.url
    assert lines == [
        f"POST {url} with adapter 'sql': ConnectionFailedError, T",
        f"POST {url} with adapter 'sql': 200, T, attempt 2",
        f"POST {url}: 200, T",
        f"GET {url}/info: UnprocessableEntityError, T",
    ]
    wire_server.stream(token_event("a"))
    caplog.clear()
    async with caller.client(url) as client:
        stream = client.generate_stream("x")
        await caller.first(stream)
        await caller.close(stream)
    assert [": left, " in record.getMessage() for record in caplog.records] == [True]
    assert {record.name for record in caplog.records} == {"lorax"}


async def test_it_is_quiet(
    caller: Caller, wire_server: WireServer, capfd: pytest.CaptureFixture[str]
) -> None:
    wire_server.play(saying(503, {}))
    with pytest.raises(errors.LoraxError):
        await caller.call(wire_server.url, "generate", "x")
    assert capfd.readouterr() == ("", "")
