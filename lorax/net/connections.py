"""What both clients connect with: settings checked, and connections that close in time."""

import asyncio
import functools
import importlib
import re
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
from anyio.lowlevel import RunVar

from lorax import errors
from lorax.shapes import is_object


class LoopConnections:
    """One client's connections in one event loop; they close with the loop at the latest.

    An event loop that ends closes the async generators that are still open. That is the one
    moment at which connections that nobody closed can be closed properly, so such a generator
    keeps them, and the loop keeps it.

    Attributes:
        http: What sends.
        under_way: The attempts that use it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        among: dict[object, "LoopConnections"],
        client: object,
        key: object,
    ) -> None:
        self.http = http
        self.under_way: weakref.WeakSet[Any] = weakref.WeakSet()
        self._loop = _running_loop()
        self._closing = self._until_closed(among, key)
        self._when_dropped = weakref.finalize(client, self._close_soon)
        self._when_dropped.atexit = False

    async def open(self) -> None:
        """Begin; before this nothing closes them."""
        await self._closing.__anext__()

    async def close(self) -> None:
        """Close them now."""
        await self._closing.aclose()

    def _close_soon(self) -> None:
        """Close when the client is dropped; a moment later, as a loop that ends does it itself."""
        loop = self._loop()
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(loop.call_later, 0.1, self._start_closing)

    def _start_closing(self) -> None:
        task = asyncio.ensure_future(self.close())
        _CLOSING.add(task)
        task.add_done_callback(_CLOSING.discard)

    async def _until_closed(
        self, among: dict[object, "LoopConnections"], key: object
    ) -> AsyncGenerator[None, None]:
        try:
            async with self.http:
                yield
        finally:
            among.pop(key, None)
            self._when_dropped.detach()


# The connections of every client that the running event loop uses, by the client's key.
_CONNECTIONS: RunVar[dict[object, LoopConnections]] = RunVar("lorax connections")
# Tasks that close connections; an event loop keeps only a weak reference to them.
_CLOSING: set["asyncio.Future[None]"] = set()


def connections_here() -> dict[object, LoopConnections]:
    """The running event loop's connections."""
    here = _CONNECTIONS.get(None)
    if here is None:
        _CONNECTIONS.set(here := {})
    return here


def _running_loop() -> Callable[[], asyncio.AbstractEventLoop | None]:
    """A weak reference to asyncio's loop; to nothing under another library's."""
    try:
        return weakref.ref(asyncio.get_running_loop())
    except RuntimeError:
        return lambda: None


def waker(event: anyio.Event) -> Callable[[], object]:
    """What sets an event of the running event loop from any thread."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # under anyio that leaves trio
        trio = importlib.import_module("trio")
        return functools.partial(trio.lowlevel.current_trio_token().run_sync_soon, event.set)
    return functools.partial(loop.call_soon_threadsafe, event.set)


@contextmanager
def setting_up(base_url: str) -> Generator[None, None, None]:
    """What is wrong with proxies and certificates in the environment, as our error."""
    try:
        yield
    except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
        message = f"Cannot set up connections: {words(error)}."
        url = shown(httpx.URL(base_url))
        raise errors.ConnectionFailedError(message, url=url) from error


def checked_url(base_url: str) -> str:
    """A base URL without its closing slash: any route but `/` refuses one.

    It may hold a password, so an error shows it without what stands before an @.
    """
    said = re.sub(r"(?s).*@", "…@", re.sub(r"(?s)[?#].*", "?…", str(base_url)))
    try:
        url = httpx.URL(base_url)
        parts = url.scheme, url.host, url.query, url.fragment
    except (TypeError, ValueError, httpx.InvalidURL) as error:
        raise errors.ValidationError(f"base_url {said!r} is no address: {error}.") from None
    scheme, host, query, fragment = parts
    if scheme not in {"http", "https"} or not host:
        message = f"base_url must begin with http:// or https:// and name a host, not {said!r}."
        raise errors.ValidationError(message)
    if url.port is not None and not 0 < url.port < 65536:
        raise errors.ValidationError(f"base_url's port should be from 1 to 65535, not {url.port}.")
    if query or fragment:
        message = f"base_url must end with its path: routes are put behind it, not {said!r}."
        raise errors.ValidationError(message)
    return str(base_url).rstrip("/")


def checked_fields(kind: str, fields: Mapping[str, str] | None) -> dict[str, str]:
    """Headers or cookies that can be sent; an error names the field and never shows its value."""
    everything: Any = fields if fields is not None else {}
    if not is_object(everything):
        raise errors.ValidationError(f"{kind} should be a dict of names and texts.")
    items: list[tuple[Any, Any]] = list(everything.items())
    for name, value in items:
        if not isinstance(name, str) or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise errors.ValidationError(f"{kind} has the name {name!r}, which cannot be one.")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            message = f"{kind}[{name!r}] should be text of printable ASCII characters."
            raise errors.ValidationError(message)
        if kind == "cookies" and ";" in value:  # another cookie would begin there
            raise errors.ValidationError(f"cookies[{name!r}] has a ';', which none can have.")
    return dict(everything)


def checked_key(api_key: str | None, headers: Mapping[str, str], base_url: str) -> str | None:
    """A gateway's key; an error never shows it."""
    given: Any = api_key
    if given is None:
        return None
    if not isinstance(given, str) or not re.fullmatch(r"[!-~]+", given):
        raise errors.ValidationError("api_key should be text of printable ASCII characters.")
    if any(name.lower() == "authorization" for name in headers):
        raise errors.ValidationError("api_key is sent as Authorization, which headers has too.")
    if httpx.URL(base_url).userinfo:
        raise errors.ValidationError("api_key is sent as Authorization, as base_url's user is.")
    return given


def checked_client(http_client: Any, cookies: Mapping[str, str], *, is_async: bool) -> Any:
    """A client that was lent, of httpx or with its interface."""
    if http_client is None:
        return None
    if hasattr(http_client, "aclose") != is_async or not hasattr(http_client, "build_request"):
        wanted = "httpx.AsyncClient" if is_async else "httpx.Client"
        message = f"http_client should be an {wanted}, not {http_client!r}."
        raise errors.ValidationError(message)
    if cookies:
        raise errors.ValidationError("cookies belong into the http_client that you give.")
    return http_client


def checked_count(name: str, count: int) -> int:
    """A whole number from 0."""
    given: Any = count
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise errors.ValidationError(f"{name} should be a whole number from 0, not {given!r}.")
    return count


@functools.lru_cache(maxsize=256)
def shown(url: httpx.URL) -> str:
    """An address without what may be secret in it: user information, query, fragment."""
    return str(url.copy_with(userinfo=b"", query=None, fragment=None)).rstrip("/")


def words(error: Exception) -> str:
    """What an exception says, without a full stop; its name if it says nothing."""
    return str(error).rstrip(".") or type(error).__name__
