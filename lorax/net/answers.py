"""An answer while it comes: its head, then its body, no wait longer than it may be."""

import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

import anyio
import httpx

from lorax.errors import ClientClosedError
from lorax.exchange import Head
from lorax.net.attempts import Attempts
from lorax.net.timeouts import Waits


class Answer:
    """An answer that is waited for: a context with a head, and an iterator of the body's bytes.

    Args:
        http: What sends.
        request: The request as httpx takes it.
        attempts: The call's.

    Attributes:
        head: What came before the body.
    """

    head: Head

    def __init__(self, http: httpx.Client, request: dict[str, Any], attempts: Attempts) -> None:
        self._http = http
        self._attempts = attempts
        self._clock = attempts.clock
        # httpx asks before each wait; what is left may be less each time.
        waits = {"timeout": Waits(self._clock)}
        self._request = http.build_request(**request, extensions=waits)

    def __enter__(self) -> "Answer":
        try:
            self._response = self._http.send(self._request, stream=True, follow_redirects=False)
        except RuntimeError as error:
            if self._http.is_closed:
                raise self._attempts.about(ClientClosedError()) from error
            raise
        self._line = _Line(self._response)
        try:
            self._attempts.ends_by(self._line.cut)
        except BaseException:
            self._response.close()
            raise
        self._clock.opened()
        self.head = _head(self._response, self._attempts)
        self._chunks: Iterator[bytes] = iter(_body(self._response))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._line.close()
        self._response.close()

    def __iter__(self) -> Iterator[bytes]:
        watch, chunks = self._clock.watch, self._chunks
        while True:
            seconds = watch()
            try:
                chunk = next(chunks) if seconds is None else self._next_within(seconds)
            except StopIteration:
                break
            yield chunk
        if self._line.was_cut:  # not the server ended it
            raise TimeoutError

    def _next_within(self, seconds: float) -> bytes:
        timer = threading.Timer(seconds, self._line.cut)
        timer.daemon = True
        timer.start()
        try:
            return next(self._chunks)
        finally:
            timer.cancel()


class AsyncAnswer:
    """An answer that is awaited: the same for `async with` and `async for`."""

    head: Head

    def __init__(
        self, http: httpx.AsyncClient, request: dict[str, Any], attempts: Attempts
    ) -> None:
        self._http = http
        self._attempts = attempts
        self._clock = attempts.clock
        self._request = http.build_request(**request, extensions=self._clock.limits())

    async def __aenter__(self) -> "AsyncAnswer":
        self._response = await self._opened()
        self._attempts.ends_by(self._response.aclose)
        self._clock.opened()
        self.head = _head(self._response, self._attempts)
        self._chunks: AsyncIterator[bytes] = aiter(_body(self._response))
        return self

    async def _opened(self) -> httpx.Response:
        # A moment later than the connection's own timeouts: they know what was waited for.
        with anyio.move_on_after(self._clock.left + 0.05) as scope:
            self._attempts.ends_by(scope.cancel)
            try:
                return await self._http.send(self._request, stream=True, follow_redirects=False)
            except RuntimeError as error:
                if self._http.is_closed:
                    raise self._attempts.about(ClientClosedError()) from error
                raise
        self._attempts.ends_by(scope.cancel)  # an error of its own if that was how it ended
        raise TimeoutError

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._response.aclose()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    def __anext__(self) -> Awaitable[bytes]:
        watch = self._clock.watch()
        return anext(self._chunks) if watch is None else self._next_within(watch)

    async def _next_within(self, seconds: float) -> bytes:
        with anyio.fail_after(seconds):
            return await anext(self._chunks)


class _Line:
    """The connection of an answer: a thread that waits for it cannot be told to stop, it can."""

    def __init__(self, response: httpx.Response) -> None:
        # A transport without sockets is not cut, and waits as long as it does by itself.
        network: Any = response.extensions.get("network_stream")
        self._socket: Any = network and network.get_extra_info("socket")
        self._lock = threading.Lock()
        self.was_cut = False

    def cut(self) -> None:
        """Let nothing more come."""
        with self._lock:
            if self._socket is not None:
                self.was_cut = True
                with suppress(OSError):  # the other end was quicker
                    # Not SSLSocket's own method: it takes the reader's session away.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Nothing of this answer is read any more; the socket may serve another one."""
        with self._lock:
            self._socket = None


def _head(response: httpx.Response, attempts: Attempts) -> Head:
    # httpx gives header names in lower case.
    return Head(response.status_code, dict(response.headers), attempts.url)


def _body(response: httpx.Response) -> Any:
    """What to iterate for the body's bytes; one that is not encoded as it comes.

    httpx's own iterators look at each chunk four times.
    """
    if response.headers.get("content-encoding", "identity") == "identity":
        return response.stream
    is_async = hasattr(response.stream, "__aiter__")
    return response.aiter_bytes() if is_async else response.iter_bytes()
