"""The limits a server is started with, and what /info says of it."""

from dataclasses import dataclass
from typing import Any, Literal

VERSION = "0.1.0"
Kind = Literal["generate", "embed", "classify"]
Source = Literal["hub", "local", "s3", "pbase"]


@dataclass(frozen=True)
class Limits:
    """The router's start options, by its own names and with its own defaults."""

    max_concurrent_requests: int = 128
    max_best_of: int = 2
    max_stop_sequences: int = 4
    max_input_length: int = 1792
    max_total_tokens: int = 2048
    adapter_source: str = "hub"


def info(model_id: str, limits: Limits) -> dict[str, Any]:
    """The answer of GET /info."""
    return {
        "model_id": model_id,
        "model_sha": None,
        "model_dtype": "torch.float16",
        "model_device_type": "cpu",
        "model_pipeline_tag": None,
        "max_concurrent_requests": limits.max_concurrent_requests,
        "max_best_of": limits.max_best_of,
        "max_stop_sequences": limits.max_stop_sequences,
        "max_input_length": limits.max_input_length,
        "max_total_tokens": limits.max_total_tokens,
        "waiting_served_ratio": 0.3,
        "max_batch_total_tokens": 65536,
        "max_waiting_tokens": 20,
        "validation_workers": 2,
        "eager_prefill": False,
        "version": VERSION,
        "sha": None,
        "docker_label": None,
        "request_logger_url": None,
    }
