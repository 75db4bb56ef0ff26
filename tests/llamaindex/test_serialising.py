"""What becomes of a model and an embedding that are written down, read back, copied and pickled."""

import copy
import json
import pickle
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.output_parsers import PydanticOutputParser
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel

from lorax import MergedAdapters, Timeout, errors
from lorax_devserver.testing import ScriptedServer

SECRETS = {
    "api_key": "gateway-key-1",
    "api_token": "hf_token_2",
    "headers": {"cookie": "sid=cookie-3"},
}
MERGED = MergedAdapters(ids=["acme/a", "acme/b"], weights=[0.5, 0.5])


class Person(BaseModel):
    name: str


SETTINGS: list[dict[str, Any]] = [
    {},
    {"adapter_id": "acme/a", "adapter_source": "s3", "timeout": 5.0},
    {"merged_adapters": MERGED, "timeout": Timeout(first=5)},
]
OF_MODELS: list[dict[str, Any]] = [
    {"temperature": 0.5, "seed": 3, "stop_sequences": [";"], "context_window": 100},
    {"response_format": Person, "is_chat_model": False, "system_prompt": "Be brief."},
]


def is_clean(text: str) -> bool:
    return not any(part in text for part in ("gateway-key-1", "hf_token_2", "cookie-3", "passw0rd"))


@pytest.mark.parametrize("kind", [LoRAX, LoRAXEmbedding])
def test_nothing_secret_is_written(kind: Any) -> None:
    one = kind(base_url="http://user:passw0rd@127.0.0.1:1", **SECRETS)
    for text in (
        str(one.to_dict()),
        one.to_json(),
        one.json(),
        str(one.model_dump()),
        one.model_dump_json(),
        repr(one),
        str(one),
        str(one.to_payload()),
        pickle.dumps(one).decode("latin-1"),
    ):
        assert is_clean(text)
        assert "127.0.0.1:1" in text


@pytest.mark.parametrize("settings", [*SETTINGS, *OF_MODELS])
def test_a_model_is_written_and_read_back(settings: dict[str, Any]) -> None:
    llm = LoRAX(base_url="http://127.0.0.1:1", **settings)
    again = LoRAX.from_dict(llm.to_dict())
    from_json = LoRAX.from_json(llm.to_json())
    assert again.to_dict() == from_json.to_dict() == llm.to_dict()
    assert from_json.client is llm.client
    assert json.loads(llm.to_json())["class_name"] == "LoRAX_LLM"
    ours, theirs = llm.arguments({}), from_json.arguments({})
    assert {**ours, "response_format": ...} == {**theirs, "response_format": ...}
    if llm.response_format is Person:
        assert from_json.response_format == Person.model_json_schema()


@pytest.mark.parametrize("settings", SETTINGS)
def test_an_embedding_is_written_and_read_back(settings: dict[str, Any]) -> None:
    embedding = LoRAXEmbedding(base_url="http://127.0.0.1:1", embed_batch_size=3, **settings)
    again = LoRAXEmbedding.from_json(embedding.to_json())
    assert LoRAXEmbedding.from_dict(embedding.to_dict()).to_dict() == embedding.to_dict()
    assert again.to_dict() == embedding.to_dict()
    assert again.client is embedding.client


@pytest.mark.parametrize("settings", [*SETTINGS, *OF_MODELS])
def test_a_model_is_copied_and_pickled(settings: dict[str, Any]) -> None:
    llm = LoRAX(base_url="http://127.0.0.1:1", **settings)
    for other in (copy.copy(llm), copy.deepcopy(llm), pickle.loads(pickle.dumps(llm))):
        assert other.arguments({}) == llm.arguments({})
        assert other.metadata == llm.metadata
        assert other.client is llm.client


def upper(prompt: str) -> str:
    return prompt.upper()


def test_what_cannot_be_pickled_is_told(lorax_server: ScriptedServer) -> None:
    """LlamaIndex would leave it out, with a line in the log."""

    class Local(BaseModel):
        name: str

    for unpicklable in (
        {"response_format": Local},
        {"completion_to_prompt": lambda prompt: prompt},
        {"messages_to_prompt": lambda messages: ""},
    ):
        llm = LoRAX(base_url=lorax_server.url, **unpicklable)  # type: ignore[arg-type]
        with pytest.raises(pickle.PicklingError, match=min(unpicklable)):
            pickle.dumps(llm)
    again = pickle.loads(pickle.dumps(LoRAX(base_url=lorax_server.url, completion_to_prompt=upper)))
    again.complete("why?")
    assert lorax_server.jobs[0].inputs == "WHY?"


LOST: list[dict[str, Any]] = [
    {"completion_to_prompt": upper},
    {"messages_to_prompt": lambda messages: "Why?"},
    {"output_parser": PydanticOutputParser(output_cls=Person)},
    {"headers": {"cookie": "sid=cookie-3"}},
]


@pytest.mark.parametrize("lost", LOST, ids=min)
def test_what_is_not_written_is_told(lorax_server: ScriptedServer, lost: dict[str, Any]) -> None:
    llm = LoRAX(base_url=lorax_server.url, **lost)
    (name,) = lost
    for again in (LoRAX.from_dict(llm.to_dict()), LoRAX.from_json(llm.to_json())):
        for other in (again, again.with_adapter("acme/a"), pickle.loads(pickle.dumps(again))):
            with pytest.raises(errors.ValidationError, match=f"set its {name} again"):
                other.complete("Why?")
        assert again.to_dict() == llm.to_dict()
        again.with_parameters(**lost).complete("Why?")
    LoRAX.from_dict(llm.to_dict(), **lost).complete("Why?")


def test_an_embedding_is_told_what_is_not_written(lorax_server: ScriptedServer) -> None:
    headers = {"cookie": "sid=cookie-3"}
    embedding = LoRAXEmbedding(base_url=lorax_server.url, headers=headers)
    with pytest.raises(errors.ValidationError, match="set its headers again"):
        LoRAXEmbedding.from_json(embedding.to_json()).get_text_embedding("Why?")
    LoRAXEmbedding.from_dict(embedding.to_dict(), headers=headers).get_text_embedding("Why?")


def test_a_secret_comes_from_the_environment_after_reading(
    monkeypatch: pytest.MonkeyPatch, lorax_server: ScriptedServer
) -> None:
    llm = LoRAX(base_url=lorax_server.url, adapter_id="acme/private", api_token="hf_token_2")
    text, pickled = llm.to_json(), pickle.dumps(llm)
    with pytest.raises(errors.AdapterAccessError):
        LoRAX.from_json(text).complete("Why?")
    with pytest.raises(errors.ValidationError, match="set its api_token again"):
        pickle.loads(pickled).complete("Why?")
    monkeypatch.setenv("LORAX_API_TOKEN", "hf_token_2")
    for again in (LoRAX.from_json(text), pickle.loads(pickled)):
        again.chat([ChatMessage(content="Why?")])
        assert lorax_server.requests[-1].parameters["api_token"] == "hf_token_2"
