"""Structured output: a response format in any form, as the schema that a server compiles rightly.

Any form that a user brings becomes one: `{"type": "json_object", "schema": ...}`, which the native
routes and chat obey alike. Sent in the other one's form a schema is not seen, silently, and "text"
becomes a flat object (recordings response_format/*).
"""

import functools
import json
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, get_origin

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError

from lorax.costs import cost
from lorax.errors import CostlySchemaWarning, SchemaTooCostlyError, ValidationError
from lorax.lowering import SPEAKING, Effort, Lowered, TooLargeError, lower
from lorax.parameters import ResponseFormat, ResponseFormatType, checked
from lorax.shapes import is_list, is_object
from lorax.typeschemas import Schemas

# Above the first a server's compiling is worth a warning; a request's own limit is the second.
WARN_SECONDS = 5.0
_JSON_TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}
_SCHEMA_KEYS = SPEAKING | {"$ref", "anyOf", "oneOf", "allOf", "enum", "const", "$defs"}
_ALLOWED = (
    "Allowed are a pydantic class, a TypedDict or another type, a JSON schema, a ResponseFormat, "
    '{"type": "json_object", "schema": {...}}, '
    '{"type": "json_schema", "json_schema": {"schema": {...}}} and {"type": "text"}.'
)
# What a server takes for a schema that is not there: an object of plain values.
_ANY_OBJECT = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": "string"},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "null"},
        ]
    },
}
# How much is kept, dearest first: lengths go before the width of Any, and that before depth.
_EFFORTS = [
    *(Effort(longest=longest) for longest in (float("inf"), 100, 50, 20, 8, 1)),
    Effort(1, wide=False),
    Effort(1, wide=False, depth=2),
    Effort(1, wide=False, depth=1),
    *(Effort(1, wide=False, depth=1, nested=nested) for nested in (3, 2, 1)),
]


@dataclass(frozen=True)
class Explanation:
    """What becomes of a schema.

    Attributes:
        schema: What is sent.
        changed: What was changed, by place: `$.user.name` for a property, `[]` for an array's item.
        unenforced: Constraints that an answer may break, by place. `check=True` finds those.
        seconds: How long a server compiles it, roughly, once; everyone waits meanwhile.
        costliest: The place that costs most.
    """

    schema: dict[str, Any]
    changed: Mapping[str, list[str]]
    unenforced: Mapping[str, list[str]]
    seconds: float
    costliest: str

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"A server compiles it in about {self.seconds:.1f} s, most for {self.costliest}."
        for title, places in (("Changed", self.changed), ("Not enforced", self.unenforced)):
            if places:
                yield f"{title}:"
            for place, notes in places.items():
                yield f"  {place}: {'; '.join(notes)}"


def explain(response_format: Any) -> Explanation:
    """What becomes of a response format: what is changed, what is not enforced, what it costs.

    Args:
        response_format: A pydantic class, a TypedDict, a JSON schema or any other form.

    Raises:
        ValidationError: It is none, or no value fits it.

    Example:
        >>> print(explain({"type": "integer", "minimum": 0}))
        A server compiles it in about 0.4 s, most for $.
        Not enforced:
          $: minimum 0
    """
    schema = schema_of(response_format)
    if schema is None:
        raise ValidationError(f"response_format is plain text: there is no schema. {_ALLOWED}")
    return _of(schema)


def _of(schema: dict[str, Any]) -> Explanation:
    try:
        text = json.dumps(schema, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError(f"response_format cannot be written as JSON: {error}.") from None
    return _explained(text)


@functools.lru_cache(maxsize=128)
def _explained(text: str) -> Explanation:
    schema = json.loads(text)
    return _affordable(lambda effort: lower(schema, effort))


def _affordable(make: Callable[[Effort], Lowered]) -> Explanation:
    """The first of the efforts that costs little, or the least of them."""
    found: Explanation | None = None
    failed: ValidationError | None = None
    reach = (math.inf, math.inf)
    for effort in _EFFORTS:
        if isinstance(failed, TooLargeError) and effort.reach >= reach:
            continue
        reach = effort.reach
        try:
            made = make(effort)
        except TooLargeError as error:
            failed = error
            continue
        except ValidationError as error:
            # With less depth a value may not come to its end any more.
            if failed is None and found is None:
                raise
            failed = failed or error
            continue
        told = cost(made.schema)
        found = Explanation(made.schema, made.changed, made.unenforced, told.seconds, told.most)
        if found.seconds <= WARN_SECONDS:
            break
    if found is None:
        assert failed is not None, "there are efforts"
        raise failed
    return found


def response_format(given: Any, max_compile_seconds: float | None = None) -> dict[str, Any] | None:
    """The format to send; None for plain text.

    Raises:
        ValidationError: `given` is no response format.
        SchemaTooCostlyError: A server would compile it for longer than allowed.
    """
    schema = schema_of(given)
    if schema is None:
        return None
    return _sent(_of(schema), max_compile_seconds, "response_format")


def fitted(
    make: Callable[[Effort], Lowered], max_compile_seconds: float | None, what: str
) -> dict[str, Any]:
    """The format to send for what is lowered by another rule.

    Raises:
        SchemaTooCostlyError: A server would compile it for longer than allowed.
    """
    return _sent(_affordable(make), max_compile_seconds, what)


def _sent(told: Explanation, allowed: float | None, what: str) -> dict[str, Any]:
    words = f"{what} costs a server about {told.seconds:.0f} s, most of it for {told.costliest}; "
    words += "meanwhile everyone waits."
    if allowed is not None and told.seconds > allowed:
        raise SchemaTooCostlyError(
            f"{words} Fewer properties, shorter enums or tighter types cost less. "
            f"max_compile_seconds is {allowed:g}; None sends it all the same."
        )
    if told.seconds > WARN_SECONDS:
        warnings.warn(words, CostlySchemaWarning, stacklevel=2)
    return {"type": "json_object", "schema": told.schema}


def refers(schema: Any) -> bool:
    """Whether a schema has references."""
    if is_list(schema):
        return any(map(refers, schema))
    return is_object(schema) and ("$ref" in schema or any(map(refers, schema.values())))


def schema_of(given: Any) -> dict[str, Any] | None:
    """The JSON schema that a response format holds; None for plain text.

    Raises:
        ValidationError: It is no response format.
    """
    if given is None:
        return None
    if is_type(given):
        return _of_type(given)
    if isinstance(given, ResponseFormat):
        return None if given.type == "text" else _of_schema(given.schema_spec)
    if not is_object(given):
        raise ValidationError(f"response_format cannot be {given!r}. {_ALLOWED}")
    return _of_mapping(given)


def _of_mapping(given: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = given.get("type")
    if (
        isinstance(kind, list)
        or kind in _JSON_TYPES
        or (kind is None and _SCHEMA_KEYS & given.keys())
    ):
        return _of_schema(given)
    if kind not in set(ResponseFormatType):
        raise ValidationError(f"response_format cannot have the type {kind!r}. {_ALLOWED}")
    if kind == "text":
        return None
    if "json_schema" in given:
        nested = given["json_schema"]
        schema = nested.get("schema") if is_object(nested) else None
        if schema is None:
            raise ValidationError(f"response_format has no schema in its json_schema. {_ALLOWED}")
        return _of_schema(schema)
    if kind == "json_schema" and given.get("schema") is None:
        raise ValidationError(f"response_format of type json_schema has no schema. {_ALLOWED}")
    return _of_schema(checked(ResponseFormat, given).schema_spec)


def is_type(given: object) -> bool:
    """Whether this is a type that pydantic can make a schema of, rather than a schema."""
    return isinstance(given, type | GenericAlias) or get_origin(given) is not None


def _of_schema(schema: Any) -> dict[str, Any]:
    if schema is None:
        return _ANY_OBJECT
    if is_type(schema):
        return _of_type(schema)
    if not is_object(schema):
        raise ValidationError(f"response_format's schema cannot be {schema!r}. {_ALLOWED}")
    return dict(schema)


def _of_type(given: Any) -> dict[str, Any]:
    try:
        return adapter(given).json_schema(schema_generator=Schemas)
    except PydanticUserError as error:
        name = getattr(given, "__name__", str(given))
        raise ValidationError(f"{name} cannot be a JSON schema: {error.message}") from None


def adapter(given: Any) -> TypeAdapter[Any]:
    """What reads and writes values of a type."""
    return TypeAdapter(given)
