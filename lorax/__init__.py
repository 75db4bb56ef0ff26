"""Client for LoRAX: one base model, hundreds of LoRA adapters, one named by each request."""

from lorax import client, errors, types
from lorax.client import AsyncClient, Client
from lorax.grammar import explain
from lorax.net.timeouts import Timeout
from lorax.parameters import MergedAdapters, Parameters, ResponseFormat
from lorax.streams import AsyncStream, Stream

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
