"""What a corpus is made of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A response format.

    Attributes:
        name: What it is called in the table.
        form: The response format.
        error: Words of the error where it cannot be one.
    """

    name: str
    form: Any
    error: str | None = None
