"""What a check of `lorax doctor` finds, and what the checks know of each other."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from lorax import Client
from lorax.command.exits import Exit, in_words, judged
from lorax.command.options import Server
from lorax.errors import LoraxError
from lorax.types import Info


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        said: What is so.
        todo: What to do about it; beside OK it is a hint.
        exit: What it exits with.
    """

    said: str
    todo: str = ""
    exit: Exit = Exit.OK

    @property
    def mark(self) -> str:
        """Right, wrong, or right with a hint."""
        return "✗" if self.exit else "!" if self.todo else "✓"


@dataclass
class Visit:
    """A server that is looked at, and what is known of it by now."""

    server: Server
    client: Client
    url: httpx.URL
    adapter: str | None
    source: str | None
    proxy: httpx.URL | None = None
    info: Info | None = None

    @property
    def address(self) -> tuple[str, int]:
        """The host and port that connections are made to: the proxy's, if there is one."""
        hop = self.proxy or self.url
        return hop.host, hop.port or (443 if hop.scheme == "https" else 80)

    @property
    def seconds(self) -> float:
        """How long a connection may take: shorter than an answer."""
        return min(self.server.timeout, 10.0)

    def failed(self, error: LoraxError) -> Finding:
        """What an error of the client comes to."""
        code, todo = judged(error)
        return Finding(in_words(error), self.past_proxy(todo), code)

    def past_proxy(self, todo: str) -> str:
        """What to do, with the way around the proxy."""
        if self.proxy is None:
            return todo
        return f"{todo} The proxy may be to blame: NO_PROXY={self.url.host} goes past it.".strip()


# None: there is nothing to check here.
Check = Callable[[Visit], Finding | None]
