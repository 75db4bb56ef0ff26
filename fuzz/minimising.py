"""An input that fails made as short as it can be while it still fails the same way."""

from dataclasses import replace

from fuzz.properties import Fed, PropertyError, check, held

TRIES = 2000


def failure(fed: Fed) -> PropertyError | None:
    """Which property does not hold for an input."""
    try:
        check(fed)
        held(fed)
    except PropertyError as violation:
        return violation
    return None


def minimised(fed: Fed, what: str) -> Fed:
    """Leave out parts, halves first and single bytes at last, while the same property fails."""
    tries = TRIES
    size = len(fed.data) // 2
    while size and tries > 0:
        at = 0
        while at < len(fed.data) and tries > 0:
            shorter = replace(fed, data=fed.data[:at] + fed.data[at + size :])
            found = failure(shorter)
            tries -= 1
            if found is not None and found.what == what:
                fed = shorter
            else:
                at += size
        size //= 2
    return fed
