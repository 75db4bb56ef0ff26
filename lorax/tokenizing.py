"""Counting tokens for those who ask often: each text once, and an estimate without a server."""

import functools
import logging
import re
import time

from lorax.client import Client
from lorax.errors import ConnectionFailedError, RequestTimeoutError

_logger = logging.getLogger("lorax")
_KEPT = 1_000_000  # characters
_PAUSE = 30.0
# A server takes no body above 2 MB, and a character may be six bytes of it.
_LONGEST = 250_000
# Common words are a token, longer ones several; so is nearly every sign and digit.
_PIECE = re.compile(r"[ ]?[A-Za-z]{1,7}|[ ]?[^\W\dA-Za-z_]{1,2}|\d|\s+|[^\w\s]|_")


def estimated(text: str) -> list[str]:
    """A text in about as many pieces as a model has tokens for it.

    For English and code it is right within a third for the vocabularies of today's models; other
    scripts differ more, from one vocabulary to another.

    Example:
        >>> len(estimated("Why is the sky blue?"))
        6
    """
    return _PIECE.findall(text)


class Tokenizer:
    """Cuts texts into tokens as a server does, for frameworks that count many.

    It is called with a text and gives the numbers of its tokens, without those that a model puts
    around a prompt. A text too long for one request is cut in pieces, each of which may come to a
    token more. A server that cannot be reached is asked again after half a minute; until then texts
    are estimated, and the numbers are zeros.

    Args:
        client: The server's; every text that is new is a request of it or more, waited for.

    Raises:
        LoraxError: The server was reached and refused; what `client.tokenize` raises.

    Example:
        >>> tokenizer = Tokenizer(Client("http://127.0.0.1:8080"))
        >>> tokenizer("Why is")
        [2683, 314]
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, list[int]] = {}
        self._kept = 0
        self._asks_after = 0.0

    def __call__(self, text: str) -> list[int]:
        """The tokens of a text."""
        known = self._known.get(text)
        if known is not None:
            return known
        if time.monotonic() >= self._asks_after:
            try:
                return self._asked(text)
            except (ConnectionFailedError, RequestTimeoutError) as error:
                self._asks_after = time.monotonic() + _PAUSE
                _logger.warning("Tokens are estimated for %g s: %s", _PAUSE, error.message)
        return [0] * len(estimated(text))

    def _asked(self, text: str) -> list[int]:
        pieces = (text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST))
        tokens = [
            token.id
            for piece in pieces
            for token in self._client.tokenize(piece, add_special_tokens=False)
        ]
        if self._kept + len(text) > _KEPT:
            self._known.clear()
            self._kept = 0
        self._known[text] = tokens
        self._kept += len(text)
        return tokens


@functools.lru_cache(maxsize=128)
def tokenizer_of(client: Client) -> Tokenizer:
    """The one tokenizer of a client, whose memory all who share the client share."""
    return Tokenizer(client)
