"""LangChain's messages as the client's turns, whoever wrote them down."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from langchain_lorax.answers import as_written
from lorax.errors import ValidationError

Turn = dict[str, Any]
_CALLS = {"tool_call", "tool_use", "function_call"}
# Words, by where each kind of block has them.
_WORDS = {"text": "text", "text-plain": "text", "output_text": "text", "refusal": "refusal"}


def turns(messages: Sequence[BaseMessage]) -> list[Turn]:
    """A conversation as the client takes it.

    Args:
        messages: LangChain's messages, of this model or of any other: calls may stand in
            `tool_calls`, or as blocks in the content of an OpenAI or Anthropic model.

    Raises:
        ValidationError: A message has content that no LoRAX server takes.
    """
    return [turn for message in messages for turn in _turns(message)]


def _turns(message: BaseMessage) -> Iterator[Turn]:
    blocks = _blocks(message)
    for block in blocks:  # Anthropic's results stand in a user's turn
        if block.get("type") == "tool_result":
            result = _content(_parts(_as_blocks(block.get("content") or "")))
            yield {"role": "tool", "content": result, "tool_call_id": block.get("tool_use_id")}
    said = [block for block in blocks if block.get("type") != "tool_result"]
    if not blocks or said:
        # What other models leave in their answers beside words is theirs: thoughts, searches, ….
        parts = _parts(said, unknown_is_refused=not isinstance(message, AIMessage))
        yield {**_speaker(message), "content": _content(parts)}


def _speaker(message: BaseMessage) -> Turn:
    """Who speaks, and what a turn has beside its content."""
    match message:
        case HumanMessage():
            return {"role": "user"}
        case SystemMessage():
            return {"role": "system"}
        case AIMessage():
            return {"role": "assistant", "tool_calls": list(_calls(message)) or None}
        case ToolMessage():
            name = message.name or None
            return {"role": "tool", "tool_call_id": message.tool_call_id, "name": name}
        case FunctionMessage():
            return {"role": "function", "name": message.name}
        case ChatMessage():
            return {"role": message.role}
        case _:
            raise ValidationError(f"messages cannot hold a {type(message).__name__}.")


def _calls(message: AIMessage) -> Iterator[Turn]:
    """The calls of an answer: those that LangChain read, and those that it left in the content."""
    seen: set[Any] = set()
    for call in message.tool_calls:
        seen.add(call["id"])
        yield {"id": call["id"], "name": call["name"], "arguments": call["args"]}
    for broken in message.invalid_tool_calls:
        seen.add(broken["id"])
        yield {
            "id": broken["id"],
            "name": broken["name"] or "",
            "arguments": as_written(broken["args"]),
        }
    function: Any = message.additional_kwargs.get("function_call")  # OpenAI's, of old
    if function and not seen:
        yield {"id": None, "name": function.get("name"), "arguments": function.get("arguments")}
    for block in _blocks(message):
        number = block.get("call_id", block.get("id"))
        if block.get("type") in _CALLS and number not in seen:
            arguments = block.get("args", block.get("input", block.get("arguments")))
            yield {"id": number, "name": block.get("name"), "arguments": arguments}


def _blocks(message: BaseMessage) -> list[Turn]:
    return _as_blocks(message.content)


def _as_blocks(content: str | Iterable[Any]) -> list[Turn]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]


def _content(parts: Sequence[Turn]) -> str | list[Turn]:
    """A text, or the parts of text and images where there are images."""
    if all(part["type"] == "text" for part in parts):
        return "".join(part["text"] for part in parts)
    return [*parts]


def _parts(blocks: Sequence[Turn], *, unknown_is_refused: bool = True) -> list[Turn]:
    """The parts of content as a server takes them."""
    parts: list[Turn] = []
    for block in blocks:
        kind = block.get("type")
        if kind in _WORDS:
            parts.append({"type": "text", "text": _words(block)})
        elif kind in {"image", "image_url"}:
            parts.append({"type": "image_url", "image_url": _image(block)})
        elif unknown_is_refused:
            raise ValidationError(
                f"messages: content of type {kind!r} cannot be sent: a LoRAX server takes text and "
                "images."
            )
    return parts


def _words(block: Turn) -> str:
    """The words of a block; a file of text may hold them in base64."""
    words: str | None = block.get(_WORDS[block["type"]])
    if words is None and "base64" in block:
        return base64.b64decode(block["base64"]).decode(errors="replace")
    if words is None and block["type"] == "text-plain":
        raise ValidationError("messages: a file of text should have its text, or it in base64.")
    return words or ""


def _image(block: Turn) -> Turn:
    """An image in the server's form, from LangChain's, OpenAI's or Anthropic's."""
    source = block.get("image_url") or block.get("source") or block
    if isinstance(source, str):
        return {"url": source}
    data = source.get("base64") or source.get("data")
    if data:
        kind = source.get("mime_type") or source.get("media_type") or "image/png"
        return {"url": f"data:{kind};base64,{data}"}
    if not source.get("url"):
        raise ValidationError("messages: an image should have a url, or its data in base64.")
    return dict(source) if "image_url" in block else {"url": str(source["url"])}
