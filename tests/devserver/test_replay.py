"""Every recorded request, sent to the scripted server, gets the recorded answer.

Each file's cases go in their order to one server. What must differ is left out: times, seeds drawn
at random, where in a body that does not parse the error stands. The engine must have been told what
the recorded model server was told.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from lorax_devserver.faulty_wire import HEADER
from lorax_devserver.scripted import ScriptedEngine
from lorax_devserver.testing import scripted_server
from tests.recordings import FOLDER, asked, cases

# What is not yet, or cannot be, as recorded; a case that is must not stand here.
EXCEPTED = {
    "meta/info": "it says what it is: a CPU, and no build of the router",
    "overload/info_while_loaded": "the same",
    "faults/info_after_shard_death": "the same",
}

# The second half of stop_sequences was recorded on a server started for it.
STOPS = list(cases("stop_sequences"))
LATER_STOPS = STOPS[STOPS.index("stop_sequences/stop_newline") :]
NATIVE = cases("generate", "generate_stream", "stop_sequences", "adapters", "response_format")
# The cases that went to one server, in their order.
SERVERS: dict[str, dict[str, Any]] = {
    "native": {name: c for name, c in NATIVE.items() if name not in LATER_STOPS},
    "stops": {name: NATIVE[name] for name in LATER_STOPS},
    "chat": cases("chat", "tools", "chat_stream", "completions", "meta"),
    "embed": cases("embed"),
    "classify": cases("classify"),
}
OVERLOAD = cases("overload")
NEIGHBOURS = {n: case for n, case in cases("faults").items() if "neighbours" in n}
DEATH = {n: case for n, case in cases("faults").items() if "shard" in n}
MEASURED = {
    "date",
    "server",
    "x-compute-time",
    "x-total-time",
    "x-validation-time",
    "x-queue-time",
    "x-inference-time",
    "x-time-per-token",
    "x-time-to-first-token",
    "x-time-per-output-token",
    "content-length",
    "transfer-encoding",
    "connection",
}


@contextmanager
def serving(*, faithful: bool = False) -> Iterator[tuple[str, ScriptedEngine]]:
    """A scripted server with the limits of the recorded one, and its engine."""
    limits = {"max_concurrent_requests": 4, "max_stop_sequences": 4}
    with scripted_server(faithful=faithful, **limits) as server:
        yield server.url, server.engine


Answers = dict[str, tuple[httpx.Response, list[Any]]]


def answered(server: str) -> Answers:
    """What a server answered to each case of its files, and what its engine was told."""
    found = {}
    with serving() as (url, engine), httpx.Client(timeout=60) as http:
        for name, case in SERVERS[server].items():
            engine.told.clear()
            response = http.request(**asked(url, case))
            found[name] = response, list(engine.told)
    return found


@pytest.fixture(scope="module", autouse=True)
def all_answers() -> Iterator[dict[str, Future[Answers]]]:
    """The servers' answers; one of them takes half a minute, in which the others are asked."""
    with ThreadPoolExecutor(len(SERVERS)) as pool:
        yield {server: pool.submit(answered, server) for server in SERVERS}


def comparable(text: str) -> str:
    """An answer's text without what must differ from one run to the next."""
    if text.startswith("# TYPE"):
        return "\n".join(line for line in text.splitlines() if line.startswith("#"))
    if text.startswith('{"lorax_'):  # recorded up to a length, and in no order
        found = text[text.index('"lorax_batch_next_size"') :][:3500]
        return re.sub(r'"value":[\d.]+', '"value":0', found).rpartition("{")[0]
    text = re.sub(r'"seed":\d{8,}', '"seed":0', text)
    text = re.sub(r'"created":\d+', '"created":0', text)
    return re.sub(r" at line \d+ column \d+$", "", text)


def told(messages: list[Any]) -> list[Any]:
    """What an engine was told, without seeds drawn at random and with a tool grammar's keys sorted:
    the recorded router's order of them changes from call to call."""
    out = []
    for message in messages:
        copy = json.loads(json.dumps(message))
        if copy["rpc"] == "Prefill":
            parameters = copy["parameters"]
            parameters["seed"] = 0 if parameters["seed"] > 2**32 else parameters["seed"]
            if "schema" in parameters:
                parameters["schema"] = json.loads(parameters["schema"])
        out.append(copy)
    return out


def problems(name: str, response: httpx.Response, heard: list[Any]) -> list[str]:
    recorded = cases(name.split("/", maxsplit=1)[0])[name]
    answer = recorded["response"]
    found = []
    if response.status_code != answer["status"]:
        found.append(f"status {response.status_code}, not {answer['status']}")
    if comparable(response.text) != comparable(answer["text"]):
        found.append(
            f"text {comparable(response.text)[:300]!r}, not {comparable(answer['text'])[:300]!r}"
        )
    expected = {k: v for k, v in answer["headers"] if k not in MEASURED}
    headers = {k: v for k, v in response.headers.items() if k not in MEASURED}
    if headers != expected:
        found.append(f"headers {dict(headers.items() ^ expected.items())}")
    if told(heard) != told(recorded["shard"]):
        found.append(f"told {json.dumps(heard)[:300]}, not {json.dumps(recorded['shard'])[:300]}")
    return found


@pytest.fixture(scope="module")
def overloaded() -> Answers:
    """What a server says while it has as many requests as it takes."""
    body = {"inputs": "[[hang:2]]", "parameters": {}}
    with serving() as (url, engine), httpx.Client(timeout=60) as http, ExitStack() as streams:
        running = []  # a stream whose reader is dropped is closed
        for _ in range(4):
            stream = streams.enter_context(http.stream("POST", f"{url}/generate_stream", json=body))
            running.append(stream.iter_text())
            assert "Ray" in next(running[-1])
        engine.told.clear()
        return {name: (http.request(**asked(url, case)), []) for name, case in OVERLOAD.items()}


class Told(deque[Any]):
    """What an engine was told, and when it was told anything."""

    def __init__(self) -> None:
        super().__init__()
        self.anything = threading.Event()

    def append(self, item: Any) -> None:
        super().append(item)
        if item["rpc"] == "Prefill":
            self.anything.set()


@pytest.fixture(scope="module")
def neighbours() -> Answers:
    """What four requests got that were served at once: one is at work, then three come."""
    first, *later = NEIGHBOURS.items()
    with serving(faithful=True) as (url, engine), ThreadPoolExecutor() as pool:
        engine.told = told = Told()

        def send(case: dict[str, Any]) -> tuple[httpx.Response, list[Any]]:
            return httpx.request(**asked(url, case), timeout=60), []

        answers = {first[0]: pool.submit(send, first[1])}
        assert told.anything.wait(timeout=30)
        answers |= {name: pool.submit(send, case) for name, case in later}
        return {name: answer.result() for name, answer in answers.items()}


@pytest.fixture(scope="module")
def dying() -> Answers:
    """What a router says whose model server dies in the middle of a stream, and afterwards."""
    killed, *later = DEATH.items()
    with serving() as (url, engine), httpx.Client(timeout=60) as http:
        http.get(f"{url}/startup")  # the model is loaded, as it was there
        engine.told.clear()
        with http.stream(**asked(url, killed[1])) as stream:
            text = ""
            for part in stream.iter_text():
                text += part
                engine.dead = text.count("data: ") >= 4
            answer = httpx.Response(stream.status_code, headers=stream.headers, text=text)
        found = {killed[0]: (answer, list(engine.told))}
        return found | {name: (http.request(**asked(url, case)), []) for name, case in later}


@pytest.fixture(scope="module")
def cut() -> Answers:
    """What a stream says whose router dies."""
    name = "faults/router_killed_mid_stream"
    with serving() as (url, engine), httpx.Client(timeout=60) as http:
        http.get(f"{url}/startup")
        engine.told.clear()
        request = asked(url, cases("faults")[name])
        request["headers"] = {**request["headers"], HEADER: "cut=4"}
        parts: list[str] = []
        with http.stream(**request) as stream, pytest.raises(httpx.RemoteProtocolError):
            parts.extend(stream.iter_text())
        text = "".join(parts)
        answer = httpx.Response(stream.status_code, headers=stream.headers, text=text)
        return {name: (answer, list(engine.told))}


def compare(answers: Answers) -> None:
    wrong = {name: bad for name, (r, heard) in answers.items() if (bad := problems(name, r, heard))}
    excepted = {name: reason for name, reason in EXCEPTED.items() if name in answers}
    for name, reason in excepted.items():
        print(f"excepted: {name}: {reason}")
        assert name in wrong, f"{name} is as recorded: it is no exception any more"
    lines = [f"{n}: {problem}" for n, bad in wrong.items() if n not in excepted for problem in bad]
    assert not lines, "\n".join([f"of {len(answers)}:", *lines])


def test_overload(overloaded: Answers) -> None:
    compare(overloaded)


def test_one_requests_failure_is_its_neighbours(
    neighbours: Answers,
) -> None:
    compare(neighbours)


def test_the_model_servers_death(dying: Answers) -> None:
    compare(dying)


def test_the_routers_death(cut: Answers) -> None:
    compare(cut)


@pytest.mark.parametrize("server", [*reversed(SERVERS)])  # the slow one is the last
def test_replay(server: str, all_answers: dict[str, Future[Answers]]) -> None:
    compare(all_answers[server].result())


def test_every_recording_is_replayed() -> None:
    """All but what is no answer, which test_faults.py has."""
    replayed = {name for server in SERVERS.values() for name in server}
    replayed |= {*OVERLOAD, *NEIGHBOURS, *DEATH, "faults/router_killed_mid_stream"}
    recorded = {name: c for file in FOLDER.glob("*.json") for name, c in cases(file.stem).items()}
    assert len(recorded) == 283
    assert recorded.keys() - replayed == {
        name for name, case in recorded.items() if case["response"]["status"] is None
    }
    assert len(EXCEPTED) <= 5
