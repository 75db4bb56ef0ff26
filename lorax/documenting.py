"""How a pure call gets its documentation and its signature, and how a method gets its call's."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from lorax.parameters import Parameters, argument_docs, check_keywords
from lorax.tools import ToolOptions

P = ParamSpec("P")
R = TypeVar("R")


def documented(call: Callable[P, R]) -> Callable[P, R]:
    """Give a call its parameters' documentation, and refuse keywords that it does not have."""
    names = list(inspect.signature(call).parameters)
    doc = inspect.cleandoc(call.__doc__ or "")
    docs = argument_docs(names, Parameters, ToolOptions)
    call.__doc__ = doc.replace("    {parameters}", docs)

    @functools.wraps(call)
    def checked_call(*args: P.args, **kwargs: P.kwargs) -> R:
        check_keywords(call.__name__, kwargs, names)
        return call(*args, **kwargs)

    return checked_call


def same_arguments(
    template: Callable[P, object],
) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Give a function another one's parameters, for readers and type checkers alike."""

    def sign(function: Callable[..., R]) -> Callable[P, R]:
        returned = inspect.signature(function).return_annotation
        signature = inspect.signature(template).replace(return_annotation=returned)
        function.__signature__ = signature  # type: ignore[attr-defined]
        return documented(function)

    return sign


def signed_by(
    call: Callable[P, object],
) -> Callable[[Callable[..., R]], Callable[Concatenate[Any, P], R]]:
    """Give a method the parameters and the documentation of the pure call behind it."""

    def sign(method: Callable[..., R]) -> Callable[Concatenate[Any, P], R]:
        myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        parameters = [myself, *inspect.signature(call).parameters.values()]
        returned = inspect.signature(method).return_annotation
        method.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            parameters, return_annotation=returned
        )
        method.__doc__ = call.__doc__
        return method

    return sign
