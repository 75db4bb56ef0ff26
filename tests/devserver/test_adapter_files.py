"""Adapters of the user's own: from a folder, by every source, and merged by weight."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lorax import Client
from lorax.errors import AdapterNotFoundError, ValidationError
from lorax.types import MergedAdapters
from lorax_devserver import adapters
from lorax_devserver.adapters import SHIPPED
from lorax_devserver.errors import StartError
from tests.conftest import running_devserver

PLACES = (
    "flat.gguf",
    "acme/nested.gguf",
    "acme/folder/adapter.gguf",
    "hub/acme/from-hub.gguf",
    "s3/bucket/from-s3/adapter.gguf",
    "local/data/from-local.gguf",
    "pbase/repo/1/adapter.gguf",
    "hub/never/asked.gguf",
    "pbase/never/1/adapter.gguf",
)
PROMPT = "How many books are there?\n```sql\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("adapters")
    for place in PLACES:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SHIPPED / "sql" / "adapter.gguf", root / place)
    return root


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with running_devserver("--adapter-dir", str(folder)) as url, Client(url) as client:
        yield client


def logprobs(client: Client, **adapter: object) -> list[float]:
    """How likely each token was: what an adapter adds shows in the digits."""
    answer = client.generate(PROMPT, max_new_tokens=4, **adapter)  # type: ignore[arg-type]
    assert answer.details is not None
    return [token.logprob for token in answer.details.tokens]


@pytest.mark.parametrize(
    ("source", "adapter_id"),
    [
        ("hub", "flat"),
        ("local", "flat"),
        ("hub", "acme/nested"),
        ("hub", "acme/folder"),
        ("hub", "acme/from-hub"),
        ("s3", "s3://bucket/from-s3"),
        ("s3", "bucket/from-s3"),
        ("local", "/data/from-local"),
        ("pbase", "repo/1"),
    ],
)
def test_an_adapter_of_each_source(client: Client, source: str, adapter_id: str) -> None:
    given = client.generate(
        PROMPT, adapter_id=adapter_id, adapter_source=source, max_new_tokens=2, api_token="t"
    )
    assert given.text == client.generate(PROMPT, adapter_id="sql", max_new_tokens=2).text
    assert given.text != client.generate(PROMPT, max_new_tokens=2).text


def test_a_local_adapter_by_its_own_path(client: Client, folder: Path) -> None:
    for path in (folder / "flat.gguf", folder / "acme" / "folder"):
        answer = client.generate(
            PROMPT, adapter_id=str(path), adapter_source="local", max_new_tokens=1
        )
        assert answer.text


@pytest.mark.parametrize(
    ("source", "adapter_id"), [("s3", "never/asked"), ("hub", "never/1"), ("local", "no/such")]
)
def test_an_adapter_that_another_source_has(client: Client, source: str, adapter_id: str) -> None:
    with pytest.raises(AdapterNotFoundError, match=adapter_id):
        client.generate(PROMPT, adapter_id=adapter_id, adapter_source=source, max_new_tokens=1)


def test_an_adapter_that_is_there_is_known_by_its_id_alone(client: Client) -> None:
    """As recorded in adapters/loaded_private_without_token."""
    for source in ("hub", "s3"):
        answer = client.generate(
            PROMPT, adapter_id="acme/from-hub", adapter_source=source, max_new_tokens=1
        )
        assert answer.text


def test_a_merge_is_the_weighted_sum(client: Client) -> None:
    alone, base = logprobs(client, adapter_id="sql"), logprobs(client)

    def merged(*weights: float) -> list[float]:
        ids = ["sql", "acme/nested"][: len(weights)]
        return logprobs(client, merged_adapters=MergedAdapters(ids=ids, weights=list(weights)))

    assert merged(0.25, 0.75) == pytest.approx(alone, abs=0.01)
    assert merged(1, -1) == pytest.approx(base, abs=0.01)
    assert merged(0.0) == pytest.approx(base, abs=0.01)
    half = merged(0.5)
    assert half != pytest.approx(alone, abs=0.1)
    assert half != pytest.approx(base, abs=0.1)


@pytest.mark.parametrize("strategy", ["ties", "dare_linear", "dare_ties"])
def test_other_merges_are_refused_in_words(client: Client, strategy: str) -> None:
    merge = MergedAdapters(
        ids=["sql", "flat"], weights=[1, 1], density=0.5, merge_strategy=strategy
    )
    with pytest.raises(ValidationError, match=f"merges by linear, not by {strategy}"):
        client.generate(PROMPT, merged_adapters=merge, max_new_tokens=1)


def test_a_folder_without_adapters(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no such folder"):
        adapters.found_in(tmp_path / "none")
    with pytest.raises(StartError, match=r"no \.gguf file in it"):
        adapters.found_in(tmp_path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    for place in ("one.gguf", "one/adapter.gguf"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    with pytest.raises(StartError, match="it has one more than once"):
        adapters.found_in(tmp_path)
