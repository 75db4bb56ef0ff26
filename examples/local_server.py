"""A LoRAX server on this machine for as long as an example runs."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def local_server(*options: str) -> Iterator[str]:
    """Start lorax-devserver on a free port, give its address, and stop it at the end.

    Raises:
        RuntimeError: It did not start; what it said stands on standard error.
    """
    command = [sys.executable, "-m", "lorax_devserver", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        ready = process.stdout.readline() if process.stdout else ""
        if "ready: " not in ready:
            raise RuntimeError("the local server did not start")
        yield ready.split("ready: ")[1].split()[0]
    finally:
        process.terminate()
        process.communicate()


def run(main: Callable[[str], None], *options: str) -> None:
    """Run an example: against the server in LORAX_URL, or against one of its own."""
    try:
        if url := os.environ.get("LORAX_URL"):
            main(url)
        else:
            with local_server(*options) as url:
                main(url)
    except KeyboardInterrupt:
        sys.exit(130)


def run_scripted(main: Callable[[str], None]) -> None:
    """Run an example whose prompts tell a scripted server what to answer."""
    run(main, "--scripted")
