"""Client for LoRAX: one base model, hundreds of LoRA adapters, one named by each request."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lorax import client, errors, types
    from lorax.client import AsyncClient, Client
    from lorax.grammar import explain
    from lorax.net.timeouts import Timeout
    from lorax.parameters import MergedAdapters, Parameters, ResponseFormat
    from lorax.streams import AsyncStream, Stream

# Where each name is from: it is imported when it is asked for, as pydantic's own are.
_FROM = {
    "AsyncClient": "lorax.client",
    "AsyncStream": "lorax.streams",
    "Client": "lorax.client",
    "MergedAdapters": "lorax.parameters",
    "Parameters": "lorax.parameters",
    "ResponseFormat": "lorax.parameters",
    "Stream": "lorax.streams",
    "Timeout": "lorax.net.timeouts",
    "explain": "lorax.grammar",
}
_MODULES = ("client", "errors", "types")

__all__ = [
    "AsyncClient",
    "AsyncStream",
    "Client",
    "MergedAdapters",
    "Parameters",
    "ResponseFormat",
    "Stream",
    "Timeout",
    "client",
    "errors",
    "explain",
    "types",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"lorax.{name}")
    if name in _FROM:
        found = getattr(importlib.import_module(_FROM[name]), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'lorax' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
