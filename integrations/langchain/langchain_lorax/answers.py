"""The client's answers as LangChain's: texts, messages, usage, and what else is told of them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import invalid_tool_call, tool_call, tool_call_chunk
from langchain_core.outputs import (
    ChatGeneration,
    ChatGenerationChunk,
    ChatResult,
    Generation,
    GenerationChunk,
    LLMResult,
)

from lorax.types import (
    ChatChunk,
    ChatResponse,
    Metadata,
    Response,
    StreamResponse,
    Token,
    Usage,
)

_CUT = "The answer ended before the call was whole: max_new_tokens was reached."


def facts(metadata: Metadata | None) -> dict[str, Any]:
    """What the server said beside an answer: model, adapter, and times in seconds."""
    if metadata is None:
        return {}
    told = {
        "model_name": metadata.adapter_id or metadata.model_id,
        "base_model": metadata.model_id,
        "adapter_id": metadata.adapter_id,
        "adapter_source": metadata.adapter_source,
        "queue_time": metadata.queue_time,
        "inference_time": metadata.inference_time,
        "time_to_first_token": metadata.time_to_first_token,
        "time_per_token": metadata.time_per_token,
        "total_time": metadata.total_time,
    }
    return {name: value for name, value in told.items() if value is not None}


# --- texts ---


def llm_result(answers: Sequence[Response], *, logprobs: bool) -> LLMResult:
    """Whole answers, with the tokens that all of them took."""
    prompt = sum(answer.details.prompt_tokens for answer in answers if answer.details)
    generated = sum(answer.details.generated_tokens for answer in answers if answer.details)
    names = [facts(answer.metadata).get("model_name") for answer in answers]
    output = {
        "token_usage": _token_usage(prompt, generated),
        "model_name": next(filter(None, names), None),
    }
    generations = [[_generation(answer, logprobs=logprobs)] for answer in answers]
    return LLMResult(generations=generations, llm_output=output)


def _generation(answer: Response, *, logprobs: bool) -> Generation:
    info, details = _info(answer), answer.details
    if details is not None:
        info["token_usage"] = _token_usage(details.prompt_tokens, details.generated_tokens)
        if logprobs:
            info["logprobs"] = _logprobs(details.tokens)
    return Generation(text=answer.text, generation_info=info)


class TextChunks:
    """Makes the chunks of streamed completions.

    The one that ends the text alone has details, since LangChain adds up those of all.

    Attributes:
        ended: Whether the text is complete, though the server may go on.
    """

    def __init__(self, *, logprobs: bool) -> None:
        self.ended = False
        self._count = 0
        self._tokens: list[Token] | None = [] if logprobs else None

    def chunk(self, piece: StreamResponse) -> GenerationChunk | None:
        """A piece in LangChain's form; None when it shows nothing."""
        self._count += 1
        if self._tokens is not None:
            self._tokens.append(piece.token)
        self.ended = piece.ends_text
        if not self.ended:
            return GenerationChunk(text=piece.text) if piece.text else None
        info, told = _info(piece), piece.details
        prompt = told.prompt_tokens if told else _prompt_tokens(piece.metadata)
        info["token_usage"] = _token_usage(prompt, told.generated_tokens if told else self._count)
        if self._tokens is not None:
            info["logprobs"] = _logprobs(self._tokens)
        return GenerationChunk(text=piece.text, generation_info=info)


def _info(answer: Response | StreamResponse) -> dict[str, Any]:
    info = facts(answer.metadata)
    if answer.finish_reason is not None:
        info["finish_reason"] = answer.finish_reason.value
    if answer.details is not None and answer.details.seed is not None:
        info["seed"] = answer.details.seed
    return info


def _logprobs(tokens: Sequence[Token]) -> list[dict[str, Any]]:
    return [token.model_dump(exclude_none=True) for token in tokens]


def _prompt_tokens(metadata: Metadata | None) -> int:
    """Of a stream that is left early; a server tells them at its end alone."""
    return (metadata.prompt_tokens if metadata else None) or 0


def _token_usage(prompt: int, generated: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": generated,
        "total_tokens": prompt + generated,
    }


# --- messages ---


def chat_result(answer: ChatResponse) -> ChatResult:
    """A whole answer; a call that the limit cut is an invalid one."""
    message = AIMessage(
        content=answer.text,
        tool_calls=[
            tool_call(name=call.name, args=call.arguments, id=call.id)
            for call in answer.tool_calls
            if call.complete
        ],
        invalid_tool_calls=[
            invalid_tool_call(name=call.name, args=call.text, id=call.id, error=_CUT)
            for call in answer.tool_calls
            if not call.complete
        ],
        usage_metadata=_usage(answer.usage),
        response_metadata=_ending(answer.finish_reason, answer.metadata),
    )
    return ChatResult(generations=[ChatGeneration(message=message)])


class ChatChunks:
    """Makes the chunks of a streamed answer.

    What is told once, why it ended and what it took, comes with the last chunk.
    """

    def __init__(self) -> None:
        self._reason: str | None = None
        self._usage: Usage | None = None
        self._count = 0
        self._arguments: dict[int, str] = {}

    @property
    def ended(self) -> bool:
        """Whether the text is complete, though the server may go on."""
        return self._reason is not None

    def chunk(self, piece: ChatChunk) -> ChatGenerationChunk | None:
        """A piece in LangChain's form; None when it shows nothing."""
        self._count += 1
        self._reason = self._reason or piece.finish_reason
        self._usage = self._usage or piece.usage
        if not piece.tool_calls:
            message = AIMessageChunk(content=piece.text) if piece.text else None
            return ChatGenerationChunk(message=message) if message else None
        for delta in piece.tool_calls:
            before = self._arguments.get(delta.index, "")
            self._arguments[delta.index] = before + delta.arguments
        calls = [
            tool_call_chunk(name=d.name, args=d.arguments, id=d.id, index=d.index)
            for d in piece.tool_calls
        ]
        return ChatGenerationChunk(
            message=AIMessageChunk(content=piece.text, tool_call_chunks=calls)
        )

    def last(self, metadata: Metadata | None) -> ChatGenerationChunk:
        """The chunk that ends the answer."""
        prompt = _prompt_tokens(metadata)
        counted = Usage(
            prompt_tokens=prompt,
            completion_tokens=self._count,
            total_tokens=prompt + self._count,
        )
        message = AIMessageChunk(
            content="",
            tool_call_chunks=list(self._broken()) if self._reason == "length" else [],
            usage_metadata=_usage(self._usage or counted),
            response_metadata=_ending(self._reason, metadata),
            chunk_position="last",
        )
        return ChatGenerationChunk(message=message)

    def _broken(self) -> Iterator[Any]:
        """What keeps a call that the limit cut from being run with the arguments that came.

        LangChain completes the JSON of a streamed call; one that closes wrongly it does not.
        """
        index = max(self._arguments, default=None)
        if index is None or _is_whole(written := self._arguments[index]):
            return
        plain = re.sub(r"\\.", "", written, flags=re.DOTALL)
        quote = ("\\" if plain.endswith("\\") else "") + '"' if plain.count('"') % 2 else ""
        yield tool_call_chunk(args=quote + "]" * (plain.count("[") + 1), index=index)


def _is_whole(arguments: str) -> bool:
    depth, inside = 0, False
    for character in re.sub(r"\\.", "", arguments, flags=re.DOTALL):
        inside ^= character == '"'
        depth += 0 if inside else {"{": 1, "}": -1}.get(character, 0)
    return bool(arguments) and depth == 0 and not inside


def _ending(reason: str | None, metadata: Metadata | None) -> dict[str, Any]:
    ended = {"finish_reason": reason} if reason else {}
    return {**facts(metadata), **ended, "model_provider": "lorax"}


def _usage(usage: Usage) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
    )
