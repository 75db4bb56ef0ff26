"""A growing text is cut as the whole would be, and shown as soon as it can be."""

from hypothesis import example, given
from hypothesis import strategies as st

from lorax.text import StopCutter, cut

TEXTS = st.text("ab.\n", max_size=12)
STOPS = st.lists(TEXTS, max_size=3)


def pieces(parts: list[str], stops: list[str]) -> list[str]:
    cutter = StopCutter(stops)
    return [*(cutter.feed(part) for part in parts), cutter.finish()]


@given(st.lists(TEXTS, max_size=8), STOPS)
@example(["ab", "c"], ["abcd", "bc"])
@example(["abc", "d"], ["abcd", "bc"])
@example([" photographer", " smiled"], ["photo"])
def test_the_parts_add_up_to_the_whole_texts_cut(parts: list[str], stops: list[str]) -> None:
    assert "".join(pieces(parts, stops)) == cut("".join(parts), stops)


@given(st.lists(TEXTS, max_size=8), st.lists(st.text("ab.\n", min_size=1, max_size=5), max_size=3))
def test_no_text_is_held_that_could_not_become_a_stop(parts: list[str], stops: list[str]) -> None:
    cutter, came, shown = StopCutter(stops), "", ""
    for part in parts:
        came += part
        shown += cutter.feed(part)
        if not cutter.stopped:
            held = came[len(shown) :]
            assert not held or any(stop.startswith(held[: len(stop)]) for stop in stops)


def test_the_first_stop_counts_wherever_it_stands() -> None:
    assert cut("one two. three", ["three", "."]) == "one two"
    assert cut("nothing here", ["."]) == "nothing here"


def test_a_text_after_the_stop_is_dropped() -> None:
    cutter = StopCutter(["END"])
    assert cutter.feed("abEN") == "ab"
    assert cutter.feed("D and more") == ""
    assert cutter.stopped
    assert cutter.feed("more") == cutter.finish() == ""


def test_what_only_looked_like_a_stop_is_shown_at_the_end() -> None:
    assert pieces(["abEN"], ["END"]) == ["ab", "EN"]
