"""An answer read back by the form that was asked for: a value of it, or what does not fit."""

import importlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pydantic

from lorax import grammar
from lorax.errors import AnswerMismatchError, ValidationError
from lorax.parameters import Parameters

Check = Callable[[str], Any]
# What a schema that is none makes the package for checking raise.
_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, re.error)


def check_of(parameters: Parameters) -> Check | None:
    """What checks a request's answer; None where it is not to be checked.

    Raises:
        ValidationError: It cannot be checked.
    """
    return checker(parameters.response_format) if parameters.check else None


def checker(response_format: Any) -> Check:
    """What reads an answer; a function from its text to a value.

    Args:
        response_format: Any form: a type gives a value of that type, a schema gives plain JSON.

    Raises:
        ValidationError: There is no form to check, or the package for checking schemas is missing.
    """
    form = grammar.held(response_format)
    if grammar.is_type(form):
        return _of_type(form)
    schema = grammar.schema_of(form)
    if schema is None:
        raise ValidationError("check needs a response_format with a schema to check by.")
    return _of_schema(schema)


def _of_type(form: Any) -> Check:
    adapter = grammar.adapter(form)

    def check(text: str) -> Any:
        try:
            return adapter.validate_json(text)
        except pydantic.ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            problems = [f"{_place(item['loc'])}: {item['msg']}" for item in found]
            raise _mismatch(problems, text) from None

    return check


def _of_schema(schema: Mapping[str, Any]) -> Check:
    try:
        jsonschema: Any = importlib.import_module("jsonschema")
    except ImportError:
        raise ValidationError(
            "check needs the package jsonschema where response_format is a JSON schema: "
            "pip install 'lorax-client[check]'. With a pydantic class or a TypedDict it does not."
        ) from None
    try:
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        validator = kind(schema)
    except (jsonschema.SchemaError, *_ODD) as error:
        reason = getattr(error, "message", error)
        raise ValidationError(f"check cannot use response_format's schema: {reason}.") from None

    def check(text: str) -> Any:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _mismatch([f"$: it is no JSON: {error}"], text) from None
        try:
            problems = [
                f"{_place(error.absolute_path)}: {error.message}"
                for error in validator.iter_errors(value)
            ]
        except _ODD as error:  # such as a pattern of another language
            problems = [f"$: the schema cannot be applied: {error}"]
        if problems:
            raise _mismatch(problems, text)
        return value

    return check


def _place(path: Any) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _mismatch(problems: list[str], text: str) -> AnswerMismatchError:
    shown = "; ".join(problems[:5]) + ("; …" if len(problems) > 5 else "")
    return AnswerMismatchError(f"The answer is not of response_format: {shown}.", text)
