"""Each fault on the wire is what it says, seen from a socket's other end."""

import gzip
import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from lorax_devserver.faults import KINDS
from lorax_devserver.faulty_wire import HEADER
from lorax_devserver.listening import START_FAULTS
from tests.conftest import running_devserver
from tests.processes import DEVSERVER, started

ASKED = {"inputs": "[[say: A day: 日本.]]", "parameters": {"details": True}}
DOCS = Path(__file__).parents[2] / "docs" / "devserver.md"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


def ask(url: str, fault: str | None, route: str = "/generate", **options: Any) -> httpx.Response:
    headers = {HEADER: fault} if fault else {}
    return httpx.post(url + route, json=ASKED, headers=headers, timeout=10, **options)


def received(url: str, fault: str, route: str = "/generate_stream") -> tuple[bytes, str]:
    """The bytes of a body as they came over the wire, and how the connection ended."""
    parts: list[bytes] = []
    try:
        with httpx.stream(
            "POST", url + route, json=ASKED, headers={HEADER: fault}, timeout=10
        ) as response:
            parts.extend(response.iter_raw())
    except httpx.TransportError as error:
        return b"".join(parts), type(error).__name__
    return b"".join(parts), "ended"


def whole(url: str, route: str = "/generate_stream") -> bytes:
    return ask(url, None, route).content


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("reset", httpx.ReadError),
        ("close", httpx.RemoteProtocolError),
        ("cut-event", httpx.RemoteProtocolError),
        ("slow-bytes=60", httpx.ReadTimeout),
        ("late=60", httpx.ReadTimeout),
        ("hang", httpx.ReadTimeout),
    ],
)
def test_a_whole_answer_that_never_comes(
    url: str, fault: str, error: type[httpx.TransportError]
) -> None:
    with pytest.raises(error):
        httpx.post(f"{url}/generate", json=ASKED, headers={HEADER: fault}, timeout=0.5)


@pytest.mark.parametrize("count", [0, 2])
def test_a_stream_that_breaks_off(url: str, count: int) -> None:
    events = whole(url).split(b"\n\n")
    before = b"".join(event + b"\n\n" for event in events[:count])
    assert received(url, f"cut={count}") == (before, "RemoteProtocolError")
    assert received(url, f"reset-after={count}") == (before, "ReadError")
    assert received(url, f"end-early={count}") == (before, "ended")
    half, ended = received(url, f"cut-event={count}")
    assert ended == "RemoteProtocolError"
    assert whole(url).startswith(half)
    assert len(before) < len(half) < len(before) + len(events[count])


def test_a_stream_breaks_off_while_the_model_thinks(url: str) -> None:
    body = {"inputs": "[[hang:3]]"}
    for fault in ("cut=2", "reset-after=2", "end-early=2"):
        with httpx.stream(
            "POST", f"{url}/generate_stream", json=body, headers={HEADER: fault}, timeout=10
        ) as response:
            seen = response.iter_raw()
            text = b""
            while text.count(b"\n\n") < 2:
                text += next(seen)
            with pytest.raises((StopIteration, httpx.TransportError)):
                next(seen)


def test_a_whole_answer_that_breaks_off(url: str) -> None:
    assert received(url, "cut", "/generate") == (b"", "RemoteProtocolError")
    assert received(url, "reset-after", "/generate") == (b"", "ReadError")
    assert received(url, "end-early", "/generate") == (b"", "ended")


@pytest.mark.parametrize("fault", ["half-json", "big-event", "malformed", "gzip", "cut-event"])
def test_an_answer_without_a_body(url: str, fault: str) -> None:
    try:
        assert httpx.get(f"{url}/health", headers={HEADER: fault}).status_code == 200
    except httpx.TransportError:
        assert fault == "cut-event"


def test_a_character_cut_in_two(url: str) -> None:
    data, ended = received(url, "cut-character")
    assert ended == "RemoteProtocolError"
    assert whole(url).startswith(data)
    with pytest.raises(UnicodeDecodeError):
        data.decode()


def test_answers_that_are_none(url: str) -> None:
    page = ask(url, "html=502")
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html")
    assert (ask(url, "empty").status_code, ask(url, "empty").content) == (204, b"")
    assert ask(url, "redirect=/elsewhere").headers["location"] == "/elsewhere"
    assert ask(url, "redirect=/elsewhere").status_code == 307
    for fault in ("malformed", "half-json"):
        response = ask(url, fault)
        assert response.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            response.json()
    data, ended = received(url, "malformed=1")
    first, second, *rest = data.split(b"\n\n")
    assert (second, ended) == (b'data: {"token": oops}', "ended")
    assert b"\n\n".join([first, *rest]) == whole(url)


def test_a_server_that_is_busy(url: str) -> None:
    refused = ask(url, "overloaded")
    assert (refused.status_code, refused.json()["error_type"]) == (429, "overloaded")
    streamed = ask(url, "overloaded", "/generate_stream")
    said = 'data: {"error":"Model is overloaded","error_type":"overloaded"}\n\n'
    assert (streamed.status_code, streamed.text) == (200, said)
    assert ask(url, "unavailable=7").headers["retry-after"] == "7"
    busy = ask(url, "unavailable-date=3600")
    assert busy.status_code == 503
    until = parsedate_to_datetime(busy.headers["retry-after"]) - datetime.now(timezone.utc)
    assert 3000 < until.total_seconds() < 3700


def test_an_error_in_a_stream(url: str) -> None:
    first, *rest = received(url, "error-event=1")[0].split(b"\n\n")
    assert whole(url).startswith(first)
    assert json.loads(rest[0][6:])["error_type"] == "generation"
    assert rest[1:] == [b""]


def test_a_compressed_answer(url: str) -> None:
    for route in ("/generate", "/generate_stream"):
        data, ended = received(url, "gzip", route)
        assert ended == "ended"
        assert gzip.decompress(data) == whole(url, route)


def test_a_long_event(url: str) -> None:
    data, _ = received(url, "big-event=2")
    first = data.split(b"\n\n")[0]
    assert len(first) > 2_000_000
    assert json.loads(first[6:])["token"]


def test_comments_for_ever(url: str) -> None:
    with httpx.stream(
        "POST", f"{url}/generate_stream", json=ASKED, headers={HEADER: "comments=0.001"}
    ) as response:
        comments = response.iter_raw()
        seen = b""
        while len(seen) < 300:
            seen += next(comments)
    assert set(seen.split(b"\n\n")) <= {b":", b"", b":\n"}


def test_the_first_requests_alone(url: str) -> None:
    statuses = [ask(url, "html=500*2;one").status_code for _ in range(4)]
    assert statuses == [500, 500, 200, 200]
    assert ask(url, "html=500*2;another").status_code == 500


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ovrloaded", "there is no fault 'ovrloaded'; did you mean overloaded?"),
        ("cut=x", "cut takes a whole number from 0 to 1000, not 'x'"),
        ("cut=-1", "cut takes a whole number from 0 to 1000, not '-1'"),
        ("html=99", "html takes a whole number from 200 to 599, not '99'"),
        ("late=soon", "late takes a number from 0 to 1000, not 'soon'"),
        ("late=nan", "late takes a number from 0 to 1000, not 'nan'"),
        ("cut=1*0", "a fault is written NAME[=VALUE][*TIMES], not 'cut=1*0'"),
        ("refuse", "refuse is asked for by `serve --fault` alone"),
        ("", "there is no fault ''"),
    ],
)
def test_a_fault_that_is_none(url: str, fault: str, words: str) -> None:
    response = httpx.post(f"{url}/generate", json=ASKED, headers={HEADER: fault})
    assert response.status_code == 400
    assert words in response.text


def test_a_standing_fault_is_for_posts() -> None:
    with running_devserver("--scripted", "--fault", "html=500*1", "--fault", "overloaded*1") as url:
        assert httpx.get(f"{url}/health").status_code == 200
        assert [ask(url, None).status_code for _ in range(3)] == [500, 429, 200]


def test_a_port_that_refuses_and_one_that_is_deaf() -> None:
    with (
        running_devserver("--scripted", "--fault", "refuse") as url,
        pytest.raises(httpx.ConnectError, match="refused"),
    ):
        httpx.get(f"{url}/health")
    with running_devserver("--scripted", "--fault", "deaf") as url:
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
            with pytest.raises(TimeoutError):
                connection.recv(1)
    with running_devserver("--scripted", "--fault", "deaf=0.5") as url:
        assert httpx.get(f"{url}/health", timeout=30).status_code == 200


def test_an_expired_certificate(tmp_path: Path) -> None:
    issuer = tmp_path / "issuer.pem"
    with running_devserver("--scripted", "--fault", f"expired-tls={issuer}") as url:
        assert url.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(issuer))
        with pytest.raises(httpx.ConnectError, match="certificate has expired"):
            httpx.get(f"{url}/health", verify=trusting)
        careless = ssl._create_unverified_context()
        assert httpx.get(f"{url}/health", verify=careless).status_code == 200


def test_an_unknown_merge_strategy_ends_a_faithful_server() -> None:
    merged = {"ids": ["a/a", "a/b"], "weights": [1, 1], "merge_strategy": "slerp"}
    body = {"inputs": "x", "parameters": {"merged_adapters": merged}}
    command = [*DEVSERVER, "serve", "--port", "0", "--scripted", "--faithful"]
    with started(command, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split("ready: ")[1].split(" ")[0]
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            httpx.post(f"{url}/generate", json=body)
        assert process.wait(timeout=10) == 101
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/info")


def test_an_unknown_merge_strategy_is_refused_otherwise(url: str) -> None:
    merged = {"ids": ["a/a", "a/b"], "weights": [1, 1], "merge_strategy": "slerp"}
    body = {"inputs": "x", "parameters": {"merged_adapters": merged}}
    response = httpx.post(f"{url}/generate", json=body)
    assert response.status_code == 422
    assert "must be one of linear, ties, dare_linear, dare_ties, not slerp" in response.text


def test_the_documentation_names_every_fault() -> None:
    text = DOCS.read_text()
    assert [name for name in (*KINDS, *START_FAULTS) if f"`{name}" not in text] == []
