"""The schemas that structured output is held to: types, plain JSON schemas and drawn ones."""

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


def entries() -> list[Entry]:
    """All of them; the names differ."""
    # Here, because these files take Entry from this one.
    from tests.grammar import (
        drawn,
        keywords,
        models,
        nested_models,
        oddities,
        text_models,
        unions,
    )

    parts = (models, nested_models, text_models, keywords, unions, oddities)
    found = [entry for part in parts for entry in part.ENTRIES]
    found += [Entry(name, form) for name, form in drawn.forms(110)]
    assert len({entry.name for entry in found}) == len(found)
    return found
