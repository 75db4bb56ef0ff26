"""The pages on LangChain run as they stand, on the real model."""

import re
from pathlib import Path
from typing import Any

import pytest

from lorax_devserver.testing import ModelServer, ScriptedServer

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/langchain.md"
PAGES = {
    GUIDE: ["CountBooks", "title=", "True False"],
    ROOT / "docs/langchain-migration.md": [],
    ROOT / "integrations/langchain/README.md": ["count_books", "title=", "SELECT"],
}


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(), flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_runs(
    page: Path, lorax_model_server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    for block in blocks(page):
        exec(block.replace("http://127.0.0.1:8080", lorax_model_server.url), names)  # our own text
    shown = capsys.readouterr().out
    assert len(shown) > 50
    for words in PAGES[page]:
        assert words in shown


def test_the_guides_own_test(lorax_server: ScriptedServer) -> None:
    names: dict[str, Any] = {}
    for block in (b for b in blocks(GUIDE) if "create_agent" in b or "ChatLoRAX, LoRAX" in b):
        ran = re.sub(r"^(print|tenants).*$", "", block, flags=re.MULTILINE)
        exec(ran.replace("http://127.0.0.1:8080", lorax_server.url), names)
    names["test_the_agent_counts"](lorax_server)


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), link
