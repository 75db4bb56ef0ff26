"""Server-sent events out of bytes, however the network cut them.

The format is that of the WHATWG HTML standard, section "Server-sent events", without what a
LoRAX server never uses: event names, ids and reconnection.
"""


class EventDecoder:
    """Collects bytes and gives the data of each event that is complete.

    Lines end with LF or CR LF. Bytes are split before they are decoded: a text may hold U+2028
    or U+0085, at which Python's own line iterators would cut.

    Attributes:
        held: How many bytes of an event that is not complete are kept.
    """

    def __init__(self) -> None:
        self.held = 0
        self._line: list[bytes] = []  # parts of the line that has not ended
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take more bytes; give the data of the events they complete. Comments are dropped."""
        self._line.append(chunk)
        self.held += len(chunk)
        if b"\n" not in chunk:
            return []
        lines = b"".join(self._line).split(b"\n")
        self._line = [lines.pop()]
        events: list[bytes] = []
        for line in lines:
            stripped = line.removesuffix(b"\r")
            if stripped.startswith(b"data:"):
                self._data.append(stripped[5:].removeprefix(b" "))
            elif not stripped and self._data:
                events.append(b"\n".join(self._data))
                self._data = []
        self.held = len(self._line[0]) + sum(map(len, self._data))
        return events
