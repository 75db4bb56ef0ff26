"""GGUF files: the head read, which is the metadata and the tensors' shapes; small ones written.

The format is that of the GGUF specification, version 3, in the ggml project's documentation.
Only the head is read: the field's own package loads numpy and takes seconds on a vocabulary.
"""

import mmap
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9
_WRITTEN: dict[type, int] = {int: 4, float: 6, bool: 7, str: _STRING}
_FLOAT32 = 0
_ALIGNMENT = 32


class GgufError(ValueError):
    """The file is no GGUF, or ends too early."""


@dataclass(frozen=True)
class Head:
    """What stands before the weights.

    Attributes:
        metadata: Every key with its value.
        shapes: Every tensor's name with its dimensions, the fastest-running first.
    """

    metadata: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]


def read_head(path: Path) -> Head:
    """Read a GGUF file's head.

    Raises:
        GgufError: The file is no GGUF of version 2 or 3, or is cut.
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise GgufError(f"{path} is no GGUF file: it does not begin with the letters GGUF")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _Reader(data).head()
            except (struct.error, UnicodeDecodeError, KeyError) as error:
                raise GgufError(f"{path} is cut or damaged: {error!r}") from error


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 4

    def head(self) -> Head:
        version = self._scalar(4)
        if version not in {2, 3}:
            raise GgufError(f"GGUF version {version} is not known here; 2 and 3 are")
        tensors, keys = self._scalar(10), self._scalar(10)
        metadata = {self._string(): self._value(self._scalar(4)) for _ in range(keys)}
        return Head(metadata, dict(self._shape() for _ in range(tensors)))

    def _shape(self) -> tuple[str, tuple[int, ...]]:
        name = self._string()
        shape = tuple(self._scalar(10) for _ in range(self._scalar(4)))
        self._at += 4 + 8  # the type and the offset of the weights
        return name, shape

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            item, count = self._scalar(4), self._scalar(10)
            return [self._value(item) for _ in range(count)]
        return self._scalar(kind)

    def _scalar(self, kind: int) -> Any:
        form = _SCALARS[kind]
        (value,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return value

    def _string(self) -> str:
        length = self._scalar(10)
        self._at += length
        return self._data[self._at - length : self._at].decode()


@dataclass(frozen=True)
class Tensor:
    """Weights to be written.

    Attributes:
        name: As llama.cpp calls them.
        shape: The dimensions, the fastest-running first.
        data: Floats of 32 bits.
    """

    name: str
    shape: tuple[int, ...]
    data: memoryview


def write(
    path: Path, metadata: Mapping[str, str | int | float | bool], tensors: Sequence[Tensor]
) -> None:
    """Write a GGUF file.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
        for key, value in metadata.items():
            kind = _WRITTEN[type(value)]
            file.write(_text(key) + struct.pack("<I", kind))
            file.write(_text(value) if isinstance(value, str) else _number(kind, value))
        offset = 0
        for tensor in tensors:
            dimensions = len(tensor.shape)
            file.write(_text(tensor.name))
            file.write(struct.pack(f"<I{dimensions}Q", dimensions, *tensor.shape))
            file.write(struct.pack("<IQ", _FLOAT32, offset))
            offset += len(tensor.data) + -len(tensor.data) % _ALIGNMENT
        file.write(bytes(-file.tell() % _ALIGNMENT))
        for tensor in tensors:
            file.write(tensor.data)
            file.write(bytes(-len(tensor.data) % _ALIGNMENT))


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _number(kind: int, value: float) -> bytes:
    return struct.pack(_SCALARS[kind], value)
