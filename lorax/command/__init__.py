"""The command `lorax`: ask a LoRAX server in a terminal, and find out what is wrong with one."""

import importlib
import sys
from io import TextIOWrapper
from typing import Any


def main() -> None:
    """Run the command; without its packages, say which to install."""
    try:
        app: Any = importlib.import_module("lorax.command.app").app
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"typer", "rich"}:
            raise
        sys.stderr.write(f'lorax: {missing} is missing: pip install "lorax-client[cli]"\n')
        sys.exit(2)
    # What is no text is refused; half of a surrogate pair or an old terminal stops no answer.
    for stream, errors in (sys.stdin, "strict"), (sys.stdout, "replace"), (sys.stderr, "replace"):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)
    app(prog_name="lorax")
