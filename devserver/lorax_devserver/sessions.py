"""Sessions with a LoRAX server in a file: what was asked and answered, in order, without secrets.

A file is a JSON list of cases, in the form of the recordings that this project's tests have:
`name`, `note`, `request` {method, path, headers, body}, and `response` {status, headers, text,
seconds}, with `broken` where the connection ended in mid-answer, or `error` instead of the others
where no answer came. A long prompt may stand as `repeat` {"inputs": [unit, times]} beside the body.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lorax_devserver.errors import StartError

SECRET = "[secret]"  # noqa: S105  (what stands in a secret's place)
_ASKED_WITH = re.compile(r"auth|cookie|token|secret|password|api-?key|signature", re.IGNORECASE)
# An answer counts tokens in its headers.
_ANSWERED_WITH = re.compile(r"cookie|authorization|secret|password|api-?key", re.IGNORECASE)
_FIELD = re.compile(r"^(api_?token|api_?key|access_?token|password|secret)$", re.IGNORECASE)
_SHORTEST_SECRET = 8  # a shorter one is not looked for in other texts: words would have it in them


@dataclass(frozen=True)
class Question:
    """A request without what is secret in it.

    Attributes:
        method: `POST`, or what else it is.
        path: Its route, with its query.
        headers: Its headers.
        body: Its JSON, another body as text, or None.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any

    def differences(self, other: "Question") -> list[str]:
        """Where the bodies of two requests for the same route differ, place by place."""
        mine, theirs = dict(_places(self.body)), dict(_places(other.body))
        return [
            f"{place} was {mine.get(place, 'not there')} and is {theirs.get(place, 'not there')}"
            for place in dict.fromkeys([*mine, *theirs])
            if mine.get(place) != theirs.get(place)
        ]


class Secrets:
    """What is secret in a request, to be left out of everything that is written of it.

    Args:
        headers: The request's headers.
        path: Its path and query.
        content: Its body.
    """

    def __init__(self, headers: Sequence[tuple[str, str]], path: str, content: bytes) -> None:
        self._values: set[str] = set()
        kept = {name: self._blanked(_ASKED_WITH, name, value) for name, value in headers}
        parts = urlsplit(path)
        query = [
            (name, self._blanked(_FIELD, name, value))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        bare = f"{parts.path}?{urlencode(query, safe='[]')}" if query else parts.path
        body = self._without_fields(_read(content))
        # A secret found anywhere is looked for everywhere.
        self.headers = {name: self.hide(value) for name, value in kept.items()}
        self.path = self.hide(bare)
        self.body = self._hidden_in(body)

    def hide(self, text: str) -> str:
        """The text without the secrets of the request, for what the server says of it."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, SECRET)
        return text

    def hidden(self, headers: Sequence[tuple[str, str]]) -> list[list[str]]:
        """An answer's headers without secrets, the server's own included."""
        return [[k, self.hide(self._blanked(_ANSWERED_WITH, k, v))] for k, v in headers]

    def _blanked(self, secret: re.Pattern[str], name: str, value: str) -> str:
        """What stands for a value that may be secret; it is remembered if it is."""
        if not secret.search(name):
            return value
        # Of `Bearer KEY` and `theme=dark; sid=KEY` the key alone may turn up elsewhere.
        cookies = [pair.partition("=")[2] for pair in value.split(";")]
        for found in (value, *value.split()[-1:], *cookies):
            if len(found) >= _SHORTEST_SECRET:
                self._values |= {found, json.dumps(found)[1:-1]}
        return SECRET

    def _without_fields(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._without_fields(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: self._blanked(_FIELD, name, item)
            if isinstance(item, str)
            else self._without_fields(item)
            for name, item in value.items()
        }

    def _hidden_in(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list):
            return [self._hidden_in(item) for item in value]
        if isinstance(value, dict):
            return {name: self._hidden_in(item) for name, item in value.items()}
        return value


def question(
    method: str, path: str, headers: Sequence[tuple[str, str]], content: bytes
) -> tuple[Question, Secrets]:
    """A request as it is written down, and the secrets that were in it."""
    secrets = Secrets(headers, path, content)
    return Question(method, secrets.path, secrets.headers, secrets.body), secrets


def begin(file: Path) -> None:
    """Make a new file for a session.

    Raises:
        StartError: There is one already, or none can be made.
    """
    if file.exists():
        raise StartError(f"{file} is there already; a session goes into a new file")
    try:
        write(file, [])
    except OSError as error:
        raise StartError(f"{file}: {error.strerror}") from None


def write(file: Path, cases: Sequence[dict[str, Any]]) -> None:
    """Write a session, all or nothing of it; bytes that are no UTF-8 stand as escapes."""
    text = json.dumps(list(cases), indent=1, ensure_ascii=False)
    part = file.with_name(file.name + ".part")
    part.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    part.replace(file)


def read(file: Path) -> list[tuple[Question, dict[str, Any]]]:
    """The requests of a session, each with its case.

    Raises:
        StartError: The file is not there, or is no session.
    """
    try:
        cases = json.loads(file.read_bytes())
        return [(_asked(case), case) for case in cases]
    except OSError as error:
        raise StartError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StartError(f"{file} is no session with a LoRAX server: {error!r}") from None


def _asked(case: dict[str, Any]) -> Question:
    request = case["request"]
    body = request["body"]
    if repeat := request.get("repeat"):
        unit, times = repeat["inputs"]
        body = {**body, "inputs": unit * times}
    content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    headers = [*request["headers"].items()]
    return question(request["method"], request["path"], headers, content.encode())[0]


def _read(content: bytes) -> Any:
    """A body as it is written down."""
    text = content.decode(errors="surrogateescape")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text or None
    return value if isinstance(value, dict | list) else text


def _places(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """The single values of some JSON by their places."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _places(item, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from _places(item, f"{place}[{number}]")
    else:
        yield place or "the body", json.dumps(value, ensure_ascii=False)
