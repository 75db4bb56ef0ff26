"""What both clients are made from: settings, and httpx's failures told as ours."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx

from lorax import errors
from lorax.connections import (
    checked_count,
    checked_fields,
    checked_timeout,
    checked_url,
    shown,
    words,
)
from lorax.exchange import Call, Head, Reading, StreamCall

AnyClient = TypeVar("AnyClient", bound="ClientBase")


class ClientBase:
    """What both clients are made from."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        timeout: float = 60,
        *,
        session: None = None,
        max_session_retries: int = 0,
    ) -> None:
        if session is not None:
            raise errors.ValidationError(
                "session is not taken any more: requests is not used here. Headers, cookies and "
                "timeout are arguments of their own, and proxies are read from the environment."
            )
        self.base_url = checked_url(base_url)
        self.headers = checked_fields("headers", headers)
        self.cookies = checked_fields("cookies", cookies)
        self.timeout = checked_timeout(timeout)
        self.max_session_retries = checked_count("max_session_retries", max_session_retries)
        self._begin()

    def _begin(self) -> None:
        """Set up what each kind of client keeps beside its settings."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({shown(httpx.URL(self.base_url))!r})"

    def _settings(self) -> dict[str, Any]:
        """How both kinds of httpx client are made."""
        given = {name: v for name, v in self.headers.items() if name.lower() != "content-type"}
        return {
            "headers": {**given, "content-type": "application/json"},
            "cookies": self.cookies,
            "timeout": self.timeout,
            "limits": httpx.Limits(max_connections=None),
        }

    def _request(self, call: Call[Any] | StreamCall[Any]) -> dict[str, Any]:
        """A call as httpx takes it."""
        asked = call.request
        url = self.base_url + asked.path
        return {
            "method": asked.method,
            "url": url,
            "content": asked.content,
            "headers": dict(asked.headers),
            **({} if asked.timeout is None else {"timeout": self._shorter(asked.timeout)}),
        }

    def _shorter(self, seconds: float) -> float:
        return seconds if self.timeout is None else min(seconds, self.timeout)

    def __copy__(self: AnyClient) -> AnyClient:
        """A client of the same settings, with connections of its own."""
        copy = type(self).__new__(type(self))
        copy.base_url, copy.headers, copy.cookies = self.base_url, self.headers, self.cookies
        copy.timeout, copy.max_session_retries = self.timeout, self.max_session_retries
        copy._begin()
        return copy

    def __deepcopy__(self: AnyClient, _: object) -> AnyClient:
        return self.__copy__()

    def _closed(self, call: Call[Any] | StreamCall[Any]) -> errors.ConnectionFailedError:
        message = "The client was closed while the request was on its way."
        url = shown(httpx.URL(self.base_url))
        return errors.ConnectionFailedError(message, adapter_id=call.request.adapter_id, url=url)

    @staticmethod
    def _head(response: httpx.Response) -> Head:
        # httpx gives header names in lower case.
        return Head(response.status_code, dict(response.headers), shown(response.url))

    @contextmanager
    def _failures(
        self, call: Call[Any] | StreamCall[Any], reading: Reading[Any] | None = None
    ) -> Generator[None, None, None]:
        """Turn httpx's exceptions into ours; a stream that is complete cannot fail any more."""
        try:
            yield
        except (httpx.HTTPError, UnicodeError) as error:
            if reading is None or reading.metadata is None:
                raise self._failure(error, call.request.adapter_id) from error
            if not reading.complete:
                if isinstance(error, httpx.TimeoutException):
                    raise self._failure(error, call.request.adapter_id) from error
                raise reading.broken(f"The stream broke: {words(error)}.") from error

    def _failure(self, error: Exception, adapter_id: str | None) -> errors.LoraxError:
        url = shown(httpx.URL(self.base_url))
        if isinstance(error, httpx.TimeoutException):
            what = "connection" if isinstance(error, httpx.ConnectTimeout) else "answer"
            message = f"No {what} within {self.timeout} s."
            return errors.RequestTimeoutError(message, adapter_id=adapter_id, url=url)
        if isinstance(error, httpx.ConnectError | UnicodeError):
            message = f"Cannot reach the server: {words(error)}. Is it running, and base_url right?"
        else:
            message = f"The connection broke before an answer came: {words(error)}."
        return errors.ConnectionFailedError(message, adapter_id=adapter_id, url=url)
