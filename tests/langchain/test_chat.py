"""The chat model: answers, streams, batches, counts, and what is told of them."""

import asyncio
import copy
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import anyio
import pytest
from langchain_core.callbacks import BaseCallbackHandler, UsageMetadataCallbackHandler
from langchain_core.exceptions import ModelPermissionDeniedError
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.outputs import LLMResult
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_core.runnables import ConfigurableField
from langchain_tests.utils.stream_lifecycle import assert_valid_event_stream

import langchain_lorax
from langchain_lorax import ChatLoRAX, LoRAX
from lorax import errors
from lorax_devserver.testing import ModelServer, ScriptedServer

BETA = "ignore::langchain_core._api.beta_decorator.LangChainBetaWarning"
TEMPLATED = "What is a book?"


@pytest.fixture
def chat(lorax_server: ScriptedServer) -> ChatLoRAX:
    return ChatLoRAX(base_url=lorax_server.url)


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return city


# --- answers ---


@pytest.mark.anyio
async def test_a_real_model_answers_alike_in_every_way(lorax_model_server: ModelServer) -> None:
    chat = ChatLoRAX(base_url=lorax_model_server.url, max_new_tokens=12)
    messages = [SystemMessage("You are brief."), HumanMessage(TEMPLATED)]
    whole = chat.invoke(messages)
    assert len(whole.text) > 5
    first, *others = chat.stream(messages)
    streamed = sum(others, first)
    async_streamed = [piece async for piece in chat.astream(messages)]
    assert streamed.content == whole.content == (await chat.ainvoke(messages)).content
    assert "".join(piece.text for piece in async_streamed) == whole.content
    assert streamed.usage_metadata == whole.usage_metadata
    assert chat.invoke(messages, adapter_id="sql").content != whole.content


def test_what_is_told_of_an_answer(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    answer = chat.invoke("x", adapter_id="acme/a", adapter_source="local")
    told = answer.response_metadata
    assert told["model_name"] == told["adapter_id"] == "acme/a"
    assert told["adapter_source"] == "local"
    assert told["base_model"] == lorax_server.engine.model_id
    assert told["finish_reason"] == "stop"
    assert told["model_provider"] == "lorax"
    assert {"queue_time", "time_to_first_token", "time_per_token", "total_time"} <= told.keys()
    usage = answer.usage_metadata
    assert usage is not None
    assert usage["input_tokens"] + usage["output_tokens"] == usage["total_tokens"]


def test_a_stream_tells_once_and_last(chat: ChatLoRAX) -> None:
    *pieces, last = chat.stream("x", adapter_id="acme/a")
    assert last.chunk_position == "last"
    assert last.response_metadata["model_name"] == "acme/a"
    assert last.response_metadata["finish_reason"] == "stop"
    assert last.usage_metadata is not None
    for piece in pieces:
        assert piece.usage_metadata is None
        assert not piece.response_metadata
        assert piece.content
    assert sum(pieces[1:], pieces[0]).content == chat.invoke("x").content


def test_the_limit_is_visible_and_512(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    assert chat.invoke("[[eos:0]]").response_metadata["finish_reason"] == "length"
    assert lorax_server.requests[0].body["max_tokens"] == 512
    assert lorax_server.requests[0].body["temperature"] == 0
    *_, last = chat.stream("x", max_tokens=3)
    assert last.response_metadata["finish_reason"] == "length"


def test_a_stop_is_cut_from_every_form(chat: ChatLoRAX) -> None:
    expected = " Rayleigh scattering makes the "
    assert chat.invoke("x", stop=["sky"]).content == expected
    assert "".join(piece.text for piece in chat.stream("x", stop=["sky"])) == expected
    own = ChatLoRAX(base_url=chat.base_url, stop="sky")  # type: ignore[call-arg]
    assert own.invoke("x").content == expected
    assert own.invoke("x", stop=["the"]).content == " Rayleigh scattering makes "
    assert own.invoke("x", stop=[]).content.endswith("strongly.")


@pytest.mark.anyio
async def test_a_stop_inside_a_token_leaves_the_server(lorax_server: ScriptedServer) -> None:
    lorax_server.script("One two three four.", hang_at=4)
    chat = ChatLoRAX(base_url=lorax_server.url, timeout=5, max_retries=0)
    *_, last = chat.stream("x", stop=["hre"])
    *_, awaited = [piece async for piece in chat.astream("x", stop=["hre"])]
    assert last.response_metadata["finish_reason"] == "stop"
    assert awaited.response_metadata["finish_reason"] == "stop"


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_a_piece_that_shows_nothing_is_none(model: Any, lorax_server: ScriptedServer) -> None:
    """Text that may become a stop sequence is held back for a while."""
    lorax_server.script("A photographer waits here.")
    *pieces, _ = model(base_url=lorax_server.url).stream("x", stop=["photographer waits there"])
    assert len(pieces) > 2
    assert all(piece if model is LoRAX else piece.content for piece in pieces)


@pytest.mark.anyio
@pytest.mark.parametrize("stops", [None, ["sky"], ["catter"]])
async def test_a_stream_tells_its_usage_exactly_once(
    stops: Any, chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    asynchronous = [piece async for piece in chat.astream("x", stop=stops)]
    for pieces in (list(chat.stream("x", stop=stops)), asynchronous):
        (usage,) = [piece.usage_metadata for piece in pieces if piece.usage_metadata]
        assert usage["output_tokens"] >= len([piece for piece in pieces if piece.content])
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    told = []
    llm = LoRAX(base_url=lorax_server.url)
    for way in (llm._stream("x", stops), llm._astream("x", stops)):
        chunks = [p async for p in way] if hasattr(way, "__aiter__") else list(way)
        (usages,) = [c.generation_info for c in chunks if c.generation_info]
        told.append(usages["token_usage"])
    assert told[0] == told[1]
    assert told[0]["completion_tokens"] >= 3


@pytest.mark.parametrize("kind", ["auto", "any", "required", "weather", "none", True, False])
@pytest.mark.parametrize("server_tools", [False, True])
def test_every_choice_of_tools(
    kind: Any, server_tools: bool, chat: ChatLoRAX, lorax_server: ScriptedServer
) -> None:
    chat = chat.model_copy(update={"server_tools": server_tools})
    answer = chat.bind_tools([weather], tool_choice=kind).invoke("[[pick:weather]]")
    assert bool(answer.tool_calls) == (kind != "none")
    if answer.tool_calls:
        assert answer.tool_calls[0]["args"] == {"city": "text"}
        assert answer.response_metadata["finish_reason"] == "tool_calls"
    assert ("tools" in lorax_server.requests[0].body) == (server_tools and kind != "none")


def test_a_choice_in_anothers_form(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    for choice in (
        {"type": "function", "function": {"name": "weather"}},
        {"type": "tool", "name": "weather"},
        {"type": "any"},
    ):
        chat.bind_tools([weather], tool_choice=choice).invoke("x")
    assert len({str(a.body["response_format"]) for a in lorax_server.requests}) == 1


# --- events ---


class Order(BaseCallbackHandler):
    """What happened, in its order."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
        self.seen.append("start")

    def on_llm_start(self, *args: Any, **kwargs: Any) -> None:
        self.seen.append("start")

    def on_llm_new_token(self, token: str, **kwargs: Any) -> None:
        assert kwargs["chunk"] is not None
        self.seen.append(f"token {token}")

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        self.seen.append("end")

    def on_llm_error(self, error: BaseException, **kwargs: Any) -> None:
        self.seen.append("error")


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_callbacks_are_told_in_order(model: Any, lorax_server: ScriptedServer) -> None:
    lorax_server.script("one two", times=2)
    lorax_server.script("one two", fail_at=2)
    llm = model(base_url=lorax_server.url, max_retries=0)
    order = Order()
    config: Any = {"callbacks": [order]}
    llm.invoke("x", config)
    assert order.seen == ["start", "end"]
    order.seen.clear()
    pieces = list(llm.stream("x", config))
    assert order.seen[:3] == ["start", "token one", "token  two"]
    assert order.seen[-1] == "end"
    assert sum(seen.startswith("token") for seen in order.seen) == len(pieces)
    order.seen.clear()
    with pytest.raises(errors.GenerationError):
        list(llm.stream("x", config))
    assert order.seen == ["start", "token one", "error"]


def test_usage_is_counted_by_langchains_callback(chat: ChatLoRAX) -> None:
    counted = UsageMetadataCallbackHandler()
    config: Any = {"callbacks": [counted]}
    chat.invoke("x", config, adapter_id="acme/a")
    list(chat.stream("x", config, adapter_id="acme/a"))
    one = chat.invoke("x").usage_metadata
    assert one is not None
    assert counted.usage_metadata["acme/a"]["total_tokens"] == 2 * one["total_tokens"]


@pytest.mark.anyio
async def test_events_of_version_2(chat: ChatLoRAX) -> None:
    events = [event async for event in chat.astream_events("x", version="v2")]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "on_chat_model_start"
    assert kinds[-1] == "on_chat_model_end"
    assert kinds.count("on_chat_model_stream") > 8
    assert events[-1]["data"]["output"].usage_metadata["total_tokens"] > 0


@pytest.mark.anyio
@pytest.mark.filterwarnings(BETA)
async def test_events_of_version_3(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    call = {"name": "weather", "arguments": {"city": "Rome"}}
    lorax_server.script(call, to="Rain?")
    bound = chat.bind(adapter_id="acme/a").bind_tools([weather])
    stream: Any = await bound.astream_events("Rain?", version="v3")
    events = [event async for event in stream]
    assert_valid_event_stream(events)
    message = await stream.output
    assert [(c["name"], c["args"]) for c in message.tool_calls] == [("weather", {"city": "Rome"})]
    said: Any = chat.stream_events("x", version="v3")
    assert "".join(said.text) == chat.invoke("x").content
    assert said.output.usage_metadata["total_tokens"] > 0
    assert lorax_server.requests[0].adapter_id == "acme/a"


@pytest.mark.anyio
@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
async def test_callbacks_are_told_of_awaited_chunks(
    model: Any, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("one two")
    order = Order()
    config: Any = {"callbacks": [order]}
    pieces = [piece async for piece in model(base_url=lorax_server.url).astream("x", config)]
    assert order.seen[:3] == ["start", "token one", "token  two"]
    assert sum(seen.startswith("token") for seen in order.seen) == len(pieces)


def test_a_keyword_of_other_models_is_taken(chat: ChatLoRAX) -> None:
    assert chat.bind(strict=True).invoke("x").content == chat.invoke("x", strict=False).content


def test_streaming_asks_for_a_stream(lorax_server: ScriptedServer) -> None:
    chat = ChatLoRAX(base_url=lorax_server.url, streaming=True)
    plain = ChatLoRAX(base_url=lorax_server.url)
    assert chat.invoke("x").content == plain.invoke("x").content
    assert plain.bind(stream=True).invoke("x").content == plain.invoke("x").content
    assert [a.body["stream"] for a in lorax_server.requests] == [True, False, True, False]


# --- many at once ---


@pytest.mark.anyio
@pytest.mark.lorax_server(max_concurrent_requests=4)
@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
async def test_a_batch_outlives_a_server_that_takes_few(
    model: Any, lorax_server: ScriptedServer
) -> None:
    llm = model(base_url=lorax_server.url)
    prompts = [f"[[say:{number}]]" for number in range(40)]

    def read(answers: list[Any]) -> list[str]:
        return [answer if isinstance(answer, str) else answer.content for answer in answers]

    expected = [str(number) for number in range(40)]
    assert read(llm.batch(prompts)) == expected
    assert read(await llm.abatch(prompts)) == expected
    done = dict(llm.batch_as_completed(prompts))
    assert read([done[number] for number in range(40)]) == expected
    assert (
        [a.text for (a,) in llm.generate([[HumanMessage("[[say:a]]")]]).generations] == ["a"]
        if model is ChatLoRAX
        else llm.generate(["[[say:a]]"]).generations[0][0].text == "a"
    )


FIELDS = {"adapter_id": ConfigurableField(id="adapter")}


@pytest.mark.parametrize(
    "made",
    [lambda m: m, lambda m: m.configurable_fields(**FIELDS), lambda m: m.bind(adapter_id="z")],
    ids=["plain", "configured", "bound"],
)
@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_a_batch_is_sent_at_once(model: Any, made: Any, lorax_server: ScriptedServer) -> None:
    lorax_server.script("x", hang_at=1)
    # Its client is its own: what others learned of the server's limits does not hold.
    llm = made(model(base_url=lorax_server.url, max_retries=0, timeout=31))
    config: Any = {"configurable": {"adapter": "z"}}
    asking = threading.Thread(target=lambda: llm.batch(["x"] * 24, config, return_exceptions=True))
    asking.start()
    lorax_server.wait_for_requests(24)  # LangChain alone has six threads on two processors
    assert lorax_server.most_at_once == 24
    lorax_server.reset()
    asking.join()
    llm.batch(["x"] * 4, config={"max_concurrency": 2})
    llm.batch([])
    assert len(lorax_server.requests) == 4
    assert lorax_server.most_at_once <= 2


def test_answers_that_are_given_as_they_come_are_asked_at_once(
    lorax_server: ScriptedServer,
) -> None:
    lorax_server.script("x", hang_at=1)
    chat = ChatLoRAX(base_url=lorax_server.url, max_retries=0, timeout=35)
    coming = chat.batch_as_completed(["x"] * 24, return_exceptions=True)
    asking = threading.Thread(target=lambda: list(coming))
    asking.start()
    lorax_server.wait_for_requests(24)
    lorax_server.reset()
    asking.join()


def test_ctrl_c_waits_for_no_answer(lorax_server: ScriptedServer) -> None:
    lorax_server.script("x", hang_at=1)
    llm = LoRAX(base_url=lorax_server.url, max_retries=0, timeout=34)

    def interrupt() -> None:
        lorax_server.wait_for_requests(8)
        os.kill(os.getpid(), signal.SIGINT)

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    with pytest.raises(KeyboardInterrupt):
        llm.batch(["x"] * 8)
    assert lorax_server.most_at_once == 8
    interrupting.join()
    lorax_server.reset()


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_one_failure_of_a_batch_is_its_own_or_raised(
    model: Any, lorax_server: ScriptedServer
) -> None:
    llm = model(base_url=lorax_server.url, max_retries=0)
    found = llm.batch(["[[fail:1]]", "[[say:a]]"], return_exceptions=True)
    assert isinstance(found[0], errors.GenerationError)
    # LangChain gives every input of a batch of completions the one exception.
    assert (isinstance(found[1], AIMessage)) == (model is ChatLoRAX)
    with pytest.raises(errors.GenerationError):
        llm.batch(["[[fail:1]]", "[[say:a]]"])


def test_a_rate_limiter_is_asked(lorax_server: ScriptedServer) -> None:
    limiter = InMemoryRateLimiter(requests_per_second=20, check_every_n_seconds=0.01)
    chat = ChatLoRAX(base_url=lorax_server.url, rate_limiter=limiter)
    begun = time.monotonic()
    for _ in range(3):
        chat.invoke("x")
    assert time.monotonic() - begun > 0.1


# --- a life ---


@pytest.mark.anyio
@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
async def test_who_leaves_ends_the_answer(model: Any, lorax_server: ScriptedServer) -> None:
    lorax_server.script("one two three", hang_at=3)
    llm = model(base_url=lorax_server.url)
    for _ in llm.stream("x"):
        break
    await anyio.to_thread.run_sync(lorax_server.wait_until_idle)
    stream = llm.astream("x")
    await anext(stream)
    await stream.aclose()
    await anyio.to_thread.run_sync(lorax_server.wait_until_idle)


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["ainvoke", "abatch", "astream"])
@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
async def test_a_cancelled_call_ends_at_the_server(
    way: str, model: Any, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("one two three", hang_at=2)
    llm = model(base_url=lorax_server.url)

    async def ask() -> None:
        if way == "astream":
            async for _ in llm.astream("x"):
                pass
        else:
            await getattr(llm, way)(["x", "y"] if way == "abatch" else "x")

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await anyio.to_thread.run_sync(lorax_server.wait_for_requests, 1)
        group.cancel_scope.cancel()
    await anyio.to_thread.run_sync(lorax_server.wait_until_idle)


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_two_event_loops_one_after_another(model: Any, lorax_server: ScriptedServer) -> None:
    llm = model(base_url=lorax_server.url)

    async def ask() -> Any:
        return [await llm.ainvoke("x"), [piece async for piece in llm.astream("x")]]

    for _ in range(2):
        assert asyncio.run(ask())


def test_copies_and_pickles_are_the_same(chat: ChatLoRAX) -> None:
    said = chat.invoke("x").content
    bound = chat.bind(adapter_id="a").bind_tools([weather])
    for again in (copy.copy(chat), copy.deepcopy(chat), pickle.loads(pickle.dumps(chat))):
        assert again.invoke("x").content == said
        assert again.client is chat.client
    for also in (copy.deepcopy(bound), pickle.loads(pickle.dumps(bound))):
        assert also.invoke("x").response_metadata["model_name"] == "a"


# --- counts, and what models are sorted by ---


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_tokens_are_counted_by_the_server(model: Any, lorax_server: ScriptedServer) -> None:
    llm = model(base_url=lorax_server.url)
    assert llm.get_num_tokens("Why is the sky blue?") == 6
    assert llm.with_adapter("a").get_num_tokens("Why is the sky blue?") == 6
    assert len(lorax_server.requests) == 1, "each text is asked for once"
    assert len(llm.get_token_ids("Why is the sky blue?")) == 6
    assert {asked.path for asked in lorax_server.requests} == {"/tokenize"}


def test_a_conversation_is_counted_at_once(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    messages = [SystemMessage("Be brief."), HumanMessage("Why is the sky blue?")] * 5
    plain = chat.get_num_tokens_from_messages(messages)
    assert plain > 50
    assert chat.get_num_tokens_from_messages(messages, [weather]) > plain
    assert len(lorax_server.requests) == 2
    image = {"type": "image", "base64": "A" * 40_000, "mime_type": "image/png"}
    assert chat.get_num_tokens_from_messages([HumanMessage(["What is", image, "it?"])]) < 50
    assert lorax_server.requests[-1].body["inputs"] == "What isit?"
    assert chat.get_num_tokens_from_messages([]) == 0
    chat.get_num_tokens_from_messages([HumanMessage("Où ?")])
    assert "Où ?" in lorax_server.requests[-1].body["inputs"]


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_without_a_server_tokens_are_estimated(
    model: Any, lorax_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    lorax_server.fault("reset")
    llm = model(base_url=lorax_server.url, max_retries=0)
    assert llm.get_num_tokens("Why is the sky blue?") == 6
    assert llm.get_num_tokens("Why?") == 2
    (record,) = caplog.records
    assert "Tokens are estimated for 30 s" in record.getMessage()
    with pytest.raises(errors.ConnectionFailedError):
        llm.get_token_ids("x")


def test_a_count_that_is_refused_is_told(lorax_server: ScriptedServer) -> None:
    lorax_server.fault("html=403")
    with pytest.raises(ModelPermissionDeniedError):
        LoRAX(base_url=lorax_server.url).get_num_tokens("Why?")


@pytest.mark.parametrize("model", [LoRAX, ChatLoRAX])
def test_tokens_are_counted_by_ones_own_tokenizer(model: Any) -> None:
    mine = model(base_url="http://127.0.0.1:1", custom_get_token_ids=lambda text: [1] * len(text))
    assert mine.get_num_tokens("abc") == 3
    assert mine.get_token_ids("ab") == [1, 1]


def test_what_traces_sort_by(chat: ChatLoRAX) -> None:
    def params(**call: Any) -> Any:
        return chat._get_ls_params(**call)

    assert chat._get_invocation_params()["_type"] == "lorax-chat"
    assert params()["ls_model_name"] == "base model"
    assert "ls_stop" not in params()
    assert params(adapter_id="a")["ls_model_name"] == "a"
    assert params(model="b", max_tokens=3, temperature=0.5, stop=["x"]) == {
        "ls_provider": "lorax",
        "ls_model_type": "chat",
        "ls_model_name": "b",
        "ls_temperature": 0.5,
        "ls_max_tokens": 3,
        "ls_stop": ["x"],
    }
    merged = LoRAX(
        base_url="http://127.0.0.1:1",
        merged_adapters={"ids": ["a", "b"], "weights": [1.0, 1.0]},  # type: ignore[arg-type]
    )
    assert merged._get_ls_params().get("ls_model_name") == "a,b"
    call: Any = {"merged_adapters": {"ids": ["c", "d"], "weights": [1.0, 1.0]}}
    assert merged._get_ls_params(**call).get("ls_model_name") == "c,d"


def test_a_profile_asks_no_server() -> None:
    chat = ChatLoRAX(base_url="http://127.0.0.1:1")
    assert chat.profile is not None
    assert "structured_output" not in chat.profile
    assert chat.profile["tool_calling"]
    known = ChatLoRAX(base_url="http://127.0.0.1:1", profile={"max_input_tokens": 1792})
    assert known.profile == {**chat.profile, "max_input_tokens": 1792}
    assert known.with_adapter("a").profile == known.profile
    blind = ChatLoRAX(base_url="http://127.0.0.1:1", profile={"image_inputs": False})
    assert blind.profile == {**chat.profile, "image_inputs": False}


def test_importing_the_package_imports_no_model() -> None:
    code = "import sys, langchain_lorax; print('langchain_core' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
    assert {"ChatLoRAX", "LoRAX", "LoRAXEmbeddings"} <= set(dir(langchain_lorax))
    with pytest.raises(AttributeError, match="no attribute 'Chat'"):
        _ = langchain_lorax.Chat


def test_an_empty_answer_is_an_answer(chat: ChatLoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script("")
    assert chat.invoke("x").content == ""
    (only,) = chat.stream("x")
    assert (only.content, only.chunk_position) == ("", "last")
