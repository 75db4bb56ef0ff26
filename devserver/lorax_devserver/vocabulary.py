"""A model's vocabulary as its GGUF file holds it: which bytes each token stands for."""

from collections.abc import Sequence
from typing import Any

from lorax_devserver.engine import Piece

_CONTROL, _USER_DEFINED = 3, 4


class Vocabulary:
    """Token ids and the bytes they stand for.

    Args:
        metadata: The head of a GGUF file.

    Raises:
        KeyError: The vocabulary is not byte-level BPE.
    """

    def __init__(self, metadata: dict[str, Any]) -> None:
        texts: list[str] = metadata["tokenizer.ggml.tokens"]
        kinds: list[int] = metadata["tokenizer.ggml.token_type"]
        if metadata["tokenizer.ggml.model"] != "gpt2":
            raise KeyError("gpt2")
        self.eos_token_id: int = metadata["tokenizer.ggml.eos_token_id"]
        self._pieces = [
            Piece(number, text.encode(), special=kind == _CONTROL)
            if kind in {_CONTROL, _USER_DEFINED}
            else Piece(number, to_bytes(text))
            for number, (text, kind) in enumerate(zip(texts, kinds, strict=True))
        ]
        self._ids = {piece.data: piece.id for piece in self._pieces if not piece.special}

        self.line_end = self._ids[b"\n"]

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, token_id: int) -> Piece:
        return self._pieces[token_id]

    def special_names(self) -> list[str]:
        """The names of the special tokens."""
        return [piece.data.decode() for piece in self._pieces if piece.special]

    def split(self, data: bytes, count: int) -> Sequence[Piece] | None:
        """Cut bytes into so many tokens, the longest first; None when that cannot be done."""
        if count == 0:
            return [] if not data else None
        for length in range(len(data), 0, -1):
            found = self._ids.get(data[:length])
            if found is not None and (rest := self.split(data[length:], count - 1)) is not None:
                return [self._pieces[found], *rest]
        return None


def _byte_alphabet() -> dict[int, str]:
    """The character that byte-level BPE writes for each byte, as GPT-2 chose them."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {byte: chr(byte) for byte in printable}
    return alphabet | {byte: chr(256 + place) for place, byte in enumerate(others)}


_TO_CHARACTER = _byte_alphabet()
_TO_BYTE = {character: byte for byte, character in _TO_CHARACTER.items()}


def to_bytes(text: str) -> bytes:
    """The bytes behind a token's text in the vocabulary (`Ġis` is ` is`)."""
    return bytes(_TO_BYTE[character] for character in text)


def vocabulary_form(piece: Piece) -> str:
    """A token as the vocabulary writes it (` is` is `Ġis`); a special token is its name."""
    if piece.special:
        return piece.data.decode()
    return "".join(_TO_CHARACTER[byte] for byte in piece.data)


def placed(text: str, pieces: list[Piece]) -> list[dict[str, Any]]:
    """Tokens with their places in the text, in characters, as /tokenize gives them."""
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    place = {at: number for number, at in enumerate(starts)}
    tokens, at = [], 0
    for piece in pieces:
        end = at + len(piece.data)
        # A token that begins or ends inside a character counts as all of it.
        start = next(place[byte] for byte in range(at, -1, -1) if byte in place)
        stop = next(place[byte] for byte in range(end, starts[-1] + 1) if byte in place)
        name = vocabulary_form(piece)
        tokens.append({"id": piece.id, "text": name, "start": start, "stop": stop})
        at = end
    return tokens
