"""LlamaIndex's messages in the client's form, and the client's answers in LlamaIndex's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llama_index.core.base.llms.types import (
    CachePoint,
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    ContentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)

from lorax import types as answers
from lorax.errors import ValidationError

# What other models' integrations call the roles that every chat template knows.
_ROLES = {
    MessageRole.DEVELOPER: "system",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
    MessageRole.FUNCTION: "tool",
}
_Answer = answers.Response | answers.StreamResponse | answers.ChatResponse | answers.ChatChunk


def turns(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Messages in the client's form; another model's thoughts and cache marks are left out.

    Raises:
        ValidationError: One holds something else than text, images and tool calls, or an image that
            cannot be read.
    """
    return [_turn(message) for message in messages]


def _turn(message: ChatMessage) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    for block in message.blocks:
        if isinstance(block, TextBlock) and parts and "text" in parts[-1]:
            parts[-1]["text"] += f"\n{block.text}"
        elif isinstance(block, TextBlock):
            parts.append({"type": "text", "text": block.text})
        elif isinstance(block, ImageBlock):
            parts.append({"type": "image_url", "image_url": _image(block)})
        elif isinstance(block, ToolCallBlock):
            called = {"name": block.tool_name, "arguments": block.tool_kwargs}
            calls.append({"id": block.tool_call_id, **called})
        elif not isinstance(block, ThinkingBlock | CachePoint):
            raise ValidationError(f"messages hold text and images here, no {block.block_type}.")
    role = _ROLES.get(message.role, message.role.value)
    turn: dict[str, Any] = {"role": role, "content": _content(parts)}
    beside = message.additional_kwargs
    if role == "tool":
        return {**turn, "tool_call_id": beside.get("tool_call_id"), "name": beside.get("name")}
    return {**turn, "tool_calls": calls or beside.get("tool_calls")}


def _content(parts: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """A text, or the parts of text and images where there are images."""
    has_images = any("image_url" in part for part in parts)
    return parts if has_images else "".join(part["text"] for part in parts)


def _image(block: ImageBlock) -> dict[str, Any]:
    """Where the server finds an image, or the image itself."""
    detail = {"detail": block.detail} if block.detail else {}
    if block.url is not None:
        return {"url": str(block.url), **detail}
    try:
        data = block.resolve_image().read()
    except (ValueError, OSError) as error:
        raise ValidationError(f"messages: an image cannot be read: {error}") from error
    held = ImageBlock(image=data, image_mimetype=block.image_mimetype)
    if not (held.image_mimetype or "").startswith("image/"):
        raise ValidationError(
            "messages: an image should have its image_mimetype, which is unclear."
        )
    return {"url": held.inline_url(), **detail}


@dataclass
class Called:
    """A tool call as it grows.

    Attributes:
        id: Its id, which its result will name.
        name: The tool.
        text: The JSON of its arguments, as far as it came.
        arguments: What is put into LlamaIndex's block: a value when the call is whole.
    """

    id: str
    name: str
    text: str
    arguments: dict[str, Any] | str

    def add(self, text: str) -> None:
        """Take more of the arguments' JSON."""
        self.text += text
        self.arguments = self.text

    @property
    def block(self) -> ToolCallBlock:
        """The call as new parts of LlamaIndex look for it."""
        return ToolCallBlock(tool_call_id=self.id, tool_name=self.name, tool_kwargs=self.arguments)

    @property
    def keyword(self) -> dict[str, Any]:
        """The call as older parts look for it, among a message's additional keywords."""
        function = {"name": self.name, "arguments": self.text}
        return {"id": self.id, "type": "function", "function": function}


def _spoken(text: str, calls: Sequence[Called] = ()) -> ChatMessage:
    """An answer as a message."""
    if not calls:
        return ChatMessage(role=MessageRole.ASSISTANT, content=text)
    words: list[ContentBlock] = [TextBlock(text=text)] if text else []
    return ChatMessage(
        role=MessageRole.ASSISTANT,
        blocks=[*words, *(call.block for call in calls)],
        additional_kwargs={"tool_calls": [call.keyword for call in calls]},
    )


def _beside(answer: _Answer, reason: str | None, usage: answers.Usage | None) -> dict[str, Any]:
    """What is said beside an answer's text; LlamaIndex's token counter reads raw["usage"]."""
    counted: dict[str, int] = usage.model_dump() if usage else {}
    metadata = answer.metadata
    known = {
        "usage": counted or None,
        "adapter_id": metadata.adapter_id,
        "model_id": metadata.model_id,
        "timings": metadata.times or None,
        "parsed": answer.parsed,
    }
    raw = {name: value for name, value in known.items() if value is not None}
    return {
        "raw": {"finish_reason": reason, **raw},
        "additional_kwargs": {**counted, "finish_reason": reason},
    }


def _of_native(answer: answers.Response | answers.StreamResponse) -> dict[str, Any]:
    reason, details = answer.finish_reason, answer.details
    if reason is None and details is None:
        return {}
    return _beside(answer, reason.value if reason else None, details.usage if details else None)


def _of_chat(answer: answers.ChatResponse | answers.ChatChunk) -> dict[str, Any]:
    if answer.finish_reason is None and answer.usage is None:
        return {}
    return _beside(answer, answer.finish_reason, answer.usage)


def completed(answer: answers.Response) -> CompletionResponse:
    """A completion."""
    return CompletionResponse(text=answer.text, **_of_native(answer))


def chatted(answer: answers.ChatResponse | answers.Response) -> ChatResponse:
    """An answer to a conversation, by chat or by a prompt made of it."""
    if isinstance(answer, answers.Response):
        return ChatResponse(message=_spoken(answer.text), **_of_native(answer))
    calls = [Called(call.id, call.name, call.text, call.arguments) for call in answer.tool_calls]
    return ChatResponse(message=_spoken(answer.text, calls), **_of_chat(answer))


# What the class comes to when it is called, without its look at every keyword for each token.
_piece = CompletionResponse.__pydantic_validator__.validate_python


@dataclass
class Completing:
    """Makes a completion's pieces of its tokens.

    Attributes:
        text: What was said so far.
    """

    text: str = ""

    def __call__(self, token: answers.StreamResponse) -> CompletionResponse:
        """The next piece."""
        delta = token.text
        self.text += delta
        if token.details is None and not token.is_stopped:  # all but the last
            piece: CompletionResponse = _piece({"text": self.text, "delta": delta})
            return piece
        return CompletionResponse(text=self.text, delta=delta, **_of_native(token))


class Prompted(Completing):
    """Makes the same the pieces of an answer to a conversation."""

    def __call__(self, token: answers.StreamResponse) -> Any:
        """The next piece."""
        delta = super().__call__(token).delta
        return ChatResponse(message=_spoken(self.text), delta=delta, **_of_native(token))


@dataclass
class Chatting:
    """Makes the pieces of an answer to a conversation of its chunks.

    Attributes:
        text: What was said so far.
        calls: The tool calls so far.
    """

    text: str = ""
    calls: list[Called] = field(default_factory=list[Called])

    def __call__(self, chunk: answers.ChatChunk) -> ChatResponse:
        """The next piece."""
        self.text += chunk.text
        for delta in chunk.tool_calls:
            if delta.index == len(self.calls):
                self.calls.append(Called(delta.id or "", delta.name or "", "", ""))
            self.calls[delta.index].add(delta.arguments)
        if chunk.finish_reason is not None:
            for call, read in zip(self.calls, chunk.calls, strict=True):
                call.arguments = read.arguments
        message = _spoken(self.text, self.calls)
        return ChatResponse(message=message, delta=chunk.text, **_of_chat(chunk))
