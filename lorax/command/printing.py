"""Texts on their way to the terminal: what could command a terminal does not reach one."""

import json
import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from lorax.errors import CostlySchemaWarning, LoraxError, MixedTokensWarning

# Escape sequences could rewrite what stands above, the clipboard or the window's title.
_PICTURES = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


def tame(text: str) -> str:
    """A text with pictures in place of control characters; line ends and tabs stay."""
    return text.translate(_PICTURES)


def put(text: str) -> None:
    """Write a text as it is, and at once; to a terminal without control characters."""
    sys.stdout.write(tame(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


@contextmanager
def whole_lines() -> Generator[Callable[[str], None], None, None]:
    """Gives what writes a text piece by piece; its last line is ended, also before an error."""
    last = ""

    def write(text: str) -> None:
        nonlocal last
        last = text or last
        put(text)

    try:
        yield write
    except LoraxError:
        if last and not last.endswith("\n"):
            put("\n")
        raise
    if not last.endswith("\n"):
        put("\n")


def put_json(value: Any) -> None:
    """Write a value as one line of JSON."""
    put(json.dumps(value, ensure_ascii=False) + "\n")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # it would exit with a code of its own


def console(*, stderr: bool = False) -> Console:
    """Rich's printer; what it is given is text, never markup."""
    return _Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def complain(said: str, todo: str = "") -> None:
    """Tell an error on stderr, and below it what to do."""
    to = console(stderr=True)
    to.print(Text.assemble(("lorax: ", "bold red"), tame(said)))
    if todo:
        advise(to, todo, indent=7)


def advise(to: Console, todo: str, indent: int) -> None:
    """Print what to do."""
    to.print(Text.assemble(" " * indent, ("→ ", "bold"), tame(todo)))


def note(said: str) -> None:
    """Tell on stderr what is no error."""
    console(stderr=True).print(Text(f"lorax: {tame(said)}", style="dim"))


@contextmanager
def warnings_noted() -> Generator[None, None, None]:
    """Tell the client's warnings in lines of our own."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        note(str(message))

    with warnings.catch_warnings():
        for kind in (CostlySchemaWarning, MixedTokensWarning):
            warnings.simplefilter("always", kind)
        warnings.showwarning = show
        yield
