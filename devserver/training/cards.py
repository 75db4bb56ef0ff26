"""What the cards of all adapters have in common: how it was trained, and cells of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

from training.command import Run
from training.lora import PROJECTIONS

Scored = TypeVar("Scored")


def training(run: Run, examples: str, about: str) -> str:
    """Returns the section on the training.

    Args:
        run: The run.
        examples: How many examples of what there were.
        about: Where they come from, a sentence or two.
    """
    settings = run.settings
    rows = {
        "training pairs": examples,
        "steps": f"{settings.steps} of batch {settings.batch_size}, "
        f"cosine schedule after {settings.warmup_steps} steps of warm-up",
        "LoRA": f"rank {settings.rank}, alpha {settings.alpha}, "
        f"on {', '.join(PROJECTIONS.values())} of every layer",
        "learning rate": f"{settings.learning_rate:g}, AdamW without weight decay",
        "loss": "on the answer and the end of text only",
        "precision": "bfloat16 autocast" if settings.bfloat16 else "float32",
        "seed": str(settings.seed),
        "time": f"{run.seconds / 60:.1f} minutes of training on two cores",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    return f"""## Training

{about}

| | |
|---|---|
{table}"""


def side_by_side(
    scored: Iterable[Scored],
    write: Callable[[Scored], str],
    *,
    kind: Callable[[Scored], str],
    length: Callable[[Scored], int],
    most: int,
) -> str:
    """Returns the section that shows answers of base and adapter, the shortest of each kind.

    Args:
        scored: What only the adapter got right, kind by kind.
        write: Writes one of them.
        kind: Of which kind it is.
        length: How long it is.
        most: How many kinds are shown.
    """
    shortest = [min(group, key=length) for _, group in groupby(scored, kind)]
    return "## Side by side\n\n" + "\n\n".join(write(one) for one in shortest[:most])


def cell(text: str) -> str:
    """Returns a text as it can stand in a table and in a code span."""
    return text.replace("`", "'").replace("|", "\\|")


def mark(right: bool) -> str:
    """Returns the sign of an answer that is right, or wrong."""
    return "✓" if right else "✗"
