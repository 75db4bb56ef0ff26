"""What a user may get of a call: the right answer, or an error of ours."""

from dataclasses import dataclass

from lorax import errors
from lorax.errors import ConnectionFailedError, LoraxError, RequestTimeoutError


@dataclass(frozen=True)
class Outcome:
    """What a call came to; by itself the right answer.

    Attributes:
        error: What was raised instead, or after some pieces.
        pieces: How many pieces that show something came before it.
    """

    error: type[LoraxError] | None = None
    pieces: int = 0

    def __str__(self) -> str:
        if self.error is None:
            return "the answer"
        after = f" after {self.pieces} piece{'s' * (self.pieces > 1)}" if self.pieces else ""
        return f"`{self.error.__name__}`{after}"

    @property
    def connections(self) -> int:
        """How many connections may be kept for the next call: none that broke or was given up."""
        broken = ConnectionFailedError, RequestTimeoutError
        return 0 if self.error is not None and issubclass(self.error, broken) else 1


class Got:
    """What a user gets, piece by piece.

    Args:
        right: The right answer.
    """

    def __init__(self, right: str) -> None:
        self._right = right
        self._pieces: list[str] = []
        self.error: LoraxError | None = None

    def take(self, piece: str) -> None:
        self._pieces.append(piece)

    def outcome(self) -> Outcome:
        """What it came to.

        Raises:
            AssertionError: It is a wrong answer, a part of one without an error, or wrong pieces.
        """
        said = "".join(self._pieces)
        if self.error is None:
            assert said == self._right, f"a wrong answer without an error: {said!r}"
            return Outcome()
        assert self._right.startswith(said), f"wrong pieces before an error: {said!r}"
        return Outcome(_ours(self.error), sum(map(bool, self._pieces)))


def _ours(error: LoraxError) -> type[LoraxError]:
    """The client's class of an error, which for LangChain is of LangChain's kind as well."""
    return next(kind for kind in type(error).__mro__ if vars(errors).get(kind.__name__) is kind)
