"""Both clients against a server whose every byte the test sends: order, faults, impostors."""

import json
import socket

import anyio
import pytest

from lorax import AsyncClient, errors
from tests.conftest import Caller
from tests.wire_server import (
    LAST_CHUNK,
    SSE_HEAD,
    Send,
    WireServer,
    chunk,
    token_event,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller(transport: Caller) -> Caller:
    return transport


ONE, TWO, LAST = token_event(" one"), token_event(" two"), token_event(".", " one two.")


async def test_each_token_is_given_before_the_next_one_is_sent(
    caller: Caller, wire_server: WireServer
) -> None:
    given = [anyio.Event() for _ in range(3)]
    seen: list[str] = []

    async def script(send: Send) -> None:
        await send(SSE_HEAD)
        for number, event in enumerate((ONE, TWO, LAST)):
            await send(chunk(event))
            await given[number].wait()
        await send(LAST_CHUNK)

    def note(item: object) -> None:
        seen.append(item.text)  # type: ignore[attr-defined]
        event = given[len(seen) - 1]
        event.set() if caller.is_async else anyio.from_thread.run_sync(event.set)

    wire_server.play(script)
    with anyio.fail_after(10):
        await caller.stream(wire_server.url, "generate_stream", "x", seen=note)
    assert seen == [" one", " two", "."]


async def test_text_that_cannot_become_a_stop_is_given_at_once(
    caller: Caller, wire_server: WireServer
) -> None:
    shown = anyio.Event()

    async def script(send: Send) -> None:
        await send(SSE_HEAD)
        await send(chunk(token_event("one E")))
        await shown.wait()  # "one " must be shown before it is known what becomes of "E"
        await send(chunk(token_event("ND two")))

    def note(_: object) -> None:
        if not shown.is_set():
            shown.set() if caller.is_async else anyio.from_thread.run_sync(shown.set)

    wire_server.play(script)
    texts = []

    def collect(item: object) -> None:
        texts.append(item.text)  # type: ignore[attr-defined]
        note(item)

    with anyio.fail_after(10), pytest.raises(errors.IncompleteGenerationError):
        await caller.stream(
            wire_server.url, "generate_stream", "x", stop_sequences=["END"], seen=collect
        )
    assert texts == ["one ", ""]


async def test_the_request_goes_to_base_url_itself_with_the_defaults(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.answer(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')
    await caller.call(f"{wire_server.url}/models/x/", "generate", "hi")
    (request,) = wire_server.requests
    assert (request["method"], request["path"]) == ("POST", "/models/x")
    body = json.loads(request["body"])
    assert body["inputs"] == "hi"
    assert body["stream"] is False
    sent = body["parameters"]
    assert sent["max_new_tokens"] == 20
    assert sent["details"] is True
    assert None not in sent.values(), "the server refuses an explicit null"


async def test_chat_goes_below_base_url(caller: Caller, wire_server: WireServer) -> None:
    choice = {"message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}
    body = {"choices": [choice], "usage": None}
    wire_server.answer(200, {"content-type": "application/json"}, json.dumps(body).encode())
    await caller.call(f"{wire_server.url}/x", "chat", "hi")
    (request,) = wire_server.requests
    assert request["path"] == "/x/v1/chat/completions"
    sent = json.loads(request["body"])
    assert sent["temperature"] == 0, "the route samples unless told not to"
    assert sent["model"] == ""


async def test_headers_and_cookies_are_sent(wire_server: WireServer) -> None:
    wire_server.answer(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')
    client = AsyncClient(wire_server.url, headers={"x-key": "k"}, cookies={"a": "b"})
    async with client:
        await client.generate("hi")
    headers = wire_server.requests[0]["headers"]
    assert headers["x-key"] == "k"
    assert headers["cookie"] == "a=b"


async def test_an_empty_answer_is_an_answer(caller: Caller, wire_server: WireServer) -> None:
    wire_server.answer(200, {"content-type": "application/json"}, b'[{"generated_text": ""}]')
    assert (await caller.call(wire_server.url, "generate", "x")).text == ""
    wire_server.stream(token_event("<|im_end|>", "", special=True))
    (item,) = await caller.stream(wire_server.url, "generate_stream", "x")
    assert (item.text, item.is_last) == ("", True)


BROKEN = {
    "cut inside an event": ((ONE, TWO[:20]), True),
    "cut between events": ((ONE, TWO), True),
    "a clean end without generated_text": ((ONE, TWO), False),
    "cut inside a character": ((ONE, token_event("é").replace(b"\\u00e9", b"\xc3")[:25]), True),
    "nothing at all": ((), False),
}


@pytest.mark.parametrize(("parts", "cut"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_stream_raises(
    caller: Caller, wire_server: WireServer, parts: tuple[bytes, ...], cut: bool
) -> None:
    wire_server.stream(*parts, cut=cut)
    seen: list[object] = []
    with pytest.raises(errors.IncompleteGenerationError) as caught:
        await caller.stream(wire_server.url, "generate_stream", "x", seen=seen.append)
    assert len(seen) == sum(part.endswith(b"\n\n") for part in parts), "what came was given"
    assert caught.value.url == wire_server.url


async def test_a_chat_stream_without_done_raises(caller: Caller, wire_server: WireServer) -> None:
    event = {"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}
    data = b"data: " + json.dumps(event).encode() + b"\n\n"
    wire_server.stream(data)
    with pytest.raises(errors.IncompleteGenerationError):
        await caller.stream(wire_server.url, "chat_stream", "x")
    wire_server.stream(data, b"data: [DONE]\n\n")
    (item,) = await caller.stream(wire_server.url, "chat_stream", "x")
    assert item.text == "a"


async def test_a_stream_that_breaks_when_it_is_whole_is_whole(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.stream(ONE, LAST, cut=True)
    items = await caller.stream(wire_server.url, "generate_stream", "x")
    assert items[-1].generated_text == " one two."


async def test_an_error_event_raises_after_the_tokens_before_it(
    caller: Caller, wire_server: WireServer
) -> None:
    error = {"error": "Model is overloaded", "error_type": "overloaded"}
    wire_server.stream(ONE, b"data: " + json.dumps(error).encode() + b"\n\n")
    seen: list[object] = []
    with pytest.raises(errors.OverloadedError, match="Model is overloaded"):
        await caller.stream(wire_server.url, "generate_stream", "x", seen=seen.append)
    assert len(seen) == 1


@pytest.mark.parametrize("status", [200, 404])
async def test_a_page_is_no_lorax_server(
    caller: Caller, wire_server: WireServer, status: int
) -> None:
    wire_server.answer(status, {"content-type": "text/html"}, b"<!doctype html><p>Hi")
    for send in (
        caller.call(wire_server.url, "generate", "x"),
        caller.stream(wire_server.url, "generate_stream", "x"),
    ):
        with pytest.raises(errors.UnexpectedAnswerError, match="Is base_url the address") as e:
            await send
        assert e.value.status == status


async def test_json_of_another_kind_is_no_lorax_server(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.answer(200, {"content-type": "application/json"}, b'{"hello": "world"}')
    with pytest.raises(errors.UnexpectedAnswerError, match="hello"):
        await caller.call(wire_server.url, "generate", "x")
    wire_server.stream(b'data: {"hello": 1}\n\n')
    with pytest.raises(errors.UnexpectedAnswerError, match="hello"):
        await caller.stream(wire_server.url, "generate_stream", "x")


async def test_a_lost_adapter_raises(caller: Caller, wire_server: WireServer) -> None:
    headers = {"content-type": "application/json", "x-model-id": "base"}
    wire_server.answer(200, headers, b'[{"generated_text": "a"}]')
    with pytest.raises(errors.AdapterLostError, match="sql"):
        await caller.call(wire_server.url, "generate", "x", adapter_id="sql")
    wire_server.stream(ONE, LAST)
    with pytest.raises(errors.AdapterLostError, match="sql"):
        await caller.stream(wire_server.url, "generate_stream", "x", adapter_id="sql")
    del headers["x-model-id"]  # a gateway took the headers away: nothing is known
    wire_server.answer(200, headers, b'[{"generated_text": "a"}]')
    await caller.call(wire_server.url, "generate", "x", adapter_id="sql")


async def test_an_unreachable_server(caller: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(errors.ConnectionFailedError, match="Cannot reach the server") as caught:
        await caller.call(url, "generate", "x")
    assert isinstance(caught.value, ConnectionError)
    with pytest.raises(errors.ConnectionFailedError, match="Cannot reach the server"):
        await caller.stream(url, "generate_stream", "x")


async def test_a_server_that_hangs_up(caller: Caller, wire_server: WireServer) -> None:
    async def script(send: Send) -> None:
        await send(b"")

    wire_server.play(script)
    with pytest.raises(errors.ConnectionFailedError, match="broke before an answer"):
        await caller.call(wire_server.url, "generate", "x")


async def test_arguments_are_checked_when_the_stream_is_made() -> None:
    client = AsyncClient("http://127.0.0.1:1")
    with pytest.raises(errors.ValidationError, match="temperature"):
        client.generate_stream("x", temperature=-1)


def test_one_client_serves_several_event_loops(devserver: str) -> None:
    client = AsyncClient(devserver)

    async def ask() -> str:
        return (await client.generate("x", max_new_tokens=1)).text

    assert anyio.run(ask) == anyio.run(ask)


async def test_another_adapter_than_asked_for_raises(
    caller: Caller, wire_server: WireServer
) -> None:
    headers = {"content-type": "application/json", "x-model-id": "base", "x-adapter-id": "other"}
    wire_server.answer(200, headers, b'[{"generated_text": "a"}]')
    with pytest.raises(errors.AdapterLostError, match="answered with other"):
        await caller.call(wire_server.url, "generate", "x", adapter_id="sql")
    # Nobody asked for one: a gateway may have a default.
    answer = await caller.call(wire_server.url, "generate", "x")
    assert answer.metadata.adapter_id == "other"


async def test_chat_may_name_the_base_model(caller: Caller, devserver: str) -> None:
    model = "HuggingFaceTB/SmolLM2-135M-Instruct"
    answer = await caller.call(devserver, "chat", "Hi.", adapter_id=model, max_new_tokens=2)
    assert answer.metadata.adapter_id is None


async def test_an_answer_inside_a_character_is_its_tokens(
    caller: Caller, wire_server: WireServer
) -> None:
    tokens = [{"id": 1, "text": "hello", "logprob": 0}, {"id": 2, "text": "", "logprob": 0}]
    details = {"finish_reason": "length", "prompt_tokens": 1, "generated_tokens": 2}
    body = [{"generated_text": "", "details": {**details, "tokens": tokens}}]
    wire_server.answer(200, {"content-type": "application/json"}, json.dumps(body).encode())
    answer = await caller.call(wire_server.url, "generate", "x")
    assert (answer.text, answer.generated_text) == ("hello", "")


async def test_why_it_ended_is_the_same_whole_and_streamed(
    caller: Caller, wire_server: WireServer
) -> None:
    """A stop sequence inside a token: the server goes on, but the text has ended."""
    wire_server.stream(token_event("the photographer"), token_event(" smiled", "all of it"))
    arguments = {"stop_sequences": ["photo"]}
    items = await caller.stream(wire_server.url, "generate_stream", "x", **arguments)
    assert [item.text for item in items] == ["the ", ""]
    assert [item.is_stopped for item in items] == [True, True]
    assert [item.is_last for item in items] == [False, True]
    assert [item.may_be_left for item in items] == [True, False]
    assert items[-1].finish_reason == "stop_sequence"
    chunks = [
        {"choices": [{"delta": {"content": "the photographer"}, "finish_reason": None}]},
        {"choices": [{"delta": {"content": " smiled"}, "finish_reason": "length"}]},
    ]
    events = [b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks]
    wire_server.stream(*events, b"data: [DONE]\n\n")
    pieces = await caller.stream(wire_server.url, "chat_stream", "x", **arguments)
    assert [(piece.text, piece.finish_reason) for piece in pieces] == [("the ", "stop"), ("", None)]
    assert [piece.may_be_left for piece in pieces] == [True, False]


async def test_words_of_other_forms_are_passed_on(caller: Caller, wire_server: WireServer) -> None:
    headers = {"content-type": "application/json"}
    wire_server.answer(401, headers, b'{"error": {"message": "no key given"}}')
    with pytest.raises(errors.LoraxError, match="no key given"):
        await caller.call(wire_server.url, "generate", "x")
    wire_server.answer(307, {"location": "https://there/"}, b"")
    with pytest.raises(errors.LoraxError, match=r"307, which leads to https://there/"):
        await caller.call(wire_server.url, "generate", "x")
    wire_server.answer(
        200, headers, b'{"error": "Model is overloaded", "error_type": "overloaded"}'
    )
    with pytest.raises(errors.OverloadedError):
        await caller.stream(wire_server.url, "generate_stream", "x")


async def test_trouble_that_names_another_adapter_is_not_ours(
    caller: Caller, wire_server: WireServer
) -> None:
    said = "Request failed during generation: Server error: 404 Repository Not Found for their/own"
    body = json.dumps({"error": said, "error_type": "generation"}).encode()
    wire_server.answer(424, {"content-type": "application/json"}, body)
    with pytest.raises(errors.GenerationError) as caught:
        await caller.call(wire_server.url, "generate", "x", adapter_id="sql")
    assert type(caught.value) is errors.GenerationError


@pytest.mark.parametrize("body", [b"[]", b"{}", b"[" * 100_000, b"\xff"])
async def test_an_answer_that_is_none(caller: Caller, wire_server: WireServer, body: bytes) -> None:
    wire_server.answer(200, {"content-type": "application/json"}, body)
    with pytest.raises(errors.UnexpectedAnswerError):
        await caller.call(wire_server.url, "generate", "x")
    wire_server.answer(500, {"content-type": "application/json"}, body)
    with pytest.raises(errors.LoraxError):
        await caller.call(wire_server.url, "generate", "x")


async def test_a_gateways_page_is_told_by_its_title(
    caller: Caller, wire_server: WireServer
) -> None:
    page = b"<!DOCTYPE html><html><title>Bad Gateway</title><body><h1>Oh dear</h1></body></html>"
    wire_server.answer(502, {"content-type": "text/html"}, page)
    with pytest.raises(errors.UnknownError) as caught:
        await caller.having(max_retries=0).call(wire_server.url, "generate", "x")
    assert caught.value.message == "The answer is a page of HTML, 'Bad Gateway'."
