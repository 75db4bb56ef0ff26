"""The demo: a LoRAX server on this machine, and the client, LangChain and LlamaIndex over it."""

import re
import sys
from pathlib import Path

from examples import shown
from examples.client import extract, sql
from examples.langchain import chain, sql_agent
from examples.llamaindex import rag
from examples.local_server import local_server

PARTS = {
    "The client: one prompt, the base model beside adapter sql": sql,
    "The client: a support message as a record, by adapter extract": extract,
    "LangChain: a chain names its adapter, another its form": chain,
    "LangChain: an agent calls by adapter tools, queries by adapter sql": sql_agent,
    "LlamaIndex: answers from documents found by meaning, streamed": rag,
}


def main() -> None:
    """Run every part against one server."""
    shown.title("A LoRAX server on this CPU: SmolLM2-135M with adapters sql, extract and tools")
    with local_server() as url:
        shown.console.print(f"listening on {url}")
        for number, (title, part) in enumerate(PARTS.items(), 1):
            shown.title(f"{number}. {title}")
            part.main(url)
    shown.title("The server has stopped. That was all real: no GPU, no network, no stub")


def record(picture: Path) -> None:
    """Run the demo and draw what it printed; without the web font that rich would load."""
    shown.console.record, shown.console.width = True, 96
    main()
    drawn = shown.console.export_svg(title="make demo")
    picture.write_text(re.sub(r"@font-face {.*?}", "", drawn, flags=re.DOTALL))


if __name__ == "__main__":
    try:
        record(Path(sys.argv[2])) if sys.argv[1:2] == ["--picture"] else main()
    except KeyboardInterrupt:
        sys.exit(130)
