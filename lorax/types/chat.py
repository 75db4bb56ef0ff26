"""What `chat` and `chat_stream` give: text, tool calls, and what they cost."""

from typing import Any, Literal

from pydantic import Field

from lorax.types.metadata import Answered, Usage, WithMetadata

ChatFinishReason = Literal["stop", "length", "tool_calls"]


class ToolCall(Answered):
    """A call of a tool that the model asks for.

    Attributes:
        id: An id made here; the result of the call names it.
        name: The tool.
        arguments: Its arguments; of a call that was cut, those that came.
        text: The arguments' JSON as the model wrote it, plain or as a text.
        complete: Whether the call is whole. One that the token limit cut is not to be run.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    text: str = ""
    complete: bool = True


class ToolCallDelta(Answered):
    """What a piece of a stream adds to a tool call.

    Attributes:
        index: Which of the answer's calls it is, from 0.
        id: Its id; with the first piece of a call alone, like the name.
        name: The tool.
        arguments: The next piece of the arguments' JSON.
    """

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


class ChatResponse(WithMetadata):
    """The answer of `chat`.

    Attributes:
        text: What the model said, without the stop sequence that ended it.
        tool_calls: The calls that it asks for.
        finish_reason: `stop` at the model's end or a stop sequence, `tool_calls` where the answer
            is calls, `length` at the limit: a call that it cut is not complete.
        usage: The tokens it took.
    """

    text: str
    tool_calls: list[ToolCall] = Field(default_factory=list[ToolCall])
    finish_reason: ChatFinishReason
    usage: Usage


class ChatChunk(WithMetadata):
    """A piece of `chat_stream`; the last has usage.

    finish_reason stands on the piece that ends the text. That is the last one too, unless
    `may_be_left` says otherwise.

    Attributes:
        text: The text to show now.
        tool_calls: What it adds to tool calls.
        finish_reason: Why the answer ended; None before that.
        calls: Where finish_reason stands, the calls that came by then, read as those of
            `ChatResponse`.
        usage: The tokens it took; on the last chunk, None when the stream was left early.
    """

    text: str
    tool_calls: list[ToolCallDelta] = Field(default_factory=list[ToolCallDelta])
    finish_reason: ChatFinishReason | None = None
    calls: list[ToolCall] = Field(default_factory=list[ToolCall])
    usage: Usage | None = None

    @property
    def may_be_left(self) -> bool:
        """Whether the text has ended though the server goes on.

        It does not see a stop sequence that ends inside a token; what it still sends has no text.
        """
        return self.finish_reason is not None and self.usage is None
