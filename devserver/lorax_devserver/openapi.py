"""The OpenAPI description of the routes, and the page that shows it."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from starlette.requests import Request
from starlette.responses import Response

from lorax_devserver import bodies
from lorax_devserver.answers import Error
from lorax_devserver.meanings import MEANINGS
from lorax_devserver.operations import OPERATIONS, STATUSES, UNREADABLE, Operation
from lorax_devserver.settings import VERSION
from lorax_devserver.wire import json_response, text_response

ABOUT = "Unknown keys of a body are ignored. A stream has status 200, whatever happens on it."


async def describe(_request: Request) -> Response:
    """GET /api-doc/openapi.json."""
    return json_response(description())


async def page(_request: Request) -> Response:
    """GET /docs/."""
    return text_response(_page(), media_type="text/html; charset=utf-8")


@functools.cache
def _page() -> str:
    source = Path(__file__).with_name("docs.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source).render(description())


@functools.cache
def description() -> dict[str, Any]:
    """The description of every route."""
    schemas, components = _schemas()
    paths: dict[str, Any] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method.lower()] = _described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "LoRAX", "version": VERSION, "description": ABOUT},
        "paths": paths,
        "components": {"schemas": components},
    }


def _described(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """A route: what it reads, and what it answers by status and content type."""
    content: dict[int, dict[str, Any]] = {200: {}}
    if operation.answer is not None:
        content[200]["application/json"] = schemas[operation.answer]
    if operation.text:
        content[200]["text/plain"] = {"type": "string"}
    if operation.event is not None:
        content[200]["text/event-stream"] = _event(operation, schemas)
    if operation.body is not None:
        content |= {status: {"text/plain": {"type": "string"}} for status in UNREADABLE}
    for status in operation.errors:
        content.setdefault(status, {})["application/json"] = schemas[Error]
    described: dict[str, Any] = {"summary": operation.summary}
    if operation.body is not None:
        body = {"application/json": {"schema": schemas[operation.body]}}
        described["requestBody"] = {"required": True, "content": body}
    described["responses"] = {
        str(status): {
            "description": STATUSES[status],
            "content": {kind: {"schema": schema} for kind, schema in content[status].items()},
        }
        for status in sorted(content)
    }
    return described


def _event(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    """An event of a stream; OpenAPI has no other place for it than the stream's own schema."""
    carried = {"anyOf": [schemas[operation.event], schemas[Error]]}
    data: dict[str, Any] = {"contentMediaType": "application/json", "contentSchema": carried}
    if operation.done:
        data = {"anyOf": [{"const": "[DONE]"}, data]}
    return {"type": "object", "properties": {"data": data}, "required": ["data"]}


def _schemas() -> tuple[dict[Any, JsonSchemaValue], JsonSchemaValue]:
    """The schema of each type that stands in a route, and those that they refer to."""
    kinds = [kind for o in OPERATIONS.values() for kind in (o.body, o.answer, o.event)]
    made, rest = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter(kind)) for kind in [*kinds, Error] if kind is not None],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Generator,
    )
    for name, schema in rest["$defs"].items():
        if hasattr(bodies, name):  # an answer's fields mean something else
            for field in schema["properties"].keys() & MEANINGS.keys():
                schema["properties"][field]["description"] = MEANINGS[field]
    return {kind: schema for (kind, _), schema in made.items()}, rest["$defs"]


class _Generator(GenerateJsonSchema):
    """Pydantic's schemas without what says nothing to a client."""

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """Leave out the words of refusals, and the null that stands for an absent key."""
        made = super().generate_inner(schema)
        absent = made.get("default", ...) is None
        return {k: v for k, v in made.items() if k != "rust" and not (k == "default" and absent)}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A title would only repeat the field's name."""
        return False

    def encode_default(self, dft: Any) -> Any:
        """A default body is an empty object."""
        return {} if isinstance(dft, bodies.Body) else super().encode_default(dft)
