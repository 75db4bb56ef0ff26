"""LangChain's cache never gives one call's answer for another's."""

from typing import Any
from uuid import uuid4

import pytest
from langchain_core.caches import InMemoryCache
from pydantic import BaseModel

from langchain_lorax import ChatLoRAX, LoRAX
from lorax.parameters import GenerationSettings, MergedAdapters
from lorax_devserver.testing import ScriptedServer
from tests.client.test_signatures import NOT_IN_CHAT

MODELS = [LoRAX, ChatLoRAX]


class Person(BaseModel):
    name: str


# What each parameter may be beside its default; what it takes for others comes with it.
OTHERWISE: dict[str, dict[str, Any]] = {
    "adapter_id": {"adapter_id": "acme/a"},
    "adapter_source": {"adapter_source": "local"},
    "merged_adapters": {"merged_adapters": MergedAdapters(ids=["a", "b"], weights=[1.0, 2.0])},
    "do_sample": {"do_sample": True},
    "max_new_tokens": {"max_new_tokens": 7},
    "best_of": {"best_of": 2, "do_sample": True, "temperature": 0.5},
    "repetition_penalty": {"repetition_penalty": 1.1},
    "frequency_penalty": {"frequency_penalty": 0.5},
    "presence_penalty": {"presence_penalty": 0.5},
    "seed": {"seed": 3},
    "temperature": {"temperature": 0.3},
    "top_k": {"top_k": 5},
    "top_p": {"top_p": 0.5},
    "typical_p": {"typical_p": 0.5},
    "truncate": {"truncate": 50},
    "watermark": {"watermark": True},
    "ignore_eos_token": {"ignore_eos_token": True},
    "return_k_alternatives": {"return_k_alternatives": 2},
    "response_format": {"response_format": Person},
    "check": {"check": True, "response_format": Person, "seed": 5},
    "max_compile_seconds": {"max_compile_seconds": 20.0},
    "stop_sequences": {"stop": ["sky"]},
    "logprobs": {"logprobs": True},
    "tools": {"tools": [Person]},
    "tool_choice": {"tools": [Person], "tool_choice": "any"},
    "parallel_tool_calls": {"tools": [Person], "parallel_tool_calls": True},
    "server_tools": {"tools": [Person], "server_tools": True},
}
OF_CHAT = {"tools", "tool_choice", "parallel_tool_calls", "server_tools"}


def test_every_parameter_is_tried() -> None:
    assert OTHERWISE.keys() - OF_CHAT - {"stop_sequences", "logprobs"} == set(
        GenerationSettings.model_fields
    )


def calls(model: Any) -> list[dict[str, Any]]:
    left_out = OF_CHAT if model is LoRAX else {*NOT_IN_CHAT, "logprobs"}
    chosen = [call for name, call in OTHERWISE.items() if name not in left_out]
    return [{}, *chosen, {"adapter_id": "acme/b"}, {"adapter_id": "acme/a", "seed": 3}]


@pytest.mark.anyio
@pytest.mark.parametrize("model", MODELS)
async def test_no_call_has_anothers_answer(model: Any, lorax_server: ScriptedServer) -> None:
    cached = model(base_url=lorax_server.url, max_new_tokens=40, cache=InMemoryCache())
    asked = calls(model)
    for call in asked:
        cached.invoke("Why is the sky blue?", **call)
    assert len(lorax_server.requests) == len(asked)
    for call in asked:
        cached.invoke("Why is the sky blue?", **call)
        await cached.ainvoke("Why is the sky blue?", **call)
        if call:
            cached.bind(**call).invoke("Why is the sky blue?")
    assert len(lorax_server.requests) == len(asked)


@pytest.mark.parametrize("model", MODELS)
def test_settings_and_keywords_are_one_key(model: Any, lorax_server: ScriptedServer) -> None:
    cache = InMemoryCache()
    plain = model(base_url=lorax_server.url, cache=cache)
    for call in calls(model):
        fields = {k: v for k, v in call.items() if k not in {"tools", "tool_choice", "stop"}}
        model(base_url=lorax_server.url, cache=cache, **fields).invoke("x")
        before = len(lorax_server.requests)
        plain.invoke("x", **fields)
        assert len(lorax_server.requests) == before, call


@pytest.mark.parametrize("model", MODELS)
def test_another_name_is_the_same_key(model: Any, lorax_server: ScriptedServer) -> None:
    cached = model(base_url=lorax_server.url, cache=InMemoryCache())
    for call in ({"max_tokens": 9}, {"max_new_tokens": 9}):
        cached.invoke("x", **call)
    for call in ({"model": "a"}, {"adapter_id": "a"}):
        cached.invoke("x", **call)
    assert len(lorax_server.requests) == 2


@pytest.mark.parametrize("model", MODELS)
def test_what_is_said_of_a_run_is_in_no_key(model: Any, lorax_server: ScriptedServer) -> None:
    cached = model(base_url=lorax_server.url, cache=InMemoryCache())
    cached.invoke("x")
    cached.invoke("x", {"run_name": "a", "tags": ["b"], "metadata": {"c": "d"}, "run_id": uuid4()})
    assert len(lorax_server.requests) == 1


@pytest.mark.parametrize("model", MODELS)
def test_another_server_is_another_key(model: Any, lorax_server: ScriptedServer) -> None:
    cache = InMemoryCache()
    for url in (lorax_server.url, lorax_server.url.replace("127.0.0.1", "localhost")):
        model(base_url=url, cache=cache).invoke("x")
    assert len(lorax_server.requests) == 2


@pytest.mark.parametrize("model", MODELS)
def test_no_secret_is_in_a_key_and_none_tells_calls_apart(
    model: Any, lorax_server: ScriptedServer
) -> None:
    cache = InMemoryCache()
    url = lorax_server.url.replace("://", "://user:passw0rd@")
    for token in ("hf_one", "hf_two"):
        model(base_url=url, cache=cache, headers={"x-key": "header-key"}).invoke(
            "x", api_token=token
        )
        model(
            base_url=lorax_server.url, cache=cache, api_key="gateway-key", api_token=token
        ).invoke("x")
    assert len(lorax_server.requests) == 1
    for secret in ("hf_", "passw0rd", "header-key", "gateway-key"):
        assert secret not in str(cache._cache.keys())


def test_a_cached_answer_says_the_same(lorax_server: ScriptedServer) -> None:
    chat = ChatLoRAX(base_url=lorax_server.url, cache=InMemoryCache())
    first, again = chat.invoke("x"), chat.invoke("x")
    assert first.content == again.content
    assert again.usage_metadata is not None
    assert again.usage_metadata["input_tokens"] == first.usage_metadata["input_tokens"]  # type: ignore[index]


def test_a_failure_is_not_cached(lorax_server: ScriptedServer) -> None:
    llm = LoRAX(base_url=lorax_server.url, cache=InMemoryCache(), max_retries=0)
    lorax_server.fault("overloaded*1")
    with pytest.raises(Exception, match="overloaded"):
        llm.invoke("x")
    assert llm.invoke("x")
