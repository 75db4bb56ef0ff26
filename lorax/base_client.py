"""What both clients are made from: settings, and a call as it is sent."""

import base64
import functools
import warnings
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import httpx

from lorax import errors
from lorax.exchange import Call, StreamCall
from lorax.net import secrets
from lorax.net.attempts import Attempts
from lorax.net.connections import (
    checked_client,
    checked_count,
    checked_fields,
    checked_key,
    checked_url,
    shown,
)
from lorax.net.pacing import Pacing
from lorax.net.timeouts import Timeout
from lorax.types import Info

AnyClient = TypeVar("AnyClient", bound="ClientBase[Any]")
Http = TypeVar("Http")


class ClientBase(Generic[Http]):
    """What both clients are made from.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:8080`; it may have a path.
        headers: Headers for every request.
        cookies: Cookies for every request.
        timeout: Seconds that any single wait may take: until a whole answer or the first token is
            there, all attempts included, and until each next token. `Timeout` sets them one by one;
            None waits for ever.
        max_retries: How often a request is sent again when the connection fails, the server or a
            gateway is busy (429, 502, 503, 504) or another request's failure took it along. Never
            after the first token. 0 sends it once.
        api_key: A gateway's key, sent as `Authorization: Bearer`. It is not an adapter's token,
            which is `api_token` of a call, and is kept from becoming one.
        http_client: An httpx client of yours, sync or async as this one is, with the proxies,
            certificates and hooks that you want. It is used as it is, but for timeouts and
            redirects, and never closed.
        session: Not taken: it was a session of requests in lorax-client 0.6.3.
        max_session_retries: The name of max_retries in lorax-client 0.6.3.

    Raises:
        ValidationError: A setting is not allowed.
    """

    def __init_subclass__(cls) -> None:
        """Put the settings' documentation, which stands here alone, into each client's."""
        settings = (ClientBase.__doc__ or "").partition("made from.")[2].strip()
        cls.__doc__ = (cls.__doc__ or "").replace("{settings}", settings)

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        timeout: float | Timeout | None = 60,
        *,
        max_retries: int = 2,
        api_key: str | None = None,
        http_client: Http | None = None,
        session: None = None,
        max_session_retries: int | None = None,
    ) -> None:
        if session is not None:
            raise errors.ValidationError(
                "session is not taken any more: requests is not used here. http_client takes an "
                "httpx client; headers, cookies and timeout are arguments of their own, and "
                "proxies are read from the environment."
            )
        self._base_url = checked_url(base_url)
        self.headers = checked_fields("headers", headers)
        self.cookies = checked_fields("cookies", cookies)
        self.timeout = timeout
        self.max_retries = checked_count("max_retries", max_retries)
        if max_session_retries is not None:  # its name in lorax-client 0.6.3
            self.max_retries = checked_count("max_session_retries", max_session_retries)
        self.api_key = api_key
        self.http_client: Http | None = checked_client(
            http_client, self.cookies, is_async=self._is_async
        )
        self._left_out: dict[str, list[str]] = {}
        self._begin()

    _is_async = False

    def _begin(self) -> None:
        """Set up what each kind of client keeps beside its settings."""
        self._pacing = Pacing()
        self._warned = False

    @property
    def base_url(self) -> str:
        """The server's address, without a closing slash."""
        return self._base_url

    @base_url.setter
    def base_url(self, base_url: str) -> None:
        self._base_url = checked_url(base_url)

    @property
    def api_key(self) -> str | None:
        """A gateway's key."""
        return self._api_key

    @api_key.setter
    def api_key(self, api_key: str | None) -> None:
        self._api_key = checked_key(api_key, self.headers, self.base_url)

    @property
    def timeout(self) -> float | Timeout | None:
        """How long may be waited: a number is for any single wait."""
        return self._timeout_given

    @timeout.setter
    def timeout(self, given: float | Timeout | None) -> None:
        self._timeout = Timeout.of(given)
        self._timeout_given = given if isinstance(given, Timeout) else self._timeout.first

    def __repr__(self) -> str:
        return f"{type(self).__name__}({shown(_address(self.base_url)[0])!r})"

    def _attempts(self, call: Call[Any] | StreamCall[Any]) -> Attempts:
        """What becomes of one call."""
        if self._left_out:
            secrets.check(self._left_out, self._settings())
        asked = call.request
        if self._pacing.is_of_another_process:
            self._begin()
        return Attempts(
            asked,
            shown(_address(self.base_url + asked.path)[0]),
            self._timeout if asked.timeout is None else self._timeout.within(asked.timeout),
            self.max_retries,
            self._pacing,
            streamed=isinstance(call, StreamCall),
        )

    def _request(self, call: Call[Any] | StreamCall[Any]) -> dict[str, Any]:
        """A call as httpx takes it."""
        asked = call.request
        if asked.lacks_token:
            if self.api_key is not None:
                asked = asked.with_empty_token()
            elif not self._warned:
                self._warn_of_bearer()
        checked = checked_fields("headers", self.headers)  # they may have been changed
        given = {name: v for name, v in checked.items() if name.lower() != "content-type"}
        url, key = _address(self.base_url + asked.path)
        if self.api_key is not None:
            key = {"authorization": f"Bearer {self.api_key}"}
        return {
            "method": asked.method,
            "url": str(url),
            "content": asked.content,
            "headers": {**given, **key, "content-type": "application/json", **asked.headers},
        }

    def _known(self, info: Info) -> Info:
        """Take what the server says that it takes."""
        self._pacing.know(info.max_concurrent_requests)
        return info

    def _warn_of_bearer(self) -> None:
        """Say once that a header's key is about to become an adapter's token."""
        lent: Any = self.http_client
        everything = httpx.Headers({} if lent is None else dict(lent.headers))
        everything.update(self.headers)
        # The server looks for exactly this; "bearer KEY" and Basic are left alone.
        if everything.get("authorization", "").startswith("Bearer "):
            self._warned = True
            message = (
                "A LoRAX server takes the bearer of the Authorization header for the adapter's "
                "token and sends it to the hub. Give a gateway's key as the client's api_key, "
                "which is kept apart, and an adapter's token as api_token of the call."
            )
            warnings.warn(message, errors.MixedTokensWarning, stacklevel=2)

    def __copy__(self: AnyClient) -> AnyClient:
        """A client of the same settings, with connections of its own; a lent one is shared."""
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self._settings())
        copy._begin()
        return copy

    def __deepcopy__(self: AnyClient, _: object) -> AnyClient:
        return self.__copy__()

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: settings, and of what may be secret the names alone."""
        if self.http_client is not None:
            raise TypeError("A client with an http_client of yours cannot be pickled.")
        settings = self._settings()
        return {
            **secrets.without(settings),
            "_left_out": secrets.names(settings, also=self._left_out),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._begin()

    def _settings(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in _SETTINGS}


@functools.lru_cache(maxsize=256)
def _address(given: str) -> tuple[httpx.URL, dict[str, str]]:
    """A URL as it is asked for, and its user as a header.

    The user must not stand in what libraries show or refuse, and the path must not be empty: a
    proxy is sent it as it stands.
    """
    url = httpx.URL(given)
    user = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
    key = {"authorization": f"Basic {user}"} if url.userinfo else {}
    return url.copy_with(userinfo=b"", path=url.path), key


_SETTINGS = (
    "_base_url",
    "headers",
    "cookies",
    "_timeout",
    "_timeout_given",
    "max_retries",
    "_api_key",
    "http_client",
    "_left_out",
)
