"""Chat without I/O: a conversation as the server takes it, and its answers read back."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from lorax import grammar
from lorax.exchange import Request
from lorax.messages import Messages, rendered, turns
from lorax.parameters import Parameters
from lorax.schemas.checking import Check, check_of
from lorax.text import StopCutter
from lorax.toolcalls import ServersToolCalls, ToolCalls, new_id, tool_call
from lorax.tools import Toolbox, ToolOptions
from lorax.types import ChatChunk, ChatFinishReason, ChatResponse, ToolCall, ToolCallDelta, Usage

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


@dataclass(frozen=True)
class Conversation:
    """A chat request before it is written: what both its body and its reading need.

    Raises:
        ValidationError: Tools are none, or what was chosen leaves no room for a response format.
    """

    parameters: Parameters
    options: ToolOptions
    tools: Toolbox
    check: Check | None

    @classmethod
    def of(cls, parameters: Parameters, options: ToolOptions) -> "Conversation":
        """Put a request's settings together."""
        tools = Toolbox(options, parameters.response_format)
        return cls(parameters, options, tools, check_of(parameters))

    def checked(self, text: str, calls: Sequence[ToolCall]) -> Any:
        """What an answer is by its response format; a call is not of it."""
        return self.check(text) if self.check is not None and not calls else None

    def calls(self, *, stream: bool) -> ToolCalls | None:
        """What reads calls out of the answer's text; None where there are none in it."""
        if not self.tools.active:
            return None
        if self.options.server_tools:
            return ServersToolCalls() if stream else None
        return ToolCalls(words_are_json=self.tools.has_form)

    def request(self, messages: Messages, *, stream: bool) -> Request:
        """The request.

        The route samples unless told not to, so a temperature of 0 is sent when nothing asks for
        a draw. A stop sequence would cut a call's JSON, so beside tools none is sent: it is looked
        for in the words alone.

        Raises:
            ValidationError: The messages are no conversation.
        """
        p = self.parameters
        fields = {
            "model": p.adapter_id or "",
            "messages": self._messages(messages),
            "max_tokens": p.max_new_tokens,
            "temperature": p.temperature if p.samples else 0,
            "top_p": p.top_p,
            "top_k": p.top_k,
            "seed": p.seed,
            "stop": (not self.tools.active and p.stop) or None,
            "repetition_penalty": p.repetition_penalty,
            "frequency_penalty": p.frequency_penalty,
            "presence_penalty": p.presence_penalty,
            "ignore_eos_token": p.ignore_eos_token or None,
            **self._form(),
            "adapter_source": p.adapter_source,
            "api_token": p.api_token,
            "stream": stream,
        }
        body = {name: value for name, value in fields.items() if value is not None}
        return Request("/v1/chat/completions", body, p.adapter_id, generates=True)

    def _messages(self, messages: Messages) -> list[dict[str, Any]]:
        given = turns(messages)
        if not self.tools.active:
            return rendered(given)
        if not self.options.server_tools:
            return rendered(given, self.tools.instructions())
        out = rendered(given)
        # The server describes its tools only behind a list of parts (recordings tools/*_content).
        if isinstance(out[-1]["content"], str):
            out[-1]["content"] = [{"type": "text", "text": out[-1]["content"]}]
        return out

    def _form(self) -> dict[str, Any]:
        p = self.parameters
        if not self.tools.active:
            return {
                "response_format": grammar.response_format(p.response_format, p.max_compile_seconds)
            }
        if self.options.server_tools:
            return {
                "tools": self.tools.on_the_wire(),
                "tool_choice": self.tools.servers_choice,
            }
        return {"response_format": self.tools.response_format(p.max_compile_seconds)}


class _Function(BaseModel):
    name: str
    arguments: str


class _Called(BaseModel):
    function: _Function

    def read(self) -> ToolCall:
        """A call that the server read itself, under an id that tells it from others."""
        return tool_call(new_id(), self.function.name, self.function.arguments)


class _Message(BaseModel):
    content: str | None = None
    tool_calls: list[_Called] | None = None


class _Choice(BaseModel):
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None

    @property
    def said(self) -> _Message:
        """What a whole answer or a chunk holds."""
        return self.message or self.delta or _Message()


class _Completion(BaseModel):
    """A whole answer, or a chunk of a streamed one, in OpenAI's form."""

    choices: list[_Choice] = Field(min_length=1)
    usage: Usage | None = None


class _Text:
    """An answer's text as it is told apart from calls and cut at a stop sequence."""

    def __init__(self, conversation: Conversation, *, stream: bool) -> None:
        self.calls = conversation.calls(stream=stream)
        self._cutter = StopCutter(conversation.parameters.stop)

    @property
    def stopped(self) -> bool:
        """Whether a stop sequence ended the text."""
        return self._cutter.stopped

    def feed(self, content: str, *, last: bool) -> tuple[str, list[ToolCallDelta]]:
        """Take more of the answer; give the text to show and what it adds to calls.

        A stop sequence in the words ends all of it: a call that follows does not come.
        """
        text = ""
        deltas: list[ToolCallDelta] = []
        for item in self._items(content, last=last):
            if isinstance(item, str):
                text += self._cutter.feed(item)
            else:
                deltas.append(item)
            if self.stopped:
                break  # before the next call is begun
        if last:
            text += self._cutter.finish()
        return text, list(_joined(deltas))

    def _items(self, content: str, *, last: bool) -> Iterator[ToolCallDelta | str]:
        if self.calls is None:
            yield content
        elif not self.stopped:
            yield from self.calls.feed(content)
            if last:
                yield from self.calls.finish()

    @property
    def found(self) -> list[ToolCall]:
        """The calls so far."""
        return self.calls.calls if self.calls is not None else []

    def reason(self, servers: str, calls: Sequence[ToolCall]) -> ChatFinishReason:
        """Why the answer ended, told truly."""
        reason = "stop" if self.stopped else _FINISH_REASONS.get(servers, "stop")
        called = reason == "stop" and calls and all(call.complete for call in calls)
        return "tool_calls" if called else reason


def _joined(deltas: Iterable[ToolCallDelta]) -> Iterator[ToolCallDelta]:
    """Neighbouring deltas of one call made one."""
    for _, group in itertools.groupby(deltas, lambda delta: delta.index):
        first, *others = group
        arguments = "".join(delta.arguments for delta in (first, *others))
        yield first.model_copy(update={"arguments": arguments})


def read_whole(data: bytes, conversation: Conversation) -> ChatResponse:
    """Read a whole answer.

    Raises:
        pydantic.ValidationError: The bytes are no chat answer.
        AnswerMismatchError: It was to be checked, and does not fit.
    """
    completion = _Completion.model_validate_json(data)
    choice = completion.choices[0]
    reading = _Text(conversation, stream=False)
    shown, _ = reading.feed(choice.said.content or "", last=True)
    calls = reading.found or [called.read() for called in choice.said.tool_calls or []]
    response = ChatResponse(
        text=shown,
        tool_calls=calls,
        finish_reason=reading.reason(choice.finish_reason or "stop", calls),
        usage=completion.usage or Usage.of(0, 0),
    )
    response.take_parsed(conversation.checked(shown, calls))
    return response


class ChatReader:
    """Reads the events of a streamed chat answer.

    Attributes:
        complete: Whether the server said that the answer is whole.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.complete = self._ended = self._told = False
        self._text = _Text(conversation, stream=True)
        self._conversation = conversation
        self._shown = ""

    def read(self, data: bytes) -> ChatChunk | None:
        """Read one event; None for the closing [DONE].

        Raises:
            pydantic.ValidationError: The event is no chunk of a chat answer.
            AnswerMismatchError: It ends an answer that was to be checked and does not fit.
        """
        if data == b"[DONE]":
            self.complete = self._ended
            return None
        completion = _Completion.model_validate_json(data)
        choice = completion.choices[0]
        content = choice.said.content or ""
        if choice.finish_reason == "length" and _END_TOKEN.fullmatch(content):
            content = ""
        if self._ended and content:
            raise ValueError("more of the answer came after its end")
        last = choice.finish_reason is not None and not self._ended
        self._ended = self._ended or last
        text, deltas = self._text.feed(content, last=last)
        chunk = ChatChunk(text=text, tool_calls=deltas, usage=completion.usage)
        self._shown += text
        if not self._told and (last or self._text.stopped):
            self._told = True
            chunk.calls = self._text.found
            chunk.finish_reason = self._text.reason(choice.finish_reason or "stop", chunk.calls)
            chunk.take_parsed(self._conversation.checked(self._shown, chunk.calls))
        return chunk
