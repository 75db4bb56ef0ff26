"""Turns as other providers' APIs and frameworks have them, in the form that a server's chat takes.

Calls and results may stand among a turn's content, words and images have many forms, and answers
have parts that their own model alone knows: thoughts, searches, citations. The turns are those of
OpenAI's Chat Completions and of Anthropic's Messages; parts are also of OpenAI's Responses and of
LangChain's content blocks.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from pydantic import BaseModel

from lorax.shapes import is_object

Turn = dict[str, Any]
_CALLS = {"tool_call", "tool_use", "function_call"}
# Words, by where each kind of part has them.
_WORDS = {
    **dict.fromkeys(("text", "input_text", "output_text", "text-plain"), "text"),
    "refusal": "refusal",
}
_IMAGES = {"image", "image_url", "input_image"}


def unfolded(turn: Any) -> Iterator[Any]:
    """The results that stand in a turn as turns of their own, and then what is left of it.

    Args:
        turn: The turn, as an object or as another client's model.
    """
    given = _plain(turn)
    content = given.get("content") if is_object(given) else None
    parts = [_plain(part) for part in content] if _is_parts(content) else []
    results = [part for part in parts if is_object(part) and part.get("type") == "tool_result"]
    for part in results:
        said = "" if part.get("content") is None else part["content"]
        yield {"role": "tool", "content": said, "tool_call_id": part.get("tool_use_id")}
    if not results:
        yield given
        return
    rest = [part for part in parts if part not in results]
    beside = [value for name, value in given.items() if name not in {"role", "content"} and value]
    if rest or beside or given.get("role") != "user":
        yield {**given, "content": rest}


def in_our_form(turn: Mapping[str, Any]) -> Turn:
    """A turn whose content is words and images, and whose calls stand beside it.

    Args:
        turn: One that holds no results.

    Raises:
        ValueError: It has content that no LoRAX server takes.
    """
    given = {**turn}
    old, content = given.pop("function_call", None), given.get("content")
    parts: list[Turn] = []
    if _is_parts(content):
        parts = [_part(part) for part in content]
        given["content"] = _content(parts, is_answer=given.get("role") == "assistant")
    calls: Any = given.get("tool_calls") or []
    if _is_parts(calls):
        found = [*calls, *_calls_among(parts, calls)]
        given["tool_calls"] = found or ([_bare(old)] if old else None)
    return given


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else value


def _is_parts(content: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(content, list | tuple)


def _part(given: Any) -> Turn:
    """A part of content as an object; a text may stand there alone."""
    part = {"type": "text", "text": given} if isinstance(given, str) else _plain(given)
    if not is_object(part):
        raise ValueError(f"content should have parts, each with its type, not {part!r}")
    kind = part.get("type")
    return {**part, "type": kind if isinstance(kind, str) else None}


def _bare(call: Any) -> Any:
    """A call, which need not have arguments."""
    return {"arguments": None, **call} if is_object(call) else call


def _calls_among(parts: Sequence[Turn], told: Sequence[Any]) -> Iterator[Turn]:
    """The calls that stand in the content alone."""
    ids = [call.get("id") for call in map(_plain, told) if is_object(call)]
    for part in parts:
        number = part.get("call_id") or part.get("id")
        if part.get("type") in _CALLS and number not in ids:
            yield _bare({**part, "id": number})


def _content(parts: Sequence[Turn], *, is_answer: bool) -> str | list[Turn]:
    """A text, or the parts of text and images where there are images."""
    taken: list[Turn] = []
    for part in parts:
        kind = part.get("type")
        if kind in _WORDS:
            taken.append({"type": "text", "text": _words(part, may_be_none=is_answer)})
        elif kind in _IMAGES:
            taken.append({"type": "image_url", "image_url": _image(part)})
        elif not is_answer:  # what else other models leave in their answers is theirs
            raise ValueError(
                f"content of type {kind!r} cannot be sent: a LoRAX server takes text and images"
            )
    has_images = any("image_url" in part for part in taken)
    return taken if has_images else "".join(part["text"] for part in taken)


def _words(part: Turn, *, may_be_none: bool) -> str:
    """The words of a part; a file of text may hold them in base64."""
    kind, words, data = part["type"], part.get(_WORDS[part["type"]]), part.get("base64")
    if isinstance(words, str):
        return words
    if words is None and data is None and may_be_none:
        return ""
    if words is not None or not isinstance(data, str):
        raise ValueError(f"content of type {kind!r} should have its text, not {words!r}")
    try:
        return base64.b64decode(data, validate=True).decode(errors="replace")
    except ValueError as error:
        raise ValueError(f"content of type {kind!r} is no base64: {error}") from None


def _image(part: Turn) -> Turn:
    """An image in the server's form."""
    source = part.get("image_url") or part.get("source") or part
    found = source if is_object(source) else {"url": source}
    detail = found.get("detail") or part.get("detail")
    url, data = found.get("url"), found.get("base64") or found.get("data")
    if data and isinstance(data, str):
        kind = found.get("mime_type") or found.get("media_type") or "image/png"
        url = f"data:{kind};base64,{data}"
    if not url or not isinstance(url, str):
        raise ValueError("an image should have a url, or its data in base64")
    return {"url": url, "detail": detail} if detail else {"url": url}
