"""Training a LoRA adapter on prompt and answer pairs, and writing it as a GGUF file.

Nothing here knows about SQL: give `train` any pairs and any GGUF model of the llama family.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path
from typing import Any, NamedTuple

import gguf
import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer, get_cosine_schedule_with_warmup

# The adapted projections and their names in llama.cpp. The query and key projections are left
# alone: llama.cpp stores them permuted, and an adapter would have to be permuted with them.
PROJECTIONS = {
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
IGNORED = -100  # a label that cross_entropy leaves out


@dataclass(frozen=True)
class Example:
    """One training example: the loss counts the answer and the end of text, not the prompt."""

    prompt: str
    answer: str


class Encoded(NamedTuple):
    """The token ids of an example, and for each the id that should follow or `IGNORED`."""

    ids: list[int]
    targets: list[int]


@dataclass(frozen=True)
class Settings:
    """The hyperparameters of a training run."""

    steps: int = 300
    batch_size: int = 8
    rank: int = 8
    alpha: int = 16
    learning_rate: float = 1e-3
    warmup_steps: int = 10
    bfloat16: bool = True  # twice as fast on processors that have it, slower on others
    seed: int = 0

    @property
    def examples(self) -> int:
        """How many examples the run uses, each of them once."""
        return self.steps * self.batch_size


def load(model_file: Path) -> tuple[Any, Any]:
    """Returns the tokenizer and the dequantized model of a GGUF file."""
    folder, name = str(model_file.parent), model_file.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    return tokenizer, model


def shuffled(examples: Sequence[Example], settings: Settings) -> list[list[Example]]:
    """Returns the batches of a run in which the examples come in any order, each once."""
    order = list(examples)
    random.Random(settings.seed).shuffle(order)
    size = settings.batch_size
    return [order[start : start + size] for start in range(0, settings.examples, size)]


def train(
    model: Any, tokenizer: Any, batches: Sequence[Sequence[Example]], settings: Settings
) -> PeftModel:
    """Trains an adapter on the examples.

    Args:
        model: The base model, which is wrapped, not changed.
        tokenizer: Its tokenizer.
        batches: The examples of each step. What all prompts of a batch begin with is computed once.
        settings: The hyperparameters.

    Returns:
        The model with its trained adapter.
    """
    torch.manual_seed(settings.seed)
    adapted = get_peft_model(
        model,
        LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            target_modules=list(PROJECTIONS),
            task_type="CAUSAL_LM",
        ),
    )
    weights = [weight for weight in adapted.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0)
    schedule = get_cosine_schedule_with_warmup(optimizer, settings.warmup_steps, settings.steps)
    adapted.train()
    with _progress() as progress:
        task = progress.add_task("training", total=settings.steps, loss=float("nan"))
        for examples in batches:
            batch = [_encode(example, tokenizer) for example in examples]
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
                loss = _loss(adapted, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            progress.update(task, advance=1, loss=loss.item())
    return adapted.eval()


def export(adapted: PeftModel, file: Path, name: str, alpha: int) -> None:
    """Writes the adapter as llama.cpp reads it: f16 pairs `blk.N.NAME.weight.lora_a` and `_b`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_name(name)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(alpha))
    for key, weight in adapted.named_parameters():
        if weight.requires_grad:
            writer.add_tensor(_tensor_name(key), weight.detach().numpy().astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensor_name(key: str) -> str:
    """Turns `...layers.3.mlp.up_proj.lora_A.default.weight` into `blk.3.ffn_up.weight.lora_a`."""
    parts = key.split(".")
    layer = parts[parts.index("layers") + 1]
    projection, matrix = parts[-4], parts[-3]
    return f"blk.{layer}.{PROJECTIONS[projection]}.weight.{matrix.lower()}"


def _encode(example: Example, tokenizer: Any) -> Encoded:
    """Encodes prompt and answer apart, as a server does that is given the prompt alone."""
    prompt = tokenizer(example.prompt, add_special_tokens=False).input_ids
    answer = tokenizer(example.answer, add_special_tokens=False).input_ids
    answer.append(tokenizer.eos_token_id)
    return Encoded(prompt + answer, [IGNORED] * (len(prompt) - 1) + answer + [IGNORED])


def _loss(adapted: PeftModel, batch: Sequence[Encoded]) -> torch.Tensor:
    """Returns the mean loss of the answer tokens.

    The examples lie in one row behind the beginning that all share, so that a long common prompt
    is computed once a batch. The large vocabulary is scored only where there is an answer.
    """
    columns = zip(*(example.ids for example in batch), strict=False)
    shared = len(list(takewhile(lambda column: len(set(column)) == 1, columns)))
    first, tails = batch[0].ids[:shared], [range(shared, len(example.ids)) for example in batch]
    # Which example a token belongs to; everyone may look at the shared beginning, owner -1.
    owner = torch.tensor([-1] * shared + [i for i, tail in enumerate(tails) for _ in tail])
    visible = ((owner == -1) | (owner == owner[:, None])).tril()
    ids = first + [token for example in batch for token in example.ids[shared:]]
    targets = [IGNORED] * shared + [t for example in batch for t in example.targets[shared:]]

    model: Any = adapted.get_base_model()
    hidden = model.model(
        input_ids=torch.tensor([ids]),
        position_ids=torch.tensor([[*range(shared), *chain.from_iterable(tails)]]),
        attention_mask=visible[None, None],
    ).last_hidden_state[0]
    wanted = torch.tensor(targets)
    answered = wanted != IGNORED
    return cross_entropy(model.lm_head(hidden[answered]), wanted[answered])


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("step {task.completed:.0f}/{task.total:.0f}  loss {task.fields[loss]:.3f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
