"""What of a client's settings may be secret: it is left out of pickles, and missed afterwards."""

from collections.abc import Mapping
from typing import Any

import httpx

from lorax import errors

Names = dict[str, list[str]]


def names(settings: Mapping[str, Any], also: Names | None = None) -> Names:
    """The names of what may be secret, by the setting that holds it.

    Args:
        settings: A client's.
        also: Names that were left out before.
    """
    there = {
        "headers": settings["headers"],
        "cookies": settings["cookies"],
        "api_key": [] if settings["_api_key"] is None else ["the key"],
        "base_url": ["its user"] if httpx.URL(settings["_base_url"]).userinfo else [],
    }
    before = also or {}
    return {setting: list({*before.get(setting, ()), *some}) for setting, some in there.items()}


def without(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without it."""
    url = str(httpx.URL(settings["_base_url"]).copy_with(userinfo=b""))
    return {**settings, "_base_url": url, "headers": {}, "cookies": {}, "_api_key": None}


def check(left_out: Names, settings: Mapping[str, Any]) -> None:
    """Make sure that what a pickle left out was set again: nothing is sent without its key.

    Raises:
        ValidationError: It was not.
    """
    there = names(settings)
    missing = [
        f"{setting} ({', '.join(parts)})"
        for setting, parts in left_out.items()
        if not set(parts) <= set(there[setting])
    ]
    if missing:
        raise errors.ValidationError(
            "This client was unpickled, and what may be secret is never pickled: set its "
            f"{' and '.join(missing)} again, or make the client where it is used."
        )
