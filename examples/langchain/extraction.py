"""Three hundred support messages become records: a batch, its order kept, with a progress bar.

The client keeps as many requests under way as the server takes. Run it by
`make example RUN=langchain.extraction`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.prompts import PromptTemplate
from rich.progress import Progress

from examples import shown
from examples.client.extract import PROMPT, SCHEMA
from examples.local_server import run
from langchain_lorax import LoRAX

MESSAGES = Path(__file__).with_name("messages.json")
AT_ONCE = 8  # as many as a laptop answers within the timeout; a GPU takes all of them at once


class Bar(BaseCallbackHandler):
    """Moves a progress bar on with every answer."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("reading messages", total=total)

    def on_llm_end(self, *_: Any, **__: Any) -> None:
        """Count an answer."""
        self._progress.advance(self._task)


def main(base_url: str) -> None:
    """Read all messages; show what they are about."""
    messages: list[str] = json.loads(MESSAGES.read_text())
    chain = PromptTemplate.from_template(PROMPT) | LoRAX(
        base_url=base_url, adapter_id="extract", response_format=SCHEMA, max_new_tokens=120
    )
    with Progress(console=shown.console) as progress:
        asked: list[Any] = [{"message": message} for message in messages]
        counted = Bar(progress, len(asked))
        answers = chain.batch(asked, {"callbacks": [counted], "max_concurrency": AT_ONCE})
    records = [json.loads(answer) for answer in answers]
    problems = Counter(record["problem"] for record in records)
    shown.record(dict(problems.most_common()))
    urgent = sum(record["urgent"] for record in records)
    shown.console.print(f"{len(records)} messages, {urgent} of them urgent", style="green")


if __name__ == "__main__":
    run(main)
