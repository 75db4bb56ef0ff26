"""What a caller gave, checked: each thing that is wrong is named, with what is allowed."""

import difflib
import re
import reprlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field
from pydantic import ValidationError as PydanticError

from lorax.errors import UnknownParameterError, ValidationError


def api_name(field: str) -> str:
    """A parameter's name in the client's methods."""
    return "stop_sequences" if field == "stop" else field


# What other libraries call them.
ALIASES = {
    "max_tokens": "max_new_tokens",
    "stop": "stop_sequences",
    "model": "adapter_id",
    "model_name": "adapter_id",
}
AnyModel = TypeVar("AnyModel", bound=BaseModel)


def checked(model: type[AnyModel], fields: Any, where: str = "") -> AnyModel:
    """Build a model from what a caller gave.

    Args:
        model: What it should be.
        fields: What was given.
        where: What it is called in an error, if it is a part of something.

    Raises:
        ValidationError: A value is not allowed. Each is named with what is.
    """
    try:
        return model.model_validate(fields)
    except PydanticError as error:
        problems = [_problem(dict(e)) for e in error.errors(include_url=False)]
        prefix = f"{where}: " if where else ""
        raise ValidationError(prefix + " ".join(problems)) from None


class _Texts(BaseModel):
    texts: list[Annotated[str, Field(strict=True)]] = Field(min_length=1)


def listed(name: str, given: Any) -> list[str]:
    """Several texts; one alone is not taken for its letters.

    Raises:
        ValidationError: They are none.
    """
    if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
        raise ValidationError(f"{name} should be a list of texts, not {reprlib.repr(given)}.")
    try:
        return _Texts(texts=list(given)).texts
    except PydanticError as error:
        found = error.errors(include_url=False)
        problems = [_problem({**e, "loc": (name, *e["loc"][1:])}) for e in found]
        raise ValidationError(" ".join(problems)) from None


def check_keywords(call: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that a call does not have: a server would ignore them silently.

    Raises:
        UnknownParameterError: With the nearest name that there is.
    """
    names = list(known)
    for name in given:
        if name not in names:
            alias = ALIASES.get(name)
            hint = nearest(alias if alias in names else name, names)
            raise UnknownParameterError(f"{call}() has no parameter {name!r}.{hint}")


def named(given: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords under our own names, whatever other libraries' they are given by.

    Raises:
        ValidationError: A parameter is given by two of its names.
    """
    by_name: dict[str, str] = {}
    for said in given:
        name = ALIASES.get(said, said)
        if (other := by_name.setdefault(name, said)) != said:
            both = " and ".join(sorted((other, said), key=lambda one: one == name))
            raise ValidationError(f"{both} are one parameter: give one of them.")
    return {name: given[said] for name, said in by_name.items()}


def _problem(error: dict[str, Any]) -> str:
    """One thing wrong with a value: where, what is allowed, what came."""
    path = [str(part) for part in error["loc"] if not str(part).startswith(("function-", "dict["))]
    name = ".".join([api_name(path[0]), *path[1:]]) if path else ""
    message: str = error["msg"].removeprefix("Value error, ")
    for subject in ("Input ", "String ", "List "):
        message = message.removeprefix(subject)
    message = re.sub(r" after validation, not \d+$", "", message)  # what came is told below
    if not path:
        return message
    if error["type"] == "missing":
        return f"{name} is missing."
    if error["type"] == "extra_forbidden":
        return f"{name} is no field here."
    came = "" if name == "api_token" else f", not {reprlib.repr(error['input'])}"
    hint = ""
    if error["type"] in {"literal_error", "enum"} and isinstance(error["input"], str):
        allowed = re.findall(r"'(.+?)'", error["ctx"]["expected"])
        hint = nearest(error["input"], allowed)
    return f"{name} {message}{came}.{hint}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A question after the nearest of the known names; nothing where none is near."""
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f" Did you mean {close[0]!r}?" if close else ""
