"""What stands around a model's calls, outside of LlamaIndex's events and spans.

Those hold every keyword of a call, so a secret among them is refused before. A prediction's
keywords are its template's, so what only a call could use is refused there. And LlamaIndex takes a
ValueError for an empty answer where its engines and programs call a model, so it gets none there.
"""

import functools
import inspect
import reprlib
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing, contextmanager
from traceback import walk_stack
from typing import Any, TypeVar

from llama_index.core.base.llms.types import ChatMessage
from llama_index.llms.lorax.showing import shown

from lorax.errors import RefusedError, UnknownParameterError, ValidationError
from lorax.parameters import Parameters
from lorax.tools import ToolOptions
from lorax.wrapping import ModelSettings

Class = TypeVar("Class", bound=type[Any])
_SECRETS = {"api_key", "api_token", "headers"}
_OF_A_CALL = {*ModelSettings.model_fields, *Parameters.model_fields, *ToolOptions.model_fields}
_CALLS = (
    *("complete", "chat", "stream_complete", "stream_chat"),
    *("predict_and_call", "chat_with_tools", "stream_chat_with_tools"),
)
# What query engines call; a stream of theirs is read when they are gone.
_PREDICTING = ("predict", "stream", "structured_predict", "stream_structured_predict")
# Who else takes a ValueError for an empty answer.
_SWALLOWING = ("llama_index.core.program.", "llama_index.core.response_synthesizers.")


def guarded(model: Class) -> Class:
    """Guard the calls of a class, as far as it has them."""
    for name in (*_CALLS, *_PREDICTING):
        for method in (name, f"a{name}"):
            if hasattr(model, method):
                setattr(model, method, _guarded(getattr(model, method), name in _PREDICTING))
    return model


def _guarded(method: Any, is_predicting: bool) -> Callable[..., Any]:
    # It is called bound to the model: before version 2, wrapt, of which LlamaIndex's spans are
    # made, loses the first argument of one that is not.
    signature = inspect.signature(method)

    def checked(args: Any, kwargs: Any) -> dict[str, Any]:
        """A call's keywords, as everyone may see them."""
        with _told():
            given = signature.bind(*args, **kwargs).arguments
            _check(given)
            # Of calls with tools LlamaIndex makes chats, and looks into the tools itself.
            return shown(kwargs) if "kwargs" in given and "tools" not in given else kwargs

    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaited(self: Any, *args: Any, **kwargs: Any) -> Any:
            keywords = checked((self, *args), kwargs)
            with _told(is_predicting):
                answer = await method.__get__(self)(*args, **keywords)
            return _agenerated(answer, is_predicting) if inspect.isasyncgen(answer) else answer

        return awaited

    @functools.wraps(method)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        keywords = checked((self, *args), kwargs)
        with _told(is_predicting):
            answer = method.__get__(self)(*args, **keywords)
        return _generated(answer, is_predicting) if inspect.isgenerator(answer) else answer

    return called


def _check(given: Mapping[str, Any]) -> None:
    """Refuse what must not be seen, what would be lost, and what is no conversation."""
    strays = _strays(given)
    _refuse_secrets({*given.get("kwargs", ()), *(given.get("llm_kwargs") or ()), *strays})
    if lost := _OF_A_CALL & strays:
        raise UnknownParameterError(
            f"{min(lost)} would be lost: a prediction's keywords are its template's, which has no "
            "such variable. Set it in a copy, by llm.with_adapter(...) or "
            "llm.with_parameters(...); structured predictions also take llm_kwargs={...}."
        )
    turns = given.get("messages", [])
    if isinstance(turns, str) or not all(isinstance(turn, ChatMessage) for turn in turns):
        raise ValidationError(
            f"messages should be a list of LlamaIndex's ChatMessage, not {reprlib.repr(turns)}; "
            "complete takes a text."
        )


def _strays(given: Mapping[str, Any]) -> set[str]:
    """A prediction's keywords that its template has no place for; functions in it could use any."""
    if "prompt_args" not in given or given["prompt"].function_mappings:
        return set()
    prompt = given["prompt"]
    return {*given["prompt_args"]} - {*prompt.template_vars, *(prompt.template_var_mappings or ())}


def _refuse_secrets(keywords: set[str]) -> None:
    if secrets := _SECRETS & keywords:
        name = min(secrets)
        raise ValidationError(
            f"{name} as a call's keyword would be shown to every event handler: set it once, by "
            f"LoRAX({name}=...), or for a copy, by llm.with_parameters({name}=...)."
        )


@contextmanager
def _told(is_predicting: bool = False) -> Generator[None, None, None]:
    """Tell a refusal so that LlamaIndex does not swallow it, where it would."""
    try:
        yield
    except ValidationError as error:
        if is_predicting or _is_swallowed():
            raise RefusedError.of(error) from error
        raise


def _is_swallowed() -> bool:
    """Whether somebody waits for this call who takes a ValueError for an empty answer."""
    callers = (frame.f_globals.get("__name__", "") for frame, _ in walk_stack(None))
    return any(name.startswith(_SWALLOWING) for name in callers)


def _generated(pieces: Any, is_predicting: bool) -> Generator[Any, None, None]:
    with _told(is_predicting):
        yield from pieces


async def _agenerated(pieces: Any, is_predicting: bool) -> AsyncGenerator[Any, None]:
    with _told(is_predicting):
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
