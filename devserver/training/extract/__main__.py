"""Trains the `extract` adapter, exports it, scores it against the base model, writes its card."""

from __future__ import annotations

import json
from collections.abc import Sequence

from training import command, lora
from training.extract import messages

FOLDER = command.SHIPPED / "extract"


def main() -> None:
    """Runs the command."""
    template = (FOLDER / "prompt.txt").read_text(encoding="utf-8")

    def batches(settings: lora.Settings) -> Sequence[Sequence[lora.Example]]:
        made = messages.messages(settings.examples, settings.seed)
        examples = [
            lora.Example(
                template.replace("{message}", message.text),
                json.dumps(message.record, ensure_ascii=False),
            )
            for message in made
        ]
        return lora.shuffled(examples, settings)

    run = command.train("extract", lora.Settings(), batches)
    print(run)


if __name__ == "__main__":
    main()
