"""What is bound stays bound, in whatever order it is bound."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.exceptions import (
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelRateLimitError,
)
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField, RunnableBinding
from pydantic import BaseModel

from langchain_lorax import ChatLoRAX, LoRAX
from lorax_devserver.testing import ScriptedServer


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return city


def clock() -> str:
    """Tell the time."""
    return "now"


class Report(BaseModel):
    """What is to be told."""

    city: str


Made = Callable[[ChatLoRAX], Any]
CONFIGURABLE = ConfigurableField(id="adapter")
CHOSEN = {"configurable": {"adapter": "sql"}}

# Each comes to the adapter sql and the tool weather.
ORDERS: dict[str, Made] = {
    "bind, tools": lambda c: c.bind(adapter_id="sql").bind_tools([weather]),
    "tools, bind": lambda c: c.bind_tools([weather]).bind(adapter_id="sql"),
    "stop, bind, tools": lambda c: c.bind(stop=["x"]).bind(adapter_id="sql").bind_tools([weather]),
    "config, bind, tools": lambda c: (
        c.with_config(tags=["t"]).bind(adapter_id="sql").bind_tools([weather])
    ),
    "bind, config, tools": lambda c: (
        c.bind(adapter_id="sql").with_config(tags=["t"]).bind_tools([weather])
    ),
    "tools, bind, tools": lambda c: (
        c.bind_tools([clock], tool_choice="any").bind(adapter_id="sql").bind_tools([weather])
    ),
    "fields, tools, config": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE).bind_tools([weather]).with_config(CHOSEN)
    ),
    "fields, config, tools": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE).with_config(CHOSEN).bind_tools([weather])
    ),
    "fields, bind, tools, config": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE)
        .bind(stop=["x"])
        .bind_tools([weather])
        .with_config(CHOSEN)
    ),
    "fields, tools, bind": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE).bind_tools([weather]).bind(adapter_id="sql")
    ),
    "alternatives, tools, config": lambda c: (
        c.configurable_alternatives(
            ConfigurableField(id="adapter"), default_key="base", sql=c.with_adapter("sql")
        )
        .bind_tools([weather])
        .with_config(CHOSEN)
    ),
    "alternatives, bind, tools, config": lambda c: (
        c.configurable_alternatives(
            ConfigurableField(id="adapter"), default_key="base", sql=lambda: c, other=c
        )
        .bind(adapter_id="sql")
        .bind_tools([weather])
        .with_config(CHOSEN)
    ),
    "listeners, bind, tools": lambda c: (
        c.with_listeners(on_start=lambda _: None).bind(adapter_id="sql").bind_tools([weather])
    ),
    "types, bind, tools": lambda c: (
        c.with_types(input_type=str).bind(adapter_id="sql").bind_tools([weather])
    ),
    "bind, retry, tools": lambda c: c.bind(adapter_id="sql").with_retry().bind_tools([weather]),
    "retry, bind, tools": lambda c: c.with_retry().bind(adapter_id="sql").bind_tools([weather]),
    "bind, tools, retry": lambda c: c.bind(adapter_id="sql").bind_tools([weather]).with_retry(),
    "bind, fallbacks, tools": lambda c: (
        c.bind(adapter_id="sql").with_fallbacks([c]).bind_tools([weather])
    ),
    "fallbacks, bind, tools": lambda c: (
        c.with_fallbacks([c]).bind(adapter_id="sql").bind_tools([weather])
    ),
    "fallbacks, config, bind, tools": lambda c: (
        c.with_fallbacks([c]).with_config(tags=["t"]).bind(adapter_id="sql").bind_tools([weather])
    ),
    "fallbacks, listeners, bind, tools": lambda c: (
        c.with_fallbacks([c])
        .with_listeners(on_start=lambda _: None)
        .bind(adapter_id="sql")
        .bind_tools([weather])
    ),
    "fallbacks, types, bind, tools": lambda c: (
        c.with_fallbacks([c])
        .with_types(input_type=str)
        .bind(adapter_id="sql")
        .bind_tools([weather])
    ),
    "fallbacks, fallbacks, bind, tools": lambda c: (
        c.with_fallbacks([c]).with_fallbacks([c]).bind(adapter_id="sql").bind_tools([weather])
    ),
    "fallbacks, retry, bind, tools": lambda c: (
        c.with_fallbacks([c]).with_retry().bind(adapter_id="sql").bind_tools([weather])
    ),
    "fallbacks, with_adapter, tools": lambda c: (
        c.with_fallbacks((c,)).with_adapter("sql").bind_tools([weather])
    ),
    "listeners that are awaited, bind, tools": lambda c: (
        c.with_alisteners(on_start=None).bind(adapter_id="sql").bind_tools([weather])
    ),
    "tools, with_adapter": lambda c: c.bind_tools([weather]).with_adapter("sql"),
    "tools, retry, with_adapter": lambda c: (
        c.bind_tools([weather]).with_retry().with_adapter("sql")
    ),
    "tools, with_parameters": lambda c: c.bind_tools([weather]).with_parameters(adapter_id="sql"),
    "bind, with_adapter, tools": lambda c: (
        c.bind(adapter_id="one").with_adapter("sql").bind_tools([weather])
    ),
    "tools, fields, config": lambda c: (
        c.bind_tools([weather]).configurable_fields(adapter_id=CONFIGURABLE).with_config(CHOSEN)
    ),
    "tools, retry, fields, config": lambda c: (
        c.bind_tools([weather])
        .with_retry()
        .configurable_fields(adapter_id=CONFIGURABLE)
        .with_config(CHOSEN)
    ),
    "fields, config, config, tools": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE)
        .with_config(CHOSEN)
        .with_config(tags=["t"])
        .bind_tools([weather])
    ),
    "fields, config, fields, tools": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE)
        .with_config(CHOSEN)
        .configurable_fields(temperature=ConfigurableField(id="heat"))
        .bind_tools([weather])
    ),
    "fields, bind, config, tools": lambda c: (
        c.configurable_fields(adapter_id=CONFIGURABLE)
        .bind(adapter_id="sql")
        .with_config({"configurable": {"adapter": "other"}})
        .bind_tools([weather])
    ),
    "with_adapter, tools": lambda c: c.with_adapter("sql").bind_tools([weather]),
    "its OpenAI name, tools": lambda c: c.bind(model="sql").bind_tools([weather]),
    "pickled": lambda c: pickle.loads(pickle.dumps(c.bind(adapter_id="sql"))).bind_tools([weather]),
    "in a chain": lambda c: (
        ChatPromptTemplate.from_messages([("user", "{input}")])
        | c.bind(adapter_id="sql").bind_tools([weather])
    ),
}


@pytest.fixture
def chat(lorax_server: ScriptedServer) -> ChatLoRAX:
    return ChatLoRAX(base_url=lorax_server.url)


@pytest.mark.anyio
@pytest.mark.parametrize("order", ORDERS)
async def test_nothing_is_lost(order: str, chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    made = ORDERS[order](chat)
    given: Any = {"input": "Rain?"} if order == "in a chain" else "Rain?"
    answers = [
        made.invoke(given),
        await made.ainvoke(given),
        *made.batch([given]),
        sum((chunks := list(made.stream(given)))[1:], chunks[0]),
    ]
    assert [asked.adapter_id for asked in lorax_server.requests] == ["sql"] * 4
    for asked, answer in zip(lorax_server.requests, answers, strict=True):
        option, words = asked.body["response_format"]["schema"]["anyOf"]
        assert option["properties"]["name"]["enum"] == ["weather"]
        assert words["properties"].keys() == {"content"}
        assert answer.response_metadata["model_name"] == "sql"


def test_a_structured_answer_keeps_it_too(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    bound: list[Any] = [
        chat.bind(adapter_id="sql"),
        chat.bind_tools([weather]).bind(adapter_id="sql"),
        chat.with_config(tags=["t"]).bind(adapter_id="sql"),
        chat.with_adapter("sql"),
        chat.with_retry().bind(adapter_id="sql"),
        chat.with_fallbacks([chat]).bind(adapter_id="sql"),
        chat.configurable_fields(adapter_id=CONFIGURABLE).with_config(CHOSEN),
    ]
    for one in bound:
        for method in ("json_schema", "function_calling"):
            made = one.with_structured_output(Report, method=method)
            assert made.invoke("x") == Report(city="text")
            assert made.bind(seed=3).invoke("x") == Report(city="text")
    made = chat.with_structured_output(Report, adapter_id="sql").invoke("x")
    assert made == Report(city="text")
    assert {asked.adapter_id for asked in lorax_server.requests} == {"sql"}


def test_what_is_bound_later_wins(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    bound = chat.bind(adapter_id="one", max_tokens=5).bind_tools([weather]).bind(adapter_id="two")
    bound.invoke("x")
    bound.invoke("x", adapter_id="three")
    bound.bind_tools([]).invoke("x", adapter_id=None)
    assert [a.adapter_id for a in lorax_server.requests] == ["two", "three", None]
    assert [a.body["max_tokens"] for a in lorax_server.requests] == [5, 5, 5]
    assert "response_format" not in lorax_server.requests[2].body


@pytest.mark.anyio
async def test_what_is_given_later_wins_by_whatever_name(
    chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    chat.bind(stop=["x"]).invoke("q", stop_sequences=["y"])
    await chat.bind(stop_sequences=["x"]).ainvoke("q", stop=["y"])
    chat.bind(stop=["x"]).with_parameters(seed=3).invoke("q", stop="y")
    chat.bind(max_tokens=5).bind(max_new_tokens=6).invoke("q")
    chat.with_retry().bind(model="a").invoke("q", adapter_id="b")
    chat.with_fallbacks([chat]).bind(adapter_id="a").invoke("q", model="b")
    fields = chat.configurable_fields(temperature=ConfigurableField(id="heat"))
    list(fields.bind(adapter_id="a").stream("q", model="b"))
    sent = [asked.body for asked in lorax_server.requests]
    assert [body["stop"] for body in sent[:3]] == [["y"]] * 3
    assert sent[3]["max_tokens"] == 6
    assert [asked.adapter_id for asked in lorax_server.requests[4:]] == ["b"] * 3
    with pytest.raises(ModelInvalidRequestError, match="model and adapter_id are one parameter"):
        chat.bind(model="a", adapter_id="b")


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_no_stop_at_a_call_or_bound_is_that_of_the_model(
    model: Any, lorax_server: ScriptedServer
) -> None:
    mine = model(base_url=lorax_server.url, stop="x")
    mine.invoke("q", stop=None)
    mine.bind(stop=None).invoke("q")
    mine.bind(stop=[]).invoke("q")
    said = [{**asked.body, **asked.body.get("parameters", {})} for asked in lorax_server.requests]
    assert [asked.get("stop") or None for asked in said] == [["x"], ["x"], None]


def test_a_merge_and_an_adapter_replace_each_other(lorax_server: ScriptedServer) -> None:
    llm = LoRAX(base_url=lorax_server.url)
    merge: Any = {"ids": ["a", "b"], "weights": [0.5, 0.5]}
    bound: Any = llm.bind(merged_adapters=merge)
    assert bound.adapter_name == "a,b"
    llm.bind(adapter_id="a").invoke("x", merged_adapters=merge)
    llm.bind(adapter_id="a").bind(merged_adapters=merge).invoke("x")
    llm.bind(merged_adapters=merge).invoke("x", adapter_id="a")
    llm.bind(merged_adapters=merge).with_retry().bind(model="a").invoke("x")
    assert [a.adapter_id for a in lorax_server.requests] == [None, None, "a", "a"]
    assert ["merged_adapters" in a.parameters for a in lorax_server.requests] == [1, 1, 0, 0]


def test_tools_bound_again_are_chosen_anew(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    chat.bind_tools([weather], tool_choice="any").bind_tools([weather, clock]).invoke("x")
    options = lorax_server.requests[0].body["response_format"]["schema"]["anyOf"]
    assert [list(option["properties"]) for option in options] == [
        ["name", "arguments"],
        ["name", "arguments"],
        ["content"],
    ]


def test_a_choice_may_be_said_by_true_and_false(
    chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    for choice in ("auto", False, "any", True):
        chat.bind_tools([weather], tool_choice=choice).invoke("x")
    auto, false, must, true = (asked.content for asked in lorax_server.requests)
    assert auto == false != must == true


def test_several_calls_at_once_may_be_forbidden_again(
    chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    many = chat.model_copy(update={"parallel_tool_calls": True})
    for one in (
        chat.bind_tools([weather]),
        many.bind_tools([weather], parallel_tool_calls=False),
        many.bind_tools([weather]),
    ):
        one.invoke("x")
    single, forbidden, several = (asked.content for asked in lorax_server.requests)
    assert single == forbidden != several


@pytest.mark.anyio
async def test_what_is_made_keeps_what_it_was_made_with(chat: ChatLoRAX) -> None:
    told: list[Any] = []

    async def begun(run: Any) -> None:
        told.append("awaited")

    chat.with_config(tags=["t"]).with_listeners(on_start=lambda run: told.append(run.tags)).invoke(
        "x"
    )
    await chat.with_alisteners(on_start=begun).ainvoke("x")
    assert told == [["t"], "awaited"]
    assert chat.with_types(input_type=str).InputType is str


def test_a_retry_ends_where_it_was_told(lorax_server: ScriptedServer) -> None:
    chat = ChatLoRAX(base_url=lorax_server.url, max_retries=0)
    lorax_server.fault("overloaded*2")
    with pytest.raises(ModelRateLimitError):
        chat.with_retry(stop_after_attempt=2, wait_exponential_jitter=False).invoke("x")
    assert len(lorax_server.requests) == 2


def test_fallbacks_are_for_the_errors_that_are_named(chat: ChatLoRAX) -> None:
    lost = chat.bind(adapter_id="acme/missing")
    assert lost.with_fallbacks([chat], exceptions_to_handle=(ModelNotFoundError,)).invoke("x")
    with pytest.raises(ModelNotFoundError):
        lost.with_fallbacks([chat], exceptions_to_handle=(ModelInvalidRequestError,)).invoke("x")


def test_no_tools_are_neither_tools_nor_a_choice(
    chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    for choice in (None, "any", "auto"):
        chat.bind_tools([], tool_choice=choice).invoke("x")
    chat.invoke("x")
    assert len({asked.content for asked in lorax_server.requests}) == 1


def test_a_configured_run_differs_from_others(
    chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    fields = chat.configurable_fields(
        adapter_id=CONFIGURABLE, temperature=ConfigurableField(id="heat")
    )
    fields.invoke("x", config={"configurable": {"adapter": "a", "heat": 0.5}})
    fields.invoke("x")
    assert len(list(fields.stream("x", config={"configurable": {"adapter": "b"}}))) > 3
    assert [a.adapter_id for a in lorax_server.requests] == ["a", None, "b"]
    assert [a.body["temperature"] for a in lorax_server.requests] == [0.5, 0, 0]


def test_completions_are_bound_alike(lorax_server: ScriptedServer) -> None:
    llm = LoRAX(base_url=lorax_server.url)
    fields = llm.configurable_fields(adapter_id=CONFIGURABLE)
    llm.bind(adapter_id="sql").bind(stop=[";"]).invoke("x")
    llm.with_config(tags=["t"]).bind(adapter_id="sql").invoke("x")
    fields.with_config(CHOSEN).invoke("x")
    llm.with_retry().bind(adapter_id="sql").invoke("x")
    llm.with_fallbacks([llm]).bind(adapter_id="sql").invoke("x")
    llm.with_adapter("sql").invoke("x")
    list(llm.bind(model="sql").stream("x"))
    llm.bind(adapter_id="sql").configurable_fields(seed=ConfigurableField(id="s")).invoke("x")
    assert [a.adapter_id for a in lorax_server.requests] == ["sql"] * 8


def test_a_binding_is_langchains_own_kind(chat: ChatLoRAX) -> None:
    assert isinstance(chat.bind_tools([weather]), RunnableBinding)
    assert isinstance(chat.bind(seed=1), RunnableBinding)


def test_each_alternative_shares_its_connections(chat: ChatLoRAX) -> None:
    assert chat.with_adapter("sql").client is chat.client
    other = ChatLoRAX(base_url=chat.base_url, merged_adapters=None, adapter_id="b")
    assert other.with_adapter(None).adapter_id is None
