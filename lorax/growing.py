"""JSON that grows: its values in pieces, as the text of them comes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Piece:
    """A piece of a value.

    Attributes:
        number: In which of the outermost values it stands, from 0: there may be several.
        path: Where it stands there: keys of objects and places of arrays, from the outside.
        text: The next piece of its JSON, as it was written.
        whole: Whether the value is complete with it.
    """

    number: int
    path: Path
    text: str
    whole: bool


class GrowingJson:
    """Takes a text of JSON in pieces and gives the values that are asked for, in pieces too.

    Args:
        wanted: Which values, by their paths; what is inside a wanted one comes with it. It is
            asked often, so its time should not grow with the path; a key not known yet is None.

    Example:
        >>> growing = GrowingJson(lambda path: path == ["a"])
        >>> [piece.text for part in ('{"a": [1', ', 2]}') for piece in growing.feed(part)]
        ['[1', ', 2]']
    """

    def __init__(self, wanted: Callable[[Sequence[str | int | None]], bool]) -> None:
        self._wanted = wanted
        # Of the containers that are open, and of this value; None before a key is known.
        self._path: list[str | int | None] = []
        self._open: list[str] = []
        self._key: list[str] | None = None  # the characters of one that is being read
        self._string = self._escaped = False
        self._depth: int | None = None  # of containers that are open within a wanted value
        self._taken: list[str] = []
        self._number = 0  # of the outermost value that comes next

    @property
    def is_whole(self) -> bool:
        """Whether something came, and all of it is complete."""
        return self._number > 0 and not self._open and not self._string and self._depth is None

    def feed(self, text: str) -> Iterator[Piece]:
        """Take more text; give what it adds to the values that are wanted."""
        for character in text:
            if self._depth is None:
                self._outside(character)
            elif (ended := self._inside(character)) is not None:
                yield self._give(whole=True)
                self._depth = None
                if not ended:  # the character is none of the value's
                    self._outside(character)
        if self._depth is not None and self._taken:
            yield self._give(whole=False)

    @property
    def _here(self) -> Path:
        return tuple(step for step in self._path if step is not None)

    def _give(self, *, whole: bool) -> Piece:
        taken = "".join(self._taken)
        self._taken.clear()
        return Piece(self._number, self._here, taken, whole)

    def _outside(self, character: str) -> None:
        if self._string:
            self._in_string(character)
            return
        if character.isspace():
            return
        is_value = character not in ",:}]" and not self._expects_key
        if is_value and self._wanted(self._path):
            self._depth = 0
            ended = self._inside(character)
            assert ended is None, "no value is one character that ends itself"
            return
        self._structure(character)

    def _in_string(self, character: str) -> None:
        """A key, or a text that nobody wants."""
        if self._key is not None:
            self._key.append(character)
        if self._ends_text(character) and self._key is not None:
            self._path[-1] = Unescaper().feed("".join(self._key))
            self._key = None

    def _ends_text(self, character: str) -> bool:
        """Take a character of a text; whether it is the quote that ends it."""
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = True
        elif character == '"':
            self._string = False
        return not self._string

    @property
    def _expects_key(self) -> bool:
        return bool(self._open) and self._open[-1] == "{" and self._path[-1] is None

    def _structure(self, character: str) -> None:
        if character == '"':
            self._string = True
            self._key = ['"'] if self._expects_key else None
        elif character in "{[":
            self._open.append(character)
            self._path.append(None if character == "{" else 0)
        elif character in "}]" and self._open:
            self._open.pop()
            self._path.pop()
            self._number += not self._open
        elif character == "," and self._open:
            place = self._path[-1]
            self._path[-1] = place + 1 if isinstance(place, int) else None

    def _inside(self, character: str) -> bool | None:
        """Take a character of a wanted value; whether it ended it, or the value ended before."""
        assert self._depth is not None, "it is called inside a value"
        if self._string:
            self._taken.append(character)
            return True if self._ends_text(character) and self._depth == 0 else None
        if self._depth == 0 and character in ",}]":
            return False
        self._taken.append(character)
        self._string = character == '"'
        if character in "{[":
            self._depth += 1
        elif character in "}]":
            self._depth -= 1
            return True if self._depth == 0 else None
        return None


_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Unescaper:
    r"""A JSON text's JSON in pieces, made the text: each part as soon as it is sure.

    It is lenient: a raw line end stands for itself, half of a surrogate pair for a replacement
    character, and what is no text at all for its own JSON.

    Example:
        >>> unescaper = Unescaper()
        >>> [unescaper.feed(part) for part in ('"caf\\u00', 'e9 ', 'noir"')]
        ['caf', 'é ', 'noir']
    """

    def __init__(self) -> None:
        self._is_text: bool | None = None
        self._held = ""  # an escape that is not whole, or the first half of a pair

    def feed(self, more: str) -> str:
        """Take more JSON; give the text that it adds."""
        if self._is_text is None and more:
            self._is_text = more[0] == '"'
            more = more[1:] if self._is_text else more
        if not self._is_text:
            return more
        shown: list[str] = []
        for character in more:
            self._held += character
            text = self._decoded()
            if text is not None:
                shown.append(text)
                self._held = ""
        return "".join(shown)

    def _decoded(self) -> str | None:
        """What is held, if it is whole; the closing quote is nothing."""
        held = self._held
        if held[0] != "\\":
            return "" if held == '"' else held
        if len(held) == 1 or (held[1] == "u" and len(held) < 6):
            return None
        if held[1] != "u":
            return _ESCAPES.get(held[1], held[1])
        try:
            code = int(held[2:6], 16)
        except ValueError:
            return held
        if 0xD800 <= code < 0xDC00 and held[6:] in {"", "\\", "\\u"}:
            return None
        if 0xD800 <= code < 0xDC00 and held[6:8] == "\\u" and len(held) < 12:
            return None
        return _pair(held)


def _pair(escapes: str) -> str:
    r"""The text of `\uXXXX` escapes that stand together, with halves that are alone replaced."""
    codes = escapes.encode("ascii", "replace")
    try:
        units = b"".join(
            int(codes[at + 2 : at + 6], 16).to_bytes(2, "big") for at in range(0, len(codes), 6)
        )
    except ValueError:
        return "\N{REPLACEMENT CHARACTER}" + escapes[6:]
    return units.decode("utf-16-be", "replace")
