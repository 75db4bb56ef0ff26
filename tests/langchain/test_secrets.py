"""Keys and tokens are in no trace, picture or dump, whoever gave them and when."""

import json
import pickle
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.load import dumps, load
from langchain_core.runnables import ConfigurableField
from langchain_core.tracers import BaseTracer
from langchain_core.tracers.schemas import Run
from pydantic import ValidationError

from langchain_lorax import ChatLoRAX, LoRAX, LoRAXEmbeddings
from lorax import errors
from lorax_devserver.testing import ScriptedServer

KEY, TOKEN, CALLS_TOKEN = "gateway-key-1", "hf_token_2", "hf_token_of_the_call_3"
PASSWORD, COOKIE = "passw0rd-4", "sid=cookie-5"
MODELS = [LoRAX, ChatLoRAX]


def is_clean(*shown: Any) -> bool:
    return not any(s in str(shown) for s in (KEY, TOKEN, CALLS_TOKEN, PASSWORD, COOKIE))


def secretive(model: Any, url: str = "http://127.0.0.1:1", **other: Any) -> Any:
    settings: dict[str, Any] = {"api_key": KEY, "api_token": TOKEN, **other}
    return model(base_url=url, headers={"cookie": COOKIE}, **settings)


class Everything(BaseCallbackHandler):
    """All that callbacks are told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
        self.told.append((args, kwargs))

    on_llm_start = on_llm_new_token = on_llm_end = on_llm_error = on_chat_model_start
    on_chain_start = on_chain_end = on_stream_event = on_chat_model_start


class Tracer(BaseTracer):
    """All that tracers are told."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Any] = []

    def _persist_run(self, run: Run) -> None:
        self.runs.append(run.model_dump() if hasattr(run, "model_dump") else vars(run))


@pytest.mark.parametrize("model", [*MODELS, LoRAXEmbeddings])
def test_nothing_secret_is_shown(model: Any) -> None:
    for one in (
        secretive(model),
        secretive(model, f"http://user:{PASSWORD}@127.0.0.1:1", api_key=None),
    ):
        assert is_clean(repr(one), str(one), one.model_dump(), one.model_dump_json())


@pytest.mark.parametrize("model", MODELS)
def test_nothing_secret_is_written_down(model: Any) -> None:
    one = secretive(model, f"http://user:{PASSWORD}@127.0.0.1:1")
    bound = one.bind(api_token=CALLS_TOKEN).bind(seed=3)
    for shown in (one, bound, one.bind(seed=3).bind(api_token=CALLS_TOKEN), one | (lambda x: x)):
        assert is_clean(dumps(shown), repr(shown))
    assert is_clean(one._identifying_params, one.asdict(), one._get_ls_params())
    assert '"LORAX_API_KEY"' in dumps(one)
    assert '"LORAX_API_TOKEN"' in dumps(one)


# Every way of making something of a model before a token is bound to it.
AROUND: dict[str, Any] = {
    "the model": lambda one: one,
    "its binding": lambda one: one.bind(seed=3),
    "config": lambda one: one.with_config(tags=["a"]),
    "retry": lambda one: one.with_retry(),
    "fallbacks": lambda one: one.with_fallbacks([one]),
    "fields": lambda one: one.configurable_fields(seed=ConfigurableField(id="seed")),
    "alternatives": lambda one: one.configurable_alternatives(
        ConfigurableField(id="who"), default_key="base", other=one.with_adapter("a")
    ),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("model", MODELS)
def test_a_bound_token_is_neither_shown_nor_written_down(
    model: Any, around: str, lorax_server: ScriptedServer
) -> None:
    bound = AROUND[around](secretive(model, lorax_server.url)).bind(api_token=CALLS_TOKEN)
    for shown in (bound, bound.with_config(tags=["b"]), bound | str):
        assert is_clean(repr(shown), dumps(shown), pickle.dumps(shown) if shown is bound else "")
    bound.invoke("x")
    assert lorax_server.requests[0].parameters["api_token"] == CALLS_TOKEN
    with pytest.raises(errors.ValidationError, match="unpickled"):
        pickle.loads(pickle.dumps(bound)).invoke("x")


@pytest.mark.parametrize("model", MODELS)
def test_what_a_pickle_left_out_is_missed_where_a_run_configures(model: Any) -> None:
    again = pickle.loads(pickle.dumps(secretive(model)))
    fields = again.configurable_fields(adapter_id=ConfigurableField(id="a"))
    with pytest.raises(errors.ValidationError, match="unpickled"):
        fields.invoke("x", {"configurable": {"a": "b"}})


@pytest.mark.filterwarnings("ignore::langchain_core._api.beta_decorator.LangChainBetaWarning")
@pytest.mark.parametrize("model", MODELS)
def test_what_was_written_down_is_loaded(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORAX_API_KEY", KEY)
    written = json.loads(dumps(model(base_url="http://127.0.0.1:1", adapter_id="a", seed=3)))
    again = load(
        written,
        allowed_objects=[model],
        valid_namespaces=["langchain_lorax"],
        secrets_from_env=True,
    )
    assert (again.adapter_id, again.seed) == ("a", 3)
    assert again.api_key.get_secret_value() == KEY


@pytest.mark.filterwarnings("ignore::langchain_core._api.beta_decorator.LangChainBetaWarning")
@pytest.mark.parametrize("around", ["its binding", "config", "fields", "alternatives"])
@pytest.mark.parametrize("model", MODELS)
def test_what_was_bound_and_written_down_is_loaded(
    model: Any, around: str, lorax_server: ScriptedServer
) -> None:
    one = model(base_url=lorax_server.url)
    bound = AROUND[around](one).bind(adapter_id="a")
    again: Any = load(
        json.loads(dumps(bound)),
        allowed_objects=[model, *(type(made(one)) for made in AROUND.values())],
        valid_namespaces=["langchain_lorax"],
    )
    assert type(again) is type(bound)
    again.bind(seed=4).invoke("x")
    assert lorax_server.requests[0].adapter_id == "a"


@pytest.mark.anyio
@pytest.mark.filterwarnings("ignore::langchain_core._api.beta_decorator.LangChainBetaWarning")
@pytest.mark.parametrize("model", MODELS)
async def test_nothing_secret_is_traced(model: Any, lorax_server: ScriptedServer) -> None:
    one = secretive(model, lorax_server.url)
    told, tracer = Everything(), Tracer()
    config: Any = {"callbacks": [told, tracer]}
    token = {"api_token": CALLS_TOKEN}
    one.invoke("x", config, **token)
    await one.ainvoke("x", config, **token)
    list(one.stream("x", config, **token))
    [piece async for piece in one.astream("x", config, **token)]
    one.batch(["x", "y"], config, **token)
    bound = one.bind(**token)
    bound.invoke("x", config)
    list(bound.stream("x", config))
    events = [event async for event in bound.astream_events("x", config, version="v2")]
    (bound | (lambda x: x)).with_retry().invoke("x", config)
    if model is ChatLoRAX:
        bound.bind_tools([{"name": "now", "parameters": {}}]).invoke("x", config)
        stream = one.stream_events("x", config, version="v3", **token)
        assert stream.output.text
    lorax_server.fault("empty=500")
    with pytest.raises(Exception, match="500"):
        model(base_url=lorax_server.url, max_retries=0).invoke("x", config, **token)
    assert len(tracer.runs) > 8
    assert is_clean(told.told, tracer.runs, events)
    tokens = {asked.parameters.get("api_token") for asked in lorax_server.requests}
    assert tokens == {CALLS_TOKEN}


@pytest.mark.parametrize("model", [*MODELS, LoRAXEmbeddings])
def test_a_refused_setting_shows_no_other(model: Any) -> None:
    for wrong in ({"api_tokn": TOKEN}, {"timeout": -1}, {"max_retries": KEY}):
        with pytest.raises(ValidationError) as caught:
            secretive(model, **wrong)
        assert is_clean(caught.value)


@pytest.mark.parametrize("model", MODELS)
def test_the_calls_token_wins_and_reaches_the_server(
    model: Any, lorax_server: ScriptedServer
) -> None:
    one = secretive(model, lorax_server.url)
    one.invoke("x")
    one.bind(api_token=CALLS_TOKEN).invoke("x", adapter_id="acme/private")
    assert [a.parameters["api_token"] for a in lorax_server.requests] == [TOKEN, CALLS_TOKEN]
    assert {a.headers["authorization"] for a in lorax_server.requests} == {f"Bearer {KEY}"}
