"""JSON values: which shape one has, told to type checkers too, and how it is written."""

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from lorax.errors import ValidationError


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether it is an object."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether it is an array."""
    return isinstance(value, list)


def json_text(value: object, what: str, *, compact: bool = False) -> str:
    """A value as JSON.

    Raises:
        ValidationError: It cannot be written so; `what` says what it is.
    """
    separators = (",", ":") if compact else None
    try:
        text = json.dumps(value, ensure_ascii=False, separators=separators, allow_nan=False)
        text.encode()  # half of a surrogate pair is no text
    except (TypeError, ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ValidationError(f"{what} cannot be written as JSON: {reason}.") from None
    return text
