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
        self._parts: list[bytes] = []
        self._end = b""
        self._mark = b"\xef\xbb\xbf"  # of the byte order, which may stand before the first line

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take more bytes; give the data of the events they complete. Comments are dropped."""
        lone = chunk.find(b"\n") == len(chunk) - 2 and chunk.endswith(b"\n")
        if lone and not self.held and chunk.startswith(b"data: ") and chunk[-3:-2] != b"\r":
            self._mark = b""
            return [chunk[6:-2]]  # one event in one piece, as a server sends each token
        self._parts.append(chunk)
        # An empty line ends an event. Parts are put together only when one came: a long event in
        # many parts would be copied as often.
        seam = self._end + chunk
        if b"\n\n" not in seam and b"\n\r\n" not in seam:
            self.held += len(chunk)
            self._end = seam[-2:]
            return []
        whole = b"".join(self._parts).removeprefix(self._mark)
        blocks = whole.replace(b"\r\n", b"\n").split(b"\n\n")
        rest, self._mark = blocks.pop(), b""
        self._parts, self.held, self._end = [rest], len(rest), rest[-2:]
        events: list[bytes] = []
        for block in blocks:
            if block.startswith(b"data: ") and b"\n" not in block:  # as a server writes it
                events.append(block[6:])
            elif data := [line[5:] for line in block.split(b"\n") if line.startswith(b"data:")]:
                events.append(b"\n".join(part.removeprefix(b" ") for part in data))
        return events
