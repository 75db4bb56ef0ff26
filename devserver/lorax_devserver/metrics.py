"""The figures of GET /metrics, in the router's names: Prometheus' text, or the same as JSON."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from lorax_devserver.engine import Job
from lorax_devserver.settings import Limits
from lorax_devserver.wire import RouterError

Kind = Literal["counter", "gauge", "histogram", "summary"]
Sample = tuple[str, float]

# In the order in which a router prints them.
KINDS: dict[str, Kind] = {
    "request_failure": "counter",
    "batch_inference_success": "counter",
    "batch_inference_count": "counter",
    "batch_inference_failure": "counter",
    "request_success": "counter",
    "request_count": "counter",
    "batch_current_size": "gauge",
    "batch_current_max_tokens": "gauge",
    "queue_length": "gauge",
    "request_inference_duration": "histogram",
    "batch_next_size": "histogram",
    "request_skipped_tokens": "summary",
    "request_generated_tokens": "histogram",
    "request_queue_duration": "histogram",
    "batch_inference_duration": "histogram",
    "request_max_new_tokens": "histogram",
    "request_validation_duration": "histogram",
    "request_duration": "histogram",
    "request_input_length": "histogram",
    "request_mean_time_per_token_duration": "histogram",
}
# Seconds: from 0.1 ms to 145 s, each half as long again as the one before.
_DURATIONS = [0.0001 * 1.5**step for step in range(36)]
_SIZES = [float(size) for size in range(1, 1025)]
_QUANTILES = ("0", "0.5", "0.9", "0.95", "0.99", "0.999", "1")


@dataclass
class Histogram:
    """How many values fell under each bound; the values themselves are not kept."""

    bounds: Sequence[float]
    counts: list[int] = field(init=False)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Take one more value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def samples(self) -> Iterator[Sample]:
        """The running count at each bound, the sum and the count."""
        count = 0
        for bound, here in zip(self.bounds, self.counts, strict=False):
            count += here
            yield f'_bucket{{le="{Decimal(repr(bound)).normalize():f}"}}', count
        count += self.counts[-1]
        yield '_bucket{le="+Inf"}', count
        yield "_sum", self.total
        yield "_count", count


class Metrics:
    """What a server counted since it started."""

    def __init__(self, limits: Limits) -> None:
        self._values: dict[str, defaultdict[str, float]] = {
            name: defaultdict(float) for name, kind in KINDS.items() if kind == "counter"
        }
        self._gauges = {name: 0.0 for name, kind in KINDS.items() if kind == "gauge"}
        self._histograms = {
            name: Histogram(_bounds(name, limits))
            for name, kind in KINDS.items()
            if kind == "histogram"
        }

    def count(self, name: str, **labels: str) -> None:
        """One more of a counter."""
        inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
        self._values[name][f"{{{inside}}}" if inside else ""] += 1

    def add(self, name: str, difference: float) -> None:
        """Move a gauge."""
        self._gauges[name] += difference

    def observe(self, name: str, value: float) -> None:
        """One more value of a histogram."""
        self._histograms[name].observe(value)

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request and how it ended; one whose client left ended in neither way."""
        self.count("request_count")
        began = time.monotonic()
        try:
            yield
        except RouterError as error:
            self.count("request_failure", err=error.error_type)
            raise
        self.count("request_success")
        self.observe("request_duration", time.monotonic() - began)

    @contextmanager
    def validating(self) -> Iterator[None]:
        """Measure the checks of a request that passes them."""
        began = time.monotonic()
        yield
        self.observe("request_validation_duration", time.monotonic() - began)

    @contextmanager
    def running(self, tokens: int) -> Iterator[None]:
        """A job in the batch, which may take up to so many tokens."""
        self.add("batch_current_size", 1)
        self.add("batch_current_max_tokens", tokens)
        self.observe("batch_next_size", self._gauges["batch_current_size"])
        try:
            yield
        finally:
            self.add("batch_current_size", -1)
            self.add("batch_current_max_tokens", -tokens)

    def generated(self, job: Job, tokens: int, seconds: float) -> None:
        """A job that came to its end."""
        self.observe("request_input_length", job.input_length)
        self.observe("request_max_new_tokens", job.max_new_tokens)
        self.observe("request_generated_tokens", tokens)
        self.observe("request_queue_duration", 0)  # its wait for a slot is part of its prefill
        self.observe("request_inference_duration", seconds)
        self.observe("request_mean_time_per_token_duration", seconds / tokens)

    def text(self) -> str:
        """In Prometheus' text format (prometheus.io, exposition formats)."""
        blocks = []
        for name, kind in KINDS.items():
            samples = [f"lorax_{name}{key} {_number(value)}" for key, value in self._samples(name)]
            blocks.append("\n".join([f"# TYPE lorax_{name} {kind}", *samples, ""]))
        return "\n".join(blocks)

    def json(self) -> dict[str, Any]:
        """By name, as the router gives it to who accepts JSON."""
        return {
            f"lorax_{name}": {
                "type": KINDS[name],
                "data": [
                    {"key": key if key[:1] in {"", "{"} else f"lorax_{name}{key}", "value": value}
                    for key, value in self._samples(name)
                ],
            }
            for name in sorted(KINDS)
        }

    def _samples(self, name: str) -> list[Sample]:
        kind = KINDS[name]
        if kind == "counter":
            return list(self._values[name].items())
        if kind == "gauge":
            return [("", self._gauges[name])]
        if kind == "histogram":
            return [(key, float(value)) for key, value in self._histograms[name].samples()]
        # The one summary: nothing here is speculated, so no token is ever skipped.
        quantiles = [(f'{{quantile="{q}"}}', 0.0) for q in _QUANTILES]
        requests = float(sum(self._values["request_success"].values()))
        return [*quantiles, ("_sum", 0.0), ("_count", requests)]


def _bounds(name: str, limits: Limits) -> list[float]:
    if name.endswith("_duration"):
        return _DURATIONS
    if name == "batch_next_size":
        return _SIZES
    most = limits.max_input_length if name == "request_input_length" else limits.max_total_tokens
    return [most * step / 100 for step in range(1, 101)]


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
