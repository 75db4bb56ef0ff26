"""Answers that come piece by piece: iterate, or use with `with`, and leave whenever you like."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from types import AsyncGeneratorType, GeneratorType, TracebackType
from typing import Generic, TypeVar, cast

from lorax.errors import IncompleteGenerationError
from lorax.exchange import Reading
from lorax.net.attempts import Attempts
from lorax.types import Metadata, WithMetadata

Piece = TypeVar("Piece", bound=WithMetadata)


class _Stream(Generic[Piece]):
    """What both kinds of stream share."""

    def __init__(self, reading: Reading[Piece], attempts: Attempts) -> None:
        self._reading = reading
        self._attempts = attempts

    @property
    def metadata(self) -> Metadata | None:
        """What the server said beside the answer; None before it answered."""
        return self._reading.metadata


class Stream(_Stream[Piece]):
    """An answer that comes piece by piece.

    The request is sent when the first piece is asked for. Closing the stream, leaving its `with`
    block or dropping the last reference to it ends the request at the server.

    Example:
        >>> with client.generate_stream("Why is the sky blue?") as stream:
        ...     for token in stream:
        ...         print(token.text, end="")
         Rayleigh scattering
    """

    def __init__(
        self,
        pieces: Generator[Piece, None, None],
        reading: Reading[Piece],
        attempts: Attempts,
    ) -> None:
        super().__init__(reading, attempts)
        self._pieces = cast("GeneratorType[Piece, None, None]", pieces)

    def __iter__(self) -> Iterator[Piece]:
        return self._pieces  # a step less for each token

    def __next__(self) -> Piece:
        return next(self._pieces)

    def __enter__(self) -> "Stream[Piece]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the request at the server; nothing more comes.

        Another thread that waits for the next piece gets an IncompleteGenerationError.
        """
        if self._pieces.gi_running:
            self._attempts.abandon(_closed())
        else:
            self._pieces.close()


class AsyncStream(_Stream[Piece]):
    """An answer that comes piece by piece, for `async for` and `async with`.

    The request is sent when the first piece is asked for. Closing the stream, leaving its
    `async with` block or dropping the last reference to it ends the request at the server.

    Example:
        >>> async with client.generate_stream("Why is the sky blue?") as stream:
        ...     async for token in stream:
        ...         print(token.text, end="")
         Rayleigh scattering
    """

    def __init__(
        self, pieces: AsyncGenerator[Piece, None], reading: Reading[Piece], attempts: Attempts
    ) -> None:
        super().__init__(reading, attempts)
        self._pieces = cast("AsyncGeneratorType[Piece, None]", pieces)

    def __aiter__(self) -> AsyncIterator[Piece]:
        return self._pieces  # a step less for each token

    async def __anext__(self) -> Piece:
        return await self._pieces.__anext__()

    async def __aenter__(self) -> "AsyncStream[Piece]":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the request at the server; nothing more comes.

        Another task that waits for the next piece gets an IncompleteGenerationError.
        """
        if not self._pieces.ag_running:
            await self._pieces.aclose()
        elif (ending := self._attempts.abandon(_closed())) is not None:
            await ending


def _closed() -> IncompleteGenerationError:
    return IncompleteGenerationError("The stream was closed while it was read.")
