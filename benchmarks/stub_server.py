"""A server that speaks LoRAX and computes nothing, so that what is measured is the client.

It is a process of its own, and raw asyncio: its answers are ready before they are asked for.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, islice
from typing import Any

# What a token is, again and again. Clients check that they got exactly these.
PIECES = (" Ray", "leigh", " scattering", " makes", " the", " sky", " look", " blue", ".")
MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct"
PROMPT_TOKENS = 6


@dataclass(frozen=True)
class Manner:
    """How the server answers.

    Attributes:
        pace: Seconds from token to token of a stream; 0 sends all of them in one piece.
        work: Seconds that a whole answer takes.
        permits: How many whole answers it works at; one more is refused.
        stays_open: Whether a stream stops after its first token and stays open.
    """

    pace: float = 0
    work: float = 0
    permits: int = 10_000
    stays_open: bool = False


MANNERS = {
    "at once": Manner(),
    "paced": Manner(pace=0.02),
    "busy": Manner(work=0.5, permits=8),
    "open": Manner(stays_open=True),
}


def pieces(count: int) -> list[str]:
    """The texts of that many tokens."""
    return list(islice(cycle(PIECES), count))


def native_events(count: int) -> Iterator[str]:
    """A stream as `POST /` gives it, in the words of the recordings of a real server."""
    texts = pieces(count)
    for at, text in enumerate(texts):
        last = at == count - 1
        token = {"id": 1000 + at, "text": text, "logprob": -0.25, "special": False}
        yield _json(
            {
                "token": {**token, "skipped": False},
                "generated_text": "".join(texts) if last else None,
                "details": {**_details(count), "seed": None} if last else None,
            }
        )


def completion_events(count: int) -> Iterator[str]:
    """A stream as `POST /v1/completions` gives it."""
    for at, text in enumerate(pieces(count)):
        last = at == count - 1
        choice = {"index": 0, "text": text, "logprobs": None}
        said = {**choice, "finish_reason": "length" if last else None}
        usage = _usage(count) if last else _usage(0)
        yield _json({**_named("text_completion"), "choices": [said], "usage": usage})
    yield "[DONE]"


def chat_events(count: int) -> Iterator[str]:
    """A stream as `POST /v1/chat/completions` gives it."""
    for at, text in enumerate(pieces(count)):
        last = at == count - 1
        delta = {"role": "assistant", "content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": "length" if last else None}
        usage = {"usage": _usage(count)} if last else {}
        yield _json({**_named("chat.completion.chunk"), "choices": [choice], **usage})
    yield "[DONE]"


def native_answer(count: int, details: bool) -> str:
    """A whole answer of `POST /`, in its list."""
    answer: dict[str, Any] = {"generated_text": "".join(pieces(count))}
    if details:
        about = {**_details(count), "skipped_tokens": 0, "seed": None}
        answer["details"] = {**about, "prefill": [], "tokens": []}
    return _json([answer])


def completion_answer(count: int, _: bool) -> str:
    """A whole answer of `POST /v1/completions`."""
    text = "".join(pieces(count))
    choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": "length"}
    return _json({**_named("text_completion"), "choices": [choice], "usage": _usage(count)})


def chat_answer(count: int, _: bool) -> str:
    """A whole answer of `POST /v1/chat/completions`."""
    message = {"role": "assistant", "content": "".join(pieces(count))}
    choice = {"index": 0, "message": message, "finish_reason": "length"}
    return _json({**_named("text_completion"), "choices": [choice], "usage": _usage(count)})


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _details(count: int) -> dict[str, Any]:
    counted = {"prompt_tokens": PROMPT_TOKENS, "generated_tokens": count}
    return {"finish_reason": "length", **counted}


def _usage(count: int) -> dict[str, int]:
    prompt = PROMPT_TOKENS if count else 0
    counted = {"prompt_tokens": prompt, "total_tokens": prompt + count}
    return {**counted, "completion_tokens": count}


def _named(kind: str) -> dict[str, Any]:
    return {"id": "null", "object": kind, "created": 0, "model": "null"}


@dataclass(frozen=True)
class Dialect:
    """One route's stream and whole answer."""

    events: Callable[[int], Iterator[str]]
    answer: Callable[[int, bool], str]


NATIVE = Dialect(native_events, native_answer)
ROUTES = {
    "/": NATIVE,
    "/v1/completions": Dialect(completion_events, completion_answer),
    "/v1/chat/completions": Dialect(chat_events, chat_answer),
}
OVERLOADED = _json({"error": "Model is overloaded", "error_type": "overloaded"})
STREAM_HEAD = (
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n"
    f"x-accel-buffering: no\r\nx-model-id: {MODEL}\r\ntransfer-encoding: chunked\r\n\r\n"
).encode()


@lru_cache
def chunks(dialect: Dialect, count: int) -> tuple[bytes, ...]:
    """A stream's events, each a chunk of its own as the real server's HTTP library sends it."""
    events = [f"data: {data}\n\n".encode() for data in dialect.events(count)]
    framed = [b"%x\r\n%b\r\n" % (len(event), event) for event in events]
    # What comes after the last token comes with it.
    return *framed[: count - 1], b"".join(framed[count - 1 :]) + b"0\r\n\r\n"


@lru_cache
def body_at_once(dialect: Dialect, count: int) -> bytes:
    """A stream in one piece."""
    return STREAM_HEAD + b"".join(chunks(dialect, count))


@lru_cache
def whole(dialect: Dialect, count: int, details: bool) -> bytes:
    """A whole answer and its head."""
    return response("200 OK", dialect.answer(count, details))


def response(status: str, body: str) -> bytes:
    """A JSON answer."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-model-id: {MODEL}\r\n"
    return f"{head}content-length: {len(body.encode())}\r\n\r\n{body}".encode()


class Permits:
    """How many requests are worked at."""

    def __init__(self, most: int) -> None:
        self.free = most


class Connection(asyncio.Protocol):
    """One client's connection; it asks for one thing after another."""

    transport: asyncio.Transport

    def __init__(self, manner: Manner, permits: Permits) -> None:
        self.manner = manner
        self.permits = permits
        self.received = b""
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect a request, and answer it when it is whole."""
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        self.received = b""
        method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
        if method == "GET":
            self.transport.write(response("200 OK", self.info()))
        elif path in ROUTES:
            self.answer(ROUTES[path], json.loads(body))
        else:
            self.transport.write(response("404 Not Found", _json({"error": "no such route"})))

    def info(self) -> str:
        """What the server says of itself."""
        limits = {"max_concurrent_requests": self.manner.permits, "max_total_tokens": 2048}
        return _json({"model_id": MODEL, **limits})

    def answer(self, dialect: Dialect, body: dict[str, Any]) -> None:
        """Answer a request for tokens."""
        parameters = body.get("parameters", {})
        count = parameters.get("max_new_tokens") or body.get("max_tokens") or 20
        if not body.get("stream"):
            self.work(whole(dialect, count, bool(parameters.get("details"))))
        elif self.manner.stays_open:
            self.transport.write(STREAM_HEAD + chunks(dialect, count)[0])
        elif self.manner.pace:
            self.transport.write(STREAM_HEAD)
            self.send(iter(chunks(dialect, count)), self.loop.time())
        else:
            self.transport.write(body_at_once(dialect, count))

    def work(self, answer: bytes) -> None:
        """Give a whole answer after the time it takes, or refuse at once."""
        if not self.permits.free:
            self.transport.write(response("429 Too Many Requests", OVERLOADED))
        elif self.manner.work:
            self.permits.free -= 1
            self.loop.call_later(self.manner.work, self.worked, answer)
        else:
            self.transport.write(answer)

    def worked(self, answer: bytes) -> None:
        """Give an answer that took its time."""
        self.permits.free += 1
        self.transport.write(answer)

    def send(self, left: Iterator[bytes], due: float) -> None:
        """Send a stream's next token, and plan the one after it by the clock of the first."""
        chunk = next(left, None)
        if chunk is None or self.transport.is_closing():
            return
        self.transport.write(chunk)
        due += self.manner.pace
        self.loop.call_at(due, self.send, left, due)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(manner: Manner) -> None:
    """Listen at a free port, say which, and answer until the process is ended."""
    permits = Permits(manner.permits)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(manner, permits), "127.0.0.1", 0, backlog=2048
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(MANNERS[sys.argv[1]]))
