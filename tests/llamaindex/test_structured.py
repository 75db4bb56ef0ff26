"""Structured prediction: by the server's grammar, whole and streamed, with and without chat."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import ChatPromptTemplate, PromptTemplate
from llama_index.core.types import PydanticProgramMode
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel, Field, RootModel, field_validator

from lorax import errors
from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.conftest import Seen, Spans


class Book(BaseModel):
    title: str
    year: int


class Author(BaseModel):
    """Who wrote books."""

    name: str = Field(description="First and last name.")
    born: date
    books: list[Book]


AUSTEN = {
    "name": "Jane Austen",
    "born": "1775-12-16",
    "books": [{"title": "Emma", "year": 1815}, {"title": "Persuasion", "year": 1817}],
}
PROMPT = PromptTemplate("Who wrote {book}?")
ASYNC = [False, True]


def predicted(llm: Any, is_async: bool, kind: type[Any] = Author, **keywords: Any) -> Any:
    keywords = {"book": "Emma", **keywords}
    if is_async:
        return asyncio.run(llm.astructured_predict(kind, PROMPT, **keywords))
    return llm.structured_predict(kind, PROMPT, **keywords)


def streamed(llm: Any, is_async: bool, kind: type[Any] = Author, **keywords: Any) -> list[Any]:
    keywords = {"book": "Emma", **keywords}
    if not is_async:
        return list(llm.stream_structured_predict(kind, PROMPT, **keywords))

    async def collected() -> list[Any]:
        stream = await llm.astream_structured_predict(kind, PROMPT, **keywords)
        return [partial async for partial in stream]

    return asyncio.run(collected())


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("is_chat", [True, False])
def test_a_prediction(lorax_server: ScriptedServer, is_async: bool, is_chat: bool) -> None:
    llm = LoRAX(base_url=lorax_server.url, is_chat_model=is_chat, system_prompt="Be brief.")
    lorax_server.script(AUSTEN)
    author = predicted(llm, is_async, llm_kwargs={"adapter_id": "acme/a"})
    assert author == Author.model_validate(AUSTEN)
    (job,), (request,) = lorax_server.jobs, lorax_server.requests
    assert request.adapter_id == "acme/a"
    assert job.schema is not None
    assert "Be brief." in job.inputs
    assert "Who wrote Emma?" in job.inputs
    assert ("<|im_start|>" in job.inputs) == is_chat
    assert "function" not in job.inputs


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("is_chat", [True, False])
def test_a_prediction_that_grows(
    lorax_server: ScriptedServer, is_async: bool, is_chat: bool
) -> None:
    llm = LoRAX(base_url=lorax_server.url, is_chat_model=is_chat)
    lorax_server.script(AUSTEN)
    partials = streamed(llm, is_async, llm_kwargs={"adapter_id": "acme/a"})
    assert partials[-1] == Author.model_validate(AUSTEN)
    assert lorax_server.requests[0].adapter_id == "acme/a"
    names = [partial.name for partial in partials]
    assert names[0] in "Jane Austen"
    assert names[0] != "Jane Austen" == names[-1]
    # Some have one book, and some the beginning of the second.
    counts = [len(partial.books or []) for partial in partials]
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2}
    assert len({repr(partial) for partial in partials}) >= len(partials) - 1 > 10


@pytest.mark.parametrize("is_async", ASYNC)
def test_a_structured_llm(llm: LoRAX, lorax_server: ScriptedServer, is_async: bool) -> None:
    lorax_server.script(AUSTEN)
    structured = llm.as_structured_llm(Author)
    turns = [ChatMessage(role="user", content="Who wrote {Emma}?")]
    if is_async:
        answer = asyncio.run(structured.achat(turns, adapter_id="acme/a"))
    else:
        answer = structured.chat(turns, adapter_id="acme/a")
    assert answer.raw == Author.model_validate(AUSTEN)
    assert json.loads(answer.message.content or "") == AUSTEN
    assert lorax_server.requests[0].adapter_id == "acme/a"
    assert structured.complete("Who?").raw == answer.raw
    own = llm.as_structured_llm(Author, system_prompt="Be brief.")
    assert own.system_prompt == "Be brief."


# The framework writes its pieces by a method that pydantic calls deprecated.
@pytest.mark.filterwarnings("ignore:The `json` method is deprecated")
@pytest.mark.parametrize("is_async", ASYNC)
def test_a_structured_llm_that_streams(
    llm: LoRAX, lorax_server: ScriptedServer, is_async: bool
) -> None:
    lorax_server.script(AUSTEN)
    structured = llm.with_adapter("acme/a").as_structured_llm(Author)
    turns = [ChatMessage(role="user", content="Who?")]

    async def collected() -> list[Any]:
        return [piece async for piece in await structured.astream_chat(turns)]

    pieces = asyncio.run(collected()) if is_async else list(structured.stream_chat(turns))
    assert pieces[-1].raw == Author.model_validate(AUSTEN)
    assert len(pieces) > 10
    assert lorax_server.requests[0].adapter_id == "acme/a"


class Even(BaseModel):
    number: int

    @field_validator("number")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("it is odd")
        return value


@pytest.mark.parametrize("is_async", ASYNC)
def test_what_does_not_fit_is_told(
    llm: LoRAX, lorax_server: ScriptedServer, is_async: bool
) -> None:
    lorax_server.script({"number": 3})
    for ask in (predicted, streamed):
        with pytest.raises(errors.AnswerMismatchError, match="it is odd") as caught:
            ask(llm, is_async, Even)
        assert caught.value.text == '{"number": 3}'


@pytest.mark.parametrize("is_async", ASYNC)
def test_a_cut_answer_is_told(llm: LoRAX, lorax_server: ScriptedServer, is_async: bool) -> None:
    lorax_server.script(AUSTEN)
    for ask in (predicted, streamed):
        with pytest.raises(errors.AnswerMismatchError, match="max_new_tokens"):
            ask(llm, is_async, llm_kwargs={"max_new_tokens": 12})


class Titles(RootModel[list[str]]):
    """Titles of books."""


@pytest.mark.parametrize("is_async", ASYNC)
def test_no_stop_cuts_a_value(llm: LoRAX, lorax_server: ScriptedServer, is_async: bool) -> None:
    lorax_server.script({"title": "Dr. Thorne", "year": 1858})
    stopping = llm.with_parameters(stop_sequences=["."])
    assert predicted(stopping, is_async, Book).title == "Dr. Thorne"
    with pytest.raises(errors.AnswerMismatchError):
        predicted(stopping, is_async, Book, llm_kwargs={"stop_sequences": ["."]})


def test_a_list_at_the_top(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(["Emma", "Persuasion"])
    assert predicted(llm, False, Titles).root == ["Emma", "Persuasion"]
    partials = streamed(llm, False, Titles)
    assert partials[-1].root == ["Emma", "Persuasion"]
    assert len(partials) > 2


class Books(RootModel[list[Book]]):
    """Books, of which the last may be there in part."""


def test_a_list_whose_last_part_does_not_fit_yet(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(AUSTEN["books"])
    partials = streamed(llm, False, Books)
    assert {len(partial.root) for partial in partials} == {0, 1, 2}
    assert partials[-1] == Books.model_validate(AUSTEN["books"])


def test_a_template_becomes_a_prompt_once(lorax_server: ScriptedServer) -> None:
    llm = LoRAX(
        base_url=lorax_server.url,
        is_chat_model=False,
        completion_to_prompt=lambda prompt: f"Q: {prompt}",
    )
    lorax_server.script(AUSTEN)
    predicted(llm, False)
    assert lorax_server.jobs[0].inputs == "Q: Who wrote Emma?"


def test_a_conversation_as_a_template(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(AUSTEN)
    template = ChatPromptTemplate.from_messages([("system", "You know {what}."), ("user", "Who?")])
    assert llm.structured_predict(Author, template, what="books").name == "Jane Austen"  # type: ignore[arg-type]
    assert lorax_server.requests[0].body["messages"][0]["content"] == "You know books."


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("mode", [PydanticProgramMode.FUNCTION, PydanticProgramMode.LLM])
def test_the_frameworks_own_ways(
    lorax_server: ScriptedServer, mode: PydanticProgramMode, is_async: bool
) -> None:
    llm = LoRAX(base_url=lorax_server.url, pydantic_program_mode=mode)
    as_tool = {"name": "Author", "arguments": AUSTEN}
    lorax_server.script(as_tool if mode is PydanticProgramMode.FUNCTION else AUSTEN)
    assert predicted(llm, is_async) == Author.model_validate(AUSTEN)
    assert "First and last name" in lorax_server.jobs[0].inputs
    if mode is PydanticProgramMode.FUNCTION:
        assert streamed(llm, is_async)[-1] == Author.model_validate(AUSTEN)


def test_events(llm: LoRAX, lorax_server: ScriptedServer, seen: Seen, spans: Spans) -> None:
    lorax_server.script(AUSTEN)
    predicted(llm, False)
    assert seen.names == [
        "LLMStructuredPredictStartEvent",
        "LLMChatStartEvent",
        "LLMChatEndEvent",
        "LLMStructuredPredictEndEvent",
    ]
    assert all(event.model_dump_json() for event in seen.events if "Chat" in event.class_name())
    assert [told[0] for told in spans.told] == ["LoRAX.structured_predict", "LoRAX.chat"]
    seen.events.clear()
    streamed(llm, False)
    names = set(seen.names)
    assert {"LLMStructuredPredictInProgressEvent", "LLMChatInProgressEvent"} <= names
    assert seen.names[-1] == "LLMStructuredPredictEndEvent"


@pytest.mark.parametrize("is_async", ASYNC)
def test_no_secret_goes_with_a_prediction(
    llm: LoRAX, lorax_server: ScriptedServer, spans: Spans, is_async: bool
) -> None:
    for ask in (predicted, streamed):
        with pytest.raises(errors.ValidationError, match="api_token as a call's keyword"):
            ask(llm, is_async, llm_kwargs={"api_token": "hf_1"})
    assert spans.told == []
    assert lorax_server.requests == []


@pytest.mark.parametrize("is_async", ASYNC)
def test_no_secret_goes_with_a_structured_llm(
    llm: LoRAX, lorax_server: ScriptedServer, seen: Seen, spans: Spans, is_async: bool
) -> None:
    structured: Any = llm.as_structured_llm(Author)
    turns = [ChatMessage(role="user", content="Who?")]
    for name, given in (("chat", turns), ("stream_chat", turns), ("complete", "Who?")):
        ask = getattr(structured, f"a{name}" if is_async else name)
        with pytest.raises(errors.ValidationError, match="api_token as a call's keyword"):
            asyncio.run(ask(given, api_token="hf_1")) if is_async else ask(given, api_token="hf_1")
    assert seen.events == spans.told == lorax_server.requests == []


class Split(BaseModel):
    """One whose validator takes what is not whole for a mistake of its own."""

    names: str

    @field_validator("names")
    @classmethod
    def _last(cls, value: str) -> str:
        return value.split(",")[1]


@pytest.mark.parametrize("is_async", ASYNC)
def test_a_validator_may_fail_on_a_part(
    llm: LoRAX, lorax_server: ScriptedServer, is_async: bool
) -> None:
    lorax_server.script({"names": "Jane,Austen"})
    *parts, whole = streamed(llm, is_async, Split)
    assert parts[0].names in "Jane"
    assert whole == Split.model_construct(names="Austen")
    lorax_server.reset()
    lorax_server.script({"names": "Jane"})
    with pytest.raises(IndexError):
        streamed(llm, is_async, Split)


def test_the_class_that_was_asked_for_wins(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(AUSTEN)
    author = predicted(llm, False, llm_kwargs={"response_format": Book})
    assert author == Author.model_validate(AUSTEN)
    assert '"born"' in (lorax_server.jobs[0].schema or "")


def test_who_leaves_ends_the_answer(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(AUSTEN, hang_at=15)
    stream = llm.stream_structured_predict(Author, PROMPT, book="Emma")
    next(stream)
    stream.close()
    lorax_server.wait_until_idle()
