"""LoRAX as LangChain's LLM, on the real devserver."""

import copy
import pickle
from typing import Any

import anyio
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.output_parsers import PydanticOutputParser, StrOutputParser
from langchain_core.prompts import PromptTemplate
from pydantic import BaseModel, ValidationError

from langchain_lorax import LoRAX
from lorax import errors
from tests.wire_server import LAST_CHUNK, SSE_HEAD, Send, WireServer, chunk, head, token_event

PROMPT = "The capital of France is"


@pytest.fixture
def llm(devserver: str) -> LoRAX:
    return LoRAX(base_url=devserver, max_new_tokens=8)


class Collected(BaseCallbackHandler):
    """What LangChain's callbacks were told."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.ended: list[Any] = []

    def on_llm_new_token(self, token: str, **kwargs: Any) -> None:
        self.tokens.append(token)

    def on_llm_end(self, response: Any, **kwargs: Any) -> None:
        self.ended.append(response)


def test_the_issues_own_line(devserver: str) -> None:
    llm = LoRAX(base_url=devserver, max_new_tokens=24)
    pieces = list(llm.stream("SELECT", adapter_id="sql"))
    assert len(pieces) > 1


def test_whole_and_streamed_are_the_same(llm: LoRAX) -> None:
    whole = llm.invoke(PROMPT)
    assert whole.startswith(" Paris")
    assert "".join(llm.stream(PROMPT)) == whole


@pytest.mark.anyio
async def test_async_is_the_same_as_sync(llm: LoRAX) -> None:
    whole = await llm.ainvoke(PROMPT)
    assert whole == await anyio.to_thread.run_sync(llm.invoke, PROMPT)
    assert "".join([piece async for piece in llm.astream(PROMPT)]) == whole


def test_each_call_names_its_adapter(llm: LoRAX) -> None:
    prompt = "How many books are there?\n```sql\n"
    base = llm.invoke(prompt)
    sql = llm.invoke(prompt, adapter_id="sql")
    assert base != sql
    assert llm.bind(adapter_id="sql").invoke(prompt) == sql
    assert LoRAX(base_url=llm.base_url, adapter_id="sql", max_new_tokens=8).invoke(prompt) == sql
    assert llm.invoke(prompt) == base


def test_a_call_without_an_adapter_overrides_the_models_own(llm: LoRAX) -> None:
    bound = LoRAX(base_url=llm.base_url, adapter_id="sql", max_new_tokens=8)
    assert bound.invoke(PROMPT, adapter_id=None) == llm.invoke(PROMPT)


def test_every_parameter_goes_with_a_call(llm: LoRAX) -> None:
    drawn = llm.invoke(PROMPT, temperature=1.8, seed=3, top_k=50, max_new_tokens=12)
    assert drawn == llm.invoke(PROMPT, temperature=1.8, seed=3, top_k=50, max_new_tokens=12)
    assert drawn != llm.invoke(PROMPT, max_new_tokens=12)


def test_a_stop_is_cut_from_every_form(llm: LoRAX) -> None:
    arguments: dict[str, Any] = {"stop": ["nited"], "max_new_tokens": 30}
    whole = llm.invoke(PROMPT, **arguments)
    assert whole.endswith("The U")
    assert "".join(llm.stream(PROMPT, **arguments)) == whole
    own = LoRAX(base_url=llm.base_url, stop=["nited"], max_new_tokens=30)
    assert own.invoke(PROMPT) == whole


class Person(BaseModel):
    name: str
    age: int


def test_a_response_format_goes_with_a_call(llm: LoRAX) -> None:
    chain = (
        PromptTemplate.from_template("Describe {who} as JSON: ")
        | llm.bind(response_format=Person, max_new_tokens=60)
        | PydanticOutputParser(pydantic_object=Person)
    )
    assert isinstance(chain.invoke({"who": "a person"}), Person)


def test_a_chain_streams(llm: LoRAX) -> None:
    chain = PromptTemplate.from_template("The capital of {x} is") | llm | StrOutputParser()
    assert len(list(chain.stream({"x": "France"}))) > 2


def test_batch_keeps_its_order(llm: LoRAX) -> None:
    prompts = [f"{name} is the capital of" for name in ("Paris", "Rome", "Madrid")]
    assert llm.batch(prompts) == [llm.invoke(prompt) for prompt in prompts]


@pytest.mark.anyio
async def test_a_cache_never_gives_one_calls_answer_for_anothers(llm: LoRAX) -> None:
    prompt = "How many books are there?\n```sql\n"
    cached = LoRAX(base_url=llm.base_url, max_new_tokens=8, cache=InMemoryCache())
    calls: list[dict[str, Any]] = [
        {},
        {"adapter_id": "sql"},
        {"max_new_tokens": 3},
        {"temperature": 1.9, "seed": 5},
        {"stop": ["E"], "adapter_id": "sql"},
        {"response_format": Person},
    ]
    expected = [llm.invoke(prompt, **call) for call in calls]
    assert len(set(expected)) == len(calls)
    for _ in range(2):
        assert [cached.invoke(prompt, **call) for call in calls] == expected
        assert [await cached.ainvoke(prompt, **call) for call in calls] == expected
    assert len(cached.cache._cache) == len(calls)  # type: ignore[union-attr]
    with pytest.raises(errors.UnknownParameterError):
        cached.invoke(prompt, adapter="sql")


def test_callbacks_see_each_token_and_the_usage(llm: LoRAX) -> None:
    seen = Collected()
    pieces = list(llm.stream(PROMPT, config={"callbacks": [seen]}))
    assert seen.tokens == pieces
    (end,) = seen.ended
    info = end.generations[0][0].generation_info
    assert info["finish_reason"] == "length"
    assert info["token_usage"]["completion_tokens"] == 8
    llm.invoke(PROMPT, config={"callbacks": [seen]})
    assert seen.ended[1].llm_output["token_usage"]["total_tokens"] == 13


def test_each_prompt_tells_its_tokens_and_all_their_sum(llm: LoRAX) -> None:
    found = llm.generate([PROMPT, "The"])
    each = [(one.generation_info or {})["token_usage"] for (one,) in found.generations]
    assert each[0]["prompt_tokens"] > each[1]["prompt_tokens"]
    assert found.llm_output is not None
    assert found.llm_output["token_usage"] == {name: sum(e[name] for e in each) for name in each[0]}


@pytest.mark.anyio
async def test_a_stream_tells_the_servers_own_count(wire_server: WireServer) -> None:
    seen = Collected()
    wire_server.stream(token_event(" one"), token_event(" two", " one two"))
    async for _ in LoRAX(base_url=wire_server.url).astream("x", config={"callbacks": [seen]}):
        pass
    usage = seen.ended[0].generations[0][0].generation_info["token_usage"]
    assert usage == {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


@pytest.mark.anyio
async def test_each_token_is_told_before_the_next_is_sent(wire_server: WireServer) -> None:
    told = [anyio.Event(), anyio.Event()]

    class Note(AsyncCallbackHandler):
        async def on_llm_new_token(self, token: str, **kwargs: Any) -> None:
            told[0 if token == " one" else 1].set()

    async def script(send: Send) -> None:
        await send(SSE_HEAD)
        await send(chunk(token_event(" one")))
        await told[0].wait()
        await send(chunk(token_event(" two", " one two")))
        await told[1].wait()
        await send(LAST_CHUNK)

    wire_server.play(script)
    llm = LoRAX(base_url=wire_server.url)
    with anyio.fail_after(10):
        pieces = [p async for p in llm.astream("x", config={"callbacks": [Note()]})]
    assert pieces == [" one", " two"]


@pytest.mark.anyio
async def test_an_empty_answer_is_an_answer(wire_server: WireServer) -> None:
    wire_server.stream(token_event("<|im_end|>", "", special=True))
    assert [p async for p in LoRAX(base_url=wire_server.url).astream("x")] == [""]


@pytest.mark.anyio
async def test_a_broken_stream_raises(wire_server: WireServer) -> None:
    wire_server.stream(token_event(" one"), cut=True)
    with pytest.raises(errors.IncompleteGenerationError):
        [p async for p in LoRAX(base_url=wire_server.url).astream("x")]


@pytest.mark.anyio
async def test_one_failure_ends_the_rest_of_a_batch(wire_server: WireServer) -> None:
    async def script(send: Send) -> None:
        if b"bad" in wire_server.requests[-1]["body"]:
            body = b'{"error": "no", "error_type": "generation"}'
            await send(head(424, {"content-length": str(len(body))}) + body)
        else:
            await anyio.sleep_forever()

    wire_server.play(script)
    llm = LoRAX(base_url=wire_server.url)
    with anyio.fail_after(10):
        with pytest.raises(errors.GenerationError):
            await llm.agenerate(["one", "bad"])
        await wire_server.left.wait()


@pytest.mark.anyio
async def test_why_it_ended_is_told_alike(wire_server: WireServer) -> None:
    """A stop sequence inside a token ends the text; the server goes on and is left."""
    seen = Collected()
    wire_server.stream(token_event("the photographer"), token_event(" x", "the photographer x"))
    llm = LoRAX(base_url=wire_server.url, stop=["photo"])
    pieces = [p async for p in llm.astream("x", config={"callbacks": [seen]})]
    assert pieces == ["the "]
    (end,) = seen.ended
    assert end.generations[0][0].generation_info["finish_reason"] == "stop_sequence"


def test_bad_input_is_refused_with_the_clients_words(llm: LoRAX) -> None:
    with pytest.raises(errors.UnknownParameterError, match="Did you mean 'adapter_id'"):
        llm.invoke(PROMPT, adapter_idd="sql")
    with pytest.raises(errors.AdapterNotFoundError):
        list(llm.stream(PROMPT, adapter_id="nope"))
    with pytest.raises(errors.ValidationError, match="temperature"):
        llm.invoke(PROMPT, temperature=-1)
    with pytest.raises(ValidationError, match="max_new_tokens"):
        LoRAX(base_url="http://127.0.0.1:1", max_new_tokens=0)
    with pytest.raises(ValidationError, match="Did you mean 'temperature'"):
        LoRAX(base_url="http://127.0.0.1:1", temprature=1)  # type: ignore[call-arg]


def test_it_is_copied_and_pickled(llm: LoRAX) -> None:
    expected = llm.invoke(PROMPT)
    assert copy.deepcopy(llm).invoke(PROMPT) == expected
    assert pickle.loads(pickle.dumps(llm)).invoke(PROMPT) == expected


def test_secrets_are_not_shown() -> None:
    llm = LoRAX(base_url="http://127.0.0.1:1", api_token="hf_secret", headers={"x-key": "secret"})
    assert "secret" not in repr(llm)
    assert "secret" not in str(llm.model_dump())
    assert "secret" not in str(llm._identifying_params)
    with pytest.raises(ValidationError) as caught:
        LoRAX(base_url="http://127.0.0.1:1", api_tokn="secret")  # type: ignore[call-arg]
    assert "secret" not in str(caught.value)


def test_what_is_told_of_an_answer(llm: LoRAX) -> None:
    seen = Collected()
    llm.invoke(PROMPT, config={"callbacks": [seen]}, adapter_id="sql", temperature=0.8, seed=3)
    (end,) = seen.ended
    info = end.generations[0][0].generation_info
    assert info["model_name"] == info["adapter_id"] == end.llm_output["model_name"] == "sql"
    assert info["seed"] == 3
    assert info["finish_reason"] in {"length", "eos_token"}
    assert {"queue_time", "inference_time", "time_to_first_token", "total_time"} <= info.keys()
    assert "logprobs" not in info


def test_log_probabilities_are_told_alike(llm: LoRAX) -> None:
    seen = Collected()
    call: dict[str, Any] = {"logprobs": True, "return_k_alternatives": 2}
    text = llm.invoke(PROMPT, config={"callbacks": [seen]}, **call)
    list(llm.stream(PROMPT, config={"callbacks": [seen]}, **call))
    own = LoRAX(base_url=llm.base_url, max_new_tokens=8, logprobs=True, return_k_alternatives=2)
    own.invoke(PROMPT, config={"callbacks": [seen]})
    whole, streamed, field = (
        end.generations[0][0].generation_info["logprobs"] for end in seen.ended
    )
    assert [token["text"] for token in whole] == [token["text"] for token in streamed]
    assert "".join(token["text"] for token in whole) == text
    assert whole == field
    assert all(token["logprob"] <= 0 for token in whole)
    assert len(whole[0]["alternative_tokens"]) == 2


def test_names_that_langchains_users_give(llm: LoRAX) -> None:
    named = LoRAX(
        base_url=llm.base_url,
        model="sql",  # type: ignore[call-arg]
        max_tokens=3,
        stop=["x"],
        timeout=30,
        max_retries=1,
        api_key="test",
    )
    assert (named.adapter_id, named.max_new_tokens) == ("sql", 3)
    assert named.stop_sequences == ["x"]
    assert LoRAX(base_url=llm.base_url, stop=None).stop_sequences == []
    assert llm.invoke(PROMPT, max_tokens=3) == llm.invoke(PROMPT, max_new_tokens=3)
    copy = llm.with_parameters(max_tokens=4, stop="x", model="tools")
    assert (copy.max_new_tokens, copy.stop_sequences, copy.adapter_id) == (4, ["x"], "tools")
    assert copy.with_parameters(stop=None).stop_sequences == []
    with pytest.raises(errors.UnknownParameterError, match="no parameter 'max_toknes'"):
        llm.with_parameters(max_toknes=4)
    assert llm.invoke(PROMPT, model="sql") == llm.invoke(PROMPT, adapter_id="sql")
