"""What is secret stays so: in texts, logs, pickles, and between a gateway and a hub."""

import copy
import json
import logging
import pickle
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from lorax import AsyncClient, Client, MergedAdapters, calls, errors
from tests.conftest import Caller
from tests.wire_server import WireServer, hang_up, saying, streaming

pytestmark = pytest.mark.anyio
ANSWER = saying(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')
EVENT = b'data: {"error": "Request failed", "error_type": "generation"}\n\n'
SECRETS = ("hf_token", "gateway-key", "cookie-jar", "header-value", "pass-word")


def with_secrets(caller: Caller) -> Caller:
    return caller.having(
        headers={"x-key": "header-value"}, cookies={"session": "cookie-jar"}, max_retries=1
    )


def everything(error: BaseException) -> str:
    """All that a log or a tracker would show of an error, and of those it came from."""
    told = "".join(traceback.format_exception(error))
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
        told += repr(error) + repr(error.args) + repr(getattr(error, "__dict__", ""))
    return told


@pytest.mark.parametrize(
    "script",
    [
        ANSWER,
        hang_up,
        streaming(EVENT),
        saying(503, {}),
        saying(200, {}, b"<html>"),
        saying(424, {}),
    ],
    ids=["answer", "hang up", "event", "busy", "page", "424"],
)
async def test_no_secret_is_shown(
    caller: Caller, wire_server: WireServer, script: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "lorax")
    wire_server.play(script)
    url = wire_server.url.replace("//", "//someone:pass-word@")
    asking = with_secrets(caller)
    told = ""
    for ask in (
        asking.call(url, "generate", "x", "sql", api_token="hf_token"),
        asking.stream(url, "chat_stream", "x", api_token="hf_token"),
    ):
        try:
            told += repr(await ask)
        except errors.LoraxError as error:
            told += everything(error) + repr(vars(error))
    async with asking.client(url) as client:
        told += repr(client) + str(client)
    told += "".join(record.getMessage() + repr(record.args) for record in caplog.records)
    sent = json.dumps([r["headers"] for r in wire_server.requests])
    assert "header-value" in sent
    assert not [secret for secret in SECRETS if secret in told]


async def test_a_gateways_key_does_not_become_the_adapters_token(
    caller: Caller, wire_server: WireServer
) -> None:
    """The server takes a bearer for the adapter's token, unless there is one, be it empty."""

    async def sent(method: str, **call: Any) -> tuple[str | None, str | None]:
        wire_server.requests.clear()
        try:
            await caller.having(api_key="gateway-key").call(wire_server.url, method, "x", **call)
        except errors.LoraxError:
            assert method != "generate"
        asked = wire_server.requests[0]
        body = json.loads(asked["body"])
        token = body.get("parameters", body).get("api_token")
        return asked["headers"].get("authorization"), token

    wire_server.play(ANSWER)
    key = "Bearer gateway-key"
    merged = MergedAdapters(ids=["a", "b"], weights=[1, 1])
    assert await sent("generate", adapter_id="sql") == (key, "")
    assert await sent("generate", merged_adapters=merged) == (key, "")
    assert await sent("chat", adapter_id="sql") == (key, "")
    assert await sent("generate", adapter_id="sql", api_token="hf_token") == (key, "hf_token")
    # Where no adapter is fetched, or the bearer is meant for it, nothing is added.
    assert await sent("generate") == (key, None)
    assert await sent("chat") == (key, None)
    assert await sent("generate", adapter_id="sql", adapter_source="pbase") == (key, None)
    assert await sent("embed", adapter_id="sql") == (key, None)


BEARER = {"Authorization": "Bearer gateway-key"}


@pytest.mark.parametrize(
    ("headers", "call", "warned"),
    [
        (BEARER, {"adapter_id": "sql"}, 1),
        ({"authorization": "Bearer gateway-key"}, {"adapter_id": "sql"}, 1),
        (BEARER, {}, 0),
        (BEARER, {"adapter_id": "sql", "api_token": "hf_token"}, 0),
        (BEARER, {"adapter_id": "sql", "adapter_source": "pbase"}, 0),
        ({"Authorization": "bearer gateway-key"}, {"adapter_id": "sql"}, 0),
        ({"Authorization": "Basic Zm9v"}, {"adapter_id": "sql"}, 0),
    ],
)
async def test_a_bearer_in_the_headers_is_told_of(
    caller: Caller,
    wire_server: WireServer,
    headers: dict[str, str],
    call: dict[str, str],
    warned: int,
) -> None:
    wire_server.play(ANSWER)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        async with caller.having(headers=headers).client(wire_server.url) as client:
            for _ in range(2):
                await caller.call_of(client, "generate", "x", **call)
    kinds = [warning.category for warning in seen]
    assert kinds == [errors.MixedTokensWarning] * warned, "once for a client"
    assert not any("gateway-key" in str(warning.message) for warning in seen)
    assert b'"api_token":""' not in wire_server.requests[0]["body"], "it is sent as it was"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"api_key": "a b"}, "api_key should be"),
        ({"api_key": "a\r\nx-evil: 1"}, "api_key should be"),
        ({"api_key": ""}, "api_key should be"),
        ({"api_key": 5}, "api_key should be"),
        ({"api_key": "kéy"}, "api_key should be"),
        ({"api_key": "key", "headers": {"AUTHORIZATION": "x"}}, "headers has too"),
        ({"headers": {"x-a": "b\r\nx-evil: 1"}}, r"headers\['x-a'\]"),
        ({"headers": {"x a": "b"}}, "headers has the name 'x a'"),
        ({"cookies": {"a": "b\n"}}, r"cookies\['a'\]"),
        ({"cookies": {"a": "b; admin=1"}}, r"cookies\['a'\] has a ';'"),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_cannot_be_sent(kind: Any, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.ValidationError, match=said) as caught:
        kind("http://127.0.0.1:1", **settings)
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_is_changed_later_is_looked_at_too(kind: Any) -> None:
    client = kind("http://127.0.0.1:1")
    with pytest.raises(errors.ValidationError, match="api_key should be"):
        client.api_key = "gateway-key\n"
    with pytest.raises(errors.ValidationError, match="base_url must"):
        client.base_url = "somewhere"
    client.headers["x-a"] = "header-value\n"
    with pytest.raises(errors.ValidationError, match=r"headers\['x-a'\]") as caught:
        client._request(calls.generate("x"))
    assert "header-value" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "someone:pass-word@host:80",
        "http:/someone:pass-word@host",
        "http://someone:pass\n-word@host",
        "http://someone:pass-word@host:99999",
        "http://someone:pass-word@host/?pass-word",
    ],
)
def test_an_address_that_is_none_shows_no_password(url: str) -> None:
    with pytest.raises(errors.ValidationError) as caught:
        Client(url)
    assert "word" not in str(caught.value)


def test_one_key_in_one_place() -> None:
    with pytest.raises(errors.ValidationError, match="base_url's user is"):
        Client("http://me:pass-word@127.0.0.1:1", api_key="gateway-key")


async def test_an_adapters_name_stays_in_the_body(caller: Caller, wire_server: WireServer) -> None:
    wire_server.play(ANSWER)
    name = "a\r\nx-evil: 1/../../?b#c"
    with pytest.raises(errors.LoraxError):
        await caller.call(wire_server.url, "chat", "x", adapter_id=name)
    (asked,) = wire_server.requests
    assert (asked["path"], "x-evil" in asked["headers"]) == ("/v1/chat/completions", False)


SETTINGS: dict[str, Any] = {
    "headers": {"x-key": "header-value"},
    "cookies": {"session": "cookie-jar"},
    "api_key": "gateway-key",
    "timeout": 5,
    "max_retries": 7,
}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_pickle_holds_no_secret(kind: Any) -> None:
    made = pickle.dumps(kind("http://127.0.0.1:1", **SETTINGS))
    made += pickle.dumps(kind("http://someone:pass-word@127.0.0.1:1"))
    assert not [secret for secret in SECRETS if secret.encode() in made]


async def test_an_unpickled_client_that_lacks_nothing(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.play(ANSWER)
    client = pickle.loads(pickle.dumps(caller.kind(wire_server.url, timeout=5, max_retries=7)))
    assert (client.timeout, client.max_retries) == (5, 7)
    assert (await caller.call_of(client, "generate", "x")).text == "a"
    await _close(caller, client)


async def test_an_unpickled_client_sends_nothing_without_its_key(
    caller: Caller, wire_server: WireServer
) -> None:
    wire_server.play(ANSWER)
    client = pickle.loads(pickle.dumps(caller.kind(wire_server.url, **SETTINGS)))
    missing = r"headers \(x-key\) and cookies \(session\) and api_key \(the key\)"
    with pytest.raises(errors.ValidationError, match=missing):
        await caller.call_of(client, "generate", "x")
    with pytest.raises(errors.ValidationError, match=missing):
        copy.deepcopy(client).generate_stream("x")
    again = pickle.loads(pickle.dumps(client))
    with pytest.raises(errors.ValidationError, match=missing):
        await caller.call_of(again, "generate", "x")
    assert not wire_server.requests
    client.headers["x-key"] = "header-value"
    client.cookies["session"] = "cookie-jar"
    client.api_key = "gateway-key"
    await caller.call_of(client, "generate", "x")
    sent = wire_server.requests[0]["headers"]
    assert (sent["x-key"], sent["cookie"]) == ("header-value", "session=cookie-jar")
    assert sent["authorization"] == "Bearer gateway-key"
    await _close(caller, client)


async def test_a_password_in_the_address_is_missed_too(
    caller: Caller, wire_server: WireServer
) -> None:
    url = wire_server.url.replace("//", "//someone:pass-word@")
    client = pickle.loads(pickle.dumps(caller.kind(url)))
    with pytest.raises(errors.ValidationError, match=r"base_url \(its user\)"):
        await caller.call_of(client, "info")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_has_it_all(copied: Callable[[Client], Client]) -> None:
    client = Client("http://127.0.0.1:1", **SETTINGS)
    other = copied(client)
    assert {name: getattr(other, name) for name in SETTINGS} == SETTINGS


async def _close(caller: Caller, client: Any) -> None:
    if caller.is_async:
        await client.aclose()
    else:
        client.close()


async def test_an_answer_without_end_is_not_read_to_it(
    transport: Caller, wire_server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lorax.exchange.LARGEST_ANSWER", 1 << 20)
    monkeypatch.setattr("lorax.exchange.LARGEST_EVENT", 1 << 20)
    blank = b" " * (1 << 16)
    huge = saying(200, {"content-type": "application/json", "content-length": "9" * 12}, blank * 40)
    wire_server.play(huge)
    with pytest.raises(errors.UnexpectedAnswerError, match="larger than 1 MiB"):
        await transport.call(wire_server.url, "generate", "x")
    wire_server.stream(b"data: ", *[blank] * 40)
    with pytest.raises(errors.UnexpectedAnswerError, match="event is larger than 1 MiB"):
        await transport.stream(wire_server.url, "generate_stream", "x")
    wire_server.play(saying(500, {"content-length": "9" * 12}, b"no" + blank * 40))
    with pytest.raises(errors.UnknownError, match="no"):
        await transport.call(wire_server.url, "generate", "x")
