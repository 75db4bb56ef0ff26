"""Structured output of the chat model: by every method, whole, streamed, with what was said."""

from typing import Annotated, Any

import pytest
from langchain_core.exceptions import OutputParserException
from pydantic import BaseModel, Field
from pydantic.v1 import BaseModel as OldModel
from typing_extensions import TypedDict

from langchain_lorax import ChatLoRAX
from lorax_devserver.testing import ModelServer, ScriptedServer


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int = Field(description="In years.")


class PersonDict(TypedDict):
    """Somebody."""

    name: Annotated[str, ..., "How they are called."]
    age: int


class OldPerson(OldModel):
    """Somebody."""

    name: str
    age: int


ANN = {"name": "Ann", "age": 7}
UNTITLED = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
FUNCTION = {"name": "Person", "description": "Somebody.", "parameters": UNTITLED}
SCHEMAS: dict[str, tuple[Any, Any]] = {
    "pydantic": (Person, Person(**ANN)),  # type: ignore[arg-type]
    "pydantic 1": (OldPerson, OldPerson(**ANN)),
    "TypedDict": (PersonDict, ANN),
    "JSON schema": (Person.model_json_schema(), ANN),
    "OpenAI function": (FUNCTION, ANN),
    "OpenAI tool": ({"type": "function", "function": FUNCTION}, ANN),
}


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
@pytest.mark.parametrize("schema", SCHEMAS)
async def test_every_schema_by_every_method(
    schema: str, method: Any, lorax_server: ScriptedServer
) -> None:
    given, expected = SCHEMAS[schema]
    called = {"name": given["title"] if schema == "JSON schema" else "Person", "arguments": ANN}
    if schema == "TypedDict":
        called["name"] = "PersonDict"
    if schema == "pydantic 1":
        called["name"] = "OldPerson"
    lorax_server.script(called if method == "function_calling" else ANN)
    chat = ChatLoRAX(base_url=lorax_server.url).with_structured_output(given, method=method)
    assert chat.invoke("x") == expected
    assert await chat.ainvoke("x") == expected
    assert chat.batch(["x", "y"]) == [expected, expected]
    assert list(chat.stream("x"))[-1] == expected
    assert [piece async for piece in chat.astream("x")][-1] == expected
    sent = [asked.body["response_format"]["schema"] for asked in lorax_server.requests]
    assert all(schema == sent[0] for schema in sent)
    if method != "json_mode":
        assert '"age"' in str(sent[0]).replace("'", '"')


def test_a_schema_without_a_title(lorax_server: ScriptedServer) -> None:
    lorax_server.script(ANN)
    chat = ChatLoRAX(base_url=lorax_server.url).with_structured_output(UNTITLED)
    assert chat.invoke("x") == ANN


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_dicts_grow_as_they_are_streamed(method: Any, lorax_server: ScriptedServer) -> None:
    called = {"name": "PersonDict", "arguments": ANN}
    lorax_server.script(called if method == "function_calling" else ANN)
    chat = ChatLoRAX(base_url=lorax_server.url).with_structured_output(PersonDict, method=method)
    pieces = list(chat.stream("x"))
    assert {"name": "Ann"} in pieces
    assert pieces[-1] == ANN


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_with_what_was_said(method: Any, lorax_server: ScriptedServer) -> None:
    bad = {"name": "Ann", "age": "seven"}
    for answer in (ANN, bad):
        called = {"name": "Person", "arguments": answer}
        lorax_server.script(called if method == "function_calling" else answer, times=1)
    chat = ChatLoRAX(base_url=lorax_server.url).with_structured_output(
        Person, method=method, include_raw=True
    )
    good: Any = chat.invoke("x")
    assert good["parsed"] == Person(name="Ann", age=7)
    assert good["parsing_error"] is None
    assert good["raw"].usage_metadata["output_tokens"] > 3
    wrong: Any = chat.invoke("x")
    assert wrong["parsed"] is None
    assert "age" in str(wrong["parsing_error"])


def test_an_answer_that_does_not_fit_is_an_error(lorax_server: ScriptedServer) -> None:
    lorax_server.script({"name": "Ann"})
    with pytest.raises(OutputParserException):
        ChatLoRAX(base_url=lorax_server.url).with_structured_output(Person).invoke("x")


def test_a_method_that_is_none(lorax_server: ScriptedServer) -> None:
    with pytest.raises(ValueError, match="not 'json'"):
        ChatLoRAX(base_url=lorax_server.url).with_structured_output(Person, method="json")  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_a_real_model_is_held_to_it(method: Any, lorax_model_server: ModelServer) -> None:
    chat = ChatLoRAX(base_url=lorax_model_server.url, max_new_tokens=80)
    found = chat.with_structured_output(Person, method=method).invoke("Ann is 7 years old.")
    assert isinstance(found, Person)


def test_a_form_by_the_call_alone(lorax_server: ScriptedServer) -> None:
    lorax_server.script(ANN)
    chat = ChatLoRAX(base_url=lorax_server.url)
    chat.invoke("x", response_format=Person)
    chat.bind(response_format=Person).invoke("x")
    ChatLoRAX(base_url=lorax_server.url, response_format=Person).invoke("x")
    assert len({asked.content for asked in lorax_server.requests}) == 1
