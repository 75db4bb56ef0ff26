"""What must hold for every answer, however damaged it is and wherever it is cut."""

import json
import random
import sys
import time
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fuzz import oracle
from fuzz.answers import Answer, made_call, whole
from lorax.errors import LoraxError
from lorax.exchange import Call, Head, Reading, StreamCall
from lorax.types import ChatChunk, ChatResponse, StreamResponse

# Bytes that a reader may hold for each byte that it was fed, and beside that: Python's own objects
# around a few characters each.
HELD_EACH, HELD_ANYWAY = 200, 10_000
LONG = 1000  # bytes of an input whose time and memory tell something


class PropertyError(AssertionError):
    """A property that does not hold.

    Args:
        what: Which.
        details: What was seen.
    """

    def __init__(self, what: str, details: str) -> None:
        super().__init__(f"{what}: {details}")
        self.what = what


@dataclass(frozen=True)
class Fed:
    """What a call is fed with.

    Attributes:
        answer: The answer as it was, with its call.
        head: What comes before the bytes.
        data: The bytes.
        cuts: A seed of where they are cut into chunks.
    """

    answer: Answer
    head: Head
    data: bytes
    cuts: int

    @property
    def is_undamaged(self) -> bool:
        """Whether it is the answer as it was."""
        return self.head is self.answer.head and self.data == b"".join(self.answer.parts)

    def chunks(self) -> list[bytes]:
        """The bytes in pieces: single ones, or a few."""
        rng = random.Random(self.cuts)
        size = len(self.data)
        if size < 3000 and rng.random() < 0.3:
            return [self.data[at : at + 1] for at in range(size)]
        at = sorted(rng.randrange(size + 1) for _ in range(rng.choice([1, 3, 30])))
        return [self.data[a:b] for a, b in zip([0, *at], [*at, size], strict=True)]


@dataclass
class Outcome:
    """What a call gave: pieces or an answer, and how it ended."""

    items: list[Any] = field(default_factory=list)
    error: LoraxError | None = None
    seconds: float = 0.0

    @cached_property
    def facts(self) -> str:
        """All of it that can be compared."""
        error = self.error and (type(self.error).__name__, str(self.error), self.error.status)
        return repr(([_facts(item) for item in self.items], error))

    @property
    def text(self) -> str:
        """The text to show."""
        return "".join(item.text for item in self.items)


def _facts(item: Any) -> Any:
    """What an item says; the ids of calls are made anew each time."""
    if isinstance(item, ChatChunk | ChatResponse):
        no_id = {"__all__": {"id"}}
        return item.model_dump(exclude={"tool_calls": no_id, "calls": no_id})
    if isinstance(item, StreamResponse):
        return item, item.text, item.is_last, item.is_stopped, item.finish_reason
    return item, getattr(item, "text", None), getattr(item, "finish_reason", None)


def check(fed: Fed) -> Outcome:
    """What becomes of it, if all properties hold.

    Raises:
        PropertyError: One does not.
    """
    outcome = _outcome(fed, [fed.data])
    in_pieces = _outcome(fed, fed.chunks())
    if outcome.facts != in_pieces.facts:
        raise PropertyError(
            "pieces", f"cut into chunks it is {in_pieces.facts}, and whole {outcome.facts}"
        )
    if outcome.error is not None:
        if fed.answer.is_whole and fed.is_undamaged:
            raise PropertyError("whole", f"an answer that is whole gives {outcome.error!r}")
        _can_be_written(str(outcome.error))
    elif fed.answer.kind in {"native", "chat"}:
        _is_what_was_said(fed, outcome)
    return in_pieces


def _outcome(fed: Fed, chunks: Iterable[bytes]) -> Outcome:
    outcome = Outcome()
    began = time.process_time()
    try:
        for item in _items(fed, chunks):
            outcome.items.append(item)
    except LoraxError as error:
        outcome.error = error
    except Exception as error:
        raise PropertyError(
            "errors", f"{type(error).__name__} leaves: {str(error)[:200]}"
        ) from error
    outcome.seconds = time.process_time() - began
    return outcome


def _items(fed: Fed, chunks: Iterable[bytes]) -> Iterator[Any]:
    call = fed.answer.call
    if isinstance(call, Call):
        yield call.read(fed.head, b"".join(chunks))
        return
    reading = Reading(call)
    if not fed.head.is_stream:
        raise reading.refusal(fed.head, b"".join(chunks))
    reading.begin(fed.head)
    for chunk in chunks:
        yield from reading.feed(chunk)
    reading.end()


def _can_be_written(text: str) -> None:
    try:
        text.encode()
    except UnicodeError:
        raise PropertyError("errors", f"the error's words cannot be written: {text!r}") from None


def _is_what_was_said(fed: Fed, outcome: Outcome) -> None:
    """An answer without an error is all that the bytes say."""
    try:
        said = oracle.said(fed.answer, fed.data)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        problem = f"it ends as if it were whole, with {outcome.text!r}: {error!r}"
        raise PropertyError("complete", problem) from None
    if said is None:
        return
    if fed.answer.tools:
        _are_its_calls(fed, outcome, said)
    else:
        _is_text(outcome, said.text, fed.answer.stops)


def _is_text(outcome: Outcome, text: str, stops: Iterable[str]) -> None:
    ends = [text.index(stop) for stop in stops if stop in text]
    shown = text[: min(ends, default=None)]
    if outcome.text != shown:
        raise PropertyError("text", f"the text is {outcome.text!r}, where {shown!r} was said")


def _are_its_calls(fed: Fed, outcome: Outcome, said: oracle.Said) -> None:
    """Deltas put together are the calls of a whole answer that says the same."""
    answer = fed.answer
    calls, reason = put_together(outcome)
    if answer.tools == "ours" and isinstance(answer.call, StreamCall):
        call = made_call("chat", stream=False, stops=answer.stops, tools="ours")
        assert isinstance(call, Call), "it does not stream"
        body = json.dumps(whole("chat", said.text, said.reason)).encode()
        response = call.read(Head(200, {}, ""), body)
        same = [(each.name, each.text) for each in response.tool_calls]
        if (calls, outcome.text, reason) != (same, response.text, response.finish_reason):
            raise PropertyError(
                "calls",
                f"streamed it is {calls}, {outcome.text!r}, {reason!r}; whole it is {response!r}",
            )
    for item in outcome.items:
        if isinstance(item, ChatChunk) and item.finish_reason is not None:
            read = [(each.name, each.text) for each in item.calls]
            if read != calls:
                raise PropertyError("calls", f"its pieces are {calls}; at its end it is {read}")
    if reason == "tool_calls" and not calls:
        raise PropertyError("calls", "it ends with calls, and there are none")
    for _, arguments in calls if reason == "tool_calls" else ():
        _json(arguments)
    _is_what_the_form_says(answer, said.text, outcome, calls)


def put_together(outcome: Outcome) -> tuple[list[tuple[str, str]], str | None]:
    """The calls of an answer, from its deltas or whole, and why it ended."""
    calls: dict[int, tuple[str, str]] = {}
    reason = None
    for item in outcome.items:
        reason = item.finish_reason or reason
        for place, call in enumerate(item.tool_calls):
            if isinstance(item, ChatResponse):
                calls[place] = (call.name, call.text)
            else:
                name, arguments = calls.get(call.index, ("", ""))
                calls[call.index] = (name + (call.name or ""), arguments + call.arguments)
    return list(calls.values()), reason


def _json(text: str, *, unique: bool = False) -> Any:
    """What strict JSON holds, numbers as they are written; if told to, without keys given twice."""

    def no_number(word: str) -> None:
        raise ValueError(f"{word} is no number")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if unique and len(dict(pairs)) < len(pairs):
            raise ValueError("a key stands there twice")
        return dict(pairs)

    try:
        return json.loads(
            text,
            parse_constant=no_number,
            parse_int=lambda digits: (digits,),
            parse_float=lambda digits: (digits,),
            object_pairs_hook=members,
        )
    except (ValueError, RecursionError) as error:
        problem = f"arguments of a call are no JSON, {error}: {text[:500]!r}"
        raise PropertyError("JSON", problem) from None


def _is_what_the_form_says(
    answer: Answer, text: str, outcome: Outcome, calls: list[tuple[str, str]]
) -> None:
    """A text of the form that was asked for, read at once, has the same calls and words."""
    try:
        value = _json(text, unique=True)
        json.dumps(value, ensure_ascii=False).encode()
    except (PropertyError, UnicodeError):
        return  # what is of no form is words, or a call that was cut; halves of pairs are replaced
    found, words = _by_form(answer, value)
    if found is None:
        return
    if [(name, _json(arguments)) for name, arguments in calls] != found:
        raise PropertyError("calls", f"the calls are {calls}, where {found} was said")
    if words is not None:
        _is_text(outcome, words, answer.stops)


def _by_form(answer: Answer, value: Any) -> tuple[list[Any] | None, str | None]:
    """The calls and the words of an answer in the exact form of one; None where it is not."""
    if answer.tools == "servers" and isinstance(value, dict) and list(value) == ["function"]:
        function = value["function"]
        name = function.pop("_name", None) if isinstance(function, dict) else None
        if not isinstance(name, str) or not name:
            return None, None
        return ([], function.get("content")) if name == "no_tool" else ([(name, function)], None)
    if answer.tools == "ours":
        values = value if isinstance(value, list) else [value]
        if value == values == []:
            return None, None
        if all(_is_call(each) for each in values):
            return [(each["name"], each["arguments"]) for each in values], None
        if isinstance(value, dict) and list(value) == ["content"]:
            words = value["content"]
            return ([], words) if isinstance(words, str) else (None, None)
    return None, None


def _is_call(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"name", "arguments"}
        and isinstance(value["name"], str)
        and bool(value["name"])
        and isinstance(value["arguments"], dict)
    )


def held(fed: Fed) -> float:
    """How many bytes a reader holds for each one that it was fed, if those are many.

    Raises:
        PropertyError: More than it may.
    """
    if not (isinstance(fed.answer.call, StreamCall) and fed.head.is_stream and fed.data):
        return 0.0
    reading = Reading(fed.answer.call)
    anyway = _size(reading)
    try:
        reading.begin(fed.head)
        for _ in reading.feed(fed.data):
            pass
    except LoraxError:
        return 0.0
    more = _size(reading) - anyway
    if more > HELD_EACH * len(fed.data) + HELD_ANYWAY:
        raise PropertyError("memory", f"{more} bytes are held of {len(fed.data)}")
    return more / len(fed.data) if len(fed.data) >= LONG else 0.0


def _size(value: Any) -> int:
    """The bytes of all that an object refers to."""
    seen: set[int] = set()
    waiting, size = [value], 0
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, type | types.ModuleType | types.FunctionType):
            continue
        seen.add(id(part))
        size += sys.getsizeof(part)
        waiting += [getattr(part, "__self__", None), getattr(part, "__dict__", None)]
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple | set):
            waiting += part
    return size
