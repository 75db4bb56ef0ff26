"""The two clients, and the only I/O: one method that sends and one that streams in each."""

import inspect
import os
import threading
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx

from lorax import calls, errors
from lorax.connections import (
    LoopConnections,
    checked_fields,
    checked_timeout,
    checked_url,
    connections_here,
    setting_up,
    shown,
    words,
)
from lorax.exchange import Call, Head, Reading, StreamCall
from lorax.streams import AsyncStream, Stream
from lorax.types import ChatChunk, ChatResponse, Response, StreamResponse, WithMetadata

P = ParamSpec("P")
R = TypeVar("R")
Answer = TypeVar("Answer", bound=WithMetadata)


def _signed_by(
    call: Callable[P, object],
) -> Callable[[Callable[..., R]], Callable[Concatenate[Any, P], R]]:
    """Give a method the parameters and the documentation of the pure call behind it."""

    def sign(method: Callable[..., R]) -> Callable[Concatenate[Any, P], R]:
        myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        parameters = [myself, *inspect.signature(call).parameters.values()]
        returned = inspect.signature(method).return_annotation
        method.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            parameters, return_annotation=returned
        )
        method.__doc__ = call.__doc__
        return method

    return sign


class _Client:
    """What both clients are made from."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> None:
        self.base_url = checked_url(base_url)
        self.headers = checked_fields("headers", headers)
        self.cookies = checked_fields("cookies", cookies)
        self.timeout = checked_timeout(timeout)
        self._begin()

    def _begin(self) -> None:
        """Set up what each kind of client keeps beside its settings."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({shown(httpx.URL(self.base_url))!r})"

    def _settings(self) -> dict[str, Any]:
        """How both kinds of httpx client are made."""
        given = {name: v for name, v in self.headers.items() if name.lower() != "content-type"}
        return {
            "headers": {**given, "content-type": "application/json"},
            "cookies": self.cookies,
            "timeout": self.timeout,
            "limits": httpx.Limits(max_connections=None),
        }

    def _request(self, call: Call[Any] | StreamCall[Any]) -> dict[str, Any]:
        """A call as httpx takes it."""
        url = self.base_url + call.request.path
        return {"method": "POST", "url": url, "content": call.request.content}

    @contextmanager
    def _failures(
        self, call: Call[Any] | StreamCall[Any], reading: Reading[Any] | None = None
    ) -> Generator[None, None, None]:
        """Turn httpx's exceptions into ours; a stream that is complete cannot fail any more."""
        try:
            yield
        except (httpx.HTTPError, UnicodeError) as error:
            if reading is None or reading.metadata is None:
                raise self._failure(error, call.request.adapter_id) from error
            if not reading.complete:
                if isinstance(error, httpx.TimeoutException):
                    raise self._failure(error, call.request.adapter_id) from error
                raise reading.broken(f"The stream broke: {words(error)}.") from error

    def _failure(self, error: Exception, adapter_id: str | None) -> errors.LoraxError:
        url = shown(httpx.URL(self.base_url))
        if isinstance(error, httpx.TimeoutException):
            what = "connection" if isinstance(error, httpx.ConnectTimeout) else "answer"
            message = f"No {what} within {self.timeout} s."
            return errors.RequestTimeoutError(message, adapter_id=adapter_id, url=url)
        if isinstance(error, httpx.ConnectError | UnicodeError):
            message = f"Cannot reach the server: {words(error)}. Is it running, and base_url right?"
        else:
            message = f"The connection broke before an answer came: {words(error)}."
        return errors.ConnectionFailedError(message, adapter_id=adapter_id, url=url)


class Client(_Client):
    """A LoRAX server, called and waited for.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:8080`; it may have a path.
        headers: Headers for every request, such as a gateway's key.
        cookies: Cookies for every request.
        timeout: Seconds that any single wait may take: for the connection, for the answer, for
            the next piece of a stream.

    Raises:
        ValidationError: base_url is no address.

    Example:
        >>> with Client("http://127.0.0.1:8080") as client:
        ...     client.generate("Why is the sky blue?", adapter_id="some/adapter").text
        ' Rayleigh scattering'
    """

    def _begin(self) -> None:
        self._opening = threading.Lock()
        self._open: tuple[int, httpx.Client, weakref.finalize[..., Client]] | None = None

    @_signed_by(calls.generate)
    def generate(self, *args: Any, **kwargs: Any) -> Response:
        return self._send(calls.generate(*args, **kwargs))

    @_signed_by(calls.generate_stream)
    def generate_stream(self, *args: Any, **kwargs: Any) -> Stream[StreamResponse]:
        return self._stream(calls.generate_stream(*args, **kwargs))

    @_signed_by(calls.chat)
    def chat(self, *args: Any, **kwargs: Any) -> ChatResponse:
        return self._send(calls.chat(*args, **kwargs))

    @_signed_by(calls.chat_stream)
    def chat_stream(self, *args: Any, **kwargs: Any) -> Stream[ChatChunk]:
        return self._stream(calls.chat_stream(*args, **kwargs))

    def close(self) -> None:
        """Close the connections; requests under way fail. The client can be used again."""
        with self._opening:
            opened, self._open = self._open, None
        if opened is not None:
            _, http, finalizer = opened
            finalizer.detach()
            http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _http(self) -> httpx.Client:
        """The connections of this process: those of the process it was forked from are not its."""
        with self._opening:
            if self._open is None or self._open[0] != os.getpid():
                with setting_up(self.base_url):
                    http = httpx.Client(**self._settings())
                self._open = os.getpid(), http, weakref.finalize(self, http.close)
            return self._open[1]

    def _send(self, call: Call[Answer]) -> Answer:
        with self._failures(call):
            response = self._http().request(**self._request(call))
        return call.read(_head(response), response.content)

    def _stream(self, call: StreamCall[Answer]) -> Stream[Answer]:
        reading = Reading(call)
        return Stream(self._pieces(call, reading), reading)

    def _pieces(
        self, call: StreamCall[Answer], reading: Reading[Answer]
    ) -> Generator[Answer, None, None]:
        with (
            self._failures(call, reading),
            self._http().stream(**self._request(call)) as response,
        ):
            head = _head(response)
            if not head.is_stream:
                raise reading.refusal(head, response.read())
            reading.begin(head)
            for chunk in response.iter_bytes():
                yield from reading.feed(chunk)
        reading.end()


class AsyncClient(_Client):
    """A LoRAX server, awaited.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:8080`; it may have a path.
        headers: Headers for every request, such as a gateway's key.
        cookies: Cookies for every request.
        timeout: Seconds that any single wait may take: for the connection, for the answer, for
            the next piece of a stream.

    Raises:
        ValidationError: base_url is no address.

    Example:
        >>> async with AsyncClient("http://127.0.0.1:8080") as client:
        ...     (await client.generate("Why is the sky blue?")).text
        ' Rayleigh scattering'
    """

    def _begin(self) -> None:
        self._key = object()

    @_signed_by(calls.generate)
    async def generate(self, *args: Any, **kwargs: Any) -> Response:
        return await self._send(calls.generate(*args, **kwargs))

    @_signed_by(calls.generate_stream)
    def generate_stream(self, *args: Any, **kwargs: Any) -> AsyncStream[StreamResponse]:
        return self._stream(calls.generate_stream(*args, **kwargs))

    @_signed_by(calls.chat)
    async def chat(self, *args: Any, **kwargs: Any) -> ChatResponse:
        return await self._send(calls.chat(*args, **kwargs))

    @_signed_by(calls.chat_stream)
    def chat_stream(self, *args: Any, **kwargs: Any) -> AsyncStream[ChatChunk]:
        return self._stream(calls.chat_stream(*args, **kwargs))

    async def aclose(self) -> None:
        """Close this event loop's connections; requests under way fail. It can be used again."""
        connections = connections_here().get(self._key)
        if connections is not None:
            await connections.close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _http(self) -> httpx.AsyncClient:
        """This event loop's connections: those of another loop are of no use here."""
        here = connections_here()
        if self._key not in here:
            with setting_up(self.base_url):
                http = httpx.AsyncClient(**self._settings())
            here[self._key] = LoopConnections(http, here, self, self._key)
            await here[self._key].open()
        return here[self._key].http

    async def _send(self, call: Call[Answer]) -> Answer:
        http = await self._http()
        with self._failures(call):
            response = await http.request(**self._request(call))
        return call.read(_head(response), response.content)

    def _stream(self, call: StreamCall[Answer]) -> AsyncStream[Answer]:
        reading = Reading(call)
        return AsyncStream(self._pieces(call, reading), reading)

    async def _pieces(
        self, call: StreamCall[Answer], reading: Reading[Answer]
    ) -> AsyncGenerator[Answer, None]:
        http = await self._http()
        with self._failures(call, reading):
            async with http.stream(**self._request(call)) as response:
                head = _head(response)
                if not head.is_stream:
                    raise reading.refusal(head, await response.aread())
                reading.begin(head)
                async for chunk in response.aiter_bytes():
                    for piece in reading.feed(chunk):
                        yield piece
        reading.end()


def _head(response: httpx.Response) -> Head:
    # httpx gives header names in lower case.
    return Head(response.status_code, dict(response.headers), shown(response.url))
