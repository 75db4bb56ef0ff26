"""An answer that is none, read: a server's refusal, a gateway's page, trouble with an adapter."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from lorax.errors import (
    AdapterAccessError,
    AdapterLoadError,
    AdapterNotFoundError,
    GenerationError,
    LoraxError,
    UnexpectedAnswerError,
    parse_error,
)

# The causes are a hub's or a file system's words; the server has no type of its own for them.
# They name the adapter; without its name the trouble may be a schema's, or a neighbour's.
_NAMED_TROUBLE: list[tuple[str, type[GenerationError]]] = [
    (r"\b404\b|not found|no such adapter|no such file|invalid source", AdapterNotFoundError),
    (r"\b40[13]\b|gated|unauthori[sz]ed|access denied", AdapterAccessError),
]
_LOAD_TROUBLE = r"adapter.*\b(rank|shape|size)|rank of adapter|incompatible"


def json_object(data: bytes) -> dict[str, Any] | None:
    """The JSON object that the bytes hold, if they hold one."""
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def of_body(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    *,
    adapter_id: str | None = None,
    url: str | None = None,
) -> LoraxError:
    """The exception for an answer whose status is an error, whoever gave it."""
    text = body[:2000].decode(errors="replace").strip()
    if (page := _page(text)) is not None:
        text = f"The answer is {page}."
    payload = json_object(body)
    if payload is None and "html" in headers.get("content-type", "") and status < 500:
        return not_lorax(status, headers, body, url=url)
    error = parse_error(status, payload or {"error": text}, headers)
    if adapter_id and type(error) is GenerationError:
        error = _adapter_error(error, adapter_id)
    error.adapter_id, error.url = adapter_id, url
    error.retry_after = _retry_after(headers.get("retry-after", ""))
    return error


def page_title(text: str) -> str | None:
    """The title of a page of HTML, empty where it has none; None when it is no such page."""
    if not re.search(r"<(!doctype html|html)\b", text, re.IGNORECASE):
        return None
    title = re.search(r"<title[^>]*>([^<]*)</title", text, re.IGNORECASE)
    return title[1].strip() if title else ""


def _page(text: str) -> str | None:
    """What to say of a page of HTML; None when the text is none."""
    title = page_title(text)
    return None if title is None else f"a page of HTML{title and f', {title!r}'}"


def _retry_after(said: str) -> float | None:
    """Seconds to wait, which come as such or as a date (RFC 9110, section 10.2.3)."""
    if re.fullmatch(r"[0-9]{1,9}", said):
        return float(said)
    try:
        then = parsedate_to_datetime(said)
        return max((then - datetime.now(then.tzinfo)).total_seconds(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return None


def _adapter_error(error: GenerationError, adapter_id: str) -> LoraxError:
    """A generation error as adapter trouble, when its text says so and an adapter was named."""
    facts: dict[str, Any] = {"status": error.status, "error_type": error.error_type}
    said = error.message[:10_000]  # the search below takes the square of a text's length
    if any(name in said for name in adapter_id.split(",")):
        for pattern, kind in _NAMED_TROUBLE:
            if re.search(pattern, said, re.IGNORECASE):
                return kind(error.message, **facts)
    if re.search(_LOAD_TROUBLE, said, re.IGNORECASE):
        return AdapterLoadError(error.message, **facts)
    return error


def not_lorax(
    status: int, headers: Mapping[str, str], body: bytes, *, url: str | None
) -> UnexpectedAnswerError:
    """The exception for an answer that is not of this protocol, with how it begins."""
    kind = headers.get("content-type") or "no content type"
    page = _page(body[:2000].decode(errors="replace"))
    looks = f"is {page}" if page else f"begins: {body[:80].decode(errors='replace')!r}"
    message = f"An answer of status {status} with {kind} is not LoRAX's. It {looks}."
    return UnexpectedAnswerError(message, status=status, url=url)
