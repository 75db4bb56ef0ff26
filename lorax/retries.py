"""When a connection that could not be made is tried again."""

import random
from collections.abc import Iterator

_FIRST, _LONGEST = 0.2, 5.0


def pauses(retries: int) -> Iterator[float]:
    """Seconds to wait before each retry: at random up to a bound that doubles ("full jitter").

    Those who were refused together do not come back together.

    Example:
        >>> len(list(pauses(3)))
        3
    """
    for number in range(retries):
        yield random.uniform(0, min(_FIRST * 2**number, _LONGEST))  # noqa: S311
