"""Adapter files: which there are, what requests name them by, and whether one fits a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lorax_devserver.errors import EngineError, StartError
from lorax_devserver.gguf import GgufError, Head, read_head

SOURCES = ("hub", "s3", "local", "pbase")
SHIPPED = Path(__file__).parent / "adapters"


class AdapterError(ValueError):
    """An adapter file that cannot be used, with the reason."""


@dataclass(frozen=True)
class AdapterFile:
    """A LoRA adapter on disk.

    Attributes:
        id: What requests name it by.
        path: Its file.
        source: The one source that has it; None if all have.
    """

    id: str
    path: Path
    source: str | None = None

    @property
    def label(self) -> str:
        """Its id, and its source where that matters."""
        return f"{self.id} ({self.source})" if self.source else self.id

    def is_meant(self, adapter_id: str, source: str) -> bool:
        """Whether a request names this one.

        A local adapter is named by a path: one inside the folder, with or without a slash before
        it, or the file's own. An S3 adapter's id may begin with `s3://`.
        """
        if self.source not in {None, source}:
            return False
        if source == "s3":
            return self.id == adapter_id.removeprefix("s3://")
        if source == "local":
            path = Path(adapter_id)
            return self.id == adapter_id.strip("/") or path in {self.path, self.path.parent}
        return self.id == adapter_id


class Shelf:
    """The adapters that a server has; once one was looked up, its id alone says which is meant."""

    def __init__(self, files: Sequence[AdapterFile]) -> None:
        self._files = files
        self._known: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, adapter_id: str) -> int:
        """The place of an adapter that was looked up."""
        return self._known[adapter_id]

    def look_up(self, adapter_id: str, source: str) -> None:
        """Find an adapter where a request says it is.

        Raises:
            EngineError: It is not there, in the words of a hub or of a folder.
        """
        for place, file in enumerate(self._files):
            if file.is_meant(adapter_id, source.lower()):
                self._known[adapter_id] = place
                return
        is_local = source.lower() == "local"
        words = "No such adapter:" if is_local else "404 Client Error: Repository Not Found for"
        raise EngineError(f"{words} {adapter_id}")


def shipped() -> list[AdapterFile]:
    """The adapters that come with this package, made for the packaged model."""
    return [AdapterFile(file.parent.name, file) for file in sorted(SHIPPED.glob("*/adapter.gguf"))]


def found_in(folder: Path) -> list[AdapterFile]:
    """The adapters of a folder: `ORG/NAME.gguf` or `ORG/NAME/adapter.gguf` is `ORG/NAME`.

    What lies in a folder named as a source (`hub`, `s3`, `local`, `pbase`) is to be had from that
    source alone, anything else from all of them.

    Raises:
        StartError: There is no such folder, or there are no adapters in it.
    """
    if not folder.is_dir():
        raise StartError(f"--adapter-dir {folder}: there is no such folder")
    found = [_placed(file, folder.resolve()) for file in sorted(folder.resolve().rglob("*.gguf"))]
    if not found:
        raise StartError(
            f"--adapter-dir {folder}: there is no .gguf file in it; llama.cpp's "
            "convert_lora_to_gguf.py makes one of an adapter of PEFT's"
        )
    labels = [file.label for file in found]
    for file in found:
        if labels.count(file.label) > 1:
            raise StartError(f"--adapter-dir {folder}: it has {file.label} more than once")
    return found


def _placed(file: Path, folder: Path) -> AdapterFile:
    """A file with the id that its place gives it."""
    place = file.relative_to(folder)
    if place.name == "adapter.gguf" and len(place.parts) > 1:
        place = place.parent
    else:
        place = place.with_suffix("")
    source, *rest = place.parts
    if source in SOURCES and rest:
        return AdapterFile("/".join(rest), file, source)
    return AdapterFile(place.as_posix(), file)


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
