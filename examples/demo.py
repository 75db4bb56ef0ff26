"""The demo: a LoRAX server on this machine, and the client, LangChain and LlamaIndex over it."""

import re
import sys
from pathlib import Path

from examples import client_sql, langchain_chain, llamaindex_rag, shown
from examples.local_server import local_server


def main() -> None:
    """Run every part against one server."""
    shown.title("A LoRAX server on this machine's CPU: SmolLM2-135M and its LoRA adapter sql")
    with local_server() as url:
        shown.console.print(f"listening on {url}")
        shown.title("1. The client: one prompt, the base model beside the adapter")
        client_sql.main(url)
        shown.title("2. LangChain: a chain names its adapter, another its form")
        langchain_chain.main(url)
        shown.title("3. LlamaIndex: an answer from documents, streamed")
        llamaindex_rag.main(url)
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
