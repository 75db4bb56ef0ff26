"""Regular expressions, parsed by the parser of Python's own re."""

import re
import sys
from typing import Any

from lorax_devserver.errors import EngineError

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

ENDLESS = int(parser.MAXREPEAT)  # how often something may come that may come for ever


def parse(pattern: str) -> Any:
    """The tree of a pattern.

    Raises:
        EngineError: It is none.
    """
    try:
        return parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, FutureWarning) as error:
        raise EngineError(f"{pattern[:80]!r} is no regular expression: {error}") from error
