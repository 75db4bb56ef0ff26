"""The command says in one line what is wrong, listens on loopback alone, and ends cleanly."""

import shutil
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from lorax_devserver.adapters import SHIPPED
from lorax_devserver.model import packaged_model
from tests.conftest import running_devserver
from tests.processes import DEVSERVER, started


def refused(*options: str, command: str = "serve") -> str:
    """What a command says when it does not start."""
    words = [*DEVSERVER, command, *options]
    process = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 2
    assert process.stdout == ""
    (line,) = process.stderr.splitlines()
    return line


def test_a_missing_model(tmp_path: Path) -> None:
    said = refused("--port", "0", "--model", str(tmp_path / "no.gguf"))
    assert said == f"lorax-devserver: model {tmp_path}/no.gguf: there is no such file"


def test_a_model_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_text("hello")
    assert "a.gguf is no GGUF file" in refused("--port", "0", "--model", str(tmp_path / "a.gguf"))


def test_a_folder_for_a_model(tmp_path: Path) -> None:
    assert "Is a directory" in refused("--port", "0", "--model", str(tmp_path))


def test_a_scripted_server_answers_as_it_is_told() -> None:
    with running_devserver("--scripted") as url:
        body = {"inputs": "[[say: Blue.]]", "parameters": {"adapter_id": "acme/any"}}
        response = httpx.post(f"{url}/generate", json=body)
        assert response.json() == {"generated_text": " Blue."}
        assert response.headers["x-adapter-id"] == "acme/any"
        (person,) = httpx.post(f"{url}/classify", json={"inputs": "Marie"}).json()
        assert person["entity_group"] == "PER"


def test_a_model_cut_short(tmp_path: Path) -> None:
    model = packaged_model()
    assert model is not None
    with model.open("rb") as file:
        (tmp_path / "cut.gguf").write_bytes(file.read(2_000_000))
    said = refused("--port", "0", "--model", str(tmp_path / "cut.gguf"))
    assert "cut.gguf" in said


def test_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in refused(
            "--port", str(port)
        )


@pytest.mark.parametrize(
    ("option", "words"),
    [("sql", "takes ID=FILE"), ("sql=none.gguf", "adapter 'sql' (none.gguf): there is no such")],
)
def test_an_adapter_that_is_not_there(option: str, words: str) -> None:
    assert words in refused("--port", "0", "--adapter", option)


def test_a_model_given_as_an_adapter() -> None:
    said = refused("--port", "0", "--adapter", f"big={packaged_model()}")
    assert "is a GGUF file, but no LoRA adapter" in said


def test_an_adapter_made_for_another_model(tmp_path: Path) -> None:
    data = (SHIPPED / "sql" / "adapter.gguf").read_bytes()
    other = tmp_path / "other.gguf"
    other.write_bytes(data.replace(b"llama", b"gemma", 1))
    assert "was made for another model: gemma" in refused("--port", "0", "--adapter", f"a={other}")
    other.write_bytes(data.replace(b"blk.29.ffn_up", b"blk.99.ffn_up"))
    assert "has no tensor blk.99.ffn_up" in refused("--port", "0", "--adapter", f"a={other}")


def test_an_adapter_of_the_users_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    shutil.copy(SHIPPED / "sql" / "adapter.gguf", mine)
    with running_devserver("--adapter", f"acme/mine={mine}") as url:
        body = {"inputs": "x", "parameters": {"adapter_id": "acme/mine", "max_new_tokens": 1}}
        response = httpx.post(f"{url}/generate", json=body)
        assert response.headers["x-adapter-id"] == "acme/mine"


def test_it_listens_on_loopback_and_leaves_nothing_behind() -> None:
    command = [*DEVSERVER, "serve", "--port", "0"]
    with started(command, stdout=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline()
        port = int(ready.split("127.0.0.1:")[1].split(" ")[0])
        url = f"http://127.0.0.1:{port}"
        assert ready == (
            f"LoRAX devserver ready: {url} (HuggingFaceTB/SmolLM2-135M-Instruct; "
            "adapters: extract, sql, tools; embeddings: sentence-transformers/all-MiniLM-L6-v2); "
            f"playground: {url}/playground\n"
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)
