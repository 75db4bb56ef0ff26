"""Chat without I/O: a conversation as the server takes it, and its answers read back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lorax.errors import ValidationError
from lorax.grammar import response_format
from lorax.parameters import Parameters, Text, checked
from lorax.text import StopCutter, cut
from lorax.types import ChatChunk, ChatFinishReason, ChatResponse, Usage

# The router calls the end by a stop sequence "content_filter" (recording chat_stream/stop).
_FINISH_REASONS: dict[str, ChatFinishReason] = {
    "stop": "stop",
    "content_filter": "stop",
    "length": "length",
}
# At the limit the router streams the end token as text (recording chat_stream/eos_at_the_limit).
# Its name is the model's own; these are the forms that models give it.
_END_TOKEN = re.compile(
    r"<\|[^|<>\s]+\|>|</s>|<eos>|<end_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>"
)


class ChatMessage(BaseModel):
    """One turn of a conversation.

    Attributes:
        role: Who speaks: `system`, `user` or `assistant`, as the model's template knows them.
        content: What is said, as text or as a list of text and image_url parts.
    """

    model_config = ConfigDict(extra="forbid")

    role: Text = Field(min_length=1)
    content: Text | list[dict[str, Any]]


Messages = str | Sequence[Mapping[str, Any] | ChatMessage]


def body(messages: Messages, parameters: Parameters, *, stream: bool) -> dict[str, Any]:
    """The body of a chat request.

    The route samples unless told not to, so a temperature of 0 is sent when nothing asks for a
    draw.

    Raises:
        ValidationError: The messages are no conversation.
    """
    p = parameters
    fields = {
        "model": p.adapter_id or "",
        "messages": [message.model_dump() for message in _turns(messages)],
        "max_tokens": p.max_new_tokens,
        "temperature": p.temperature if p.samples else 0,
        "top_p": p.top_p,
        "top_k": p.top_k,
        "seed": p.seed,
        "stop": p.stop or None,
        "repetition_penalty": p.repetition_penalty,
        "frequency_penalty": p.frequency_penalty,
        "presence_penalty": p.presence_penalty,
        "ignore_eos_token": p.ignore_eos_token or None,
        "response_format": response_format(p.response_format),
        "adapter_source": p.adapter_source,
        "api_token": p.api_token,
        "stream": stream,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _turns(messages: Messages) -> list[ChatMessage]:
    if isinstance(messages, str):
        return [ChatMessage(role="user", content=messages)]
    given: Any = messages
    if not isinstance(given, list | tuple):
        raise ValidationError(f"messages should be a text or a list of turns, not {given!r}.")
    turns = [
        turn if isinstance(turn, ChatMessage) else checked(ChatMessage, turn) for turn in messages
    ]
    if not turns:
        raise ValidationError("messages cannot be empty: a conversation has at least one turn")
    return turns


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message = _Message()
    delta: _Message = _Message()
    finish_reason: str | None = None


class _Completion(BaseModel):
    """A whole answer, or a chunk of a streamed one, in OpenAI's form."""

    choices: list[_Choice] = Field(min_length=1)
    usage: Usage | None = None


def _reason(name: str) -> ChatFinishReason:
    return _FINISH_REASONS.get(name, "stop")


def read_whole(data: bytes, stop_sequences: Sequence[str]) -> ChatResponse:
    """Read a whole answer.

    Raises:
        pydantic.ValidationError: The bytes are no chat answer.
    """
    completion = _Completion.model_validate_json(data)
    choice = completion.choices[0]
    text = choice.message.content or ""
    shown = cut(text, stop_sequences)
    stopped = len(shown) < len(text)
    return ChatResponse(
        text=shown,
        finish_reason="stop" if stopped else _reason(choice.finish_reason or "stop"),
        usage=completion.usage or Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0),
    )


class ChatReader:
    """Reads the events of a streamed chat answer.

    Attributes:
        complete: Whether the server said that the answer is whole.
    """

    def __init__(self, stop_sequences: Sequence[str]) -> None:
        self.complete = False
        self._cutter = StopCutter(stop_sequences)

    def read(self, data: bytes) -> ChatChunk | None:
        """Read one event; None for the closing [DONE].

        Raises:
            pydantic.ValidationError: The event is no chunk of a chat answer.
        """
        if data == b"[DONE]":
            self.complete = True
            return None
        completion = _Completion.model_validate_json(data)
        choice = completion.choices[0]
        content = choice.delta.content or ""
        if choice.finish_reason == "length" and _END_TOKEN.fullmatch(content):
            content = ""
        before = self._cutter.stopped
        text = self._cutter.feed(content)
        reason = None
        if choice.finish_reason:
            text += self._cutter.finish()
            reason = _reason(choice.finish_reason)
        if self._cutter.stopped:
            reason = None if before else "stop"
        return ChatChunk(text=text, finish_reason=reason, usage=completion.usage)
