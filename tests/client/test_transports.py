"""What requests go through: transports, proxies, certificates, an http client that is lent."""

import asyncio
import copy
import gzip
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest

from lorax import AsyncClient, Client, errors
from lorax.net import transports
from tests.conftest import Caller, running_devserver
from tests.wire_server import Send, WireServer, hang_up, head, saying, streaming, token_event

pytestmark = pytest.mark.anyio
ANSWER = b'[{"generated_text": "here"}]'
JSON = {"content-type": "application/json"}


async def test_aiohttp_is_under_the_async_client_by_itself(wire_server: WireServer) -> None:
    wire_server.answer(200, JSON, ANSWER)
    async with AsyncClient(wire_server.url) as client:
        await client.generate("x")
        assert type((await client._connections()).http).__module__ == "httpx_aiohttp.client"
    assert "python-httpx" in wire_server.requests[0]["headers"]["user-agent"]


async def test_without_it_httpx_does(
    wire_server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx_aiohttp", None)
    wire_server.answer(200, JSON, ANSWER)
    async with AsyncClient(wire_server.url) as client:
        assert (await client.generate("x")).text == "here"
        assert type((await client._connections()).http) is httpx.AsyncClient


def test_more_requests_at_once_than_aiohttp_takes_by_default() -> None:
    async def together(url: str) -> list[str]:
        async with AsyncClient(url) as client:
            # Each is answered when all have come; aiohttp's own limit is 100.
            streams = [client.generate_stream("[[hang:3]] [[say:a b c d]]") for _ in range(120)]
            first = await asyncio.gather(*(anext(stream) for stream in streams))
            await asyncio.gather(*(stream.aclose() for stream in streams))
            return [token.text for token in first]

    with running_devserver("--scripted") as url:
        assert asyncio.run(together(url)) == ["a"] * 120


async def test_a_proxy_of_the_environment(
    caller: Caller, wire_server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire_server.answer(200, JSON, ANSWER)
    monkeypatch.setenv("HTTP_PROXY", wire_server.url)
    monkeypatch.setenv("NO_PROXY", "")
    assert (await caller.call("http://lorax.example", "generate", "x")).text == "here"
    assert wire_server.requests[0]["path"] == "http://lorax.example/"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    await caller.call(wire_server.url, "generate", "x")
    assert wire_server.requests[1]["path"] == "/"


async def test_certificates_of_the_environment(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expired one is refused even if its issuer is trusted, and not asked for again."""
    issuer = tmp_path / "issuer.pem"
    with running_devserver("--scripted", "--fault", f"expired-tls={issuer}") as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(issuer))
        with pytest.raises(errors.ConnectionFailedError, match="certificate has expired") as caught:
            await caller.call(url, "info")
    assert caught.value.attempts == 1


async def test_certificates_that_cannot_be_read(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("none")
    monkeypatch.setenv("SSL_CERT_FILE", str(broken))
    with pytest.raises(errors.ConnectionFailedError, match="Cannot set up connections"):
        await caller.call("https://127.0.0.1:1", "info")


async def test_a_client_that_was_lent_is_used_as_it_is(wire_server: WireServer) -> None:
    seen: list[str] = []
    wire_server.answer(200, JSON, ANSWER)
    hooks: Any = {"request": [lambda request: seen.append(str(request.url))]}
    with httpx.Client(headers={"x-mine": "1"}, event_hooks=hooks) as http:
        with Client(wire_server.url, headers={"x-ours": "2"}, http_client=http) as client:
            await anyio.to_thread.run_sync(client.generate, "x")
        other = copy.deepcopy(client)
        await anyio.to_thread.run_sync(other.generate, "x")
        assert not http.is_closed
    got = wire_server.requests[0]["headers"]
    assert (got["x-mine"], got["x-ours"], len(seen)) == ("1", "2", 2)
    with pytest.raises(errors.ClientClosedError):
        await anyio.to_thread.run_sync(client.generate, "x")


async def test_a_client_of_httpxs_successor(wire_server: WireServer) -> None:
    url = wire_server.url
    with httpx2.Client() as http:
        client: Any = Client(url, http_client=http)  # type: ignore[arg-type]
        await _ask(Caller(Client), client, wire_server)
    async with httpx2.AsyncClient() as async_http:
        client = AsyncClient(url, http_client=async_http)  # type: ignore[arg-type]
        await _ask(Caller(AsyncClient), client, wire_server)


async def _ask(caller: Caller, client: Any, wire_server: WireServer) -> None:
    wire_server.play_in_turn(
        saying(200, JSON, ANSWER),
        streaming(token_event("a"), token_event("b", "ab")),
        saying(200, {**JSON, "content-encoding": "gzip"}, gzip.compress(ANSWER)),
        hang_up,
    )
    assert (await caller.call_of(client, "generate", "x")).text == "here"
    items = await caller.read(client.generate_stream("x"))
    assert [item.text for item in items] == ["a", "b"]
    assert (await caller.call_of(client, "generate", "x")).text == "here"
    with pytest.raises(errors.ConnectionFailedError):
        await caller.call_of(client, "generate", "x")


def test_a_transport_without_sockets() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[{"generated_text": str(request.url)}])

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = Client("http://lorax.example", timeout=5, http_client=http)
        assert client.generate("x").text == "http://lorax.example/"


@pytest.mark.parametrize(
    ("kind", "lent", "said"),
    [
        (Client, httpx.AsyncClient(), r"http_client should be an httpx\.Client, not"),
        (AsyncClient, httpx.Client(), r"http_client should be an httpx\.AsyncClient, not"),
        (Client, "http", r"http_client should be an httpx\.Client, not 'http'"),
    ],
)
def test_what_cannot_be_lent(kind: Any, lent: Any, said: str) -> None:
    with pytest.raises(errors.ValidationError, match=said):
        kind("http://127.0.0.1:1", http_client=lent)


def test_cookies_belong_into_a_client_that_is_lent() -> None:
    with httpx.Client() as http, pytest.raises(errors.ValidationError, match="cookies belong"):
        Client("http://127.0.0.1:1", cookies={"a": "b"}, http_client=http)


async def test_redirects_are_not_followed(transport: Caller, wire_server: WireServer) -> None:
    there = "https://user:secret@elsewhere.example/there?token=secret#secret"
    wire_server.answer(307, {"location": there}, b"")
    with pytest.raises(errors.UnknownError) as caught:
        await transport.call(wire_server.url, "generate", "x", api_token="hf_secret")
    assert "leads to https://elsewhere.example/there" in str(caught.value)
    assert "secret" not in str(caught.value)
    with httpx.Client(follow_redirects=True) as http, pytest.raises(errors.UnknownError):
        await anyio.to_thread.run_sync(Client(wire_server.url, http_client=http).generate, "x")


async def test_what_no_http_is(transport: Caller, wire_server: WireServer) -> None:
    async def noise(send: Send) -> None:
        await send(b"220 mail.example ESMTP\r\n")

    async def long_header(send: Send) -> None:
        await send(head(200, {"x-long": "a" * 200_000}))

    for script in (noise, long_header):
        wire_server.play(script)
        with pytest.raises(errors.ConnectionFailedError):
            await transport.having(max_retries=0).call(wire_server.url, "generate", "x")


def test_certificates_are_read_once() -> None:
    transports._read_certificates.cache_clear()
    for _ in range(3):
        with Client("http://127.0.0.1:1", max_retries=0) as client:
            client.health()
    assert transports._read_certificates.cache_info().misses == 1


def test_under_another_event_loop() -> None:
    async def ask(url: str) -> str:
        async with AsyncClient(url) as client:
            client._pacing.know(1)
            async with anyio.create_task_group() as tasks:
                for _ in range(3):
                    tasks.start_soon(client.generate, "[[say:a]]")
            return "".join([token.text async for token in client.generate_stream("[[say:b]]")])

    with running_devserver("--scripted") as url:
        assert anyio.run(ask, url, backend="trio") == "b"
