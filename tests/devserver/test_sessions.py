"""Sessions are written down without secrets, and served back as they were."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from lorax import Client
from lorax.errors import LoraxError
from lorax_devserver.in_thread import served
from lorax_devserver.recorder import Recorder
from lorax_devserver.replayer import Replayer
from lorax_devserver.testing import ScriptedServer
from tests.conftest import running_devserver
from tests.devserver.test_command import refused
from tests.recordings import FOLDER, asked, cases

FILES = sorted(file.stem for file in FOLDER.glob("*.json"))
MADE_ANEW = {"content-length", "transfer-encoding", "date", "server"}
KEY = "sk-very-secret-0123456789"


@contextmanager
def recording(upstream: str, file: Path) -> Iterator[str]:
    """A recorder in front of a server."""
    recorder = Recorder(upstream, file)
    with served(recorder, recorder.close) as serving:
        yield serving.url


@contextmanager
def replaying(file: Path) -> Iterator[str]:
    with served(Replayer(file)) as serving:
        yield serving.url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "session.json"


def read(file: Path) -> list[dict[str, Any]]:
    return list(json.loads(file.read_text()))


def answer(send: Callable[[], httpx.Response]) -> dict[str, Any]:
    """What a request comes to, in the form of a recording."""
    try:
        response = send()
    except httpx.TransportError:
        return {"status": None}
    headers = [[k, v] for k, v in response.headers.items() if k not in MADE_ANEW]
    return {"status": response.status_code, "headers": sorted(headers), "text": response.text}


@pytest.mark.parametrize("name", FILES)
def test_every_recording_is_served_back(name: str) -> None:
    """Also the questions that were asked several times, and the answers that broke."""
    wrong = []
    with replaying(FOLDER / f"{name}.json") as url, httpx.Client(timeout=10) as http:
        for title, case in cases(name).items():
            recorded = case["response"]
            got = answer(lambda case=case: http.request(**asked(url, case)))  # type: ignore[misc]
            headers = [h for h in recorded.get("headers", []) if h[0] not in MADE_ANEW]
            expected = {**recorded, "headers": sorted(headers)}
            if "broken" in recorded or recorded["status"] is None:
                expected = {"status": None}
            if any(got[part] != expected[part] for part in got):
                wrong.append(title)
    assert wrong == []


def test_what_is_recorded_is_what_was_recorded_of_a_real_server(
    lorax_server: ScriptedServer, file: Path
) -> None:
    """The form of a case, on the scripted server that answers as the recorded one did."""
    lorax_server.reset(max_concurrent_requests=4, max_stop_sequences=4)
    wanted = {**cases("chat_stream"), **cases("response_format")}
    with recording(lorax_server.url, file) as url, httpx.Client(timeout=10) as http:
        for case in wanted.values():
            http.request(**asked(url, case))
    for mine, case in zip(read(file), wanted.values(), strict=True):
        assert mine.keys() == case.keys() - {"shard"}
        assert mine["request"]["body"] == case["request"]["body"]
        assert mine["request"]["path"] == case["request"]["path"]
        assert mine["response"].keys() == case["response"].keys()
        assert mine["response"]["status"] == case["response"]["status"]
        assert len(mine["response"]["text"]) == pytest.approx(
            len(case["response"]["text"]), abs=40
        )  # a seed drawn at random has as many figures as it likes


def test_a_session_of_the_client_is_played_again(lorax_server: ScriptedServer, file: Path) -> None:
    def session(url: str) -> list[Any]:
        with Client(url) as client:
            return [
                client.generate("a", adapter_id="acme/a", max_new_tokens=3).text,
                [token.text for token in client.generate_stream("日本", max_new_tokens=4)],
                client.chat("hello", max_new_tokens=2).text,
                client.embed_many(["x", "y"]).embeddings,
                client.info().max_best_of,
            ]

    with recording(lorax_server.url, file) as url:
        first = session(url)
    with replaying(file) as url:
        assert session(url) == first
        assert session(url) == first
    assert [case["name"] for case in read(file)] == [
        "001_root",
        "002_root",
        "003_v1_chat_completions",
        "004_v1_embeddings",
        "005_info",
    ]


def test_answers_come_in_the_order_in_which_they_came(
    lorax_server: ScriptedServer, file: Path
) -> None:
    for text in ("one", "two", "three"):
        lorax_server.script(text, times=1)
    with recording(lorax_server.url, file) as url, Client(url) as client:
        assert [client.generate("x").text for _ in range(3)] == ["one", "two", "three"]
    with replaying(file) as url, Client(url) as client:
        assert [client.generate("x").text for _ in range(5)] == [
            "one",
            "two",
            "three",
            "three",
            "three",
        ]


def test_a_stream_passes_while_it_comes(lorax_server: ScriptedServer, file: Path) -> None:
    lorax_server.script("one two three", hang_at=3)
    with recording(lorax_server.url, file) as url:
        with Client(url).generate_stream("x") as stream:
            assert [next(stream).text, next(stream).text] == ["one", " two"]
        lorax_server.wait_until_idle()
    (case,) = read(file)
    assert case["response"]["broken"] == "the client left"
    assert case["response"]["text"].count("data:") == 2


def test_a_secret_in_the_midst_of_others_is_not_written(
    lorax_server: ScriptedServer, file: Path
) -> None:
    with recording(lorax_server.url, file) as url:
        body = {"inputs": "x", "parameters": {"stop": ["no", f"end of {KEY}"]}}
        httpx.post(f"{url}/generate", json=body, headers={"authorization": f"Bearer {KEY}"})
    (case,) = read(file)
    assert case["request"]["body"]["parameters"]["stop"] == ["no", "end of [secret]"]


def test_nothing_secret_is_written(lorax_server: ScriptedServer, file: Path) -> None:
    lorax_server.script(f"You said {KEY}, did you not?")
    with recording(lorax_server.url, file) as url:
        body = {
            "inputs": f"my key is {KEY}",
            "parameters": {"max_new_tokens": 99, "api_token": "hf_abcdefghijkl", "adapter_id": "a"},
        }
        headers = {
            "authorization": f"Bearer {KEY}",
            "cookie": "theme=dark-mode; sid=0123456789abc",
            "x-api-key": "another-key-123",
            "x-tenant": "acme",
        }
        path = "/generate?api_key=in-the-query&verbose=1"
        said = httpx.post(url + path, json=body, headers=headers).json()
        assert KEY in said["generated_text"]
    text = file.read_text()
    for secret in (KEY, "hf_abcdefghijkl", "0123456789abc", "another-key-123", "in-the-query"):
        assert secret not in text
    (case,) = read(file)
    assert case["request"]["headers"]["x-tenant"] == "acme"
    assert case["request"]["headers"]["authorization"] == "[secret]"
    assert case["request"]["body"]["inputs"] == "my key is [secret]"
    assert case["request"]["path"] == "/generate?api_key=[secret]&verbose=1"
    assert "x-total-tokens" in dict(case["response"]["headers"])
    assert lorax_server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    with replaying(file) as url:
        body["parameters"]["api_token"] = "hf_of_somebody_else"  # type: ignore[index]
        other = httpx.post(f"{url}/generate?api_key=x&verbose=1", json={**body, "inputs": "no"})
        assert other.status_code == 501
        body["inputs"] = "my key is [secret]"
        again = httpx.post(f"{url}/generate?api_key=x&verbose=1", json=body)
        assert "You said [secret]" in again.json()["generated_text"]


def test_what_was_not_recorded_is_told_with_the_nearest(
    lorax_server: ScriptedServer, file: Path
) -> None:
    with recording(lorax_server.url, file) as url, Client(url) as client:
        client.generate("a", seed=3, max_new_tokens=1)
        client.generate("b", seed=4, max_new_tokens=2)
    with replaying(file) as url, Client(url, max_retries=0) as client:
        words = r"The nearest is 002_root, where parameters.seed was 4 and is 5"
        with pytest.raises(LoraxError, match=words):
            client.generate("b", seed=5, max_new_tokens=2)
        with pytest.raises(LoraxError, match=r"has no GET /info; it has POST /"):
            client.info()


@pytest.mark.parametrize("fault", ["cut=2", "reset-after=1", "cut-character=0"])
def test_an_answer_that_broke_breaks_again(
    lorax_server: ScriptedServer, file: Path, fault: str
) -> None:
    lorax_server.script("日本 is a long way off")
    lorax_server.fault(fault)

    def received(url: str) -> tuple[bytes, bool]:
        """What came, and whether it broke."""
        parts: list[bytes] = []
        try:
            with httpx.stream("POST", f"{url}/generate_stream", json={"inputs": "x"}) as response:
                parts.extend(response.iter_raw())
        except httpx.TransportError:
            return b"".join(parts), True
        return b"".join(parts), False

    with recording(lorax_server.url, file) as url:
        first = received(url)
    assert first[1]
    (case,) = read(file)
    assert "broken" in case["response"]
    with replaying(file) as url:
        assert received(url) == first


def test_a_server_that_is_gone(file: Path) -> None:
    with recording("http://127.0.0.1:9", file) as url, pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/info")
    (case,) = read(file)
    assert case["response"] == {"status": None, "error": case["response"]["error"]}
    assert "ConnectError" in case["response"]["error"]
    with replaying(file) as url, pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/info")


def test_many_at_once(lorax_server: ScriptedServer, file: Path) -> None:
    said = [f"[[say:{number}]]" for number in range(100)]
    with (
        recording(lorax_server.url, file) as url,
        Client(url) as client,
        ThreadPoolExecutor(16) as pool,
    ):
        answers = [answer.text for answer in pool.map(client.generate, said)]
    assert answers == [str(number) for number in range(100)]
    assert len(read(file)) == 100


def test_the_commands(lorax_server: ScriptedServer, file: Path) -> None:
    upstream = ("--upstream", lorax_server.url)
    with running_devserver(str(file), *upstream, command="record") as url:
        assert Client(url).generate("x", max_new_tokens=1).text == " Ray"
    assert len(read(file)) == 1
    with running_devserver(str(file), command="replay") as url:
        assert Client(url).generate("x", max_new_tokens=1).text == " Ray"


def test_commands_that_cannot_be(tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text('[{"a": 1}]')

    def told(command: str, *words: str) -> str:
        return refused(*words, command=command)

    url = "http://127.0.0.1:1"
    assert "is there already" in told("record", str(there), "--upstream", url)
    assert "No such file" in told("record", str(tmp_path / "no" / "f.json"), "--upstream", url)
    new = str(tmp_path / "new.json")
    said = told("record", new, "--upstream", "ftp://user:hunter22@host")
    assert "--upstream should be like http://127.0.0.1:8080, not 'ftp://host'" in said
    assert "No such file" in told("replay", str(tmp_path / "none.json"))
    assert "is no session with a LoRAX server" in told("replay", str(there))
