"""What the bytes of an answer say, by a reader of our own that shares nothing with the client's.

It is slow, needs all bytes at once and stumbles over most damage. That is enough: what the client
reads without an error is to be what this says.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from fuzz.answers import Answer
from lorax.exchange import StreamCall

BLANK = re.compile(rb"\r?\n(?:\r?\n)+")
END_TOKEN = re.compile(r"<\S+>")


@dataclass(frozen=True)
class Said:
    """What an answer says.

    Attributes:
        text: Its text as the server gave it, before stop sequences and tools.
        reason: Why the server ended it, in its own words.
    """

    text: str
    reason: str = "stop"


def said(answer: Answer, data: bytes) -> Said | None:
    """What an answer says; None where more than one reading of it would be right.

    Raises:
        ValueError: It is not complete, or not of the protocol; LookupError, TypeError too.
    """
    if isinstance(answer.call, StreamCall):
        read = native_stream if answer.kind == "native" else chat_stream
        return read(list(events(data)))
    value = _json(data)
    return {"native": native_whole, "chat": chat_whole}[answer.kind](value)


def events(data: bytes) -> list[bytes]:
    """The data of all events that an empty line ends."""
    blocks = BLANK.split(data.removeprefix(b"\xef\xbb\xbf"))[:-1]
    found = []
    for block in blocks:
        lines = [line.removesuffix(b"\r") for line in block.split(b"\n")]
        data_lines = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
        if data_lines:
            found.append(b"\n".join(data_lines))
    return found


def native_stream(found: list[bytes]) -> Said | None:
    """A native stream ends with the event that has generated_text."""
    text = ""
    for data in found:
        event = _json(data)
        token = event["token"]
        special = token.get("special", False)
        if not isinstance(special, bool):
            return None  # a flag in another form
        text += "" if special else token["text"]
        if event.get("generated_text") is not None:
            return Said(text)
    raise ValueError("generated_text never came")


def chat_stream(found: list[bytes]) -> Said | None:
    """A streamed chat answer ends with the mark of its end, after a reason was told."""
    text, reason = "", None
    for data in found:
        if data == b"[DONE]":
            if reason is not None:
                return Said(text, reason)
            continue
        choice = _json(data)["choices"][0]
        content = _content(choice)
        if choice.get("finish_reason") == "length" and END_TOKEN.fullmatch(content):
            return None  # an end token, or a text that looks like one
        if reason is not None and content:
            raise ValueError("more came after a reason was told")
        reason = choice.get("finish_reason") if reason is None else reason
        text += content
    raise ValueError("[DONE] never came after a reason")


def native_whole(value: Any) -> Said | None:
    """A whole native answer; its tokens say more than its text, if they are there."""
    details = value[0].get("details") or {}
    tokens = details.get("tokens")
    if not tokens:
        return Said(value[0]["generated_text"])
    if not all(isinstance(token.get("special", False), bool) for token in tokens):
        return None
    return Said("".join(token["text"] for token in tokens if not token.get("special")))


def chat_whole(value: Any) -> Said:
    """A whole chat answer."""
    choice = value["choices"][0]
    return Said(_content(choice), choice.get("finish_reason") or "stop")


def _content(choice: Any) -> str:
    message = choice.get("message")
    said = choice.get("delta") if message is None else message
    return ((said or {}).get("content")) or ""


def _json(data: bytes) -> Any:
    # A number may be longer than Python converts.
    return json.loads(data.decode(), parse_int=lambda digits: digits)
