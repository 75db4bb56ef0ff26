"""Every recorded request, sent to the scripted server, gets the recorded answer.

Each file's cases go in their order to one server. What must differ is left out: times, seeds drawn
at random, where in a body that does not parse the error stands. The engine must have been told what
the recorded model server was told.
"""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from lorax_devserver.app import Router
from lorax_devserver.model import PACKAGED_MODEL_ID, packaged_model
from lorax_devserver.scripted import ScriptedEngine
from lorax_devserver.settings import Limits
from tests.recordings import asked, cases

# What is not yet, or cannot be, as recorded; a case that is must not stand here.
EXCEPTED = {
    "meta/metrics_text": "metrics are not served yet",
    "meta/metrics_json": "metrics are not served yet",
    "meta/info": "it says what it is: a CPU, and no build of the router",
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
def serving() -> Iterator[tuple[str, ScriptedEngine]]:
    """A scripted server on a free port, and its engine."""
    model = packaged_model()
    assert model is not None
    engine = ScriptedEngine(model, PACKAGED_MODEL_ID)
    limits = Limits(max_concurrent_requests=4, max_stop_sequences=4)
    app = Router(engine, limits).app()
    config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", engine
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module", params=SERVERS)
def answers(request: pytest.FixtureRequest) -> dict[str, tuple[httpx.Response, list[Any]]]:
    """What the server answered to each case of its files, and what its engine was told."""
    found = {}
    with serving() as (url, engine), httpx.Client(timeout=60) as http:
        for name, case in SERVERS[request.param].items():
            engine.told.clear()
            response = http.request(**asked(url, case))
            found[name] = response, list(engine.told)
    return found


def comparable(text: str) -> str:
    """An answer's text without what must differ from one run to the next."""
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


def test_replay(answers: dict[str, tuple[httpx.Response, list[Any]]]) -> None:
    wrong = {name: bad for name, (r, heard) in answers.items() if (bad := problems(name, r, heard))}
    excepted = {name: reason for name, reason in EXCEPTED.items() if name in answers}
    for name, reason in excepted.items():
        print(f"excepted: {name}: {reason}")
        assert name in wrong, f"{name} is as recorded: it is no exception any more"
    lines = [f"{n}: {problem}" for n, bad in wrong.items() if n not in excepted for problem in bad]
    assert not lines, "\n".join([f"of {len(answers)}:", *lines])
