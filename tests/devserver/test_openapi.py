"""The description of the routes: it names all of them, and they answer as it says."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks
from starlette.routing import Route

from lorax_devserver import openapi
from lorax_devserver.app import Router
from lorax_devserver.model import PACKAGED_MODEL_ID, packaged_model
from lorax_devserver.scripted import ScriptedEngine
from tests.conftest import running_devserver
from tests.recordings import FOLDER, cases

DESCRIPTION = openapi.description()
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}
DESCRIBING = {("GET", "/docs"), ("GET", "/docs/"), ("GET", "/api-doc/openapi.json")}
# An empty list in these fields is a 500 (recorded as embed/v1_empty_list, classify/batch_empty).
EMPTY = {"/v1/embeddings": "input", "/classify_batch": "inputs"}
RECORDED = {
    name: case
    for name, case in cases(*sorted(file.stem for file in FOLDER.glob("*.json"))).items()
    if (case["request"]["method"], case["request"]["path"]) in OPERATIONS
    and case["response"]["status"]  # None where the recorded router ended
    and not case["note"].startswith("cut:")  # the recording's text is
}

# The seed makes every run the same.
api = schemathesis.openapi.from_dict(DESCRIPTION, config=SchemathesisConfig(seed=1))


@pytest.fixture(scope="module")
def scripted() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


def what_fits_is_read(_context: Any, response: Any, case: Any) -> None:
    """What is refused as text was not read. To JSON Schema 5.0 is an integer, to the server not."""
    refused = response.status_code >= 400 and "floating point" not in response.text
    if refused and case.meta.generation.mode.is_positive:
        assert not response.headers.get("content-type", [""])[0].startswith("text/plain")


@api.parametrize()
@settings(
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_body_is_answered_as_described(case: schemathesis.Case, scripted: str) -> None:
    described = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
        checks.negative_data_rejection,
        checks.unsupported_method,
        what_fits_is_read,
    ]
    response = case.call_and_validate(scripted, timeout=20, checks=described)
    if response.status_code >= 500:
        assert case.body[EMPTY[case.path]] == []


@pytest.mark.parametrize("name", RECORDED)
def test_a_real_server_answered_as_described(name: str) -> None:
    request, answer = RECORDED[name]["request"], RECORDED[name]["response"]
    content = OPERATIONS[request["method"], request["path"]]["responses"][str(answer["status"])]
    kind = dict(answer["headers"]).get("content-type", "").split(";")[0]
    if not kind:
        assert not content["content"]
        return
    schema = content["content"][kind]["schema"]
    if kind == "application/json":
        check(json.loads(answer["text"]), schema)
    elif kind == "text/event-stream":
        data = schema["properties"]["data"]
        for line in answer["text"].split("\n"):
            if line == "data: [DONE]":
                assert {"const": "[DONE]"} in data["anyOf"]
            elif line.startswith("data: "):
                carried = data if "contentSchema" in data else data["anyOf"][1]
                check(json.loads(line[6:]), carried["contentSchema"])


def check(value: Any, schema: dict[str, Any]) -> None:
    complete = {**schema, "components": DESCRIPTION["components"]}
    jsonschema.validate(value, complete, jsonschema.Draft202012Validator)


def test_the_description_is_openapi(scripted: str) -> None:
    response = httpx.get(f"{scripted}/api-doc/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == DESCRIPTION
    api.validate()
    assert '"rust"' not in response.text


def test_every_route_is_described() -> None:
    model = packaged_model()
    assert model is not None
    routes = Router(ScriptedEngine(model, PACKAGED_MODEL_ID)).app().routes
    served = {
        (method, route.path)
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served - DESCRIBING == OPERATIONS.keys()


def test_the_page_names_every_route_and_field(scripted: str) -> None:
    response = httpx.get(f"{scripted}/docs", follow_redirects=True)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    for method, path in OPERATIONS:
        assert f"<h2>{method} <code>{path}</code></h2>" in response.text
    for schema in DESCRIPTION["components"]["schemas"].values():
        for field in schema["properties"]:
            assert f"<code>{field}</code>" in response.text
    assert "http" not in response.text, "the page needs no network"
