"""A response format in any form a user brings, as the one form that every route obeys."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel

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
    if isinstance(given, type) and issubclass(given, BaseModel):
        return _sent(given.model_json_schema())
    if isinstance(given, ResponseFormat):
        return None if given.type == "text" else _sent(given.schema_spec)
    if not isinstance(given, Mapping):
        raise ValidationError(f"response_format cannot be {given!r}. {_ALLOWED}")
    return _of_mapping(cast("Mapping[str, Any]", given))


def _of_mapping(given: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = given.get("type")
    if kind in _JSON_TYPES or (kind is None and _SCHEMA_KEYS & given.keys()):
        return _sent(given)
    if kind not in set(ResponseFormatType):
        raise ValidationError(f"response_format cannot have the type {kind!r}. {_ALLOWED}")
    if kind == "text":
        return None
    nested = given.get("json_schema")
    if isinstance(nested, Mapping):
        return _sent(cast("Mapping[str, Any]", nested).get("schema"))
    return _sent(checked(ResponseFormat, given).schema_spec)


def _sent(schema: Mapping[str, Any] | type[BaseModel] | None) -> dict[str, Any]:
    """A schema in the form that is sent; without one, the server takes any flat object."""
    if schema is None:
        return {"type": "json_object"}
    plain = schema.model_json_schema() if isinstance(schema, type) else dict(schema)
    return {"type": "json_object", "schema": plain}
