"""The schemas that structured output is held to: types, plain JSON schemas and drawn ones."""

from tests.grammar import (
    drawn,
    keywords,
    models,
    nested_models,
    oddities,
    text_models,
    unions,
)
from tests.grammar.entry import Entry

_PARTS = (models, nested_models, text_models, keywords, unions, oddities, drawn)
ENTRIES: list[Entry] = [entry for part in _PARTS for entry in part.ENTRIES]
assert len({entry.name for entry in ENTRIES}) == len(ENTRIES), "the names differ"
