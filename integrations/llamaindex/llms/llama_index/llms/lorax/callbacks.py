"""LlamaIndex's own callbacks around a call, typed: they keep a signature, but do not say so."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from typing import Any, TypeVar

import llama_index.core.instrumentation as instrument
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

Function = TypeVar("Function", bound=Callable[..., Any])


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
