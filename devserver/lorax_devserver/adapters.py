"""Adapter files: which there are, those shipped, and whether one fits the model."""

from dataclasses import dataclass
from pathlib import Path

from lorax_devserver.gguf import GgufError, Head, read_head

SHIPPED = Path(__file__).parent / "adapters"


class AdapterError(ValueError):
    """An adapter file that cannot be used, with the reason."""


@dataclass(frozen=True)
class AdapterFile:
    """A LoRA adapter on disk and the id that requests name it by."""

    id: str
    path: Path


def shipped() -> list[AdapterFile]:
    """The adapters that come with this package, made for the packaged model."""
    return [AdapterFile(file.parent.name, file) for file in sorted(SHIPPED.glob("*/adapter.gguf"))]


def check(adapter: AdapterFile, model: Head) -> None:
    """Make sure that a file is a LoRA adapter for this model; the engine itself would not say.

    Raises:
        AdapterError: It is not; the message names the file and what is wrong with it.
    """
    where = f"adapter {adapter.id!r} ({adapter.path})"
    try:
        head = read_head(adapter.path)
    except FileNotFoundError:
        raise AdapterError(f"{where}: there is no such file") from None
    except (GgufError, OSError) as error:
        raise AdapterError(f"{where}: {error}") from error
    kind = head.metadata.get("general.type"), head.metadata.get("adapter.type")
    if kind != ("adapter", "lora"):
        raise AdapterError(f"{where} is a GGUF file, but no LoRA adapter: it says {kind}")
    made_for, serves = (h.metadata.get("general.architecture") for h in (head, model))
    if made_for != serves:
        raise AdapterError(f"{where} was made for another model: {made_for}, and {serves} serves")
    for name, shape in head.shapes.items():
        _check_shape(where, name, shape, model)


def _check_shape(where: str, name: str, shape: tuple[int, ...], model: Head) -> None:
    """An A matrix takes what the model's weight takes; a B matrix gives what it gives."""
    weight, _, side = name.rpartition(".lora_")
    there = model.shapes.get(weight)
    if there is None:
        raise AdapterError(f"{where} was made for another model: this one has no tensor {weight}")
    axis = 0 if side == "a" else 1
    if shape[axis] != there[axis]:
        raise AdapterError(
            f"{where} was made for another model: "
            f"{name} has {shape[axis]} where {there[axis]} is due"
        )
