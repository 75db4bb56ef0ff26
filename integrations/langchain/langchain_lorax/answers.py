"""The client's answers as LangChain's: texts, messages, usage, and what else is told of them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core import outputs
from langchain_core.messages import AIMessage, AIMessageChunk, tool
from langchain_core.messages.ai import UsageMetadata

from lorax import types

_CUT = "The answer ended before the call was whole: max_new_tokens was reached."
_NO_CALL = "The call's arguments are no JSON object."


def facts(metadata: types.Metadata) -> dict[str, Any]:
    """What the server said beside an answer: model, adapter, and times in seconds."""
    told = {
        "model_name": metadata.adapter_id or metadata.model_id,
        "base_model": metadata.model_id,
        "adapter_id": metadata.adapter_id,
        "adapter_source": metadata.adapter_source,
        **metadata.times,
    }
    return {name: value for name, value in told.items() if value is not None}


# --- texts ---


def llm_result(answers: Sequence[types.Response], *, logprobs: bool) -> outputs.LLMResult:
    """Whole answers, with the tokens that all of them took."""
    details = [answer.details for answer in answers if answer.details]
    usage = types.Usage.of(
        sum(one.prompt_tokens for one in details), sum(one.generated_tokens for one in details)
    )
    names = [facts(answer.metadata).get("model_name") for answer in answers]
    output = {"token_usage": usage.model_dump(), "model_name": next(filter(None, names), None)}
    generations = [[_generation(answer, logprobs=logprobs)] for answer in answers]
    return outputs.LLMResult(generations=generations, llm_output=output)


def _generation(answer: types.Response, *, logprobs: bool) -> outputs.Generation:
    info, details = _info(answer), answer.details
    if details is not None:
        info["token_usage"] = details.usage.model_dump()
        if logprobs:
            info["logprobs"] = _logprobs(details.tokens)
    return outputs.Generation(text=answer.text, generation_info=info)


class TextChunks:
    """Makes the chunks of streamed completions.

    The one that ends the text alone has details, since LangChain adds up those of all. Of a stream
    that is left there the server has not told the usage: the prompt's tokens are 0.
    """

    def __init__(self, logprobs: bool) -> None:
        self._count = 0
        self._tokens: list[types.Token] | None = [] if logprobs else None

    def __call__(self, piece: types.StreamResponse) -> outputs.GenerationChunk | None:
        """A piece in LangChain's form; None when it shows nothing."""
        self._count += 1
        if self._tokens is not None:
            self._tokens.append(piece.token)
        text = piece.text
        if not piece.ends_text:
            return outputs.GenerationChunk(text=text) if text else None
        usage = piece.details.usage if piece.details else types.Usage.of(0, self._count)
        info = {**_info(piece), "token_usage": usage.model_dump()}
        if self._tokens is not None:
            info["logprobs"] = _logprobs(self._tokens)
        return outputs.GenerationChunk(text=text, generation_info=info)


def _info(answer: types.Response | types.StreamResponse) -> dict[str, Any]:
    info = facts(answer.metadata)
    if answer.finish_reason is not None:
        info["finish_reason"] = answer.finish_reason.value
    if answer.details is not None and answer.details.seed is not None:
        info["seed"] = answer.details.seed
    return info


def _logprobs(tokens: Sequence[types.Token]) -> list[dict[str, Any]]:
    return [token.model_dump(exclude_none=True) for token in tokens]


# --- messages ---


def chat_result(answer: types.ChatResponse) -> outputs.ChatResult:
    """A whole answer; a call that is not whole is an invalid one."""
    error = _CUT if answer.finish_reason == "length" else _NO_CALL
    message = AIMessage(
        content=answer.text,
        tool_calls=[
            tool.tool_call(name=call.name, args=call.arguments, id=call.id)
            for call in answer.tool_calls
            if call.complete
        ],
        invalid_tool_calls=[
            tool.invalid_tool_call(name=call.name, args=call.text, id=call.id, error=error)
            for call in answer.tool_calls
            if not call.complete
        ],
        **_ending(answer, answer.usage),
    )
    return outputs.ChatResult(generations=[outputs.ChatGeneration(message=message)])


class ChatChunks:
    """Makes the chunks of a streamed answer.

    What is told once, why it ended and what it took, comes with the last chunk; usage as of
    `TextChunks`.
    """

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, piece: types.ChatChunk) -> outputs.ChatGenerationChunk | None:
        """A piece in LangChain's form; None when it shows nothing."""
        self._count += 1
        text, deltas, reason = piece.text, piece.tool_calls, piece.finish_reason
        if not deltas and reason is None:
            return (
                outputs.ChatGenerationChunk(message=AIMessageChunk(content=text)) if text else None
            )
        calls = [
            tool.tool_call_chunk(name=d.name, args=d.arguments, id=d.id, index=d.index)
            for d in deltas
        ]
        if reason is None:
            message = AIMessageChunk(content=text, tool_call_chunks=calls)
        else:
            message = AIMessageChunk(
                content=text,
                tool_call_chunks=[*_last(calls, piece.calls)],
                **_ending(piece, piece.usage or types.Usage.of(0, self._count)),
                chunk_position="last",
            )
        return outputs.ChatGenerationChunk(message=message)


def _last(
    deltas: Sequence[tool.ToolCallChunk], calls: Sequence[types.ToolCall]
) -> Iterator[tool.ToolCallChunk]:
    """The last pieces of calls, of which those that are not whole must not be run.

    LangChain completes the JSON of a streamed call; one that closes wrongly it does not. What is
    added does so whether it comes inside of a string or not.
    """
    last = {delta["index"]: delta for delta in deltas}
    for index, call in enumerate(calls):
        delta = last.get(index) or tool.tool_call_chunk(index=index)
        if not call.complete:
            yield {**delta, "args": (delta["args"] or "") + _closed_wrongly(call.text)}
        elif index in last:
            yield delta


def _closed_wrongly(arguments: str) -> str:
    return ('"' + "]" * (arguments.count("[") + 1)) * 2


def as_written(arguments: str | None) -> str:
    """A broken call's arguments as the model wrote them."""
    return re.sub(r'("\]+)\1$', "", arguments or "")


def _ending(answer: types.ChatResponse | types.ChatChunk, usage: types.Usage) -> dict[str, Any]:
    """What a message says of how it ended, and what it took."""
    reason = {"finish_reason": answer.finish_reason} if answer.finish_reason else {}
    told = {**facts(answer.metadata), **reason, "model_provider": "lorax"}
    counted = UsageMetadata(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
    )
    return {"usage_metadata": counted, "response_metadata": told}
