"""LlamaIndex's own callbacks around a call, typed: they keep a signature, but do not say so.

Its events hold every keyword of a call, so a secret among them is refused before any is sent.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportPrivateImportUsage=false

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import llama_index.core.instrumentation as instrument
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

from lorax.errors import ValidationError

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type[Any])
_SECRETS = {"api_key", "api_token", "headers"}
_CALLS = ("complete", "chat", "stream_complete", "stream_chat")
_GUARDED = (
    *_CALLS,
    *(f"a{name}" for name in _CALLS),
    *("structured_predict", "astructured_predict"),
    *("stream_structured_predict", "astream_structured_predict"),
    *("predict_and_call", "apredict_and_call"),
)


def completion_callback(function: Function) -> Function:
    """Report a completion's start, pieces and end."""
    wrapped: Function = llm_completion_callback()(function)
    return wrapped


def chat_callback(function: Function) -> Function:
    """Report a chat's start, pieces and end."""
    wrapped: Function = llm_chat_callback()(function)
    return wrapped


def report(event: BaseEvent) -> None:
    """Tell LlamaIndex's event handlers of something."""
    instrument.get_dispatcher(__name__).event(event)  # type: ignore[attr-defined]


def without_secrets(model: Class) -> Class:
    """Refuse secrets as keywords of a class's calls; around the framework's spans, too."""
    for name in _GUARDED:
        setattr(model, name, _guarded(getattr(model, name)))
    return model


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            _check(kwargs)
            return await method(*args, **kwargs)

        return awaited

    @functools.wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        _check(kwargs)
        return method(*args, **kwargs)

    return called


def _check(keywords: dict[str, Any]) -> None:
    given = _SECRETS & {*keywords, *(keywords.get("llm_kwargs") or {})}
    if given:
        name = min(given)
        raise ValidationError(
            f"{name} as a call's keyword would be shown to every event handler: set it once, by "
            f"LoRAX({name}=...), or for a copy, by llm.with_parameters({name}=...)."
        )
