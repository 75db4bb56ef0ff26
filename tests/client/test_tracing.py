"""The page's instrumentation by OpenTelemetry sees the requests of both clients, and no secret."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.conftest import Caller
from tests.wire_server import WireServer, hang_up, saying

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[2] / "docs" / "observability.md"
ANSWER = saying(200, {"content-type": "application/json"}, b'[{"generated_text": "a"}]')


@pytest.fixture(scope="module")
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (instrumented,) = (text for text in examples if "AioHttp" in text)
    exec(instrumented, {})
    yield exporter
    HTTPXClientInstrumentor().uninstrument()
    AioHttpClientInstrumentor().uninstrument()


async def test_every_attempt_is_a_span(
    transport: Caller, wire_server: WireServer, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    wire_server.play_in_turn(hang_up, ANSWER)
    url = wire_server.url.replace("//", "//someone:pass-word@")
    await transport.call(url, "generate", "x", "sql", api_token="hf_token")
    found = spans.get_finished_spans()
    assert [span.name for span in found] == ["POST", "POST"]
    told = str([span.to_json() for span in found])
    assert wire_server.url in told
    assert not re.search("pass-word|hf_token|someone", told)
