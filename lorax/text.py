"""Stop sequences across tokens: what may be shown, and where the text ends.

A server keeps the stop sequence in its text, goes past it when a token carries more, and does
not see one that ends inside a token (recordings stop_sequences/*). Whoever promises the stop
cuts the text here.
"""

from collections.abc import Sequence


def cut(text: str, stop_sequences: Sequence[str]) -> str:
    """The text before the first stop sequence.

    Example:
        >>> cut("one two. three", ["."])
        'one two'
    """
    found = [at for at in map(text.find, stop_sequences) if at >= 0]
    return text[: min(found)] if found else text


class StopCutter:
    """Cuts a growing text as `cut` cuts the whole, and shows each part as soon as it is sure.

    Attributes:
        stopped: Whether a stop sequence came; everything after it is dropped.
    """

    def __init__(self, stop_sequences: Sequence[str]) -> None:
        self.stopped = False
        self._stops = stop_sequences
        self._held = ""

    def feed(self, text: str) -> str:
        """Take more text; give what can be shown now.

        Held back is only what could still become the start of a stop sequence.
        """
        if self.stopped:
            return ""
        if not self._stops:
            return text
        self._held += text
        shown = cut(self._held, self._stops)
        maybe = self._start_of_a_stop()
        if len(shown) < len(self._held) and len(shown) <= maybe:
            self.stopped = True
            return shown
        shown, self._held = self._held[:maybe], self._held[maybe:]
        return shown

    def finish(self) -> str:
        """No more text comes; give the rest."""
        if self.stopped:
            return ""
        shown = cut(self._held, self._stops)
        self.stopped = len(shown) < len(self._held)
        self._held = ""
        return shown

    def _start_of_a_stop(self) -> int:
        """Where the earliest unfinished stop sequence begins; the length if none does."""
        held = self._held
        longest = max(map(len, self._stops))
        for at in range(max(len(held) - longest + 1, 0), len(held)):
            tail = held[at:]
            if any(len(tail) < len(stop) and stop.startswith(tail) for stop in self._stops):
                return at
        return len(held)
