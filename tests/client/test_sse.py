"""Events come out of bytes the same however they are split."""

from hypothesis import given
from hypothesis import strategies as st

from lorax.sse import EventDecoder
from tests.recordings import cases


def decoded(*chunks: bytes) -> list[bytes]:
    decoder = EventDecoder()
    return [data for chunk in chunks for data in decoder.feed(chunk)]


def test_an_event_is_the_data_between_empty_lines() -> None:
    assert decoded(b"data: one\n\ndata: two\n\n") == [b"one", b"two"]


def test_both_line_ends_comments_and_data_of_several_lines() -> None:
    assert decoded(b":\n\ndata:a\r\ndata: b\r\n\r\n: x\ndata: c\n\n") == [b"a\nb", b"c"]


def test_a_line_end_of_two_bytes_before_one_of_one() -> None:
    assert decoded(b"data: a\n\n", b"data: \r\n\n", b"data: b\r\n\n") == [b"a", b"", b"b"]


def test_only_an_empty_line_ends_an_event() -> None:
    assert decoded(b"event: x\ndata: a\n: comment\nid: 1\ndata: b\n\n") == [b"a\nb"]


def test_an_event_without_its_empty_line_is_unfinished() -> None:
    decoder = EventDecoder()
    assert decoder.feed(b"data: one\n") == []
    assert decoder.feed(b"\n") == [b"one"]


def test_a_byte_order_mark_is_none_of_the_first_event() -> None:
    assert decoded(b"\xef", b"\xbb", b"\xbfdata: one\n\n", b"data: two\n\n") == [b"one", b"two"]
    assert decoded(b"data: one\n\n\xef\xbb\xbfdata: two\n\n") == [b"one"]


def test_separators_of_other_scripts_are_text() -> None:
    line = "data: one\u2028two\u0085three\x0bfour\n\n".encode()
    assert decoded(line) == [line[6:-2]]


STREAMS = [
    case["response"]["text"].encode() for case in cases("generate_stream", "chat_stream").values()
]


@given(st.sampled_from(STREAMS), st.data())
def test_any_split_of_a_recording_gives_the_same_events(stream: bytes, data: st.DataObject) -> None:
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=20).map(sorted))
    chunks = [stream[a:b] for a, b in zip([0, *at], [*at, len(stream)], strict=True)]
    assert decoded(*chunks) == decoded(stream)
