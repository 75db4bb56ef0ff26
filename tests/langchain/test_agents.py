"""Agents of LangChain's: tools run, structured answers come, adapters switch, streamed or not."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import ModelRequest, wrap_model_call
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from langchain_lorax import ChatLoRAX
from lorax_devserver.testing import ScriptedServer

QUESTION = {"messages": [("user", "Is it raining in Rome?")]}
CALL = {"name": "weather", "arguments": {"city": "Rome"}}


@tool
def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"It rains in {city}."


class Report(BaseModel):
    """What is to be told."""

    city: str
    raining: bool


@pytest.fixture
def chat(lorax_server: ScriptedServer) -> ChatLoRAX:
    """A model that calls the tool, and then answers."""
    lorax_server.script({"content": "Yes, in Rome."}, to="Result of weather: It rains in Rome.")
    lorax_server.script(CALL, to="raining in Rome?")
    return ChatLoRAX(base_url=lorax_server.url)


def shown(messages: list[Any]) -> list[Any]:
    """What a run came to, without the ids of calls."""
    return [
        (message.type, message.text, [(c["name"], c["args"]) for c in message.tool_calls])
        if isinstance(message, AIMessage)
        else (message.type, message.text)
        for message in messages
    ]


RUN = [
    ("human", "Is it raining in Rome?"),
    ("ai", "", [("weather", {"city": "Rome"})]),
    ("tool", "It rains in Rome."),
    ("ai", "Yes, in Rome.", []),
]


def test_an_agent_runs_its_tools(chat: ChatLoRAX) -> None:
    agent = create_agent(chat, [weather])
    assert shown(agent.invoke(QUESTION)["messages"]) == RUN


@pytest.mark.parametrize("streaming", [None, True, False])
def test_values_and_updates_are_the_same_run(chat: ChatLoRAX, streaming: bool | None) -> None:
    chat = chat.model_copy(update={"streaming": streaming})
    if streaming is not None:
        chat.__pydantic_fields_set__.add("streaming")
    agent = create_agent(chat, [weather])
    *_, last = agent.stream(QUESTION, stream_mode="values")
    assert shown(last["messages"]) == RUN
    updates = list(agent.stream(QUESTION, stream_mode="updates"))
    messages = [m for update in updates for part in update.values() for m in part["messages"]]
    assert shown(messages) == RUN[1:]


def joined(chunks: list[Any]) -> list[Any]:
    """Messages of their chunks, in the order in which they began."""
    found: dict[str, Any] = {}
    for chunk in chunks:
        known = found.get(chunk.id)
        found[chunk.id] = chunk if known is None else known + chunk
    return list(found.values())


def as_message(message: Any) -> Any:
    if isinstance(message, AIMessageChunk):
        return AIMessage(message.text, tool_calls=message.tool_calls)
    return message


def test_streamed_messages_are_the_same_run(chat: ChatLoRAX) -> None:
    agent = create_agent(chat, [weather])
    chunks = [chunk for chunk, _ in agent.stream(QUESTION, stream_mode="messages")]
    assert len(chunks) > 8
    assert shown([as_message(message) for message in joined(chunks)]) == RUN[1:]
    assert not any("{" in chunk.text for chunk in chunks if not isinstance(chunk, ToolMessage))


@pytest.mark.anyio
@pytest.mark.skipif(
    sys.version_info < (3, 11),
    reason="asyncio's tasks take no context before Python 3.11: LangGraph tells nobody of events",
)
async def test_events_are_the_same_run(chat: ChatLoRAX) -> None:
    agent = create_agent(chat, [weather])
    ended, pieces = [], 0
    async for event in agent.astream_events(QUESTION, version="v2"):
        pieces += event["event"] == "on_chat_model_stream"
        if event["event"] == "on_chat_model_end":
            ended.append(event["data"]["output"])
    assert pieces > 8
    assert shown([as_message(message) for message in ended]) == [RUN[1], RUN[3]]
    assert shown((await agent.ainvoke(QUESTION))["messages"]) == RUN


def test_a_structured_answer_by_way_of_a_tool(lorax_server: ScriptedServer) -> None:
    lorax_server.script(
        {"name": "Report", "arguments": {"city": "Rome", "raining": True}}, to="Result of weather"
    )
    lorax_server.script(CALL, to="raining in Rome?")
    agent = create_agent(
        ChatLoRAX(base_url=lorax_server.url), [weather], response_format=ToolStrategy(Report)
    )
    assert agent.invoke(QUESTION)["structured_response"] == Report(city="Rome", raining=True)


@pytest.mark.parametrize("tools", [[weather], []])
def test_a_structured_answer_of_the_models_own(
    lorax_server: ScriptedServer, tools: list[Any]
) -> None:
    answer = {"city": "Rome", "raining": True}
    lorax_server.script({"content": answer}, to="Result of weather")
    lorax_server.script(CALL if tools else answer, to="raining in Rome?")
    agent = create_agent(
        ChatLoRAX(base_url=lorax_server.url), tools, response_format=ProviderStrategy(Report)
    )
    expected = Report(city="Rome", raining=True)
    assert agent.invoke(QUESTION)["structured_response"] == expected
    *_, last = agent.stream(QUESTION, stream_mode="values")
    assert last["structured_response"] == expected
    assert len(lorax_server.requests) == 2 * (1 + len(tools))


def test_a_schema_alone_becomes_one_more_tool(lorax_server: ScriptedServer) -> None:
    lorax_server.script(
        {"name": "Report", "arguments": {"city": "Rome", "raining": False}}, to="Rome"
    )
    agent = create_agent(ChatLoRAX(base_url=lorax_server.url), [weather], response_format=Report)
    assert agent.invoke(QUESTION)["structured_response"] == Report(city="Rome", raining=False)


@wrap_model_call
def its_own_adapter(request: ModelRequest, handler: Callable[[ModelRequest], Any]) -> Any:
    """The first step is one adapter's, what follows is another's."""
    step = "acme/answers" if isinstance(request.messages[-1], ToolMessage) else "acme/calls"
    return handler(request.override(model_settings={"adapter_id": step}))


@pytest.mark.parametrize("settings", [{}, {"adapter_id": "acme/own"}])
def test_middleware_switches_the_adapter(
    chat: ChatLoRAX, lorax_server: ScriptedServer, settings: dict[str, Any]
) -> None:
    agent = create_agent(chat.model_copy(update=settings), [weather], middleware=[its_own_adapter])
    assert shown(agent.invoke(QUESTION)["messages"]) == RUN
    assert [asked.adapter_id for asked in lorax_server.requests] == ["acme/calls", "acme/answers"]


def test_an_agent_keeps_its_models_adapter(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    for model in (chat.with_adapter("acme/own"), chat.bind(adapter_id="acme/own")):
        agent = create_agent(model, [weather])  # type: ignore[arg-type]
        assert shown(agent.invoke(QUESTION)["messages"]) == RUN
    assert {asked.adapter_id for asked in lorax_server.requests} == {"acme/own"}


def test_several_calls_at_once(lorax_server: ScriptedServer) -> None:
    calls = [{"name": "weather", "arguments": {"city": city}} for city in ("Rome", "Oslo")]
    lorax_server.script({"content": "Both."}, to="It rains in Oslo.")
    lorax_server.script(calls, to="raining in Rome?")
    agent = create_agent(ChatLoRAX(base_url=lorax_server.url, parallel_tool_calls=True), [weather])
    messages = agent.invoke(QUESTION)["messages"]
    assert [m.text for m in messages if isinstance(m, ToolMessage)] == [
        "It rains in Rome.",
        "It rains in Oslo.",
    ]
    assert messages[-1].text == "Both."


@pytest.mark.parametrize("limit", range(3, 28))
def test_a_call_that_the_limit_cut_is_not_run(lorax_server: ScriptedServer, limit: int) -> None:
    lorax_server.script({**CALL, "arguments": {"city": 'Ro"\\me', "days": [1, [2]]}})
    chat = ChatLoRAX(base_url=lorax_server.url, max_new_tokens=limit).bind_tools([weather])
    whole = chat.invoke("Rain?")
    first, *others = chat.stream("Rain?")
    streamed = sum(others, first)
    assert whole.response_metadata["finish_reason"] == "length"
    assert streamed.response_metadata["finish_reason"] == "length"
    assert whole.tool_calls == streamed.tool_calls == []
    assert all("max_new_tokens" in str(call["error"]) for call in whole.invalid_tool_calls)
    written = [call["args"] or "" for call in whole.invalid_tool_calls]
    again = [call["args"] or "" for call in streamed.invalid_tool_calls]
    assert len(written) == len(again) == (limit > 5)
    assert all(b.startswith(a) for a, b in zip(written, again, strict=True))
    assert all("max_new_tokens" in str(call["error"]) for call in whole.invalid_tool_calls)


@pytest.mark.parametrize("limit", range(10, 18))
def test_a_call_that_the_limit_left_whole_is_run(lorax_server: ScriptedServer, limit: int) -> None:
    lorax_server.script(CALL)
    chat = ChatLoRAX(base_url=lorax_server.url, max_new_tokens=limit).bind_tools([weather])
    whole = chat.invoke("Rain?")
    first, *others = chat.stream("Rain?")
    called = [(call["name"], call["args"]) for call in sum(others, first).tool_calls]
    assert called == [(call["name"], call["args"]) for call in whole.tool_calls]


@pytest.mark.parametrize("limit", range(24, 36, 2))
def test_of_several_calls_the_one_that_was_cut_is_not_run(
    lorax_server: ScriptedServer, limit: int
) -> None:
    lorax_server.script([CALL, {"name": "weather", "arguments": {"city": "Oslo"}}])
    chat = ChatLoRAX(base_url=lorax_server.url, max_new_tokens=limit)
    bound = chat.bind_tools([weather], parallel_tool_calls=True)
    whole = bound.invoke("Rain?")
    first, *others = bound.stream("Rain?")
    streamed = sum(others, first)
    assert whole.response_metadata["finish_reason"] == "length"
    for answer in (whole, streamed):
        cities = [call["args"]["city"] for call in answer.tool_calls]
        assert cities == ["Rome", "Oslo"][: 1 + (limit > 32)]
        assert len(answer.invalid_tool_calls) == (limit <= 32)


BROKEN = {
    "cut": '{"name": "weather", "arguments": {"city": "Ro"',
    "cut in a string": '{"name": "weather", "arguments": {"city": "Ro\\',
    "the second cut": '[{"name": "weather", "arguments": {"city": "Oslo"}}, '
    '{"name": "weather", "arguments": {"a',
    "no arguments": '{"name": "weather"}',
    "not a number": '{"name": "weather", "arguments": {"city": NaN}}',
    "no object": '{"name": "weather", "arguments": ["Rome"]}',
}


@pytest.mark.parametrize("answer", BROKEN)
def test_a_call_that_is_not_whole_is_not_run(answer: str, lorax_server: ScriptedServer) -> None:
    lorax_server.script(BROKEN[answer])  # by a server that holds no model to a form
    chat = ChatLoRAX(base_url=lorax_server.url).bind_tools([weather], parallel_tool_calls=True)
    first, *others = chat.stream("Rain?")
    for message in (chat.invoke("Rain?"), sum(others, first)):
        whole = [call["args"] for call in message.tool_calls]
        assert whole == ([{"city": "Oslo"}] if answer == "the second cut" else [])
        assert [call["name"] for call in message.invalid_tool_calls] == ["weather"]
        assert message.response_metadata["finish_reason"] == "stop"
        assert "max_new_tokens" not in str(message)
        chat.invoke(["Rain?", message])
    invoked, streamed = [job.prompt for job in lorax_server.jobs[2:]]
    assert invoked == streamed


def test_arguments_written_as_a_text_are_read(lorax_server: ScriptedServer) -> None:
    lorax_server.script({**CALL, "arguments": '{"city": "Rome"}'})
    chat = ChatLoRAX(base_url=lorax_server.url).bind_tools([weather])
    first, *others = chat.stream("Rain?")
    for message in (chat.invoke("Rain?"), sum(others, first)):
        assert [call["args"] for call in message.tool_calls] == [{"city": "Rome"}]


def test_a_streamed_call_is_named_once(lorax_server: ScriptedServer) -> None:
    lorax_server.script([CALL, {"name": "weather", "arguments": {"city": "Oslo"}}])
    chat = ChatLoRAX(base_url=lorax_server.url).bind_tools([weather], parallel_tool_calls=True)
    deltas = [delta for piece in chat.stream("x") for delta in piece.tool_call_chunks]
    named = [delta for delta in deltas if delta["name"]]
    assert [(delta["index"], delta["name"]) for delta in named] == [(0, "weather"), (1, "weather")]
    assert all(bool(delta["id"]) == (delta in named) for delta in deltas)
    assert len({delta["id"] for delta in named}) == 2
    assert all(delta["name"] or delta["args"] for delta in deltas)
