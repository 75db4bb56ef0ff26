"""What answers when it is not LoRAX: what it seems to be, and what to do."""

from typing import Any

import httpx

from lorax.command.exits import Exit
from lorax.command.findings import Finding, Visit
from lorax.errors import LoraxError
from lorax.net.connections import shown
from lorax.refusals import json_object, page_title
from lorax.types import Info

_TGI = Finding(
    "this is Text Generation Inference, not LoRAX",
    "Give --url the address of a LoRAX server; only some of its requests work here.",
    Exit.NOT_LORAX,
)
_OLLAMA = Finding(
    "this is Ollama, not LoRAX",
    "Give --url the address of a LoRAX server; Ollama has its own client.",
    Exit.NOT_LORAX,
)
_OPENAI = Finding(
    "this is a server of OpenAI's form, such as vLLM or llama.cpp, not LoRAX",
    "Give --url the address of a LoRAX server; an OpenAI client works here.",
    Exit.NOT_LORAX,
)


def of_info(info: Info) -> Finding | None:
    """What gave an answer to /info that only looks like LoRAX's; None for LoRAX."""
    router = str((info.model_extra or {}).get("router", ""))
    return _TGI if router.startswith("text-generation") else None


def of_refusal(visit: Visit, error: LoraxError) -> Finding:
    """What answered /info with something else."""
    told = visit.failed(error)
    if told.exit in {Exit.REFUSED, Exit.OVERLOADED, Exit.TIMEOUT}:
        return told
    if "HTTPS port" in error.message:
        return http_to_https(visit)
    if told.exit is Exit.SERVER:
        said = f"a gateway answers, but no server behind it: {told.said}"
        todo = "See whether the server runs, and whether the gateway has its right address."
        return Finding(said, visit.past_proxy(todo), Exit.SERVER)
    return _by_other_routes(visit) or _unknown(visit, told)


def http_to_https(visit: Visit) -> Finding:
    """HTTP was spoken to a port that speaks HTTPS."""
    todo = f"Give --url {shown(visit.url.copy_with(scheme='https'))}"
    return Finding("the port speaks HTTPS", todo, Exit.CONNECTION)


def _by_other_routes(visit: Visit) -> Finding | None:
    """Which other server it is, by what it answers elsewhere."""
    base = str(visit.url).rstrip("/")
    fields, seconds = visit.server.fields(), visit.seconds
    with httpx.Client(headers=fields, timeout=seconds) as http:
        if "version" in _object(http, f"{base}/api/version"):
            return _OLLAMA
        if "data" in _object(http, f"{base.removesuffix('/v1')}/v1/models"):
            return _OPENAI
        if base.count("/") > 2 and "model_id" in _object(http, _root(visit) + "/info"):
            there = shown(visit.url.copy_with(path="/")).rstrip("/")
            todo = f"Give --url {there}, without a route behind it."
            return Finding("the server is there, but not below this path", todo, Exit.NOT_LORAX)
    return None


def _root(visit: Visit) -> str:
    return str(visit.url.copy_with(path="/")).rstrip("/")


def _object(http: httpx.Client, url: str) -> dict[str, Any]:
    """The JSON object that is there, or an empty one."""
    try:
        response = http.get(url)
    except (httpx.HTTPError, UnicodeError):
        return {}
    return (json_object(response.content) if response.status_code == 200 else None) or {}


def _unknown(visit: Visit, told: Finding) -> Finding:
    """Something that speaks HTTP; of a page its title."""
    try:
        response = httpx.get(visit.url, headers=visit.server.fields(), timeout=visit.seconds)
        title = page_title(response.text) if response.status_code == 200 else None
    except (httpx.HTTPError, UnicodeError):
        title = None
    said = told.said if title is None else f"a web page is here{title and f', {title!r}'}"
    todo = "Give --url the address of the server itself, with no route of its behind it."
    return Finding(f"this is not LoRAX: {said}", visit.past_proxy(todo), Exit.NOT_LORAX)
