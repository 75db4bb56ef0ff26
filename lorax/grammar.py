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

from lorax.errors import CostlySchemaWarning, SchemaTooCostlyError, ValidationError
from lorax.parameters import ResponseFormat, ResponseFormatType
from lorax.schemas.costs import cost
from lorax.schemas.lowering import SPEAKING, Effort, Lowered, TooLargeError, lower
from lorax.schemas.typeschemas import Schemas
from lorax.shapes import is_list, is_object, json_text

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
ANY_OBJECT = {
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
    return _explained(json_text(schema, "response_format"))


@functools.lru_cache(maxsize=128)
def _explained(text: str) -> Explanation:
    schema = json.loads(text)
    return affordable(lambda effort: lower(schema, effort))


def affordable(make: Callable[[Effort], Lowered]) -> Explanation:
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
    return sent(_of(schema), max_compile_seconds, "response_format")


def sent(told: Explanation, allowed: float | None, what: str) -> dict[str, Any]:
    """The format to send.

    Args:
        told: What becomes of the schema.
        allowed: Seconds that a server may need to compile it.
        what: What it is called in an error.

    Raises:
        SchemaTooCostlyError: A server would compile it for longer than allowed.
    """
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
    found = held(given)
    if found is None:
        return None
    if is_type(found):
        return _of_type(found)
    if not is_object(found):
        raise ValidationError(f"response_format's schema cannot be {found!r}. {_ALLOWED}")
    return dict(found)


def held(given: Any) -> Any:
    """The type or the schema that a response format holds, whatever stands around it.

    Raises:
        ValidationError: It is no response format.
    """
    if given is None or is_type(given):
        return given
    if isinstance(given, ResponseFormat):
        return None if given.type == "text" else given.schema_spec or ANY_OBJECT
    if not is_object(given):
        raise ValidationError(f"response_format cannot be {given!r}. {_ALLOWED}")
    kind = given.get("type")
    if isinstance(kind, list) or kind in _JSON_TYPES:
        return given
    if kind is None and _SCHEMA_KEYS & given.keys():
        return given
    if kind not in set(ResponseFormatType):
        raise ValidationError(f"response_format cannot have the type {kind!r}. {_ALLOWED}")
    return None if kind == "text" else _in_wrapping(given)


def _in_wrapping(given: Mapping[str, Any]) -> Any:
    """What `json_object` and `json_schema` are put around; OpenAI nests it once more."""
    if "json_schema" in given:
        nested = given["json_schema"]
        schema = nested.get("schema") if is_object(nested) else None
        if schema is None:
            raise ValidationError(f"response_format has no schema in its json_schema. {_ALLOWED}")
        return schema
    if given["type"] == "json_schema" and given.get("schema") is None:
        raise ValidationError(f"response_format of type json_schema has no schema. {_ALLOWED}")
    unknown = given.keys() - {"type", "schema"}
    if unknown:
        raise ValidationError(f"response_format has no field {min(unknown)!r}. {_ALLOWED}")
    return given.get("schema") or ANY_OBJECT


def is_type(given: object) -> bool:
    """Whether this is a type that pydantic can make a schema of, rather than a schema."""
    return isinstance(given, type | GenericAlias) or get_origin(given) is not None


def _of_type(given: Any) -> dict[str, Any]:
    try:
        return adapter(given).json_schema(schema_generator=Schemas)
    except PydanticUserError as error:
        name = getattr(given, "__name__", str(given))
        raise ValidationError(f"{name} cannot be a JSON schema: {error.message}") from None


def adapter(given: Any) -> TypeAdapter[Any]:
    """What reads and writes values of a type."""
    try:
        return _kept(given)
    except TypeError:  # it cannot be looked up, such as one annotated with a list
        return TypeAdapter(given)


@functools.lru_cache(maxsize=128)
def _kept(given: Any) -> TypeAdapter[Any]:
    return TypeAdapter(given)
