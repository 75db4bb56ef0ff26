"""Trains the `extract` adapter, exports it, scores it against the base model, writes its card."""

from __future__ import annotations

from collections.abc import Sequence

from training import command, lora
from training.extract import card, messages, scoring


def main() -> None:
    """Runs the command."""
    run = command.train("extract", lora.Settings(steps=110), _batches)
    scored = scoring.score(run.model_file, run.folder / "adapter.gguf")
    made = messages.messages(run.settings.examples, run.settings.seed)
    run.write_card(card.write(card.Facts(run, made, scored)))
    print(f"{run.folder}: {card.whole(scored)} of {len(scored)} records right")


def _batches(settings: lora.Settings) -> Sequence[Sequence[lora.Example]]:
    made = messages.messages(settings.examples, settings.seed)
    examples = [
        lora.Example(scoring.prompt_for(message.text), scoring.answer_for(message.record))
        for message in made
    ]
    return lora.shuffled(examples, settings)


if __name__ == "__main__":
    main()
