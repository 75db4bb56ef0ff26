"""What LlamaIndex's own code warns of, which is not ours to mend; any other warning is an error."""

from typing import Any

import pytest

# Its workflows and engines ask for things by names and ways of before.
OLD_NAMES = [
    pytest.mark.filterwarnings(f"ignore:{words}")
    for words in (
        "The `__fields",
        "Accessing the 'model_",
        "is_running called from within a step",
        "There is no current event loop",  # of engines that are waited for, on Python 3.13
    )
]
# Its agents leave a database open, its engines an event loop; that is told when they are collected.
LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def leaving_things_open(test: Any) -> Any:
    """A test of agents or engines."""
    for mark in (*OLD_NAMES, LEFT_OPEN):
        test = mark(test)
    return test
