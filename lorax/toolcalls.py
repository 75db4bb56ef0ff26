"""Tool calls read out of an answer as it grows: deltas of calls, and of words where there are some.

Two forms are known: ours, `{"name": ..., "arguments": {...}}`, a list of those, or `{"content":
...}`; and the server's own, `{"function": {"_name": ..., ...arguments}}` (recordings tools/*).
Not every server holds a model to a form, so what is of none is words.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from lorax.growing import GrowingJson, Piece, Unescaper
from lorax.shapes import is_object
from lorax.types import ToolCall, ToolCallDelta

SERVERS_WORDS = "no_tool"  # what the server calls an answer in words
MakeId = Callable[[], str]


def new_id() -> str:
    """An id for a call; the server gives none that tells two apart."""
    return f"call_{secrets.token_hex(12)}"


def tool_call(call_id: str, name: str, text: str, *, complete: bool = True) -> ToolCall:
    """A call from its arguments' JSON; one whose arguments are no object is not complete.

    Some models write the arguments' JSON as a text; it is read all the same.
    """
    arguments: Any = None
    if complete:
        text = text or "{}"  # what some servers write for none
    try:
        arguments = from_json(text or "{}", allow_inf_nan=False, allow_partial=not complete)
        if isinstance(arguments, str):
            arguments = from_json(arguments, allow_inf_nan=False)
    except ValueError:
        complete = False
    if not is_object(arguments):
        return ToolCall(id=call_id, name=name, arguments={}, text=text, complete=False)
    return ToolCall(id=call_id, name=name, arguments=dict(arguments), text=text, complete=complete)


@dataclass
class _Call:
    """A call as far as it came; its name comes first, or after its arguments.

    Some models write the arguments' JSON as a text, and a few that text as one again, so they are
    read as one if they begin as one, twice.
    """

    id: str = ""
    name: str = ""
    index: int = -1
    named: str = ""
    arguments: str = ""
    complete: bool = False
    readers: tuple[Unescaper, ...] = field(default_factory=lambda: (Unescaper(), Unescaper()))

    def take(self, text: str) -> str:
        """Take more of the arguments as they stand in the answer; give what it adds to them."""
        for reader in self.readers:
            text = reader.feed(text)
        return text


class ToolCalls:
    """Reads an answer in our own form, piece by piece.

    Args:
        make_id: What gives a call its id.
        words_are_json: Whether an answer in words is a value of JSON, to be given as such.
    """

    def __init__(self, make_id: MakeId = new_id, *, words_are_json: bool = False) -> None:
        self._make_id = make_id
        self._words_are_json = words_are_json
        self._json = GrowingJson(self._is_wanted)
        self._calls: dict[tuple[int, int], _Call] = {}  # by outermost value, and place in a list
        self._begun: list[_Call] = []  # those that have a name
        self._words: dict[tuple[int, int], Unescaper] = {}
        self._is_bare: bool | None = None
        self._raw: list[str] = []

    def feed(self, text: str) -> Iterator[ToolCallDelta | str]:
        """Take more of the answer; give deltas of calls, and pieces of text."""
        if self._is_bare is None and (begin := text.lstrip()):
            self._is_bare = begin[0] not in "{["
            text = "".join([*self._raw, text])  # the blanks before it
            self._raw.clear()
        if self._is_bare:
            yield text
            return
        self._raw.append(text)
        for piece in self._json.feed(text):
            yield from self._read(piece)

    def finish(self) -> Iterator[ToolCallDelta | str]:
        """No more comes: JSON of no form is words after all."""
        if self._json.is_whole and not self._begun and not self._words:
            yield "".join(self._raw)

    @property
    def calls(self) -> list[ToolCall]:
        """The calls so far; one that was cut is there too, and says so."""
        return [
            tool_call(call.id, call.name, call.arguments, complete=call.complete)
            for call in self._begun
        ]

    def _is_wanted(self, path: Sequence[str | int | None]) -> bool:
        match path:
            case [last] | [int(), last]:
                return last in {"name", "arguments", "content"}
            case _:
                return False

    def _read(self, piece: Piece) -> Iterator[ToolCallDelta | str]:
        key = (piece.number, piece.path[0] if isinstance(piece.path[0], int) else 0)
        kind = piece.path[-1]
        if kind == "content":
            reader = self._words.setdefault(key, Unescaper())
            yield from filter(
                None, [piece.text if self._words_are_json else reader.feed(piece.text)]
            )
        elif kind == "name":
            yield from self._named(key, piece)
        else:
            yield from self._more(key, piece.text, complete=piece.whole)

    def _named(self, key: tuple[int, int], piece: Piece) -> Iterator[ToolCallDelta]:
        call = self._calls.setdefault(key, _Call())
        call.named += piece.text
        if not piece.whole or call.name or not call.named.startswith('"'):
            return
        call.name = Unescaper().feed(call.named)
        if not call.name:
            return
        call.id, call.index = self._make_id(), len(self._begun)
        self._begun.append(call)
        yield ToolCallDelta(index=call.index, id=call.id, name=call.name, arguments=call.arguments)

    def _more(
        self, key: tuple[int, int], text: str, *, complete: bool = False
    ) -> Iterator[ToolCallDelta]:
        call = self._calls.setdefault(key, _Call())
        if call.complete:
            return  # arguments that were given twice
        more = call.take(text)
        if complete and not call.arguments:
            more = more or "{}"  # what some models write for none
        call.arguments += more
        call.complete = complete
        if call.name and more:
            yield ToolCallDelta(index=call.index, arguments=more)


class ServersToolCalls(ToolCalls):
    """Reads an answer in the server's own form."""

    def __init__(self, make_id: MakeId = new_id) -> None:
        super().__init__(make_id)
        self._spoken = False
        self._argument: str | None = None  # the one that is being read

    def _is_wanted(self, path: Sequence[str | int | None]) -> bool:
        return len(path) == 2 and path[0] == "function"

    def _read(self, piece: Piece) -> Iterator[ToolCallDelta | str]:
        here, key = (piece.number, 0), str(piece.path[1])
        if key == "_name":
            deltas = list(self._named(here, piece))
            self._spoken = self._calls[here].name == SERVERS_WORDS
            if self._spoken:
                self._begun.remove(self._calls.pop(here))
            else:
                yield from deltas
        elif self._spoken and key == "content":
            text = self._words.setdefault(here, Unescaper()).feed(piece.text)
            yield from filter(None, [text])
        elif here in self._calls:
            text = piece.text
            if key != self._argument:
                text = f"{'{' if self._argument is None else ', '}{json.dumps(key)}: {text}"
            self._argument = key
            yield from self._more(here, text)

    def finish(self) -> Iterator[ToolCallDelta | str]:
        """No more comes: the arguments' end is not the call's, which the server leaves to us."""
        yield from super().finish()
        if self._json.is_whole:
            for key in self._calls:
                end = "{}" if self._argument is None else "}"
                yield from self._more(key, end, complete=True)
