"""How a call gets its documentation and its signature, a method its call's, a class its fields'."""

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from types import UnionType
from typing import (
    Annotated,
    Any,
    Concatenate,
    Literal,
    ParamSpec,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lorax.parameters import Parameters
from lorax.tools import ToolOptions
from lorax.validating import api_name, check_keywords

P = ParamSpec("P")
R = TypeVar("R")
Model = TypeVar("Model", bound=BaseModel)
_LIMITS = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))


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


def with_fields(model: type[Model]) -> type[Model]:
    """Put a class's fields, and what is allowed in each, behind its documentation."""
    doc = inspect.cleandoc(model.__doc__ or "")
    named = [name for name, field in model.model_fields.items() if field.description]
    model.__doc__ = f"{doc}\n\nArgs:\n{argument_docs(named, model)}"
    return model


def argument_docs(names: Iterable[str], *models: type[BaseModel]) -> str:
    """What `help()` says of parameters, made from the fields of models."""
    fields = {api_name(n): field for model in models for n, field in model.model_fields.items()}
    lines: list[str] = []
    for name in names:
        if name in fields:
            text = f"{name}: {fields[name].description}{_allowed(fields[name])}"
            lines += textwrap.wrap(
                text, 96, initial_indent=" " * 4, subsequent_indent=" " * 8, break_on_hyphens=False
            )
    return "\n".join(lines)


# A JSON schema would say the same, and take a tenth of the package's import.
def _allowed(field: FieldInfo) -> str:
    said = [*field.metadata, *_said(field.annotation)]
    limits = [f"{word} {getattr(one, k)}" for one in said for k, word in _LIMITS if hasattr(one, k)]
    allowed = " and ".join(limits) or "".join(one for one in said if isinstance(one, str))
    return f" Allowed: {allowed}." if allowed else ""


def _said(annotation: Any) -> Iterator[Any]:
    """What an annotation says of a value beside its type: limits, and its choice in words."""
    kind, parts = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata
    elif kind is Literal:
        yield f"one of {', '.join(map(str, parts))}"
    elif kind in {Annotated, Union, UnionType}:
        for part in parts:
            yield from _said(part)
