"""What stands around a model's calls, outside of LlamaIndex's events and spans.

Those hold every keyword of a call, so a secret among them is refused before. And its query engines
take a ValueError for an empty answer, so that what they call raises none.
"""

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from lorax.errors import RefusedError, ValidationError

Class = TypeVar("Class", bound=type[Any])
_SECRETS = {"api_key", "api_token", "headers"}
_CALLS = ("complete", "chat", "stream_complete", "stream_chat", "predict_and_call")
# What query engines call.
_PREDICTING = ("predict", "stream", "structured_predict", "stream_structured_predict")


def guarded(model: Class) -> Class:
    """Guard the calls of a class."""
    for name in (*_CALLS, *_PREDICTING):
        for method in (name, f"a{name}"):
            told = _plainly if name in _PREDICTING else _as_it_is
            setattr(model, method, _guarded(getattr(model, method), told))
    return model


def _guarded(method: Any, told: Callable[[], Any]) -> Callable[..., Any]:
    # It is called bound to the model: before version 2, wrapt, of which LlamaIndex's spans are
    # made, loses the first argument of one that is not.
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaited(self: Any, *args: Any, **kwargs: Any) -> Any:
            _check(kwargs)
            with told():
                answer = await method.__get__(self)(*args, **kwargs)
            return _agenerated(answer) if told is _plainly and _is_stream(answer) else answer

        return awaited

    @functools.wraps(method)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        _check(kwargs)
        with told():
            answer = method.__get__(self)(*args, **kwargs)
        return _generated(answer) if told is _plainly and _is_stream(answer) else answer

    return called


def _check(keywords: dict[str, Any]) -> None:
    given = _SECRETS & {*keywords, *(keywords.get("llm_kwargs") or {})}
    if given:
        name = min(given)
        raise ValidationError(
            f"{name} as a call's keyword would be shown to every event handler: set it once, by "
            f"LoRAX({name}=...), or for a copy, by llm.with_parameters({name}=...)."
        )


@contextmanager
def _as_it_is() -> Generator[None, None, None]:
    yield


@contextmanager
def _plainly() -> Generator[None, None, None]:
    try:
        yield
    except ValidationError as error:
        raise RefusedError.of(error) from error


def _is_stream(answer: Any) -> bool:
    return isinstance(answer, Generator | AsyncGenerator)


def _generated(pieces: Generator[Any, None, None]) -> Generator[Any, None, None]:
    with _plainly():
        yield from pieces


async def _agenerated(pieces: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    with _plainly():
        async for piece in pieces:
            yield piece
