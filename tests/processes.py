"""Programs that tests start: however a test ends, they end with it, and what they started too."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

DEVSERVER = [sys.executable, "-m", "lorax_devserver"]


@contextmanager
def started(command: Sequence[str], **how: Any) -> Iterator["subprocess.Popen[Any]"]:
    """A program in a process group of its own; what is left of the group at the end is killed."""
    with subprocess.Popen(command, start_new_session=True, **how) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
