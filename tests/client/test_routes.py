"""The routes beside generation, by both clients, on a scripted server and on the real model."""

from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from lorax import Client, MergedAdapters, errors
from lorax.types import Health
from tests.conftest import Caller, running_devserver
from tests.wire_server import WireServer

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def scripted() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


async def test_a_text_is_made_a_vector(caller: Caller, scripted: str) -> None:
    answer = await caller.call(scripted, "embed", "hello", adapter_id="acme/e")
    assert len(answer.embeddings) == 8
    many = await caller.call(scripted, "embed_many", ["hello", "b", "hello"])
    assert many.embeddings[0] == many.embeddings[2] == answer.embeddings
    merged = MergedAdapters(ids=["acme/a", "acme/b"], weights=[1, 1])
    assert await caller.call(scripted, "embed", "hello", merged_adapters=merged) == answer


async def test_entities(caller: Caller, scripted: str) -> None:
    answer = await caller.call(scripted, "classify", "naïve Marie")
    (person,) = answer.entities
    assert (person["entity_group"], person["word"], person["start"]) == ("PER", " marie", 6)
    several = await caller.call(scripted, "classify_batch", ["Paris", "", "Marie"])
    assert [len(found.entities) for found in several] == [1, 0, 1]


async def test_tokens(caller: Caller, scripted: str) -> None:
    tokens = await caller.call(scripted, "tokenize", "a 🙂 b")
    assert "".join(token.text for token in tokens[:1]) == "a"
    assert [(token.start, token.stop) for token in tokens][-1] == (3, 5)
    assert await caller.call(scripted, "count_tokens", "a 🙂 b") == len(tokens)
    counted = await caller.call(scripted, "generate", "a 🙂 b", max_new_tokens=1)
    assert counted.metadata.prompt_tokens == len(tokens)


async def test_what_a_server_says_of_itself(caller: Caller, scripted: str) -> None:
    info = await caller.call(scripted, "info")
    assert (info.max_concurrent_requests, info.max_total_tokens) == (128, 2048)
    assert info.model_device_type == "cpu"
    before = (await caller.call(scripted, "metrics"))["lorax_request_count"].data[0].value
    await caller.call(scripted, "generate", "x", max_new_tokens=1)
    metrics = await caller.call(scripted, "metrics")
    assert metrics["lorax_request_count"].data[0].value == before + 1
    assert metrics["lorax_queue_length"].type == "gauge"


async def test_health(caller: Caller, scripted: str, wire_server: WireServer) -> None:
    well = await caller.call(scripted, "health")
    assert isinstance(well, Health)
    assert well
    assert repr(well) == "Health(ok)"
    gone = await caller.call("http://127.0.0.1:1", "health")
    assert not gone
    assert isinstance(gone.reason, errors.ConnectionFailedError)
    said = b'{"error":"unhealthy","error_type":"healthcheck"}'
    wire_server.answer(503, {"content-type": "application/json"}, said)
    ill = await caller.call(wire_server.url, "health")
    assert isinstance(ill.reason, errors.UnhealthyError)
    wire_server.answer(200, {"content-type": "text/html"}, b"<html>Welcome</html>")
    other = await caller.call(wire_server.url, "health")
    assert isinstance(other.reason, errors.UnexpectedAnswerError)


async def test_waiting_until_a_server_is_ready(caller: Caller) -> None:
    with running_devserver("--scripted", "--fault", "refuse=1") as url:
        assert not await caller.call(url, "health")
        assert await caller.call(url, "ready", timeout=60) is None
        assert await caller.call(url, "health")


async def test_a_server_that_is_not_ready_in_time(caller: Caller) -> None:
    with pytest.raises(errors.RequestTimeoutError, match=r"was not ready within 0\.2 s: Cannot"):
        await caller.call("http://127.0.0.1:1", "ready", 0.2)


async def test_a_server_that_is_deaf_is_not_waited_for_longer(caller: Caller) -> None:
    with (
        running_devserver("--scripted", "--fault", "deaf") as url,
        anyio.fail_after(30),
        pytest.raises(errors.RequestTimeoutError),
    ):
        await caller.call(url, "ready", timeout=0.5)


async def test_a_warmup_without_a_server_ends_at_once(caller: Caller) -> None:
    with pytest.raises(errors.ConnectionFailedError):
        await caller.call("http://127.0.0.1:1", "warmup", ["a", "b"])


async def test_adapters_are_warmed_up(caller: Caller, devserver: str) -> None:
    warmed = await caller.call(devserver, "warmup", ["sql"])
    assert warmed["sql"].adapter_id == "sql"
    with pytest.raises(errors.WarmupError, match="1 of 2 adapters") as caught:
        await caller.call(devserver, "warmup", ["acme/none", "sql"])
    assert isinstance(caught.value.failures["acme/none"], errors.AdapterNotFoundError)
    assert caught.value.done["sql"].adapter_id == "sql"


BAD: list[tuple[str, tuple[Any, ...], str]] = [
    ("embed", (["a"],), "inputs should be a valid string"),
    ("embed", ("a", 7), "adapter_id should be a valid string"),
    ("embed_many", ([],), "inputs should have at least 1 item"),
    ("embed_many", ([1],), "should be a valid string"),
    ("classify", (None,), "inputs should be a valid string"),
    ("classify_batch", ([],), "inputs should have at least 1 item"),
    ("tokenize", (b"a",), "inputs should be a valid string"),
    ("warmup", ("acme/a",), "adapter_ids should be a list of texts, not 'acme/a'"),
    ("warmup", (None,), "adapter_ids should be a list of texts, not None"),
    ("embed_many", ("Why?",), "inputs should be a list of texts, not 'Why?'"),
    ("embed_many", (b"Why?",), "inputs should be a list of texts, not b'Why?'"),
    ("embed_many", (["Why?", 3],), "inputs.1 should be a valid string, not 3"),
    ("classify_batch", (5,), "inputs should be a list of texts, not 5"),
    ("tokenize", ("a", "no"), "add_special_tokens should be a valid boolean"),
    ("ready", (0,), "timeout should be seconds above 0"),
]


@pytest.mark.parametrize(("method", "arguments", "words"), BAD)
def test_bad_input_is_told_before_anything_is_sent(
    method: str, arguments: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(errors.ValidationError) as caught:
        getattr(Client("http://127.0.0.1:1"), method)(*arguments)
    assert words in str(caught.value)


@pytest.mark.parametrize("method", ["embed", "tokenize", "info", "health", "warmup"])
def test_a_misspelt_keyword_is_refused(method: str) -> None:
    with pytest.raises(errors.UnknownParameterError, match="has no parameter 'adaptr_id'"):
        getattr(Client("http://127.0.0.1:1"), method)(adaptr_id="x")


async def test_an_adapter_that_is_missing(caller: Caller, scripted: str) -> None:
    with pytest.raises(errors.AdapterNotFoundError):
        await caller.call(scripted, "embed_many", ["a"], adapter_id="acme/missing")
    with pytest.raises(errors.ValidationError, match="must have less than 1792 tokens"):
        await caller.call(scripted, "embed", "word " * 2000)
