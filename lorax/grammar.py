"""A response format in any form a user brings, as the one form that every route obeys."""

import inspect
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from pydantic import BaseModel
from pydantic.errors import PydanticUserError

from lorax.errors import ValidationError
from lorax.parameters import ResponseFormat, ResponseFormatType, checked

_SCHEMA_KEYS = {"properties", "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "items", "$defs"}
_JSON_TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}
_ALLOWED = (
    "Allowed are a pydantic class, a JSON schema, a ResponseFormat, "
    '{"type": "json_object", "schema": {...}}, '
    '{"type": "json_schema", "json_schema": {"schema": {...}}} and {"type": "text"}.'
)


def response_format(given: Any) -> dict[str, Any] | None:
    """The format to send, which the native routes and chat obey alike; None for plain text.

    Both read `{"type": "json_object", "schema": ...}`. Sent in the other one's form a schema is
    not seen, silently, and "text" becomes a flat object (recordings response_format/*).

    Raises:
        ValidationError: `given` is no response format.
    """
    if given is None:
        return None
    if is_model(given):
        return _sent(given)
    if isinstance(given, ResponseFormat):
        return None if given.type == "text" else _sent(given.schema_spec)
    if not isinstance(given, Mapping):
        raise ValidationError(f"response_format cannot be {given!r}. {_ALLOWED}")
    return _of_mapping(cast("Mapping[str, Any]", given))


def _of_mapping(given: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = given.get("type")
    if (
        isinstance(kind, list)
        or kind in _JSON_TYPES
        or (kind is None and _SCHEMA_KEYS & given.keys())
    ):
        return _sent(given)
    if kind not in set(ResponseFormatType):
        raise ValidationError(f"response_format cannot have the type {kind!r}. {_ALLOWED}")
    if kind == "text":
        return None
    if "json_schema" in given:
        nested = given["json_schema"]
        schema: Any = None
        if isinstance(nested, Mapping):
            schema = cast("Mapping[str, Any]", nested).get("schema")
        if schema is None:
            raise ValidationError(f"response_format has no schema in its json_schema. {_ALLOWED}")
        return _sent(schema)
    if kind == "json_schema" and given.get("schema") is None:
        raise ValidationError(f"response_format of type json_schema has no schema. {_ALLOWED}")
    return _sent(checked(ResponseFormat, given).schema_spec)


def is_model(given: object) -> TypeGuard[type[BaseModel]]:
    """Whether this is a pydantic class; `list[int]` passes for a class on Python 3.10."""
    return inspect.isclass(given) and issubclass(given, BaseModel)


def _sent(schema: Any) -> dict[str, Any]:
    """A schema in the form that is sent; without one, the server takes any flat object."""
    if schema is None:
        return {"type": "json_object"}
    if is_model(schema):
        try:
            return {"type": "json_object", "schema": schema.model_json_schema()}
        except PydanticUserError as error:
            name = schema.__name__
            raise ValidationError(f"{name} cannot be a JSON schema: {error.message}") from None
    if not isinstance(schema, Mapping):
        raise ValidationError(f"response_format's schema cannot be {schema!r}. {_ALLOWED}")
    return {"type": "json_object", "schema": dict(cast("Mapping[str, Any]", schema))}
