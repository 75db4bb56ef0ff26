"""How little it can cost in Python: a bare socket, or a bare asyncio.Protocol, and orjson."""

import asyncio
import socket
from urllib.parse import urlsplit

import orjson
from measuring import PROMPT, Peer, Task, main


class Limit(Peer):
    """It knows this one server, and nothing of HTTP that is not needed here."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        address = urlsplit(task.url)
        assert address.hostname is not None
        assert address.port is not None
        self.address = address.hostname, address.port
        self.socket = socket.create_connection(self.address)

    def request(self, stream: bool) -> bytes:
        """A request's bytes."""
        parameters = {"max_new_tokens": self.task.tokens, "details": True}
        body = orjson.dumps({"inputs": PROMPT, "stream": stream, "parameters": parameters})
        head = b"POST / HTTP/1.1\r\nhost: stub\r\ncontent-length: %d\r\n\r\n" % len(body)
        return head + body

    def texts(self) -> list[str]:
        """The texts of a stream, waited for."""
        self.socket.sendall(self.request(stream=True))
        texts: list[str] = []
        rest = b""
        while not rest.endswith(b"0\r\n\r\n"):
            rest = read(rest + self.socket.recv(65536), texts)
        return texts

    async def atexts(self) -> list[str]:
        """The texts of a stream, awaited."""
        loop = asyncio.get_running_loop()
        transport, answer = await loop.create_connection(Answer, *self.address)
        transport.write(self.request(stream=True))
        texts = await answer.whole
        transport.close()
        return texts

    def whole(self) -> str:
        """A whole answer's text, waited for."""
        self.socket.sendall(self.request(stream=False))
        received = self.socket.recv(65536)
        while not received.endswith(b"}]"):
            received += self.socket.recv(65536)
        text: str = orjson.loads(received.partition(b"\r\n\r\n")[2])[0]["generated_text"]
        return text


class Answer(asyncio.Protocol):
    """One stream."""

    def __init__(self) -> None:
        self.whole: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self.texts: list[str] = []
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self.rest = read(self.rest + data, self.texts)
        if self.rest.endswith(b"0\r\n\r\n"):
            self.whole.set_result(self.texts)


def read(received: bytes, texts: list[str]) -> bytes:
    """Read the events that are whole; sizes of chunks stand on lines of their own."""
    *events, rest = received.split(b"\n\n")
    for event in events:
        _, found, data = event.partition(b"data: ")
        if found:
            texts.append(orjson.loads(data)["token"]["text"])
    return rest


if __name__ == "__main__":
    main(Limit)
