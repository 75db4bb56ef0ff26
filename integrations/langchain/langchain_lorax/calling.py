"""Calls of the client, whole and streamed, for as many new tokens as the server has room for."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeAlias, TypeVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.outputs import ChatGenerationChunk, GenerationChunk

from langchain_lorax.errors import for_langchain
from lorax import AsyncStream, Stream
from lorax.errors import LoraxError, PromptTooLongError

# What LangChain gives each call beside what is asked.
Stop: TypeAlias = list[str] | None
Run: TypeAlias = CallbackManagerForLLMRun | None
AsyncRun: TypeAlias = AsyncCallbackManagerForLLMRun | None

Answer = TypeVar("Answer")
Chunk = TypeVar("Chunk", bound=GenerationChunk | ChatGenerationChunk)


def fitted(arguments: dict[str, Any], error: LoraxError) -> dict[str, Any]:
    """A call's arguments with as many new tokens as the server has room for.

    Args:
        arguments: What the client was called with.
        error: What came of it, before anything of an answer did.

    Raises:
        ModelError: It was not for lack of room, or there is none: the error itself.
    """
    if isinstance(error, PromptTooLongError) and error.room:
        wanted = arguments.get("max_new_tokens")
        if wanted is None or wanted > error.room:
            return {**arguments, "max_new_tokens": error.room}
    raise for_langchain(error)


def whole(call: Callable[..., Answer], arguments: dict[str, Any]) -> Answer:
    """A whole answer.

    Args:
        call: The client's.
        arguments: What it is called with.

    Raises:
        ModelError: The client's error.
    """
    while True:
        try:
            return call(**arguments)
        except LoraxError as error:
            arguments = fitted(arguments, error)


async def awhole(call: Callable[..., Awaitable[Answer]], arguments: dict[str, Any]) -> Answer:
    """A whole answer, awaited; as `whole`."""
    while True:
        try:
            return await call(**arguments)
        except LoraxError as error:
            arguments = fitted(arguments, error)


def streamed(
    call: Callable[..., Stream[Any]],
    arguments: dict[str, Any],
    chunk_of: Callable[[Any], Chunk | None],
    run: Run = None,
) -> Iterator[Chunk]:
    """A streamed answer in LangChain's chunks, left where its text has ended.

    Args:
        call: The client's.
        arguments: What it is called with.
        chunk_of: Makes a piece of the answer LangChain's; None when it shows nothing.
        run: What is told of each chunk before it is given.

    Raises:
        ModelError: The client's error.
    """
    while True:
        try:
            with call(**arguments) as stream:
                for piece in stream:
                    if (chunk := chunk_of(piece)) is None:
                        continue
                    if run is not None:
                        run.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk
                    if piece.may_be_left:
                        break
        except LoraxError as error:
            arguments = fitted(arguments, error)
        else:
            return


async def astreamed(
    call: Callable[..., AsyncStream[Any]],
    arguments: dict[str, Any],
    chunk_of: Callable[[Any], Chunk | None],
    run: AsyncRun = None,
) -> AsyncIterator[Chunk]:
    """A streamed answer in LangChain's chunks; as `streamed`."""
    while True:
        try:
            async with call(**arguments) as stream:
                async for piece in stream:
                    if (chunk := chunk_of(piece)) is None:
                        continue
                    if run is not None:
                        await run.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk
                    if piece.may_be_left:
                        break
        except LoraxError as error:
            arguments = fitted(arguments, error)
        else:
            return
