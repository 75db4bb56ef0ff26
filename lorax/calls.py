"""Every public call without I/O: arguments in, a request out; bytes in, an answer out."""

import functools
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

import pydantic

from lorax import chat as chat_dialect
from lorax import errors, grammar
from lorax.chat import ChatReader, Messages
from lorax.parameters import (
    MergedAdapters,
    Parameters,
    ResponseFormat,
    api_name,
    argument_docs,
    check_keywords,
    checked,
)
from lorax.parameters import Request as NativeRequest
from lorax.sse import EventDecoder
from lorax.text import StopCutter, cut
from lorax.types import (
    ChatChunk,
    ChatResponse,
    Metadata,
    Response,
    StreamResponse,
    WithMetadata,
)

P = ParamSpec("P")
R = TypeVar("R")
AnyAnswer = TypeVar("AnyAnswer", bound=WithMetadata)
Streamed = TypeVar("Streamed", bound=WithMetadata, covariant=True)


@dataclass(frozen=True)
class Head:
    """What comes before an answer's body."""

    status: int
    headers: Mapping[str, str]
    url: str


class Reader(Protocol[Streamed]):
    """Reads a stream's events one by one."""

    complete: bool

    def read(self, data: bytes) -> Streamed | None:
        """Read an event; None when it has nothing for the caller."""
        ...


@dataclass(frozen=True)
class Request:
    """A request: where it goes below base_url, its body, and the adapter it names."""

    path: str
    body: dict[str, Any]
    adapter_id: str | None

    def content(self) -> bytes:
        """The body's bytes."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    def refusal(self, head: Head, body: bytes) -> errors.LoraxError:
        """The exception for an answer whose status is an error."""
        return errors.of_body(
            head.status, body, head.headers, adapter_id=self.adapter_id, url=head.url
        )

    def understood(self, head: Head) -> Metadata:
        """What the server made of the request.

        The adapter's header echoes what the server understood. None beside the model's says that
        the adapter was lost on the way; without the model's, nothing is known.

        Raises:
            AdapterLostError: The answer is the base model's although an adapter was named.
        """
        metadata = Metadata.of(head.headers)
        if self.adapter_id and metadata.model_id and not metadata.adapter_id:
            message = f"The server answered with {metadata.model_id} alone."
            raise errors.AdapterLostError(message, adapter_id=self.adapter_id, url=head.url)
        return metadata


@dataclass(frozen=True)
class Call(Generic[AnyAnswer]):
    """A call with a whole answer."""

    request: Request
    parse: Callable[[bytes], AnyAnswer]

    def read(self, head: Head, body: bytes) -> AnyAnswer:
        """The answer.

        Raises:
            LoraxError: The server refused, or does not speak LoRAX.
        """
        if head.status != 200:
            raise self.request.refusal(head, body)
        try:
            answer = self.parse(body)
        except pydantic.ValidationError:
            raise errors.not_lorax(head.status, head.headers, body, url=head.url) from None
        answer._metadata = self.request.understood(head)  # noqa: SLF001
        return answer


@dataclass(frozen=True)
class StreamCall(Generic[AnyAnswer]):
    """A call with a streamed answer."""

    request: Request
    reader: Callable[[], Reader[AnyAnswer]]


class Reading(Generic[AnyAnswer]):
    """One stream as it is read.

    Attributes:
        metadata: What the server said before the stream; None before it answered.
    """

    def __init__(self, call: StreamCall[AnyAnswer]) -> None:
        self.metadata: Metadata | None = None
        self._request = call.request
        self._reader = call.reader()
        self._events = EventDecoder()
        self._head: Head | None = None

    @property
    def complete(self) -> bool:
        """Whether the server said that the answer is whole."""
        return self._reader.complete

    def begin(self, head: Head) -> None:
        """Take the head of an answer of status 200.

        Raises:
            LoraxError: This is no stream, or not with the adapter that was named.
        """
        self._head = head
        if not head.headers.get("content-type", "").startswith("text/event-stream"):
            raise errors.not_lorax(head.status, head.headers, b"", url=head.url)
        self.metadata = self._request.understood(head)

    def feed(self, chunk: bytes) -> Iterator[AnyAnswer]:
        """Read more bytes.

        Raises:
            LoraxError: The server reported an error, or the events are not LoRAX's.
        """
        for data in self._events.feed(chunk):
            try:
                item = self._reader.read(data)
            except pydantic.ValidationError:
                raise self._error(data) from None
            if item is not None:
                item._metadata = self.metadata or Metadata()  # noqa: SLF001
                yield item

    def end(self) -> None:
        """No more bytes come.

        Raises:
            IncompleteGenerationError: The answer was not whole.
        """
        if not self.complete:
            raise self.broken("The stream ended before the answer was whole.")

    def broken(self, reason: str) -> errors.IncompleteGenerationError:
        """The exception for a stream that broke off."""
        return errors.IncompleteGenerationError(
            reason, adapter_id=self._request.adapter_id, url=self._head.url if self._head else None
        )

    def _error(self, data: bytes) -> errors.LoraxError:
        """What an event says that is no part of an answer; a stream's errors have status 200."""
        assert self._head is not None, "begin() comes before feed()"
        try:
            payload = json.loads(data)
        except ValueError:
            payload = None
        if isinstance(payload, dict) and "error" in payload:
            return self._request.refusal(self._head, data)
        message = f"An event of the stream is not LoRAX's: {data[:80]!r}."
        return errors.UnexpectedAnswerError(message, url=self._head.url)


class NativeReader:
    """Reads the events of `generate_stream`; the last has generated_text."""

    def __init__(self, stop_sequences: Sequence[str]) -> None:
        self.complete = False
        self._cutter = StopCutter(stop_sequences)

    def read(self, data: bytes) -> StreamResponse:
        """Read one event.

        Raises:
            pydantic.ValidationError: It is no token.
        """
        item = StreamResponse.model_validate_json(data)
        text = self._cutter.feed("" if item.token.special else item.token.text)
        if item.generated_text is not None:
            self.complete = True
            text += self._cutter.finish()
        item._text = text  # noqa: SLF001
        item._is_last = self.complete or self._cutter.stopped  # noqa: SLF001
        return item


def _documented(call: Callable[P, R]) -> Callable[P, R]:
    """Give a call its parameters' documentation, and refuse keywords that it does not have."""
    names = list(inspect.signature(call).parameters)
    doc = inspect.cleandoc(call.__doc__ or "")
    call.__doc__ = doc.replace("    {parameters}", argument_docs(names))

    @functools.wraps(call)
    def checked_call(*args: P.args, **kwargs: P.kwargs) -> R:
        check_keywords(call.__name__, kwargs, names)
        return call(*args, **kwargs)

    return checked_call


@_documented
def generate(
    prompt: str,
    adapter_id: str | None = None,
    adapter_source: str | None = None,
    merged_adapters: MergedAdapters | None = None,
    api_token: str | None = None,
    do_sample: bool = False,
    max_new_tokens: int | None = 20,
    best_of: int | None = None,
    repetition_penalty: float | None = None,
    return_full_text: bool = False,
    seed: int | None = None,
    stop_sequences: list[str] | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    truncate: int | None = None,
    typical_p: float | None = None,
    watermark: bool = False,
    response_format: dict[str, Any] | ResponseFormat | type[pydantic.BaseModel] | None = None,
    decoder_input_details: bool = False,
    details: bool = True,
    *,
    frequency_penalty: float | None = None,
    presence_penalty: float | None = None,
    ignore_eos_token: bool = False,
    return_k_alternatives: int | None = None,
) -> Call[Response]:
    """Generate text that goes on from a prompt.

    Args:
        prompt: The text to go on from; not empty.
        {parameters}

    Returns:
        The answer: `text` is what to show, `generated_text` the server's own form of it,
        `details` the tokens, `metadata` what the server said beside it.

    Raises:
        ValidationError: A parameter is not allowed; UnknownParameterError for a misspelt one.
        GenerationError: The model server failed; its subclasses tell what is with the adapter.
        OverloadedError: The server works on as many requests as it takes.
        ConnectionFailedError: The server cannot be reached.
        RequestTimeoutError: It did not answer in time.
        LoraxError: Anything else; all of these are one.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> client.generate("Why is the sky blue?", adapter_id="some/adapter").text
        ' Rayleigh scattering'
    """
    # Every argument by its name, so that none is written a third time.
    parameters = _parameters(locals())
    return Call(
        _native(prompt, parameters, stream=False),
        functools.partial(_read_native, prompt=prompt, parameters=parameters),
    )


@_documented
def generate_stream(
    prompt: str,
    adapter_id: str | None = None,
    adapter_source: str | None = None,
    merged_adapters: MergedAdapters | None = None,
    api_token: str | None = None,
    do_sample: bool = False,
    max_new_tokens: int | None = 20,
    repetition_penalty: float | None = None,
    return_full_text: bool = False,
    seed: int | None = None,
    stop_sequences: list[str] | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    truncate: int | None = None,
    typical_p: float | None = None,
    watermark: bool = False,
    response_format: dict[str, Any] | ResponseFormat | type[pydantic.BaseModel] | None = None,
    details: bool = True,
    *,
    frequency_penalty: float | None = None,
    presence_penalty: float | None = None,
    ignore_eos_token: bool = False,
    return_k_alternatives: int | None = None,
) -> StreamCall[StreamResponse]:
    """Generate text that goes on from a prompt, and give each token as it comes.

    The arguments are checked now; the request is sent when the first token is asked for.

    Args:
        prompt: The text to go on from; not empty.
        {parameters}

    Returns:
        A stream of tokens. Leaving it by `close`, by `with` or by dropping it ends the
        generation at the server.

    Raises:
        ValidationError: A parameter is not allowed; UnknownParameterError for a misspelt one.
        IncompleteGenerationError: The stream broke before the answer was whole.
        LoraxError: Anything else that `generate` raises, also after tokens came.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> for token in client.generate_stream("Why is the sky blue?"):
        ...     print(token.text, end="")
         Rayleigh scattering
    """
    parameters = _parameters(locals())
    return StreamCall(
        _native(prompt, parameters, stream=True),
        functools.partial(NativeReader, parameters.stop),
    )


@_documented
def chat(
    messages: Messages,
    adapter_id: str | None = None,
    *,
    adapter_source: str | None = None,
    api_token: str | None = None,
    do_sample: bool = False,
    max_new_tokens: int | None = 20,
    repetition_penalty: float | None = None,
    frequency_penalty: float | None = None,
    presence_penalty: float | None = None,
    seed: int | None = None,
    stop_sequences: list[str] | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    ignore_eos_token: bool = False,
    response_format: dict[str, Any] | ResponseFormat | type[pydantic.BaseModel] | None = None,
) -> Call[ChatResponse]:
    """Answer a conversation, rendered by the model's own chat template.

    Args:
        messages: The turns so far, each with `role` and `content`; a text is one user's turn.
        {parameters}

    Returns:
        The answer's text, why it ended and the tokens it took.

    Raises:
        ValidationError: A message or a parameter is not allowed.
        LoraxError: Anything else that `generate` raises.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> client.chat([{"role": "user", "content": "Why is the sky blue?"}]).text
        'The sky is blue because of Rayleigh scattering.'
    """
    parameters = _parameters(locals())
    return Call(
        _chat_request(messages, parameters, stream=False),
        functools.partial(chat_dialect.read_whole, stop_sequences=parameters.stop),
    )


def _same_arguments(
    template: Callable[P, object],
) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Give a function another one's parameters, for readers and type checkers alike."""

    def sign(function: Callable[..., R]) -> Callable[P, R]:
        returned = inspect.signature(function).return_annotation
        signature = inspect.signature(template).replace(return_annotation=returned)
        function.__signature__ = signature  # type: ignore[attr-defined]
        return _documented(function)

    return sign


@_same_arguments(chat)
def chat_stream(messages: Messages, *args: Any, **kwargs: Any) -> StreamCall[ChatChunk]:
    """Answer a conversation, and give each piece of text as it comes.

    Args:
        messages: The turns so far, each with `role` and `content`; a text is one user's turn.
        {parameters}

    Returns:
        A stream of chunks; the last has finish_reason and usage.

    Raises:
        ValidationError: A message or a parameter is not allowed.
        IncompleteGenerationError: The stream broke before the answer was whole.
        LoraxError: Anything else that `generate` raises, also after chunks came.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> for chunk in client.chat_stream("Why is the sky blue?"):
        ...     print(chunk.text, end="")
        The sky is blue because of Rayleigh scattering.
    """
    bound = inspect.signature(chat).bind(messages, *args, **kwargs)
    parameters = _parameters(bound.arguments)
    return StreamCall(
        _chat_request(messages, parameters, stream=True),
        functools.partial(ChatReader, parameters.stop),
    )


def _parameters(arguments: Mapping[str, Any]) -> Parameters:
    names = {api_name(field): field for field in Parameters.model_fields}
    return checked(Parameters, {names[k]: v for k, v in arguments.items() if k in names})


def _native(prompt: str, parameters: Parameters, *, stream: bool) -> Request:
    """A native request goes to base_url itself: a gateway's path can stand there."""
    checked(_Prompt, {"prompt": prompt})
    body = NativeRequest.model_construct(inputs=prompt, stream=stream).model_dump(
        exclude={"parameters"}
    )
    wire = parameters.wire(grammar.response_format(parameters.response_format))
    merged = parameters.merged_adapters
    adapter_id = ",".join(merged.ids) if merged else parameters.adapter_id
    return Request("", {**body, "parameters": wire}, adapter_id)


def _chat_request(messages: Messages, parameters: Parameters, *, stream: bool) -> Request:
    body = chat_dialect.body(messages, parameters, stream=stream)
    return Request("/v1/chat/completions", body, parameters.adapter_id)


class _Prompt(pydantic.BaseModel):
    prompt: str = pydantic.Field(strict=True, min_length=1)


_WHOLE = pydantic.TypeAdapter(list[Response])


def _read_native(body: bytes, prompt: str, parameters: Parameters) -> Response:
    """A whole native answer; on base_url itself it comes in a list."""
    response = _WHOLE.validate_json(body)[0]
    before = prompt if parameters.return_full_text else ""
    rest = response.generated_text.removeprefix(before)
    response._text = before + cut(rest, parameters.stop)  # noqa: SLF001
    return response
