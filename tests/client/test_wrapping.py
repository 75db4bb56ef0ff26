"""What frameworks' classes inherit: settings that show, dump and pickle nothing secret."""

import copy
import json
import pickle
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX as LlamaIndexLoRAX
from pydantic import SecretStr

from langchain_lorax import ChatLoRAX, LoRAXEmbeddings
from langchain_lorax import LoRAX as LangChainLoRAX
from lorax import MergedAdapters, Timeout
from lorax.errors import UnknownParameterError, ValidationError
from lorax_devserver.testing import ScriptedServer

KEY, TOKEN, PASSWORD, COOKIE = "gateway-key-1", "hf_token_2", "passw0rd-3", "sid=cookie-4"
WRAPPERS = [LangChainLoRAX, LlamaIndexLoRAX]


@pytest.fixture(params=WRAPPERS, ids=["langchain", "llamaindex"])
def wrapper(request: pytest.FixtureRequest) -> Any:
    return request.param


def secretive(wrapper: Any, url: str = "http://127.0.0.1:1", **other: Any) -> Any:
    """One with a key; a user in its address, too, would be refused at the first call."""
    return wrapper(
        base_url=url.replace("://", f"://user:{PASSWORD}@"),
        headers={"cookie": COOKIE},
        **{"api_key": KEY, "api_token": TOKEN, **other},
    )


def is_clean(text: str) -> bool:
    return not any(secret in text for secret in (KEY, TOKEN, PASSWORD, COOKIE))


DOCUMENTED = [LlamaIndexLoRAX, LoRAXEmbedding, LangChainLoRAX, ChatLoRAX, LoRAXEmbeddings]


@pytest.mark.parametrize("kind", DOCUMENTED, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_help_tells_the_fields_and_what_is_allowed(kind: Any) -> None:
    told = " ".join((kind.__doc__ or "").split())
    fields = kind.model_fields.items()
    assert all(f"{n}: {field.description}" in told for n, field in fields if field.description)
    assert ": None" not in told
    assert "never after the first token. Allowed: at least 0." in told
    assert ("greedy. Allowed: at least 0." in told) == ("temperature" in kind.model_fields)


def test_what_is_no_form_is_refused_at_once(wrapper: Any) -> None:
    with pytest.raises(ValueError, match="response_format cannot be 5"):
        wrapper(base_url="http://127.0.0.1:1", response_format=5)


OTHERS = {"stop": "stop_sequences", "model": "adapter_id", "max_tokens": "max_new_tokens"}


@pytest.mark.parametrize(("theirs", "ours"), OTHERS.items())
def test_another_librarys_name_leads_to_ours(theirs: str, ours: str) -> None:
    llm = LlamaIndexLoRAX(base_url="http://127.0.0.1:1")
    words = f"no parameter '{theirs}'. Did you mean '{ours}'"
    for ask in (
        lambda: LlamaIndexLoRAX(**{"base_url": llm.base_url, theirs: "x"}),
        lambda: llm.with_parameters(**{theirs: "x"}),
        lambda: llm.complete("Why?", **{theirs: "x"}),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            ask()


@pytest.mark.parametrize("shown", [repr, str, lambda model: json.dumps(model._identifying_params)])
def test_nothing_secret_is_shown_by_langchain(shown: Callable[[Any], str]) -> None:
    assert is_clean(shown(secretive(LangChainLoRAX)))


def test_nothing_secret_is_shown_by_llamaindex() -> None:
    llm = secretive(LlamaIndexLoRAX)
    for text in (repr(llm), str(llm)):
        assert is_clean(text)


def test_nothing_secret_is_dumped_or_pickled(wrapper: Any) -> None:
    llm = secretive(wrapper)
    assert is_clean(str(llm.model_dump()))
    assert is_clean(llm.model_dump_json())
    assert is_clean(pickle.dumps(llm).decode("latin-1"))


def test_what_a_pickle_left_out_is_missed(wrapper: Any) -> None:
    again = pickle.loads(pickle.dumps(secretive(wrapper)))
    with pytest.raises(
        ValidationError, match="headers and api_key and api_token and base_url's user"
    ):
        _ = again.client
    once_more = pickle.loads(pickle.dumps(again))
    with pytest.raises(ValidationError, match="unpickled"):
        _ = once_more.async_client
    again.headers = {"cookie": COOKIE}
    again.api_key, again.api_token = SecretStr(KEY), SecretStr(TOKEN)
    again.base_url = f"http://user:{PASSWORD}@127.0.0.1:1"
    with pytest.raises(ValidationError, match="api_key is sent as Authorization, as base_url's"):
        _ = again.client


def test_a_secret_of_the_environment_is_there_after_a_pickle(
    wrapper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORAX_URL", "http://127.0.0.1:2")
    monkeypatch.setenv("LORAX_API_KEY", KEY)
    monkeypatch.setenv("LORAX_API_TOKEN", TOKEN)
    llm = pickle.loads(pickle.dumps(wrapper(adapter_id="acme/one", timeout=Timeout(first=5))))
    assert llm.client.base_url == "http://127.0.0.1:2"
    assert llm.client.api_key == KEY
    assert llm.arguments({})["api_token"] == TOKEN
    assert llm.timeout == Timeout(first=5)


def test_what_holds_no_secret_is_pickled_whole(wrapper: Any, lorax_server: ScriptedServer) -> None:
    llm = wrapper(base_url=lorax_server.url, adapter_id="acme/one", seed=3, max_retries=1)
    again = pickle.loads(pickle.dumps(llm))
    assert again.model_dump() == llm.model_dump()
    assert again.client is llm.client
    again.client.generate("x", **again.arguments({}))
    assert lorax_server.requests[0].adapter_id == "acme/one"


def test_copies_share_the_client(wrapper: Any) -> None:
    lent, lent_async = httpx.Client(), httpx.AsyncClient()
    llm = wrapper(
        base_url="http://127.0.0.1:1", http_client=lent, http_async_client=lent_async, api_key=KEY
    )
    for other in (copy.copy(llm), copy.deepcopy(llm), llm.model_copy(deep=True)):
        assert other.client is llm.client
        assert other.async_client is llm.async_client
        assert other.http_client is lent
    lent.close()


def test_another_adapter_is_a_copy_that_shares_connections(wrapper: Any) -> None:
    llm = wrapper(base_url="http://127.0.0.1:1", adapter_id="acme/a", seed=3, api_key=KEY)
    other = llm.with_adapter("acme/b", "S3")
    assert (other.adapter_id, other.adapter_source, other.seed) == ("acme/b", "s3", 3)
    assert other.client is llm.client
    assert other.async_client is llm.async_client
    assert llm.adapter_id == "acme/a"
    merged = MergedAdapters(ids=["acme/a", "acme/b"], weights=[0.5, 0.5])
    of_both = llm.with_adapter(merged)
    assert of_both.arguments({}) == {"merged_adapters": merged, "seed": 3, "stop_sequences": []} | (
        of_both.keywords()
    )
    assert "merged_adapters" not in of_both.with_adapter("acme/a").arguments({})
    base = of_both.with_adapter(None)
    assert base.adapter_name is None
    assert base.seed == 3


def test_other_parameters_are_a_copy_that_is_checked(wrapper: Any) -> None:
    llm = wrapper(base_url="http://127.0.0.1:1", temperature=0.5)
    assert llm.with_parameters(temperature=None, seed=1).arguments({})["seed"] == 1
    assert llm.with_parameters(timeout=5).client is not llm.client
    with pytest.raises(UnknownParameterError, match="Did you mean 'temperature'"):
        llm.with_parameters(temprature=1.0)
    with pytest.raises(ValueError, match="temperature"):
        llm.with_parameters(temperature=-1.0)


def test_the_adapters_that_are_to_be_loaded(wrapper: Any) -> None:
    llm = wrapper(base_url="http://127.0.0.1:1", api_token=TOKEN, adapter_source="s3")
    assert llm.to_load() == {}
    fetched = {"adapter_source": "s3", "api_token": TOKEN}
    mine = llm.with_adapter("acme/a")
    assert mine.to_load() == {"adapter_ids": ["acme/a"], **fetched}
    assert mine.to_load(["acme/b"]) == {"adapter_ids": ["acme/b"], **fetched}
    merged = MergedAdapters(ids=["acme/a", "acme/b"], weights=[0.5, 0.5])
    assert llm.with_adapter(merged).to_load()["adapter_ids"] == ["acme/a", "acme/b"]


def test_a_copy_of_what_was_unpickled_misses_the_same(wrapper: Any) -> None:
    again = pickle.loads(pickle.dumps(secretive(wrapper)))
    with pytest.raises(ValidationError, match="headers and api_key"):
        _ = again.with_adapter("acme/a").client


def test_a_lent_client_is_missed_after_a_pickle(wrapper: Any) -> None:
    with httpx.Client() as lent:
        llm = wrapper(base_url="http://127.0.0.1:1", http_client=lent)
        again = pickle.loads(pickle.dumps(llm))
    with pytest.raises(ValidationError, match="set its http_client again"):
        _ = again.client


def test_different_settings_have_different_clients(wrapper: Any) -> None:
    def client(**settings: Any) -> Any:
        return wrapper(base_url="http://127.0.0.1:1", **settings).client

    clients = [
        client(),
        client(timeout=5),
        client(timeout=Timeout(first=5)),
        client(max_retries=0),
        client(api_key=KEY),
        client(headers={"x-tenant": "a"}),
        client(headers={"x-tenant": "b"}),
    ]
    assert len({id(one) for one in clients}) == len(clients)
    assert client(headers={"x-tenant": "b"}) is clients[-1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"base_url": ""}, "base_url is missing: give the server's address, or set LORAX_URL"),
        ({"base_url": "127.0.0.1:8080"}, "base_url"),
        ({"timeout": 0}, "timeout should be seconds above 0"),
        ({"max_retries": -1}, "max_retries"),
        ({"headers": {"a": 1}}, "headers"),
    ],
)
def test_settings_that_cannot_be(
    wrapper: Any, wrong: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LORAX_URL", raising=False)
    with pytest.raises(ValueError, match=words):
        wrapper(**{"base_url": "http://127.0.0.1:1", **wrong})


def test_keys_go_where_they_belong(wrapper: Any, lorax_server: ScriptedServer) -> None:
    keyed = wrapper(
        base_url=lorax_server.url, headers={"cookie": COOKIE}, api_key=KEY, api_token=TOKEN
    )
    named = secretive(wrapper, lorax_server.url, api_key=None)
    for llm in (keyed, named):
        llm.client.generate("x", **llm.arguments({"adapter_id": "acme/private"}))
    first, second = lorax_server.requests
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert second.headers["authorization"].startswith("Basic ")
    assert first.headers["cookie"] == second.headers["cookie"] == COOKIE
    assert first.parameters["api_token"] == second.parameters["api_token"] == TOKEN
