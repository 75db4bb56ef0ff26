"""A response format in any form a user brings, as the one form that every route obeys."""

from collections.abc import Mapping
from typing import Any

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
        return _sent(given)
    if isinstance(given, ResponseFormat):
        return None if given.type == "text" else _sent(given.schema_spec)
    if not isinstance(given, Mapping):
        raise ValidationError(f"response_format cannot be {given!r}. {_ALLOWED}")
    kind = given.get("type")
    if kind in _JSON_TYPES or (kind is None and _SCHEMA_KEYS & given.keys()):
        return _sent(given)
    if kind not in set(ResponseFormatType):
        raise ValidationError(f"response_format cannot have the type {kind!r}. {_ALLOWED}")
    if kind == "text":
        return None
    nested = given.get("json_schema")
    if isinstance(nested, Mapping):
        return _sent(nested.get("schema"))
    return _sent(checked(ResponseFormat, given).schema_spec)


def _sent(schema: Any) -> dict[str, Any]:
    """A schema in the form that is sent; without one, the server takes any flat object."""
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        schema = schema.model_json_schema()
    return {"type": "json_object", **({"schema": dict(schema)} if schema is not None else {})}
