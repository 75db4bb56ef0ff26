"""Vectors of a real embedding model, beside the model that generates."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lorax import AsyncClient
from lorax.errors import GenerationError
from lorax_devserver.adapters import SHIPPED
from lorax_devserver.embedding import EmbeddingModel
from lorax_devserver.errors import StartError
from lorax_devserver.model import packaged_embedding_model, packaged_model
from tests.conftest import Caller, running_devserver
from tests.devserver.test_command import refused
from tests.embeddings.compare import REFERENCE, TOLERANCE, difference
from tests.embeddings.texts import TEXTS

pytestmark = pytest.mark.anyio
STORED: dict[str, list[float]] = json.loads(REFERENCE.read_text())


@pytest.fixture(scope="module")
def model() -> Path:
    folder = packaged_embedding_model()
    assert folder is not None, "the packaged model is one of the development dependencies"
    return folder


@pytest.fixture(scope="module")
def embedder(model: Path) -> Iterator[str]:
    """A scripted server with the embedding model: nothing else takes time."""
    with running_devserver("--scripted", "--embedding-model", str(model)) as url:
        yield url


def likeness(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_vectors_are_those_of_the_reference(embedder: str, caller: Caller) -> None:
    texts = [TEXTS[name] for name in STORED]
    many = (await caller.call(embedder, "embed_many", texts)).embeddings
    for name, vector in zip(STORED, many, strict=True):
        assert difference(vector, STORED[name]) < TOLERANCE, name
        assert likeness(vector, vector) == pytest.approx(1)
    alone = (await caller.call(embedder, "embed", texts[0])).embeddings
    assert difference(alone, many[0]) < 1e-5


async def test_likeness_of_meaning_is_nearness(embedder: str, caller: Caller) -> None:
    texts = ["Why is the sky blue?", "What makes the heavens look azure?", "Three books were sold."]
    sky, other_words, books = (await caller.call(embedder, "embed_many", texts)).embeddings
    assert likeness(sky, other_words) > likeness(sky, books) + 0.3


async def test_many_at_once_stay_apart(embedder: str) -> None:
    names = [*STORED] * 2
    async with AsyncClient(embedder) as client:
        answers = await asyncio.gather(*(client.embed(TEXTS[name]) for name in names))
    for name, answer in zip(names, answers, strict=True):
        assert difference(answer.embeddings, STORED[name]) < TOLERANCE, name


async def test_of_a_long_text_what_the_model_reads_counts(embedder: str) -> None:
    async with AsyncClient(embedder) as client:
        read, longer = (await client.embed_many(["word " * 254, "word " * 900])).embeddings
    assert difference(read, longer) < 1e-5


def test_refusals_are_those_of_a_router(embedder: str) -> None:
    def refusal(path: str, body: dict[str, Any]) -> tuple[int, str]:
        answer = httpx.post(embedder + path, json=body)
        return answer.status_code, answer.json()["error"]

    status, words = refusal("/embed", {"inputs": "word " * 1900})
    assert (status, "must have less than 1792 tokens. Given: 1901" in words) == (422, True)
    status, words = refusal("/v1/embeddings", {"input": [], "model": ""})
    assert (status, words) == (500, "Embedding Failure")
    missing = {"inputs": "a", "parameters": {"adapter_id": "acme/missing"}}
    status, words = refusal("/embed", missing)
    assert (status, "Repository Not Found for acme/missing" in words) == (424, True)


async def test_an_embedding_model_has_no_adapters(embedder: str, caller: Caller) -> None:
    with pytest.raises(GenerationError, match="This model does not support adapter loading"):
        await caller.call(embedder, "embed", "a", adapter_id="acme/sql")


async def test_it_stands_beside_the_model_that_generates(devserver: str, caller: Caller) -> None:
    async with caller.client(devserver) as client:
        vector = (await caller.call_of(client, "embed", TEXTS["sky"])).embeddings
        text = await caller.call_of(client, "generate", "The sky is", max_new_tokens=3)
    assert difference(vector, STORED["sky"]) < TOLERANCE
    assert text.details.generated_tokens == 3


def test_a_gguf_file_of_any_model() -> None:
    options = ("--scripted", "--embedding-model", str(packaged_model()))
    with running_devserver(*options) as url:
        answer = httpx.post(f"{url}/embed", json={"inputs": "hello"})
        assert len(answer.json()["embeddings"]) == 576


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    """The model's folder, to be changed; the weights stay out."""
    shutil.copytree(model, tmp_path / "mine", ignore=shutil.ignore_patterns("*.safetensors"))
    return tmp_path / "mine"


def test_the_command_says_what_is_not_there(folder: Path) -> None:
    said = refused("--port", "0", "--scripted", "--embedding-model", str(folder))
    where = f"lorax-devserver: embedding model {folder}: model.safetensors"
    assert said == f"{where}: No such file or directory"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("config.json", '{"model_type": "mpnet"}', "model_type is 'mpnet' in its config.json"),
        ("config.json", '{"hidden_act": "relu"}', "hidden_act is 'relu' in its config.json"),
        ("config.json", "{", "config.json is no JSON object"),
        ("1_Pooling/config.json", '{"pooling_mode_max_tokens": true}', "config.json asks for none"),
        ("sentence_bert_config.json", "{}", "sentence_bert_config.json has no max_seq_length"),
        ("tokenizer.json", "{}", "tokenizer.json: Model missing"),
        ("model.safetensors", "\0", "model.safetensors is cut or damaged"),
        ("model.safetensors", "\2\0\0\0\0\0\0\0{}", "there is no embeddings.LayerNorm in it"),
    ],
)
def test_a_folder_that_is_of_no_use(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(StartError, match=re.escape(words)):
        EmbeddingModel(folder, "mine")


def test_weights_cut_short(folder: Path, model: Path) -> None:
    with (model / "model.safetensors").open("rb") as file:
        (folder / "model.safetensors").write_bytes(file.read(1_000_000))
    with pytest.raises(StartError, match="is cut: embeddings"):
        EmbeddingModel(folder, "mine")


def test_a_file_that_is_of_no_use(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"embedding model .*no\.gguf: there is no such file"):
        EmbeddingModel(tmp_path / "no.gguf", "no")
    with pytest.raises(StartError, match="is a GGUF file, but of no model"):
        EmbeddingModel(SHIPPED / "sql" / "adapter.gguf", "sql")
