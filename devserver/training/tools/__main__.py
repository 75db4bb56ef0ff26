"""Trains the `tools` adapter, exports it, scores it against the base model, and writes its card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.progress import track

from lorax import Client
from lorax_devserver.testing import model_server
from training import command, lora
from training.tools import card, scoring
from training.tools.conversations import conversations
from training.tools.held_out import held_out
from training.tools.prompts import writer

DEFAULTS = lora.Settings(steps=220, rank=16, alpha=32)


def main() -> None:
    """Runs the command."""
    prompt = writer(command.packaged_model())

    def batches(settings: lora.Settings) -> Sequence[Sequence[lora.Example]]:
        steps = conversations(settings.steps, settings.batch_size, settings.seed)
        return [[lora.Example(prompt(one), one.answer) for one in step] for step in steps]

    run = command.train("tools", DEFAULTS, batches)
    scored = _score(run.folder / "adapter.gguf")
    settings = run.settings
    steps = conversations(settings.steps, settings.batch_size, settings.seed)
    trained = [one for step in steps for one in step]
    # A short prompt is enough to show the form, but it should have a result.
    shown = min((one for one in trained if len(one.messages) > 2), key=lambda one: len(prompt(one)))
    facts = card.Facts(run, prompt(shown), shown.answer, trained, scored)
    run.write_card(card.write(facts))
    right, base = (sum(getattr(one, who).right for one in scored) for who in ("adapter", "base"))
    print(f"{run.folder}: {right} of {len(scored)} held-out cases right, base model {base}")


def _score(adapter_file: Path) -> list[card.Scored]:
    """Returns the held-out cases with the answers of base and adapter."""
    with (
        model_server(command.packaged_model(), {"tools": adapter_file}) as server,
        Client(server.url, timeout=300) as client,
    ):
        return [
            card.Scored(
                case, scoring.score(client, case, None), scoring.score(client, case, "tools")
            )
            for case in track(held_out(), "scoring")
        ]


if __name__ == "__main__":
    main()
