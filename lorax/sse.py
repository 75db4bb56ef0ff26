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
            return [chunk[6:-2]]  # a token's event alone, as most come
        # An empty line ends an event. Parts are put together only when one came: a long event in
        # many parts would be copied as often.
        seam = self._end + chunk if self.held else chunk
        if b"\n\n" not in seam and b"\n\r\n" not in seam:
            self._parts.append(chunk)
            self.held += len(chunk)
            self._end = seam[-2:]
            return []
        whole = b"".join([*self._parts, chunk]) if self.held else chunk
        if self._mark:
            whole, self._mark = whole.removeprefix(self._mark), b""
        events, rest = _as_a_server_writes_them(whole) or _in_any_form(whole)
        self._parts, self.held, self._end = [rest], len(rest), rest[-2:]
        return events


def _as_a_server_writes_them(whole: bytes) -> tuple[list[bytes], bytes] | None:
    """Events of one line each, and what is not complete; None if there is anything else."""
    at = whole.rfind(b"\n\n")
    events = whole[6:at].split(b"\n\ndata: ")
    lines = whole.count(b"\n", 0, at)
    if whole.startswith(b"data: ") and lines == 2 * len(events) - 2 and b"\r" not in whole:
        return events, whole[at + 2 :]
    return None


def _in_any_form(whole: bytes) -> tuple[list[bytes], bytes]:
    *blocks, rest = whole.replace(b"\r\n", b"\n").split(b"\n\n")
    datas = ([line[5:] for line in block.split(b"\n") if line[:5] == b"data:"] for block in blocks)
    return [b"\n".join(part.removeprefix(b" ") for part in data) for data in datas if data], rest
