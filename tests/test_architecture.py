"""What docs/architecture.md says of rooms: none calls upwards, and none above knows the wire."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LLAMA_INDEX = "integrations/llamaindex"
INTEGRATIONS = {
    "langchain_lorax": "integrations/langchain/langchain_lorax",
    "llama_index.llms.lorax": f"{LLAMA_INDEX}/llms/llama_index/llms/lorax",
    "llama_index.embeddings.lorax": f"{LLAMA_INDEX}/embeddings/llama_index/embeddings/lorax",
}
PACKAGES = {"lorax": "lorax", "lorax_devserver": "devserver/lorax_devserver", **INTEGRATIONS}
# Where bytes and bodies are read and written.
OF_THE_WIRE = re.compile(
    r"lorax\.(net|sse|exchange|refusals|routes|native|chat|text|growing|toolcalls)\b"
)


def modules(package: str) -> dict[str, Path]:
    """A package's modules, and their files."""
    folder = ROOT / PACKAGES[package]
    found: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        found[".".join([package, *parts]).removesuffix(".__init__")] = file
    assert len(found) > 1
    return found


def imported(file: Path) -> set[str]:
    """What a file imports anywhere in it; of `from a import b` both a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{file}: a relative import"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_calls_upwards(package: str) -> None:
    files = modules(package)
    # A package's own file gathers what its rooms have, for those outside.
    graph = {name: imported(file) & files.keys() - {package} for name, file in files.items()}
    order = [*TopologicalSorter(graph).static_order()]  # CycleError names the circle
    assert {*order} == {*files}


@pytest.mark.parametrize("package", INTEGRATIONS)
def test_frameworks_packages_know_no_wire_detail(package: str) -> None:
    for name, file in modules(package).items():
        assert [*filter(OF_THE_WIRE.match, imported(file))] == [], name
