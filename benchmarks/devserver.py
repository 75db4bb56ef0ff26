"""What the laptop server costs: its start, and a token over HTTP beside one of the engine alone."""

import asyncio
import json
import platform
import statistics
import time
from contextlib import aclosing
from datetime import date

import httpx
from rich.progress import track

from docs.pages import RESULTS, write_part
from examples.local_server import local_server
from lorax_devserver import adapters
from lorax_devserver.engine import Job
from lorax_devserver.llama import LlamaEngine
from lorax_devserver.model import PACKAGED_MODEL_ID, packaged_model

TOKENS = 200
ROUNDS = 7
PROMPT = "Once upon a time"


def start() -> float:
    """Seconds until the server says that it is ready."""
    began = time.perf_counter()
    with local_server():
        return time.perf_counter() - began


async def over_http(http: httpx.AsyncClient) -> float:
    """Seconds a token, from the first to the last, as a client sees them."""
    parameters = {"max_new_tokens": TOKENS, "ignore_eos_token": True}
    body = {"inputs": PROMPT, "parameters": parameters}
    times = []
    async with http.stream("POST", "/generate_stream", json=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                assert "token" in json.loads(line[6:])
                times.append(time.perf_counter())
    return (times[-1] - times[0]) / (len(times) - 1)


async def alone(engine: LlamaEngine) -> float:
    """The same of the engine, without HTTP."""
    prompt = [piece.id for piece in await engine.tokenize(PROMPT)]
    job = Job(PROMPT, prompt, len(prompt), 1792, TOKENS, ignore_eos_token=True)
    times: list[float] = []
    async with aclosing(engine.generate(job)) as tokens:
        async for _ in tokens:
            times.append(time.perf_counter())
            if len(times) == TOKENS:
                break
    return (times[-1] - times[0]) / (len(times) - 1)


async def compare(url: str) -> tuple[list[float], list[float]]:
    """Both in turn, several times."""
    model = packaged_model()
    assert model is not None, "the packaged model is one of the development dependencies"
    engine = LlamaEngine(model, PACKAGED_MODEL_ID, adapters.shipped())
    bare, served = [], []
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        await over_http(http)
        await alone(engine)
        for _ in track(range(ROUNDS), "tokens"):
            bare.append(await alone(engine))
            served.append(await over_http(http))
    await engine.close()
    return bare, served


def main() -> None:
    """Measure, print, and write it down."""
    starts = [start() for _ in track(range(ROUNDS), "starts")]
    with local_server() as url:
        bare, served = asyncio.run(compare(url))
    ratio = statistics.median(s / b for s, b in zip(served, bare, strict=True))
    text = f"""
{date.today()}, Python {platform.python_version()}, {platform.machine()}. Medians of {ROUNDS} runs,
the engine alone and the server in turn.

| the laptop server, SmolLM2-135M | |
|---|---|
| start, until it says that it is ready | {statistics.median(starts):.2f} s |
| a token of the engine alone | {statistics.median(bare) * 1000:.2f} ms |
| a token over HTTP | {statistics.median(served) * 1000:.2f} ms |
| over HTTP : alone | {ratio:.3f} |
"""
    write_part(RESULTS, "make bench-devserver", text)
    print(text)


if __name__ == "__main__":
    main()
