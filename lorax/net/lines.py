"""An answer's connection while its body is read: it can be cut, by a clock or another thread."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import httpx


class Line:
    """What a synchronous client reads an answer from.

    A thread that waits for a socket cannot be told to stop; a socket can, so that nothing more
    comes out of it.

    Args:
        response: The answer; of a transport without sockets it is not cut, and waits are as long
            as the transport's own.
    """

    def __init__(self, response: httpx.Response) -> None:
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

    @contextmanager
    def cut_after(self, seconds: float) -> Generator[None, None, None]:
        """Cut it unless the block ends within so many seconds."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def body_of(response: httpx.Response) -> Any:
    """What to iterate for the body's bytes; a body that is not encoded as it comes.

    httpx's own iterators look at each chunk four times.
    """
    if response.headers.get("content-encoding", "identity") == "identity":
        return response.stream
    is_sync = isinstance(response.stream, httpx.SyncByteStream)
    return response.iter_bytes() if is_sync else response.aiter_bytes()
