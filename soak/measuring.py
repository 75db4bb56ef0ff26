"""What a process holds: memory, sockets and threads, as far as the system tells."""

import ctypes
import os
import resource
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Held:
    """What this process holds.

    Attributes:
        memory: MB.
        sockets: Open ones; None where the system does not tell.
        threads: Running ones.
    """

    memory: float
    sockets: int | None
    threads: int

    @classmethod
    def now(cls) -> "Held":
        """At this moment."""
        return cls(memory(), sockets(os.getpid()), threading.active_count())


def memory() -> float:
    """The MB that are resident; where the system does not say, the most that ever were."""
    status = PROC / "self" / "status"
    if status.exists():
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024**2 if sys.platform == "darwin" else most / 1024


def sockets(process: int) -> int | None:
    """The sockets that a process has open."""
    folder = PROC / str(process) / "fd"
    if not folder.exists():
        return None
    count = 0
    for file in folder.iterdir():
        try:
            count += str(file.readlink()).startswith("socket:")
        except OSError:  # closed meanwhile
            continue
    return count


def sockets_when_closed(process: int, wanted: int | None) -> int | None:
    """The sockets of a process that closes its side: as soon as so many, or what is left."""
    until = time.monotonic() + 10
    while (found := sockets(process)) != wanted and time.monotonic() < until:
        continue
    return found


def child() -> int | None:
    """The one process that this one started."""
    file = PROC / "self" / "task" / str(os.getpid()) / "children"
    return int(file.read_text().split()[0]) if file.exists() else None


def give_back_memory() -> None:
    """Have the allocator give back what nobody holds; glibc keeps it otherwise."""
    with suppress(AttributeError, OSError, TypeError):  # another system's allocator
        ctypes.CDLL(None).malloc_trim(0)
