"""A request and the reading of its answer, without I/O: what both clients send and are given."""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from lorax import errors, refusals
from lorax.shapes import is_list, json_text
from lorax.sse import EventDecoder
from lorax.types import Metadata, WithMetadata

LARGEST_ANSWER = 256 << 20
LARGEST_EVENT = 32 << 20
_LARGEST_REFUSAL = 1 << 20

AnyAnswer = TypeVar("AnyAnswer")
AnyPiece = TypeVar("AnyPiece", bound=WithMetadata)
Piece_co = TypeVar("Piece_co", bound=WithMetadata, covariant=True)


@dataclass(frozen=True)
class Head:
    """What comes before an answer's body."""

    status: int
    headers: Mapping[str, str]
    url: str

    @property
    def is_stream(self) -> bool:
        """Whether events follow."""
        kind = self.headers.get("content-type", "")
        return self.status == 200 and kind.startswith("text/event-stream")


class Reader(Protocol[Piece_co]):
    """Reads a stream's events one by one."""

    complete: bool

    def read(self, data: bytes) -> Piece_co | None:
        """Read an event; None when it has nothing for the caller."""
        ...


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        path: Where it goes below base_url.
        body: What is posted; None asks with GET.
        adapter_id: The adapter it names.
        headers: Headers beside the client's own.
        timeout: Seconds in which everything must be over.
        generates: Whether it is for one of the generating routes, where the server takes the
            bearer of an Authorization header for the adapter's token.
        is_paced: Whether it takes one of the places that a server has for requests.
        is_retried: Whether it may be sent again.
    """

    path: str
    body: dict[str, Any] | None = field(repr=False)  # it may hold a token
    adapter_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float | None = None
    generates: bool = False
    is_paced: bool = True
    is_retried: bool = True

    @property
    def method(self) -> str:
        """How it is asked."""
        return "GET" if self.body is None else "POST"

    @cached_property
    def content(self) -> bytes:
        """The body's bytes.

        Raises:
            ValidationError: Something in it cannot be written as JSON.
        """
        if self.body is None:
            return b""
        return json_text(self.body, "The request", compact=True).encode()

    @property
    def _settings(self) -> dict[str, Any]:
        """Where parameters stand: native routes have a place of their own for them."""
        body = self.body or {}
        settings: dict[str, Any] = body.get("parameters", body)
        return settings

    @property
    def has_format(self) -> bool:
        """Whether it sends a schema."""
        return "response_format" in self._settings

    @property
    def lacks_token(self) -> bool:
        """Whether the server takes the bearer of an Authorization header for the adapter's token.

        For the source pbase that is what the bearer is for.
        """
        settings = self._settings
        from_hub = settings.get("adapter_source") != "pbase"
        named = self.generates and self.adapter_id is not None
        return named and from_hub and "api_token" not in settings

    def with_empty_token(self) -> "Request":
        """The same with a token that is empty: the server does not take another one for it."""
        settings = {**self._settings, "api_token": ""}
        body = self.body or {}
        return replace(
            self, body={**body, "parameters": settings} if "parameters" in body else settings
        )

    def refusal(self, head: Head, body: bytes) -> errors.LoraxError:
        """The exception for an answer whose status is an error."""
        return refusals.of_body(
            head.status, body, head.headers, adapter_id=self.adapter_id, url=head.url
        )

    def located(self, error: errors.LoraxError, head: Head | None) -> errors.LoraxError:
        """An error with what this request was about."""
        error.adapter_id, error.url = self.adapter_id, head.url if head else None
        return error

    def understood(self, head: Head) -> Metadata:
        """What the server made of the request.

        The adapter's header echoes what the server understood. None beside the model's says that
        the adapter was lost on the way, unless it was the model itself; without the model's header
        nothing is known.

        Raises:
            AdapterLostError: The answer is the base model's although an adapter was named.
        """
        metadata = Metadata.of(head.headers)
        model, used = metadata.model_id, metadata.adapter_id
        if self.adapter_id is not None and model is not None:
            right = {self.adapter_id, None} if self.adapter_id == model else {self.adapter_id}
            if used not in right:
                message = f"The server answered with {used or model + ' alone'}."
                raise errors.AdapterLostError(message, adapter_id=self.adapter_id, url=head.url)
        return metadata


@dataclass(frozen=True)
class Call(Generic[AnyAnswer]):
    """A call with a whole answer."""

    request: Request
    parse: Callable[[bytes], AnyAnswer]

    def within(self, seconds: float) -> "Call[AnyAnswer]":
        """The same, where no wait may take longer."""
        return replace(self, request=replace(self.request, timeout=seconds))

    def read(self, head: Head, body: bytes) -> AnyAnswer:
        """The answer.

        Raises:
            LoraxError: The server refused, or does not speak LoRAX.
        """
        if head.status != 200:
            raise self.request.refusal(head, body)
        metadata = self.request.understood(head)
        try:
            answer = self.parse(body)
        except errors.LoraxError as error:
            raise self.request.located(error, head) from None
        except (ValueError, RecursionError):
            raise refusals.not_lorax(head.status, head.headers, body, url=head.url) from None
        parts: list[Any] = answer if is_list(answer) else [answer]
        for part in parts:
            if isinstance(part, WithMetadata):
                part.take_metadata(metadata)
        return answer


@dataclass(frozen=True)
class StreamCall(Generic[AnyPiece]):
    """A call with a streamed answer."""

    request: Request
    reader: Callable[[], Reader[AnyPiece]]


class Body:
    """The bytes of an answer as they come, up to a bound: a server must not fill the memory."""

    def __init__(self, head: Head) -> None:
        self.data = bytearray()
        self._head = head
        self._bound = LARGEST_ANSWER if head.status == 200 else _LARGEST_REFUSAL

    def fill(self, chunks: Iterable[bytes]) -> None:
        """Take all bytes.

        Raises:
            UnexpectedAnswerError: The answer is too large.
        """
        for chunk in chunks:
            if not self._take(chunk):
                break

    async def afill(self, chunks: AsyncIterable[bytes]) -> None:
        """Take all bytes, awaited."""
        async for chunk in chunks:
            if not self._take(chunk):
                break

    def _take(self, chunk: bytes) -> bool:
        """Whether more are wanted: of a refusal the first words are enough."""
        self.data += chunk
        if len(self.data) <= self._bound:
            return True
        if self._head.status == 200:
            raise _too_large("answer", self._bound, self._head.url)
        return False


def _too_large(what: str, bound: int, url: str | None) -> errors.UnexpectedAnswerError:
    message = f"The {what} is larger than {bound >> 20} MiB and was not read to its end."
    return errors.UnexpectedAnswerError(message, url=url)


class Reading(Generic[AnyPiece]):
    """One stream as it is read.

    Attributes:
        metadata: What the server said before the stream; None before it answered.
        given: Whether any piece of it was given to the caller.
        events: How many events came.
        complete: Whether the server said that the answer is whole.
    """

    def __init__(self, call: StreamCall[AnyPiece]) -> None:
        self.metadata: Metadata | None = None
        self.given = False
        self.events = 0
        self.complete = False
        self._call = call
        self._request = call.request
        self._reader = call.reader()
        self._decoder = EventDecoder()
        self._failure: errors.LoraxError | None = None
        self._head: Head | None = None

    @property
    def _url(self) -> str | None:
        return self._head.url if self._head else None

    def begin(self, head: Head) -> None:
        """Take the head of a stream.

        Raises:
            AdapterLostError: It is not with the adapter that was named.
        """
        self._head = head
        self._reader = self._call.reader()  # what an attempt before gave is of no use
        self._decoder = EventDecoder()
        self._failure = None
        self.metadata = self._request.understood(head)

    def refusal(self, head: Head, body: bytes) -> errors.LoraxError:
        """The exception for an answer that is no stream."""
        if head.status == 200 and "error" not in (refusals.json_object(body) or {}):
            return refusals.not_lorax(head.status, head.headers, body, url=head.url)
        return self._request.refusal(head, body)

    def feed(self, chunk: bytes) -> list[AnyPiece]:
        """Read more bytes.

        What is wrong after some pieces is raised by `check` or the next `feed`, when these pieces
        were given.

        Raises:
            LoraxError: The server reported an error, or the events are not LoRAX's.
        """
        if self._failure is not None:
            raise self._failure
        reader, metadata, data = self._reader, self.metadata or Metadata(), b""
        pieces: list[AnyPiece] = []
        try:
            for data in self._decoder.feed(chunk):
                if reader.complete:
                    break  # what a gateway adds is no part of the answer
                self.events += 1
                item = reader.read(data)
                if item is not None:
                    item.take_metadata(metadata)
                    pieces.append(item)
        except errors.LoraxError as error:
            self._failure = self._request.located(error, self._head)
        except (ValueError, RecursionError):
            self._failure = self._error(data)
        if self._decoder.held > LARGEST_EVENT:
            self._failure = _too_large("event", LARGEST_EVENT, self._url)
        self.complete = reader.complete
        if pieces:
            self.given = True
        else:
            self.check()
        return pieces

    def check(self) -> None:
        """Raise what was wrong after the pieces that were given.

        Raises:
            LoraxError: Something was.
        """
        if self._failure is not None:
            raise self._failure

    def end(self) -> None:
        """No more bytes come.

        Raises:
            IncompleteGenerationError: The answer was not whole.
        """
        self.check()
        if not self.complete:
            raise self.broken("The stream ended before the answer was whole.")

    def broken(self, reason: str) -> errors.IncompleteGenerationError:
        """The exception for a stream that broke off."""
        return errors.IncompleteGenerationError(
            reason, adapter_id=self._request.adapter_id, url=self._url
        )

    def _error(self, data: bytes) -> errors.LoraxError:
        """What an event says that is no part of an answer; a stream's errors have status 200."""
        assert self._head is not None, "begin() comes before feed()"
        if "error" in (refusals.json_object(data) or {}):
            return self._request.refusal(self._head, data)
        message = f"An event of the stream is not LoRAX's: {data[:80]!r}."
        return errors.UnexpectedAnswerError(message, url=self._head.url)
