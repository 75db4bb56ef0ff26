"""What requests go through: httpx, and under its async client aiohttp where it is installed."""

import asyncio
import functools
import os
import ssl

import httpx

from lorax.net.connections import setting_up


def sync_http(base_url: str, cookies: dict[str, str]) -> httpx.Client:
    """Connections for one process."""
    with setting_up(base_url):
        return httpx.Client(cookies=cookies, verify=_tls(), limits=_limits(None))


def async_http(base_url: str, cookies: dict[str, str]) -> httpx.AsyncClient:
    """Connections for one event loop; aiohttp's cost a third of httpx's own, and need asyncio."""
    kind = _aiohttp() if _is_asyncio() else None
    with setting_up(base_url):
        if kind is None:
            return httpx.AsyncClient(cookies=cookies, verify=_tls(), limits=_limits(None))
        # httpx-aiohttp takes None for aiohttp's default, 100, and 0 for no limit.
        return kind(cookies=cookies, verify=_tls(), limits=_limits(0))


def _aiohttp() -> type[httpx.AsyncClient] | None:
    """The client over aiohttp, if lorax-client[fast] brought it; imported when it is needed."""
    try:
        from httpx_aiohttp import HttpxAiohttpClient  # noqa: PLC0415
    except ImportError:
        return None
    return HttpxAiohttpClient


def _limits(connections: int | None) -> httpx.Limits:
    return httpx.Limits(max_connections=connections, max_keepalive_connections=None)


def _is_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _tls() -> ssl.SSLContext:
    """Certificates as httpx finds them; reading them takes most of the time of making a client."""
    return _read_certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.lru_cache(maxsize=8)
def _read_certificates(_file: str | None, _directory: str | None) -> ssl.SSLContext:
    return httpx.create_ssl_context()
