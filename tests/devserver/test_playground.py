"""The playground without a browser: where it is served, to whom, with which files and data."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lorax_devserver.adapters import SHIPPED, AdapterFile, shipped
from lorax_devserver.errors import StartError
from lorax_devserver.model import packaged_model
from lorax_devserver.playground import FILES, is_loopback, routes
from lorax_devserver.scripted import ScriptedEngine
from tests.conftest import running_devserver

NAMES = sorted(f"/playground/{file.name}" for file in FILES.iterdir())


@pytest.fixture(scope="module")
def scripted() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


@pytest.fixture
def engine() -> ScriptedEngine:
    model = packaged_model()
    assert model is not None
    return ScriptedEngine(model, "acme/base")


@pytest.mark.parametrize(
    "path",
    ["/playground", "/playground/adapters", *(n for n in NAMES if not n.endswith("index.html"))],
)
def test_what_the_page_is_made_of_is_held_to_this_server(scripted: str, path: str) -> None:
    response = httpx.get(scripted + path)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in response.headers


def test_every_file_has_its_type(scripted: str) -> None:
    kinds = {
        path: httpx.get(scripted + path).headers["content-type"]
        for path in ("/playground", "/playground/page.css", "/playground/page.js")
    }
    assert kinds == {
        "/playground": "text/html; charset=utf-8",
        "/playground/page.css": "text/css; charset=utf-8",
        "/playground/page.js": "text/javascript; charset=utf-8",
    }


def test_a_slash_leads_to_the_page(scripted: str) -> None:
    response = httpx.get(f"{scripted}/playground/", follow_redirects=True)
    assert response.url.path == "/playground"
    assert "<title>LoRAX playground</title>" in response.text


@pytest.mark.parametrize("path", ["no.js", "index.html", "../app.py", "%2e%2e/app.py"])
def test_no_other_file_is_there(scripted: str, path: str) -> None:
    assert httpx.get(f"{scripted}/playground/{path}").status_code == 404


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example:80",
        "[",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/playground", "/playground/", "/playground/adapters"])
def test_a_foreign_host_is_refused_in_words(scripted: str, host: str, path: str) -> None:
    response = httpx.get(scripted + path, headers={"host": host})
    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/plain")
    assert f"not to {host!r}" in response.text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80", "[::1]:8"]
)
def test_the_names_of_loopback_are_taken(scripted: str, host: str) -> None:
    assert httpx.get(f"{scripted}/playground", headers={"host": host}).status_code == 200


def test_it_is_not_there_when_others_can_connect() -> None:
    with running_devserver("--scripted", "--host", "0.0.0.0") as url:
        local = url.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{local}/playground").status_code == 404
        assert httpx.get(f"{local}/playground/page.js").status_code == 404
        assert httpx.get(f"{local}/health").status_code == 200


def test_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")))


def test_the_page_needs_nothing_from_elsewhere() -> None:
    for file in FILES.iterdir():
        text = file.read_text()
        places = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
        assert not places, file.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(", text), file.name
    assert not re.search(r"\son\w+=|<style|<script>", (FILES / "index.html").read_text())


def test_the_shipped_adapters_have_examples(devserver: str) -> None:
    said = httpx.get(f"{devserver}/playground/adapters").json()
    assert said["adapters"] == [adapter.id for adapter in shipped()]
    for adapter in shipped():
        examples = [e for e in said["examples"] if e["adapter_id"] == adapter.id]
        template = (SHIPPED / adapter.id / "prompt.txt").read_text()
        start = template.partition("{")[0]
        assert examples
        assert all(e["prompt"].startswith(start) and e["title"] in e["prompt"] for e in examples)


def test_a_scripted_server_takes_any_adapter(scripted: str) -> None:
    said = httpx.get(f"{scripted}/playground/adapters").json()
    assert said["adapters"] is None
    assert any("[[sleep:" in example["prompt"] for example in said["examples"])


def test_an_adapter_of_ones_own_brings_its_examples(engine: ScriptedEngine, tmp_path: Path) -> None:
    engine.adapter_files = [AdapterFile("mine", tmp_path / "mine.gguf")]
    (tmp_path / "prompt.txt").write_text('{"a": {message}}')
    assert [e["prompt"] for e in examples(engine, "mine")] == ['{"a": {message}}']
    (tmp_path / "playground.json").write_text('[{"text": "{question}", "route": "chat"}]')
    (example,) = examples(engine, "mine")
    assert (example["prompt"], example["route"]) == ('{"a": {question}}', "chat")


def examples(engine: ScriptedEngine, adapter_id: str) -> list[dict[str, object]]:
    with TestClient(Starlette(routes=routes(engine)), "http://localhost") as client:
        found = client.get("/playground/adapters").json()["examples"]
    return [example for example in found if example["adapter_id"] == adapter_id]


@pytest.mark.parametrize(
    ("text", "words"), [("[{}]", "0.text: Field required"), ("{", "Invalid JSON")]
)
def test_examples_that_cannot_be_read_are_told_at_the_start(
    engine: ScriptedEngine, tmp_path: Path, text: str, words: str
) -> None:
    engine.adapter_files = [AdapterFile("mine", tmp_path / "mine.gguf")]
    (tmp_path / "playground.json").write_text(text)
    with pytest.raises(StartError, match=re.escape(words)):
        routes(engine)
