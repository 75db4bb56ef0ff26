"""Tools: offered, called, streamed, and run by LlamaIndex's own parts."""

import asyncio
import json
from typing import Any

import pytest
from llama_index.core.base.llms.types import CacheControl, CachePoint, ThinkingBlock, ToolCallBlock
from llama_index.core.llms import ChatMessage, ChatResponse, TextBlock
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.tools import FunctionTool
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel

from lorax import errors
from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.conftest import Seen, Spans

ROME = {"name": "weather", "arguments": {"city": "Rome"}}
OSLO = {"name": "weather", "arguments": {"city": "Oslo"}}
ASKED = "Is it raining in Rome?"


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"Rain in {city}."


def now() -> str:
    """Tell the time."""
    return "noon"


TOOLS = [FunctionTool.from_defaults(weather), FunctionTool.from_defaults(now)]
STREAMS = [False, True]
ASYNC = [False, True]


def asked(llm: LoRAX, *, stream: bool, is_async: bool, **keywords: Any) -> list[ChatResponse]:
    """All pieces of a chat with tools; a whole answer is one piece."""
    keywords = {"tools": TOOLS, "user_msg": ASKED, **keywords}
    name = f"{'a' if is_async else ''}{'stream_' if stream else ''}chat_with_tools"
    answer: Any = getattr(llm, name)(**keywords)
    if not is_async:
        return list(answer) if stream else [answer]

    async def collected() -> list[ChatResponse]:
        given = await answer
        return [piece async for piece in given] if stream else [given]

    return asyncio.run(collected())


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_call(llm: LoRAX, lorax_server: ScriptedServer, stream: bool, is_async: bool) -> None:
    lorax_server.script(ROME)
    pieces = asked(llm, stream=stream, is_async=is_async)
    answer = pieces[-1]
    (call,) = llm.get_tool_calls_from_response(answer)
    assert (call.tool_name, call.tool_kwargs) == ("weather", {"city": "Rome"})
    (block,) = answer.message.blocks
    assert isinstance(block, ToolCallBlock)
    assert block.tool_kwargs == {"city": "Rome"}
    assert block.tool_call_id == call.tool_id != ""
    (plain,) = answer.message.additional_kwargs["tool_calls"]
    assert plain["id"] == call.tool_id
    assert plain["function"]["name"] == "weather"
    assert json.loads(plain["function"]["arguments"]) == {"city": "Rome"}
    assert answer.raw["finish_reason"] == "tool_calls"
    assert not answer.message.content
    assert not "".join(piece.delta or "" for piece in pieces)
    if stream:
        growing = [llm.get_tool_calls_from_response(p, error_on_no_tool_call=False) for p in pieces]
        assert growing[0] == []
        cities = [one[0].tool_kwargs.get("city", "") for one in growing if one]
        assert cities[0] == ""
        assert cities[-1] == "Rome"
        assert len(cities) > 3
        assert {one[0].tool_id for one in growing if one} == {call.tool_id}


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("stream", STREAMS)
def test_words_where_a_call_was_possible(
    llm: LoRAX, lorax_server: ScriptedServer, stream: bool, is_async: bool
) -> None:
    lorax_server.script({"content": "It is dry."})
    pieces = asked(llm, stream=stream, is_async=is_async)
    assert pieces[-1].message.content == "It is dry."
    assert llm.get_tool_calls_from_response(pieces[-1], error_on_no_tool_call=False) == []
    with pytest.raises(errors.ValidationError, match=r"called no tool, and said 'It is dry\.'"):
        llm.get_tool_calls_from_response(pieces[-1])
    if stream:
        assert "".join(piece.delta or "" for piece in pieces) == "It is dry."
        assert len(pieces) > 3


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("stream", STREAMS)
def test_several_calls_at_once(
    llm: LoRAX, lorax_server: ScriptedServer, stream: bool, is_async: bool
) -> None:
    lorax_server.script([ROME, OSLO])
    pieces = asked(llm, stream=stream, is_async=is_async, allow_parallel_tool_calls=True)
    calls = llm.get_tool_calls_from_response(pieces[-1])
    assert [call.tool_kwargs["city"] for call in calls] == ["Rome", "Oslo"]
    assert len({call.tool_id for call in calls}) == 2
    if not stream:
        first = asked(llm, stream=False, is_async=is_async)[0]
        assert len(llm.get_tool_calls_from_response(first)) == 1
        assert len(first.message.additional_kwargs["tool_calls"]) == 1


@pytest.mark.parametrize(
    ("keywords", "allowed"),
    [
        ({}, {"weather", "now", "content"}),
        ({"tool_required": True}, {"weather", "now"}),
        ({"tool_choice": "now"}, {"now"}),
        ({"tool_choice": "any"}, {"weather", "now"}),
        ({"tool_choice": {"type": "function", "function": {"name": "weather"}}}, {"weather"}),
    ],
)
def test_who_may_be_called(
    llm: LoRAX, lorax_server: ScriptedServer, keywords: dict[str, Any], allowed: set[str]
) -> None:
    asked(llm, stream=False, is_async=False, **keywords)
    (job,) = lorax_server.jobs
    options = json.loads(job.schema or "")
    options = options.get("anyOf", [options])
    names = {
        p.get("name", {}).get("enum", ["content"])[0] for p in (o["properties"] for o in options)
    }
    assert names == allowed
    for name in allowed - {"content"}:
        assert f'"name": "{name}"' in job.inputs
    assert ("Tell the weather of a city." in job.inputs) == ("weather" in allowed)
    assert ASKED in job.inputs


def test_forbidden_tools_leave_words(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("It is dry.")
    for keywords in ({"tool_choice": "none"}, {"tools": []}, {"tools": [], "tool_required": True}):
        (answer,) = asked(llm, stream=False, is_async=False, **keywords)
        assert answer.message.content == "It is dry."
    assert all(job.schema is None for job in lorax_server.jobs)
    asked(llm, stream=False, is_async=False, tools=[], adapter_id="acme/a")
    assert lorax_server.requests[-1].adapter_id == "acme/a"


def test_a_tool_keeps_its_own_name(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    """LlamaIndex looks the tool up by it, also where OpenAI would take another."""
    tool = FunctionTool.from_defaults(weather, name="Weather[now]", description="x" * 2000)
    lorax_server.script({"name": "Weather[now]", "arguments": {"city": "Rome"}})
    answer = llm.predict_and_call([tool], ASKED)
    assert str(answer) == "Rain in Rome."


class Inner(BaseModel):
    """A part."""

    number: int


class Outer(BaseModel):
    """What has parts."""

    parts: list[Inner]


def test_references_in_a_tools_parameters(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    seen: list[Any] = []

    def take(parts: list[Inner]) -> str:
        """Take parts."""
        seen.extend(parts)
        return "taken"

    tool = FunctionTool.from_defaults(take, fn_schema=Outer)
    lorax_server.script({"name": "take", "arguments": {"parts": [{"number": 3}]}})
    assert str(llm.predict_and_call([tool], "Go")) == "taken"
    assert seen == [{"number": 3}]


def test_a_call_is_predicted_and_run(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script([ROME, OSLO], times=2)
    lorax_server.script(ROME)
    several: dict[str, Any] = {"allow_parallel_tool_calls": True}
    assert str(llm.predict_and_call(TOOLS, ASKED, **several)) == "Rain in Rome.\n\nRain in Oslo."
    awaited = asyncio.run(llm.apredict_and_call(TOOLS, ASKED, **several))
    assert [source.content for source in awaited.sources] == ["Rain in Rome.", "Rain in Oslo."]
    assert str(llm.predict_and_call(TOOLS, ASKED, adapter_id="acme/a")) == "Rain in Rome."
    assert lorax_server.requests[-1].adapter_id == "acme/a"
    with pytest.raises(errors.ValidationError, match="api_token as a call's keyword"):
        llm.predict_and_call(TOOLS, ASKED, api_token="hf_1")


@pytest.mark.parametrize("stream", STREAMS)
def test_a_call_that_was_cut_is_not_run(
    llm: LoRAX, lorax_server: ScriptedServer, stream: bool
) -> None:
    lorax_server.script(ROME)
    pieces = asked(llm, stream=stream, is_async=False, max_new_tokens=12)
    assert pieces[-1].raw["finish_reason"] == "length"
    with pytest.raises(errors.IncompleteGenerationError, match=r"'weather' is not whole.*max_new"):
        llm.get_tool_calls_from_response(pieces[-1])


@pytest.mark.parametrize("stream", STREAMS)
def test_a_call_that_the_model_did_not_finish_is_not_run(
    llm: LoRAX, lorax_server: ScriptedServer, stream: bool
) -> None:
    lorax_server.script('{"name": "weather", "arguments": {"city": "Ro')
    last = asked(llm, stream=stream, is_async=False)[-1]
    with pytest.raises(errors.IncompleteGenerationError, match="finish_reason is 'stop'"):
        llm.get_tool_calls_from_response(last)


def test_the_history_is_not_changed(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    history = [
        ChatMessage(role="user", content="Hello"),
        ChatMessage(role="assistant", content="Hi"),
    ]
    asked(llm, stream=False, is_async=False, chat_history=history)
    assert len(history) == 2
    assert [turn["role"] for turn in lorax_server.requests[0].body["messages"]] == [
        "user",
        "assistant",
        "user",
    ]
    message = ChatMessage(role="user", content="Bye")
    asked(llm, stream=False, is_async=False, chat_history=history, user_msg=message)
    assert "Bye" in lorax_server.jobs[1].inputs


WORDS = TextBlock(text="Let me look.")
AS_TEXT = '{"city": "Rome"}'
IN_OPENAIS_FORM = {
    "id": "1",
    "type": "function",
    "function": {"name": "weather", "arguments": AS_TEXT},
}

IN_ANTHROPICS_FORM = {"id": "1", "type": "tool_use", "name": "weather", "input": {"city": "Rome"}}


def called_with(arguments: Any) -> dict[str, Any]:
    block = ToolCallBlock(tool_call_id="1", tool_name="weather", tool_kwargs=arguments)
    return {"blocks": [WORDS, block]}


CALLED = [
    called_with({"city": "Rome"}),
    called_with(AS_TEXT),
    {"blocks": [WORDS], "additional_kwargs": {"tool_calls": [IN_OPENAIS_FORM]}},
    {"blocks": [WORDS], "additional_kwargs": {"tool_calls": [IN_ANTHROPICS_FORM]}},
]


@pytest.mark.parametrize("called", CALLED, ids=["value", "text", "OpenAI", "Anthropic"])
@pytest.mark.parametrize("role", ["tool", "function"])
def test_calls_and_results_of_the_history_reach_the_prompt(
    llm: LoRAX, lorax_server: ScriptedServer, called: dict[str, Any], role: str
) -> None:
    result = ChatMessage(role=role, content="Rain.", additional_kwargs={"tool_call_id": "1"})
    llm.chat(
        [
            ChatMessage(role="user", content=ASKED),
            ChatMessage(role="assistant", **called),
            result,
        ]
    )
    prompt = lorax_server.jobs[0].inputs
    assert 'Let me look.\n{"name": "weather", "arguments": {"city": "Rome"}}' in prompt
    assert "Result of weather: Rain." in prompt


def test_a_result_may_name_its_tool_alone(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    result = ChatMessage(role="tool", content="Rain.", additional_kwargs={"name": "weather"})
    llm.chat([ChatMessage(role="user", content=ASKED), result])
    assert "Result of weather: Rain." in lorax_server.jobs[0].inputs


def test_a_call_without_an_id_is_one(llm: LoRAX) -> None:
    block = ToolCallBlock(tool_name="now", tool_kwargs={})
    response = ChatResponse(message=ChatMessage(role="assistant", blocks=[block]))
    (call,) = llm.get_tool_calls_from_response(response)
    assert (call.tool_id, call.tool_name) == ("", "now")


def test_an_empty_result_is_one(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    call = ToolCallBlock(tool_call_id="1", tool_name="now", tool_kwargs={})
    llm.chat(
        [
            ChatMessage(role="user", content="When?"),
            ChatMessage(role="assistant", blocks=[call]),
            ChatMessage(role="tool", blocks=[], additional_kwargs={"tool_call_id": "1"}),
        ]
    )
    assert "Result of now: " in lorax_server.jobs[0].inputs


def test_another_models_thoughts_stay_out(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    thinking = ThinkingBlock(content="Hm, hm.")
    mark = CachePoint(cache_control=CacheControl(type="ephemeral"))
    llm.chat(
        [
            ChatMessage(role="user", blocks=[TextBlock(text="One"), mark, TextBlock(text="two")]),
            ChatMessage(role="assistant", blocks=[thinking, TextBlock(text="Three")]),
            ChatMessage(role="user", content="Four"),
        ]
    )
    contents = [turn["content"] for turn in lorax_server.requests[0].body["messages"]]
    assert contents == ["One\ntwo", "Three", "Four"]


def test_tools_need_the_chat_template(lorax_server: ScriptedServer) -> None:
    plain = LoRAX(base_url=lorax_server.url, is_chat_model=False)
    assert not plain.metadata.is_function_calling_model
    with pytest.raises(errors.UnknownParameterError, match="tool"):
        asked(plain, stream=False, is_async=False)


def test_tools_are_not_run_by_words_instead(lorax_server: ScriptedServer) -> None:
    """LlamaIndex's own way loses keywords, and gives an error as the answer."""
    for plain in (
        LoRAX(base_url=lorax_server.url, is_chat_model=False),
        LoRAX(base_url=lorax_server.url, messages_to_prompt=lambda messages: ""),
    ):
        turns = [ChatMessage(content=ASKED)]
        for call in (
            lambda plain=plain: plain.predict_and_call(TOOLS, ASKED, adapter_id="acme/missing"),
            lambda plain=plain: asyncio.run(plain.apredict_and_call(TOOLS, ASKED)),
            lambda plain=plain: plain.chat_with_tools(TOOLS, ASKED),
            lambda plain=plain, turns=turns: plain.chat(turns, tools=TOOLS),
        ):
            with pytest.raises(errors.UnknownParameterError, match=r"is_chat_model=False.*ReAct"):
                call()
    assert lorax_server.requests == []


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_call_with_tools_has_no_secret(
    llm: LoRAX,
    lorax_server: ScriptedServer,
    seen: Seen,
    spans: Spans,
    stream: bool,
    is_async: bool,
) -> None:
    with pytest.raises(errors.ValidationError, match="api_token as a call's keyword"):
        asked(llm, stream=stream, is_async=is_async, api_token="hf_1")
    assert seen.events == spans.told == lorax_server.requests == []


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_call_with_tools_names_its_adapter(
    llm: LoRAX, lorax_server: ScriptedServer, stream: bool, is_async: bool
) -> None:
    lorax_server.script(ROME)
    answer = asked(llm, stream=stream, is_async=is_async, adapter_id="acme/a")[-1]
    assert answer.raw["adapter_id"] == lorax_server.requests[0].adapter_id == "acme/a"
    asyncio.run(llm.apredict_and_call(TOOLS, ASKED, adapter_id="acme/b"))
    assert lorax_server.requests[1].adapter_id == "acme/b"


def test_a_chat_takes_tools_in_any_form(
    llm: LoRAX, lorax_server: ScriptedServer, seen: Seen
) -> None:
    lorax_server.script(ROME)
    for tools in (TOOLS, (TOOLS[0], Outer), [TOOLS[0].metadata.to_openai_tool()]):
        answer = llm.chat([ChatMessage(content=ASKED)], tools=tools)
        (call,) = llm.get_tool_calls_from_response(answer)
        assert call.tool_kwargs == {"city": "Rome"}
    assert '"name": "Outer"' in lorax_server.jobs[1].inputs
    assert all(event.model_dump_json() for event in seen.events)
    with pytest.raises(errors.ValidationError, match="tools"):
        llm.chat([ChatMessage(content=ASKED)], tools=[int])


@pytest.mark.parametrize("is_async", ASYNC)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_form_beside_tools_is_that_of_the_words(
    llm: LoRAX, lorax_server: ScriptedServer, stream: bool, is_async: bool
) -> None:
    formed = llm.with_parameters(response_format=Inner)
    lorax_server.script({"content": {"number": 7}})
    answer = asked(formed, stream=stream, is_async=is_async)[-1]
    assert Inner.model_validate_json(answer.message.content or "") == Inner(number=7)
    (request,) = lorax_server.requests
    *calls, words = request.body["response_format"]["schema"]["anyOf"]
    assert len(calls) == len(TOOLS)
    assert words["properties"]["content"]["properties"]["number"] == {"type": "integer"}
    with pytest.raises(errors.ValidationError, match="exclude each other"):
        asked(formed, stream=stream, is_async=is_async, tool_required=True)


def test_calls_of_pieces_that_are_not_json_yet(llm: LoRAX) -> None:
    for text, arguments in (
        ("", {}),
        ('{"ci', {}),
        ('{"city": "Ro', {"city": "Ro"}),
        ('{"city": "Rome", "da', {"city": "Rome"}),
        ("nonsense", {}),
        ("[1]", {}),
    ):
        block = ToolCallBlock(tool_call_id="1", tool_name="weather", tool_kwargs=text)
        response = ChatResponse(message=ChatMessage(role="assistant", blocks=[block]))
        assert llm.get_tool_calls_from_response(response) == [
            ToolSelection(tool_id="1", tool_name="weather", tool_kwargs=arguments)
        ]
