"""Tool calls read out of an answer as it grows: deltas of calls, and of words where there are some.

Two forms are known: ours, `{"name": ..., "arguments": {...}}`, a list of those, or `{"content":
...}`; and the server's own, `{"function": {"_name": ..., ...arguments}}` (recordings tools/*).
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic_core import from_json

from lorax.growing import GrowingJson, Path, Piece
from lorax.types import ToolCall, ToolCallDelta

SERVERS_WORDS = "no_tool"  # what the server calls an answer in words


def new_id() -> str:
    """An id for a call; the server gives none that tells two apart."""
    return f"call_{secrets.token_hex(12)}"


@dataclass
class _Call:
    """A call as far as it came."""

    id: str
    name: str
    arguments: str = ""
    complete: bool = False


@dataclass
class Words:
    """A JSON text as far as it came, decoded."""

    written: str = ""
    shown: str = ""

    def add(self, more: str) -> str:
        """Take more of it; give what it adds."""
        self.written += more
        decoded = cast("str", from_json(self.written, allow_partial="trailing-strings"))
        new, self.shown = decoded[len(self.shown) :], decoded
        return new


@dataclass
class ToolCalls:
    """Reads an answer in our own form, piece by piece.

    An answer that is no JSON is words: not every server holds a model to a form.
    """

    make_id: Callable[[], str] = new_id
    _calls: dict[int, _Call] = field(default_factory=dict[int, _Call])
    _words: Words = field(default_factory=Words)
    _name: str = ""
    _bare: bool | None = None

    def __post_init__(self) -> None:
        self._json = GrowingJson(self._is_wanted)

    def feed(self, text: str) -> Iterator[ToolCallDelta | str]:
        """Take more of the answer; give deltas of calls, and pieces of text."""
        if self._bare is None and (begin := text.lstrip()):
            self._bare = begin[0] not in "{["
        if self._bare:
            yield text
            return
        for piece in self._json.feed(text):
            yield from self._read(piece)

    def finish(self) -> Iterator[ToolCallDelta | str]:
        """No more comes."""
        return iter(())

    @property
    def calls(self) -> list[ToolCall]:
        """The calls so far; one that was cut is there too, and says so."""
        return [
            ToolCall(
                id=call.id,
                name=call.name,
                arguments=_arguments(call),
                text=call.arguments,
                complete=call.complete,
            )
            for call in self._calls.values()
        ]

    def _is_wanted(self, path: Path) -> bool:
        place, last = path[:-1], path[-1:]
        in_list = len(place) == 1 and isinstance(place[0], int)
        return (in_list or not place) and last in {("name",), ("arguments",), ("content",)}

    def _read(self, piece: Piece) -> Iterator[ToolCallDelta | str]:
        index = piece.path[0] if isinstance(piece.path[0], int) else 0
        kind = piece.path[-1]
        if kind == "content":
            yield from filter(None, [self._words.add(piece.text)])
        elif kind == "name":
            yield from self._named(index, piece)
        elif index in self._calls:
            yield self._more(index, piece.text, complete=piece.whole)

    def _named(self, index: int, piece: Piece) -> Iterator[ToolCallDelta]:
        self._name += piece.text
        if not piece.whole:
            return
        name, self._name = str(from_json(self._name)), ""
        call = self._calls[index] = _Call(self.make_id(), name)
        yield ToolCallDelta(index=index, id=call.id, name=call.name)

    def _more(self, index: int, text: str, *, complete: bool = False) -> ToolCallDelta:
        call = self._calls[index]
        call.arguments += text
        call.complete = complete
        return ToolCallDelta(index=index, arguments=text)


@dataclass
class ServersToolCalls(ToolCalls):
    """Reads an answer in the server's own form."""

    _begun: bool = False
    _spoken: bool = False
    _key: str = ""

    def _is_wanted(self, path: Path) -> bool:
        return len(path) == 2 and path[0] == "function"

    def _read(self, piece: Piece) -> Iterator[ToolCallDelta | str]:
        key = str(piece.path[1])
        if key == "_name":
            yield from (d for d in self._named(0, piece) if d.name != SERVERS_WORDS)
            self._spoken = 0 in self._calls and self._calls[0].name == SERVERS_WORDS
            if self._spoken:
                self._calls.clear()
        elif self._spoken and key == "content":
            yield from filter(None, [self._words.add(piece.text)])
        elif 0 in self._calls:
            text = piece.text
            if key != self._key:
                text = f"{', ' if self._begun else '{'}{json.dumps(key)}: {text}"
            self._begun, self._key = True, key
            yield self._more(0, text)

    def finish(self) -> Iterator[ToolCallDelta | str]:
        """No more comes: the arguments' end is not the call's, which the server leaves to us."""
        if self._calls and self._json.is_whole:
            yield self._more(0, "}" if self._begun else "{}", complete=True)


def _arguments(call: _Call) -> dict[str, Any]:
    if not call.arguments:
        return {}
    value: Any = from_json(call.arguments, allow_partial=not call.complete)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
