"""`lorax chat`: a conversation, in a terminal or line by line through a pipe."""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from lorax import Client
from lorax.command.exits import Exit, in_words, judged
from lorax.command.generating import plain
from lorax.command.options import AsJson, Asked, Server, with_options
from lorax.command.printing import complain, note, put, put_json, whole_lines
from lorax.errors import LoraxError

_COMMANDS = "/adapter NAME (none: the base model), /reset, /quit"


@with_options
def chat(
    server: Server,
    asked: Asked,
    system: Annotated[str | None, typer.Option(help="What stands before the conversation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Talk with a model. At a terminal Ctrl-C ends an answer; the end of input ends it all.

    /adapter NAME goes on with another adapter, /reset forgets the conversation, /quit ends it.
    Where stdin is no terminal, each line of it is a turn. What fails leaves the rest as it was.
    """
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    with server.client() as client:
        talk = _Conversation(client, {"api_token": server.api_token, **asked.keywords}, system)
        worst = Exit.OK
        for line in _lines(at_terminal):
            word, _, rest = line.strip().partition(" ")
            if word == "/quit":
                break
            if word.startswith("/"):
                talk.obey(word, rest.strip())
            elif word:
                worst = _turn(server, talk, line, as_json, at_terminal) or worst
    if not at_terminal:
        raise typer.Exit(worst)


class _Conversation:
    """The turns so far, and who answers the next."""

    def __init__(self, client: Client, keywords: dict[str, Any], system: str | None) -> None:
        self._client = client
        self._keywords = keywords
        self._beginning = [{"role": "system", "content": system}] if system else []
        self._turns = list(self._beginning)

    def obey(self, word: str, rest: str) -> None:
        """Do what a line that begins with / says."""
        if word == "/adapter":
            self._keywords["adapter_id"] = rest or None
            note(f"goes on with {rest or 'the base model'}")
        elif word == "/reset":
            self._turns = list(self._beginning)
            note("forgotten")
        else:
            note(f"there is no {word}; there are {_COMMANDS}")

    def ask(self, text: str, write: Callable[[str], None]) -> dict[str, Any]:
        """Ask for the next turn; it is kept when it is whole."""
        turns = [*self._turns, {"role": "user", "content": text}]
        said, reason, usage = "", None, None
        with self._client.chat_stream(turns, **self._keywords) as stream:
            for chunk in stream:
                said += chunk.text
                reason = chunk.finish_reason or reason
                usage = chunk.usage or usage
                write(chunk.text)
        self._turns = [*turns, {"role": "assistant", "content": said}]
        return {
            "text": said,
            "finish_reason": reason,
            "usage": usage and usage.model_dump(),
            "metadata": stream.metadata and plain(stream.metadata),
        }


def _turn(
    server: Server, talk: _Conversation, line: str, as_json: bool, at_terminal: bool
) -> Exit | None:
    """Ask and print; what an error comes to, or None."""
    try:
        if as_json:
            put_json(talk.ask(line, write=lambda _: None))
        else:
            with whole_lines() as write:
                talk.ask(line, write)
    except LoraxError as error:
        code, todo = judged(error)
        said = server.hide(in_words(error))
        if as_json:
            put_json({"error": {"kind": type(error).__name__, "message": said, "todo": todo}})
        else:
            complain(said, todo)
        return code
    except KeyboardInterrupt:
        if not at_terminal:
            raise
        put("\n")
        note("ended, and left out of the conversation")
    return None


def _lines(at_terminal: bool) -> Iterator[str]:
    if not at_terminal:
        for line in sys.stdin:
            yield line.rstrip("\r\n")
        return
    note(_COMMANDS)
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")  # arrows, and lines from before
    while True:
        try:
            yield input("> ")
        except EOFError:
            put("\n")
            return
