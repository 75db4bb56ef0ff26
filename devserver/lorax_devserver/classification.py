"""Classified tokens made entities, as the router groups them."""

from typing import Any

from lorax_devserver.engine import Entity
from lorax_devserver.wire import float32


def entities(text: str, tokens: list[Entity]) -> list[dict[str, Any]]:
    """The entities of a text, each with its words in lower case; start and end are bytes.

    Neighbouring tokens of one class are one entity; a class that is no B- or I- tag is "0". What
    stands before the first tag is left out.
    """
    groups: list[tuple[str, list[Entity]]] = []
    for token in tokens:
        name = token.label.partition("-")[2] or "0"
        if groups and groups[-1][0] == name and not token.label.startswith("B-"):
            groups[-1][1].append(token)
        elif groups or name != "0":
            groups.append((name, [token]))
    data = text.encode()
    return [_entity(name, group, data) for name, group in groups]


def _entity(name: str, group: list[Entity], data: bytes) -> dict[str, Any]:
    start, end = group[0].start, group[-1].end
    score = sum(token.score for token in group) / len(group)
    return {
        "entity_group": name,
        "score": float32(score),
        "word": data[start:end].lower().decode(errors="replace"),  # ASCII letters alone
        "start": start,
        "end": end,
    }
