"""Trains the `sql` adapter, exports it, scores it against the base model, and writes its card."""

from __future__ import annotations

from collections.abc import Sequence

from rich.progress import track

from training import command, lora
from training.serving import Llama
from training.sql import card, questions, scoring

FOLDER = command.SHIPPED / "sql"


def main() -> None:
    """Runs the command."""
    template = (FOLDER / "prompt.txt").read_text(encoding="utf-8")
    schema = (FOLDER / "bookshop.sql").read_text(encoding="utf-8")

    def batches(settings: lora.Settings) -> Sequence[Sequence[lora.Example]]:
        pairs = questions.training_pairs(settings.examples, settings.seed)
        examples = [lora.Example(_fill(template, pair.question), pair.sql) for pair in pairs]
        return lora.shuffled(examples, settings)

    run = command.train("sql", lora.Settings(), batches)
    scored, unended = _score(run.llama, template, schema)
    pairs = questions.training_pairs(run.settings.examples, run.settings.seed)
    run.write_card(card.write(card.Facts(run, template, pairs, scored, unended)))
    right = sum(one.adapter.right for one in scored)
    base = sum(one.base.right for one in scored)
    print(f"{run.folder}: {right} of {len(scored)} held-out questions right, base model {base}")


def _fill(template: str, question: str) -> str:
    return template.replace("{question}", question)


def _score(llama: Llama, template: str, schema: str) -> tuple[list[card.Scored], int]:
    """Returns the scored held-out questions, and how many answers the adapter did not end."""
    scored, unended = [], 0
    for item in track(questions.held_out(), "scoring"):
        prompt = _fill(template, item.question)
        base, adapter = llama.answer(prompt, adapted=False), llama.answer(prompt, adapted=True)
        unended += not adapter.ended
        results = (scoring.score(schema, item.sql, answer.text) for answer in (base, adapter))
        scored.append(card.Scored(item, *results))
    return scored, unended


if __name__ == "__main__":
    main()
