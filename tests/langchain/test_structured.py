"""Structured output of the chat model: by every method, whole, streamed, with what was said."""

import contextlib
import threading
from typing import Annotated, Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
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


class Number(BaseModel):
    n: int


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
async def test_an_answer_that_was_cut_is_none(method: Any, lorax_server: ScriptedServer) -> None:
    value = {"n": 123456789}
    called = {"name": "Number", "arguments": value}
    lorax_server.script(called if method == "function_calling" else value)
    chat = ChatLoRAX(base_url=lorax_server.url)
    made = chat.with_structured_output(Number, method=method)
    raw: Any = chat.with_structured_output(Number, method=method, include_raw=True)
    whole = chat.invoke("x", response_format=Number)
    assert whole.usage_metadata
    tokens = whole.usage_metadata["output_tokens"] + 20 * (method == "function_calling")
    for limit in range(1, tokens):
        with contextlib.suppress(OutputParserException):
            assert made.invoke("x", max_new_tokens=limit) == Number(n=123456789)
        with contextlib.suppress(OutputParserException):
            assert list(made.stream("x", max_new_tokens=limit))[-1] == Number(n=123456789)
    cut: dict[str, Any] = {"max_new_tokens": 8}
    with pytest.raises(OutputParserException, match="was cut") as caught:
        made.invoke("x", **cut)
    said = chat.invoke("x", response_format=Number, **cut).content
    assert caught.value.llm_output == ("" if method == "function_calling" else said)
    with pytest.raises(OutputParserException, match="was cut"):
        await made.ainvoke("x", **cut)
    with pytest.raises(OutputParserException, match="was cut"):
        _ = [piece async for piece in made.astream("x", **cut)]
    for found in (raw.invoke("x", **cut), await raw.ainvoke("x", **cut)):
        assert found["parsed"] is None
        assert "was cut" in str(found["parsing_error"])
        assert found["raw"].response_metadata["finish_reason"] == "length"


@pytest.mark.anyio
async def test_a_calls_keywords_reach_it_with_what_was_said_too(
    lorax_server: ScriptedServer,
) -> None:
    lorax_server.script(ANN)
    chat = ChatLoRAX(base_url=lorax_server.url)
    made: Any = chat.with_structured_output(Person, include_raw=True)
    sql = {"adapter_id": "sql"}
    found = [
        made.invoke("x", **sql),
        await made.ainvoke("x", **sql),
        made.bind(**sql).invoke("x"),
        *made.batch(["x"], **sql),
        *(await made.abatch(["x"], **sql)),
        {k: v for piece in made.stream("x", **sql) for k, v in piece.items()},
    ]
    assert [one["parsed"] for one in found] == [Person(name="Ann", age=7)] * 6
    assert [asked.adapter_id for asked in lorax_server.requests] == ["sql"] * 6


def test_with_what_was_said_a_batch_is_sent_at_once(lorax_server: ScriptedServer) -> None:
    lorax_server.script(ANN, hang_at=1)
    chat = ChatLoRAX(base_url=lorax_server.url, max_retries=0, timeout=32)
    made = chat.with_structured_output(Person, include_raw=True)
    asking = threading.Thread(target=lambda: made.batch(["x"] * 24, return_exceptions=True))
    asking.start()
    lorax_server.wait_for_requests(24)
    assert lorax_server.most_at_once == 24
    lorax_server.reset()
    asking.join()


@pytest.mark.parametrize("method", ["json_schema", "json_mode"])
def test_no_stop_cuts_a_value(method: Any, lorax_server: ScriptedServer) -> None:
    lorax_server.script({"age": 7, "name": "Dr. Ann"})
    chat = ChatLoRAX(base_url=lorax_server.url, stop=["."])  # type: ignore[call-arg]
    made = chat.with_structured_output(Person, method=method)
    assert made.invoke("x") == Person(name="Dr. Ann", age=7)
    with pytest.raises(OutputParserException, match="was cut"):
        made.invoke("x", stop=["."])
    with pytest.raises(OutputParserException, match="was cut"):
        list(made.stream("x", stop=["."]))


def test_a_call_that_is_not_whole_is_no_value(lorax_server: ScriptedServer) -> None:
    lorax_server.script('{"name": "Number", "arguments": {"n": 12')  # its model is held to nothing
    made = ChatLoRAX(base_url=lorax_server.url).with_structured_output(
        Number, method="function_calling"
    )
    with pytest.raises(OutputParserException, match="was cut"):
        made.invoke("x")
    with pytest.raises(OutputParserException, match="was cut"):
        list(made.stream("x"))


@pytest.mark.parametrize("answer", ['```json\n{"n": 12}\n```', '{"n": 12} is my answer.'])
def test_a_value_among_words_is_left_to_the_parser(
    answer: str, lorax_server: ScriptedServer
) -> None:
    lorax_server.script(answer)
    chat = ChatLoRAX(base_url=lorax_server.url)
    assert chat.with_structured_output(Number).invoke("x") == Number(n=12)


def test_an_answer_that_does_not_fit_is_an_error(lorax_server: ScriptedServer) -> None:
    lorax_server.script({"name": "Ann"})
    with pytest.raises(OutputParserException):
        ChatLoRAX(base_url=lorax_server.url).with_structured_output(Person).invoke("x")


def test_a_method_that_is_none(lorax_server: ScriptedServer) -> None:
    with pytest.raises(ValueError, match="not 'json'"):
        ChatLoRAX(base_url=lorax_server.url).with_structured_output(Person, method="json")  # type: ignore[arg-type]


def test_an_answer_that_only_opens_lists_was_cut(lorax_server: ScriptedServer) -> None:
    lorax_server.script("[" * 10_000)
    chat = ChatLoRAX(base_url=lorax_server.url, max_new_tokens=1800)
    with pytest.raises(OutputParserException, match="was cut"):
        chat.with_structured_output(UNTITLED).invoke("x")


def test_any_object_is_held_to_no_schema(lorax_server: ScriptedServer) -> None:
    lorax_server.script(ANN)
    chat = ChatLoRAX(base_url=lorax_server.url)
    chat.with_structured_output(Person, method="json_mode").invoke("x")
    chat.invoke("x", response_format={"type": "json_object"})
    assert len({asked.content for asked in lorax_server.requests}) == 1


def test_a_form_that_was_bound_gives_way_to_a_call(lorax_server: ScriptedServer) -> None:
    lorax_server.script({"name": "Person", "arguments": ANN})
    chat = ChatLoRAX(base_url=lorax_server.url, response_format=Number)
    made = chat.with_structured_output(Person, method="function_calling")
    assert made.invoke("x") == Person(name="Ann", age=7)


class Told(BaseCallbackHandler):
    """What callbacks are told of a call beside its messages."""

    def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
        self.options = kwargs["options"]


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_traces_are_told_the_method_and_the_schema(
    method: Any, lorax_server: ScriptedServer
) -> None:
    lorax_server.script({"name": "Person", "arguments": ANN} if "call" in method else ANN)
    told = Told()
    chat = ChatLoRAX(base_url=lorax_server.url)
    made = chat.with_structured_output(Person, method=method, strict=True)
    made.invoke("x", {"callbacks": [told]})
    form = told.options["ls_structured_output_format"]
    assert form["kwargs"] == {"method": method, "strict": True}
    assert form["schema"]["title"] == "Person"


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
