"""What the command exits with, and what to do about each error, in the command's own words."""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import IntEnum

import typer

from lorax import errors
from lorax.command.printing import complain


class Exit(IntEnum):
    """What the command exits with."""

    OK = 0
    OTHER = 1
    USAGE = 2
    CONNECTION = 3
    NOT_LORAX = 4
    SERVER = 5
    ADAPTER = 6
    OVERLOADED = 7
    TIMEOUT = 8
    MISMATCH = 9
    REFUSED = 10
    INTERRUPTED = 130
    PIPE = 141


MEANINGS = {
    Exit.OK: "all went well",
    Exit.OTHER: "any other error",
    Exit.USAGE: "an option or a text that is not allowed",
    Exit.CONNECTION: "no connection: name, port or TLS, or it broke",
    Exit.NOT_LORAX: "what answers is not LoRAX",
    Exit.SERVER: "the server is not healthy, or failed",
    Exit.ADAPTER: "the adapter is not there, not allowed, does not fit, or was lost",
    Exit.OVERLOADED: "the server works on as many requests as it takes",
    Exit.TIMEOUT: "no answer in time",
    Exit.MISMATCH: "a schema that costs too much, or an answer that does not fit it",
    Exit.REFUSED: "a gateway wants a key, or another one",
    Exit.INTERRUPTED: "Ctrl-C",
    Exit.PIPE: "whoever read the output has left",
}

_DOCTOR = "`lorax doctor` finds out where the way to the server ends."
# A subclass stands before its base.
_BY_ERROR: list[tuple[type[errors.LoraxError], Exit, str]] = [
    (
        errors.SchemaTooCostlyError,
        Exit.MISMATCH,
        "`lorax doctor --schema FILE` tells what it costs and where.",
    ),
    (
        errors.AnswerMismatchError,
        Exit.MISMATCH,
        "An answer that --max-new-tokens cut is no whole JSON: allow more. "
        "`lorax doctor --schema FILE` tells what else cannot be enforced.",
    ),
    (errors.ValidationError, Exit.USAGE, ""),
    (
        errors.AdapterNotFoundError,
        Exit.ADAPTER,
        "Check the spelling of --adapter, and --source for where the server looks for it.",
    ),
    (
        errors.AdapterAccessError,
        Exit.ADAPTER,
        "Give a token that may read the adapter: --api-token, or LORAX_API_TOKEN.",
    ),
    (
        errors.AdapterLoadError,
        Exit.ADAPTER,
        "Take an adapter that was made for the server's model, of a rank that the server allows.",
    ),
    (
        errors.AdapterLostError,
        Exit.ADAPTER,
        "Something between here and the server changed it: try the server's own address.",
    ),
    (
        errors.GenerationError,
        Exit.SERVER,
        "Try again, as it may be another request's failure; then look at the server's log.",
    ),
    (errors.UnhealthyError, Exit.SERVER, "It may still be loading: wait, or look at its log."),
    (errors.ShardNotReadyError, Exit.SERVER, "Wait, or look at the server's log."),
    (
        errors.IncompleteGenerationError,
        Exit.SERVER,
        "Try again; if it happens often, look at the server's log and at gateways' time limits.",
    ),
    (errors.OverloadedError, Exit.OVERLOADED, "Send fewer at once, or try again later."),
    (errors.RateLimitExceededError, Exit.OVERLOADED, "Send fewer at once, or try again later."),
    (
        errors.RequestTimeoutError,
        Exit.TIMEOUT,
        "An adapter's first use can take minutes: give --timeout more seconds.",
    ),
    (errors.ShardTimeoutError, Exit.TIMEOUT, "A gateway gave up waiting: allow more time there."),
    (errors.ConnectionFailedError, Exit.CONNECTION, _DOCTOR),
    (errors.UnexpectedAnswerError, Exit.NOT_LORAX, "`lorax doctor` tells what it seems to be."),
    (errors.NotFoundError, Exit.NOT_LORAX, "`lorax doctor` tells what it seems to be."),
]
_KEY = "Give the key that the gateway wants: --api-key, or LORAX_API_KEY."


def judged(error: errors.LoraxError) -> tuple[Exit, str]:
    """What an error exits with, and what to do about it."""
    if error.status in {401, 403, 407}:
        return Exit.REFUSED, _KEY
    for kind, code, todo in _BY_ERROR:
        if isinstance(error, kind):
            return code, todo
    status = error.status or 0
    if status >= 500:
        return Exit.SERVER, "Wait, or look at the logs of the server and of gateways before it."
    if 200 <= status < 400:
        return Exit.NOT_LORAX, "Give --url the address of the server itself."
    return Exit.OTHER, ""


def in_words(error: errors.LoraxError) -> str:
    """What went wrong, with the status that came."""
    said = error.message
    status = str(error.status or 200)
    if status != "200" and status not in said:
        said = f"{said.rstrip('.')} (status {status})"
    return said if said.endswith((".", "?", "!")) else f"{said}."


@contextmanager
def exiting(hide: Callable[[str], str]) -> Generator[None, None, None]:
    """Tell what goes wrong in plain words, without secrets, and exit with its code."""
    try:
        yield
    except errors.LoraxError as error:
        code, todo = judged(error)
        complain(hide(in_words(error)), todo)
        raise typer.Exit(code) from None
    except UnicodeDecodeError as error:
        complain(f"stdin is no text: {error.reason}")
        raise typer.Exit(Exit.USAGE) from None
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            sys.stderr.write("\n")  # behind the ^C
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.PIPE) from None
