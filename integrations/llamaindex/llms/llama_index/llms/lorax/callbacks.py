"""LlamaIndex's own callbacks around a call, typed: they keep a signature, but do not say so."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Callable
from typing import Any, TypeVar

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
