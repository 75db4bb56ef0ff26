"""What both clients make of broken wires: an answer that is whole, or an error of ours."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from lorax import AsyncClient, Client, errors
from lorax.types import ChatChunk
from lorax_devserver.faulty_wire import HEADER
from tests.conftest import running_devserver

pytestmark = pytest.mark.anyio


class Weather(BaseModel):
    """Tell the weather of a city."""

    city: str


ASKED: dict[str, Any] = {"tools": [Weather], "tool_choice": "any", "max_new_tokens": 60}
# By fault: what a stream comes to, what a whole answer comes to; None is the call as it should be.
FAULTS: dict[str, tuple[type[errors.LoraxError] | None, type[errors.LoraxError] | None]] = {
    "reset": (errors.ConnectionFailedError, errors.ConnectionFailedError),
    "close": (errors.ConnectionFailedError, errors.ConnectionFailedError),
    "reset-after=8": (errors.IncompleteGenerationError, errors.ConnectionFailedError),
    "cut=8": (errors.IncompleteGenerationError, errors.ConnectionFailedError),
    "cut-event=8": (errors.IncompleteGenerationError, errors.ConnectionFailedError),
    "end-early=8": (errors.IncompleteGenerationError, errors.UnexpectedAnswerError),
    "half-json": (errors.UnexpectedAnswerError, errors.UnexpectedAnswerError),
    "malformed=8": (errors.UnexpectedAnswerError, errors.UnexpectedAnswerError),
    "error-event=8": (errors.GenerationError, None),
    "overloaded": (errors.OverloadedError, errors.OverloadedError),
    "unavailable": (errors.UnknownError, errors.UnknownError),
    "html=502": (errors.UnknownError, errors.UnknownError),
    "html=200": (errors.UnexpectedAnswerError, errors.UnexpectedAnswerError),
    "empty": (errors.UnknownError, errors.UnknownError),
    "redirect=/elsewhere": (errors.UnknownError, errors.UnknownError),
    "gzip": (None, None),
    "big-event=2": (None, None),
    "slow-bytes=0": (None, None),
    "late=0": (None, None),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


def made(calls: list[str], arguments: str, reason: str | None) -> None:
    assert (calls, arguments, reason) == (["Weather"], '{"city": "text"}', "tool_calls")


def made_of(chunks: list[ChatChunk]) -> None:
    deltas = [delta for chunk in chunks for delta in chunk.tool_calls]
    names = [delta.name for delta in deltas if delta.name]
    made(names, "".join(delta.arguments for delta in deltas), chunks[-1].finish_reason)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_client_that_waits(url: str, fault: str) -> None:
    in_stream, whole = FAULTS[fault]
    with Client(url, headers={HEADER: fault}, timeout=20) as client:

        def stream() -> None:
            made_of(list(client.chat_stream("Rome?", **ASKED)))

        def answer() -> None:
            said = client.chat("Rome?", **ASKED)
            (call,) = said.tool_calls
            made([call.name], call.text, said.finish_reason)

        for kind, run in ((in_stream, stream), (whole, answer)):
            if kind is None:
                run()
            else:
                with pytest.raises(kind):
                    run()


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_client_that_is_awaited(url: str, fault: str) -> None:
    in_stream, whole = FAULTS[fault]
    async with AsyncClient(url, headers={HEADER: fault}, timeout=20) as client:

        async def stream() -> None:
            made_of([chunk async for chunk in client.chat_stream("Rome?", **ASKED)])

        async def answer() -> None:
            said = await client.chat("Rome?", **ASKED)
            (call,) = said.tool_calls
            made([call.name], call.text, said.finish_reason)

        for kind, run in ((in_stream, stream), (whole, answer)):
            if kind is None:
                await run()
            else:
                with pytest.raises(kind):
                    await run()
