"""The code of the guides and the packages' pages runs as it stands."""

import ast
import asyncio
import gc
import inspect
import re
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from llama_index.core import Settings
from llama_index.core.llms import MockLLM

from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.frameworks_own import leaving_things_open

ROOT = Path(__file__).parents[2]
PAGES = [
    "docs/llamaindex.md",
    "docs/llamaindex-migration.md",
    "integrations/llamaindex/llms/README.md",
    "integrations/llamaindex/embeddings/README.md",
]


def run(code: CodeType, names: dict[str, Any]) -> None:
    """Run a block; one that awaits in an event loop of its own."""
    running = eval(code, names)  # our own text
    if inspect.iscoroutine(running):
        asyncio.run(running)
    gc.collect()


@leaving_things_open
@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs(
    page: str,
    lorax_server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Settings, "_tokenizer", None)
    monkeypatch.setattr(Settings, "_llm", MockLLM())
    lorax_server.script({"content": "It rains."}, to="Result of weather")
    lorax_server.script({"name": "weather", "arguments": {"city": "Rome"}}, to="functions:")
    lorax_server.script({"title": "Emma", "year": 1815}, to="the best?")
    lorax_server.script("It opens at nine.", to="open")
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE
    )
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        text = block.replace("http://127.0.0.1:8080", lorax_server.url)
        run(compile(text, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if page != PAGES[0]:
        return
    shown = capsys.readouterr().out
    for words in (
        "acme/physics 19",
        "It opens at nine.",
        "It rains.",
        "title='Emma' year=1815",
        "Check adapter_id",
    ):
        assert words in shown
    adapters = {asked.adapter_id for asked in lorax_server.requests}
    assert {"acme/shop", "acme/agent", "acme/books", "acme/physics"} <= adapters
    lorax_server.reset()
    names["test_the_engine_asks_its_adapter"](lorax_server)
