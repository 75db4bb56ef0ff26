"""The two clients: `Client` waits for its answers, `AsyncClient` is awaited."""

from lorax.async_client import AsyncClient
from lorax.sync_client import Client

__all__ = ["AsyncClient", "Client"]
