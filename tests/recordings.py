"""The recordings of a real LoRAX server, as tests/wire holds them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lorax import calls, routes
from lorax.exchange import Call, Head, StreamCall

FOLDER = Path(__file__).parent / "wire"


def cases(*files: str) -> dict[str, dict[str, Any]]:
    """Recorded requests and answers by `file/name`."""
    return {
        f"{file}/{case['name']}": case
        for file in files
        for case in json.loads((FOLDER / f"{file}.json").read_text())
    }


def asked(url: str, case: dict[str, Any]) -> dict[str, Any]:
    """A recorded request as httpx takes it; a long prompt is recorded as a unit and its count."""
    request = case["request"]
    body = request["body"]
    if repeat := request.get("repeat"):
        unit, times = repeat["inputs"]
        body = {**body, "inputs": unit * times}
    return {
        "method": request["method"],
        "url": url + request["path"],
        "headers": request["headers"],
        "content": body if isinstance(body, str) or body is None else json.dumps(body),
    }


def head(case: dict[str, Any]) -> Head:
    """What came before a recorded answer's body."""
    return Head(case["response"]["status"], dict(case["response"]["headers"]), "http://server")


def body_of(case: dict[str, Any]) -> dict[str, Any]:
    """What was asked, where it was an object."""
    body = case["request"]["body"]
    return body if isinstance(body, dict) else {}


def named_tools(case: dict[str, Any]) -> dict[str, Any]:
    """The tools of a recorded request, as a call takes them; those that it cannot are left out."""
    body = body_of(case)
    tools = [tool for tool in body.get("tools") or [] if "parameters" in tool["function"]]
    used = tools and body.get("tool_choice") != "none"
    return {"tools": [{"name": "one"}], "server_tools": True} if used else {}


def call_of(case: dict[str, Any]) -> Call[Any] | StreamCall[Any] | None:
    """The client's call that reads such an answer; None where no call does."""
    path, body = case["request"]["path"], body_of(case)
    if case["request"]["method"] == "OPTIONS":
        return None  # a browser's question
    parameters = body.get("parameters") or {}
    stops = [stop for stop in parameters.get("stop") or [] if isinstance(stop, str)]
    if path == "/generate_stream" or (path == "/" and body.get("stream") is True):
        return calls.generate_stream("x", stop_sequences=stops)
    if path == "/generate" or (path == "/" and case["request"]["method"] == "POST"):
        return calls.generate("x", stop_sequences=stops)
    if path == "/v1/chat/completions":
        stop = body.get("stop")
        asked: dict[str, Any] = {"stop_sequences": stop if isinstance(stop, list) else []}
        if body.get("stream") is True:
            return calls.chat_stream("x", **asked, **named_tools(case))
        return calls.chat("x", **asked, **named_tools(case))
    others: dict[str, Callable[[], Call[Any]]] = {
        "/embed": lambda: routes.embed("x"),
        "/v1/embeddings": lambda: routes.embed_many(["x"]),
        "/classify": lambda: routes.classify("x"),
        "/classify_batch": lambda: routes.classify_batch(["x"]),
        "/tokenize": lambda: routes.tokenize("x"),
        "/info": routes.info,
        "/health": routes.health,
        "/": routes.health,
        "/metrics": routes.metrics,
    }
    return others[path]() if path in others else None
