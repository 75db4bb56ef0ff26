"""The client: a support message becomes a record, by adapter `extract` and under its schema.

Run it by `make example RUN=client.extract`.
"""

import json

from examples import shown
from examples.local_server import run
from lorax import Client
from lorax_devserver.adapters import SHIPPED

FOLDER = SHIPPED / "extract"
PROMPT = (FOLDER / "prompt.txt").read_text()
SCHEMA = json.loads((FOLDER / "schema.json").read_text())
MESSAGE = (
    "Hi, my order BK-20417 came today but half of the pages of The Moonstone are torn. "
    "I need it for a class on Friday, please send me another copy! Thanks, Miriam Okafor"
)


def main(base_url: str) -> None:
    """Ask the base model and the adapter for the record, both held to the schema."""
    shown.console.print(f"\n[bold]“{MESSAGE}”[/bold]")
    with Client(base_url) as client:
        for adapter_id in (None, "extract"):
            shown.call(
                f"client.generate(prompt, adapter_id={adapter_id!r}, response_format=SCHEMA)"
            )
            answer = client.generate(
                PROMPT.replace("{message}", MESSAGE),
                adapter_id=adapter_id,
                response_format=SCHEMA,
                max_new_tokens=120,
            )
            shown.record(json.loads(answer.text))


if __name__ == "__main__":
    run(main)
