"""Every endpoint alike: sync and async, whole and streamed, on the scripted server."""

import copy
import pickle
from typing import Any

import pytest
from llama_index.core.instrumentation.events.llm import (
    LLMChatStartEvent,
    LLMCompletionStartEvent,
)
from llama_index.core.llms import ChatMessage, LLMMetadata, MessageRole
from llama_index.core.llms.custom import CustomLLM
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel, field_validator
from pydantic import ValidationError as PydanticError

from lorax import MergedAdapters, errors
from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.conftest import Seen, Spans
from tests.llamaindex.ways import Way, said


class Person(BaseModel):
    name: str
    age: int


FORMS = [
    Person,
    Person.model_json_schema(),
    {"type": "json_schema", "json_schema": {"name": "p", "schema": Person.model_json_schema()}},
]


def test_it_is_what_the_framework_looks_for(llm: LoRAX) -> None:
    assert isinstance(llm, CustomLLM)
    assert isinstance(llm, FunctionCallingLLM)
    assert LoRAX.class_name() == "LoRAX_LLM"


def test_the_answer(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("The sky is blue.")
    pieces = way.ask(llm, "Why?")
    assert said(pieces[-1]) == "The sky is blue."
    assert "".join(piece.delta or "" for piece in pieces if way.is_stream) in {"", said(pieces[-1])}
    raw = pieces[-1].raw
    assert raw["finish_reason"] == ("stop" if way.is_chat else "eos_token")
    assert raw["usage"]["completion_tokens"] == 6
    counted = raw["usage"]["prompt_tokens"] + 6
    assert raw["usage"]["total_tokens"] == counted
    assert pieces[-1].additional_kwargs["total_tokens"] == counted
    assert pieces[-1].additional_kwargs["finish_reason"] == raw["finish_reason"]
    assert raw["model_id"]
    if way.is_stream:
        assert len(pieces) > 4
        assert all(piece.raw is None for piece in pieces[:-1])
    else:
        assert {"queue_time", "time_to_first_token"} <= raw["timings"].keys()


def test_a_call_names_its_adapter(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    last = way.ask(llm, "Why?", adapter_id="acme/a", adapter_source="s3")[-1]
    assert last.raw["adapter_id"] == "acme/a"
    way.ask(llm, "Why?")
    assert [asked.adapter_id for asked in lorax_server.requests] == ["acme/a", None]
    assert lorax_server.requests[0].parameters["adapter_source"] == "s3"


def test_a_copy_names_its_adapter(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    way.ask(llm.with_adapter("acme/a"), "Why?")
    way.ask(llm.with_adapter("acme/a"), "Why?", adapter_id="acme/b")
    way.ask(llm.with_adapter("acme/a").with_adapter(None), "Why?")
    assert [asked.adapter_id for asked in lorax_server.requests] == ["acme/a", "acme/b", None]


@pytest.mark.parametrize("form", FORMS, ids=["class", "schema", "nested"])
def test_a_call_has_its_form(way: Way, llm: LoRAX, lorax_server: ScriptedServer, form: Any) -> None:
    assert Person.model_validate_json(way.text(llm, "Who?", response_format=form))
    schema = lorax_server.jobs[0].schema
    assert schema is not None
    assert '"age"' in schema


def test_a_stop_is_cut(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("SELECT COUNT(*) FROM books; -- hope it helps")
    # Inside a token, where the server itself does not see it.
    for stop, expected in (("; --", "SELECT COUNT(*) FROM books"), ("OUN", "SELECT C")):
        last = way.ask(llm, "How many?", stop_sequences=[stop])[-1]
        assert said(last) == expected
        assert last.raw["finish_reason"] == ("stop" if way.is_chat else "stop_sequence")
    lorax_server.wait_until_idle()


def test_a_stream_is_left_where_its_text_has_ended(way: Way, lorax_server: ScriptedServer) -> None:
    if way.is_stream:
        lorax_server.script("One two three four.", hang_at=4)
        llm = LoRAX(base_url=lorax_server.url, timeout=5, max_retries=0)
        assert way.text(llm, "Why?", stop_sequences=["hre"]) == "One two t"
        lorax_server.wait_until_idle()


def test_an_empty_answer_is_one(way: Way, llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("")
    assert way.text(llm, "Why?") == ""


def test_a_typo_is_refused_before_anything_is_sent(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    with pytest.raises(errors.UnknownParameterError, match="Did you mean 'adapter_id'"):
        way.ask(llm, "Why?", adapterid="acme/a")
    with pytest.raises(PydanticError, match=r"adapterid.*Did you mean 'adapter_id'"):
        LoRAX(base_url=lorax_server.url, adapterid="acme/a")  # type: ignore[call-arg]
    assert lorax_server.requests == []


def test_nothing_is_drawn_at_random_unasked(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    way.ask(llm, "Why?")
    way.ask(llm, "Why?", temperature=0.5, seed=7)
    plain, drawn = (job.sampling for job in lorax_server.jobs)
    assert not plain.do_sample
    assert plain.temperature in {0, 1.0, None}
    assert (drawn.temperature, drawn.seed) == (0.5, 7)


def test_settings_go_with_every_call(way: Way, lorax_server: ScriptedServer) -> None:
    llm = LoRAX(base_url=lorax_server.url, max_new_tokens=5, seed=3, temperature=1.5)
    way.ask(llm, "Why?")
    way.ask(llm, "Why?", max_new_tokens=2)
    assert [job.max_new_tokens for job in lorax_server.jobs] == [5, 2]
    assert lorax_server.jobs[0].sampling.seed == 3


# --- errors ---


@pytest.mark.parametrize(
    ("adapter", "kind", "words"),
    [
        ("acme/missing", errors.AdapterNotFoundError, "Check adapter_id"),
        ("acme/private", errors.AdapterAccessError, "Pass api_token"),
        ("acme/badrank", errors.AdapterLoadError, "exceeds the maximum"),
    ],
)
def test_an_adapter_that_is_not_to_be_had(
    way: Way, llm: LoRAX, adapter: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        way.ask(llm, "Why?", adapter_id=adapter)
    assert repr(adapter) in str(caught.value)


def test_a_server_that_is_busy_is_asked_again(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("Yes.")
    lorax_server.fault("unavailable=0*2")
    assert way.text(llm, "Why?") == "Yes."
    assert len(lorax_server.requests) == 3


def test_a_model_that_fails_in_mid_answer(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("One two three four.", fail_at=3)
    with pytest.raises(errors.GenerationError, match="CUDA out of memory"):
        way.ask(llm, "Why?")


def test_a_stream_that_breaks_is_no_answer(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    if way.is_stream:
        lorax_server.fault("end-early=2")
        with pytest.raises(errors.IncompleteGenerationError):
            way.ask(llm, "Why?")


def test_a_server_that_is_not_there(way: Way) -> None:
    with pytest.raises(errors.ConnectionFailedError):
        way.ask(LoRAX(base_url="http://127.0.0.1:9", max_retries=0), "Why?")


def test_a_server_that_does_not_answer(way: Way, lorax_server: ScriptedServer) -> None:
    lorax_server.script("", delay=30)
    llm = LoRAX(base_url=lorax_server.url, timeout=0.3, max_retries=0)
    with pytest.raises(errors.RequestTimeoutError):
        way.ask(llm, "Why?")
    lorax_server.wait_until_idle()


# --- prompts and templates ---


def test_a_prompt_is_the_models_own_unless_it_is_formatted(
    way: Way, lorax_server: ScriptedServer
) -> None:
    llm = LoRAX(base_url=lorax_server.url, completion_to_prompt=lambda prompt: f"Q: {prompt}\nA:")
    way.ask(llm, "Why?")
    sent = lorax_server.jobs[0].inputs
    if way.is_chat:
        assert "<|im_start|>user\nWhy?" in sent
    else:
        assert sent == "Q: Why?\nA:"
        way.ask(llm, "Why?", formatted=True)
        assert lorax_server.jobs[1].inputs == "Why?"


def test_a_conversation_is_written_by_the_functions_that_was_given(
    way: Way, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("Yes.")
    llm = LoRAX(
        base_url=lorax_server.url,
        messages_to_prompt=lambda turns: "".join(
            f"<{turn.role.value}>{turn.content}" for turn in turns
        ),
    )
    assert way.text(llm, "Why?") == "Yes."
    assert lorax_server.jobs[0].inputs == ("<user>Why?" if way.is_chat else "Why?")
    assert not llm.metadata.is_function_calling_model


def test_a_model_without_a_chat_template(way: Way, lorax_server: ScriptedServer) -> None:
    lorax_server.script("Yes.")
    llm = LoRAX(base_url=lorax_server.url, is_chat_model=False)
    pieces = way.ask(llm, "Why?")
    assert said(pieces[-1]) == "Yes."
    assert pieces[-1].raw["finish_reason"] == "eos_token"
    assert lorax_server.jobs[0].inputs == ("user: Why?\nassistant: " if way.is_chat else "Why?")
    assert llm.metadata.is_chat_model is False


def test_merged_adapters_where_the_server_knows_them(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    merged = MergedAdapters(ids=["acme/a", "acme/b"], weights=[0.5, 0.5])
    both = llm.with_adapter(merged)
    if way.is_chat:
        with pytest.raises(
            errors.UnknownParameterError, match=r"merged_adapters.*is_chat_model=False"
        ):
            way.ask(both, "Why?")
        both = both.with_parameters(is_chat_model=False)
    assert way.ask(both, "Why?")[-1].raw["adapter_id"] == "acme/a,acme/b"
    assert lorax_server.requests[-1].parameters["merged_adapters"]["ids"] == ["acme/a", "acme/b"]


# --- what LlamaIndex plans by ---


def test_metadata_sends_nothing(lorax_server: ScriptedServer) -> None:
    llm = LoRAX(base_url=lorax_server.url, adapter_id="acme/a", max_new_tokens=7)
    assert llm.metadata == LLMMetadata(
        context_window=2048,
        num_output=7,
        is_chat_model=True,
        is_function_calling_model=True,
        model_name="acme/a",
    )
    assert llm.with_parameters(max_new_tokens=None).metadata.num_output == 1024
    assert lorax_server.requests == []


@pytest.mark.lorax_server(max_total_tokens=512, max_input_length=400)
def test_the_window_is_the_servers_own_once_it_was_asked(
    llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    assert llm.warmup().max_input_length == 400
    assert llm.metadata.context_window == 512
    assert llm.with_adapter("acme/a").metadata.context_window == 512
    assert [asked.path for asked in lorax_server.requests] == ["/info"]
    for _ in range(3):
        llm.complete("Why?")
    assert len(lorax_server.requests) == 4
    own = LoRAX(base_url=lorax_server.url, context_window=100)
    own.warmup()
    assert own.metadata.context_window == 100


@pytest.mark.lorax_server(max_total_tokens=512, max_input_length=400)
def test_the_window_is_that_of_the_server_that_is_asked(
    llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    before = llm.to_dict()
    early = llm.with_adapter("acme/a")
    llm.warmup()
    assert llm.to_dict() == before  # by which an ingestion's cache is keyed
    assert early.metadata.context_window == 512
    others = (copy.copy(llm), copy.deepcopy(llm), pickle.loads(pickle.dumps(llm)))
    assert {other.metadata.context_window for other in others} == {512}
    elsewhere = llm.with_parameters(base_url=lorax_server.url.replace("127.0.0.1", "localhost"))
    assert elsewhere.metadata.context_window == 2048
    for window in (600, 700):
        lorax_server.reset(max_total_tokens=window, max_input_length=500)
        elsewhere.warmup()
        assert elsewhere.metadata.context_window == window
    assert llm.metadata.context_window == 512


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("settings", "given", "loaded"),
    [
        ({"adapter_id": "acme/a"}, (), ["acme/a"]),
        ({"adapter_id": "acme/a"}, ("acme/b", "acme/c"), ["acme/b", "acme/c"]),
        ({}, (), []),
        (
            {"merged_adapters": MergedAdapters(ids=["acme/a", "acme/b"], weights=[1.0, 1.0])},
            (),
            ["acme/a", "acme/b"],
        ),
    ],
)
async def test_adapters_are_loaded_before_they_are_needed(
    lorax_server: ScriptedServer, settings: Any, given: tuple[str, ...], loaded: list[str]
) -> None:
    llm = LoRAX(base_url=lorax_server.url, adapter_source="s3", api_token="hf_1", **settings)
    llm.warmup(*given)
    await llm.awarmup(*given)
    asked = [one for one in lorax_server.requests if one.path != "/info"]
    assert [one.adapter_id for one in asked] == loaded * 2
    for one in asked:
        assert one.parameters["adapter_source"] == "s3"
        assert one.parameters["api_token"] == "hf_1"


def test_an_adapter_that_cannot_be_loaded_is_told(llm: LoRAX) -> None:
    with pytest.raises(errors.WarmupError, match="acme/missing"):
        llm.warmup("acme/a", "acme/missing")


# --- events ---


def test_events_tell_a_call_from_start_to_end(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer, seen: Seen
) -> None:
    lorax_server.script("One two.")
    way.ask(llm.with_adapter("acme/a"), "Why?", max_new_tokens=9)
    kind = "LLMChat" if way.is_chat else "LLMCompletion"
    pieces = [f"{kind}InProgressEvent"] if way.is_stream else []
    assert [name for name in seen.names if name.startswith("LLM")] == [
        f"{kind}StartEvent",
        *pieces,
        f"{kind}EndEvent",
    ]
    start, *_, end = [one for one in seen.events if one.class_name().startswith("LLM")]
    assert isinstance(start, LLMChatStartEvent | LLMCompletionStartEvent)
    assert start.additional_kwargs["max_new_tokens"] == 9
    assert start.model_dict["adapter_id"] == "acme/a"
    assert start.model_dict["base_url"].startswith(lorax_server.url)
    assert said(end.response) == "One two."
    assert end.response.raw["usage"]["completion_tokens"] == 4


def test_events_tell_an_error(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer, seen: Seen, spans: Spans
) -> None:
    lorax_server.script("One two three.", fail_at=2)
    with pytest.raises(errors.GenerationError):
        way.ask(llm, "Why?")
    if way.is_stream:
        (event,) = [one for one in seen.events if one.class_name() == "ExceptionEvent"]
        assert isinstance(event.exception, errors.GenerationError)
    else:
        assert any(isinstance(told, errors.GenerationError) for told in spans.told)


@pytest.mark.parametrize("form", [*FORMS, None], ids=["class", "schema", "nested", "none"])
def test_events_can_be_written(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer, seen: Seen, form: Any
) -> None:
    way.ask(llm, "Who?", response_format=form)
    assert all(event.model_dump_json() for event in seen.events)
    shown = seen.events[0].additional_kwargs["response_format"]
    assert shown is None if form is None else shown["properties"].keys() == {"name", "age"}


def test_a_form_without_a_schema_is_shown_as_empty(way: Way, llm: LoRAX, seen: Seen) -> None:
    way.ask(llm, "Who?", response_format={"type": "text"})
    assert seen.events[0].additional_kwargs["response_format"] == {}


class Grown(Person):
    @field_validator("age")
    @classmethod
    def _is_grown(cls, value: int) -> int:
        assert value > 17, "too young"
        return value


def test_an_answer_is_checked_by_the_class_that_was_given(
    way: Way, llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script({"name": "Ann", "age": 27}, times=1)
    last = way.ask(llm, "Who?", response_format=Grown, check=True)[-1]
    assert last.raw["parsed"] == Grown(name="Ann", age=27)
    lorax_server.script({"name": "Ann", "age": 7})
    with pytest.raises(errors.AnswerMismatchError, match="too young"):
        way.ask(llm, "Who?", response_format=Grown, check=True)


@pytest.mark.parametrize("given", ["Why?", [{"role": "user", "content": "Why?"}]], ids=str)
def test_what_is_no_conversation(llm: LoRAX, given: Any) -> None:
    with pytest.raises(errors.ValidationError, match="list of LlamaIndex's ChatMessage"):
        llm.chat(given)


KEY, TOKEN, COOKIE = "gateway-key-1", "hf_token_2", "sid=cookie-3"


@pytest.mark.parametrize(
    "secret", [{"api_token": TOKEN}, {"api_key": KEY}, {"headers": {"cookie": COOKIE}}]
)
def test_a_secret_is_no_keyword_of_a_call(
    way: Way,
    llm: LoRAX,
    lorax_server: ScriptedServer,
    seen: Seen,
    spans: Spans,
    secret: dict[str, Any],
) -> None:
    (name,) = secret
    with pytest.raises(errors.ValidationError, match=f"{name} as a call's keyword would be shown"):
        way.ask(llm, "Why?", **secret)
    assert seen.events == spans.told == lorax_server.requests == []


def test_nothing_secret_is_told(
    way: Way, lorax_server: ScriptedServer, seen: Seen, spans: Spans
) -> None:
    llm = LoRAX(base_url=lorax_server.url, api_key=KEY, api_token=TOKEN, headers={"cookie": COOKIE})
    way.ask(llm, "Why?", adapter_id="acme/private")
    with pytest.raises(errors.AdapterNotFoundError):
        way.ask(llm, "Why?", adapter_id="acme/missing")
    assert lorax_server.requests[0].parameters["api_token"] == TOKEN
    assert seen.events
    assert spans.told
    told = repr([one.model_dump() for one in seen.events]) + repr(spans.told)
    for secret in (KEY, TOKEN, COOKIE):
        assert secret not in told


# --- conversations ---


def test_every_role_reaches_the_prompt(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    turns = [
        ChatMessage(role=MessageRole.DEVELOPER, content="Be brief."),
        ChatMessage(role=MessageRole.USER, content="Hello"),
        ChatMessage(role=MessageRole.CHATBOT, content="Hi"),
        ChatMessage(role=MessageRole.USER, content="Who?"),
        ChatMessage(role=MessageRole.MODEL, content="Me"),
        ChatMessage(role=MessageRole.USER, content="Why?"),
    ]
    llm.chat(turns)
    assert lorax_server.requests[0].body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": "Me"},
        {"role": "user", "content": "Why?"},
    ]
