"""Clients shared by all that are configured alike, for those who must be copied and pickled."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from lorax.client import AsyncClient, Client

AnyClient = TypeVar("AnyClient", Client, AsyncClient)


def shared(
    kind: type[AnyClient], base_url: str, headers: Mapping[str, str] | None = None, **settings: Any
) -> AnyClient:
    """The one client of a kind and configuration; it is made at first use.

    An object that asks for its client here at each call holds no connection of its own, so it can
    be copied, pickled and used in other threads and event loops.

    Args:
        kind: `Client` or `AsyncClient`.
        base_url: The server's address.
        headers: Headers for every request.
        settings: The client's other settings.
    """
    made: AnyClient = _made(
        cast("Any", kind),
        base_url,
        tuple(sorted((headers or {}).items())),
        tuple(sorted(settings.items())),
    )
    return made


@lru_cache(maxsize=128)
def _made(
    kind: Any,
    base_url: str,
    headers: tuple[tuple[str, str], ...],
    settings: tuple[tuple[str, Any], ...],
) -> Any:
    return kind(base_url, headers=dict(headers), **dict(settings))
