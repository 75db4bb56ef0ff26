"""The calls of the other routes, without I/O: vectors, entities, tokens, and the server itself."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pydantic

from lorax.documenting import documented
from lorax.exchange import Call, Request
from lorax.parameters import Flag, MergedAdapters, Parameters, Text
from lorax.types import (
    ClassifyResponse,
    EmbedManyResponse,
    EmbedResponse,
    Info,
    Metric,
    PlacedToken,
)
from lorax.validating import checked, listed


class _One(pydantic.BaseModel):
    inputs: Text


class _Tokenized(_One):
    add_special_tokens: Flag


@documented
def embed(
    inputs: str,
    adapter_id: str | None = None,
    adapter_source: str | None = None,
    merged_adapters: MergedAdapters | None = None,
    api_token: str | None = None,
) -> Call[EmbedResponse]:
    """Make a text a vector, on a server with an embedding model.

    Args:
        inputs: The text.
        {parameters}

    Returns:
        The vector, as `embeddings`.

    Raises:
        ValidationError: A parameter is not allowed, or the text is too long.
        LoraxError: Anything else that `generate` raises.

    Example:
        >>> len(client.embed("Why is the sky blue?").embeddings)
        384
    """
    body, adapter = _with_adapter({"inputs": checked(_One, {"inputs": inputs}).inputs}, locals())
    return Call(Request("/embed", body, adapter), EmbedResponse.model_validate_json)


@documented
def embed_many(
    inputs: Sequence[str],
    adapter_id: str | None = None,
    adapter_source: str | None = None,
    merged_adapters: MergedAdapters | None = None,
    api_token: str | None = None,
) -> Call[EmbedManyResponse]:
    """Make several texts vectors in one request, on a server with an embedding model.

    Args:
        inputs: The texts; at least one.
        {parameters}

    Returns:
        The vectors in the order of the texts, as `embeddings`.

    Raises:
        ValidationError: A parameter is not allowed, or a text is too long.
        LoraxError: Anything else that `generate` raises.

    Example:
        >>> [len(vector) for vector in client.embed_many(["Why?", "How?"]).embeddings]
        [384, 384]
    """
    texts = listed("inputs", inputs)
    # The route takes the adapter among its parameters; its model is not looked at.
    body, adapter = _with_adapter({"input": texts, "model": ""}, locals())
    return Call(Request("/v1/embeddings", body, adapter), _read_vectors)


class _Vector(pydantic.BaseModel):
    index: int
    embedding: list[float]


class _Vectors(pydantic.BaseModel):
    embeddings: list[_Vector]


def _read_vectors(data: bytes) -> EmbedManyResponse:
    found = _Vectors.model_validate_json(data).embeddings
    in_order = sorted(found, key=lambda vector: vector.index)
    return EmbedManyResponse(embeddings=[vector.embedding for vector in in_order])


def _with_adapter(
    body: dict[str, Any], arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], str | None]:
    names = ("adapter_id", "adapter_source", "merged_adapters", "api_token")
    given = checked(Parameters, {name: arguments[name] for name in names})
    wire = given.model_dump(include=set(names), exclude_none=True)
    return {**body, **({"parameters": wire} if wire else {})}, given.adapter_name


@documented
def classify(inputs: str) -> Call[ClassifyResponse]:
    """Find the entities of a text, on a server with a classification model.

    Args:
        inputs: The text.

    Returns:
        The entities; their `start` and `end` are bytes of the text as UTF-8.

    Raises:
        LoraxError: What `generate` raises.

    Example:
        >>> client.classify("Marie lives in Paris").entities[0]["word"]
        'marie'
    """
    body = checked(_One, {"inputs": inputs}).model_dump()
    return Call(Request("/classify", body), _read_entities)


@documented
def classify_batch(inputs: Sequence[str]) -> Call[list[ClassifyResponse]]:
    """Find the entities of several texts in one request.

    Args:
        inputs: The texts; at least one.

    Returns:
        For each text its entities, in the order of the texts.

    Raises:
        LoraxError: What `generate` raises.

    Example:
        >>> [len(found.entities) for found in client.classify_batch(["Marie", "nobody"])]
        [1, 0]
    """
    return Call(Request("/classify_batch", {"inputs": listed("inputs", inputs)}), _read_batch)


_ENTITIES = pydantic.TypeAdapter(list[dict[str, Any]])
_BATCH = pydantic.TypeAdapter(list[list[dict[str, Any]]])


def _read_entities(data: bytes) -> ClassifyResponse:
    return ClassifyResponse(entities=_ENTITIES.validate_json(data))


def _read_batch(data: bytes) -> list[ClassifyResponse]:
    return [ClassifyResponse(entities=found) for found in _BATCH.validate_json(data)]


@documented
def tokenize(inputs: str, add_special_tokens: bool = True) -> Call[list[PlacedToken]]:
    """Cut a text into the model's tokens.

    Args:
        inputs: The text.
        add_special_tokens: Whether the tokens that the model puts around a text come too.

    Returns:
        The tokens, with their places in the text, in characters.

    Raises:
        LoraxError: What `generate` raises.

    Example:
        >>> [token.text for token in client.tokenize("Why is")]
        ['Why', 'Ġis']
    """
    return Call(_tokenizing(inputs, add_special_tokens), _TOKENS.validate_json)


@documented
def count_tokens(inputs: str, add_special_tokens: bool = True) -> Call[int]:
    """Count the tokens of a text, as the server counts a prompt's.

    Args:
        inputs: The text.
        add_special_tokens: Whether the tokens that the model puts around a text count too.

    Returns:
        How many there are.

    Raises:
        LoraxError: What `generate` raises.

    Example:
        >>> client.count_tokens("Why is the sky blue?")
        6
    """
    return Call(_tokenizing(inputs, add_special_tokens), _count)


_TOKENS = pydantic.TypeAdapter(list[PlacedToken])


def _count(data: bytes) -> int:
    return len(_TOKENS.validate_json(data))


def _tokenizing(inputs: str, add_special_tokens: bool) -> Request:
    given = {"inputs": inputs, "add_special_tokens": add_special_tokens}
    return Request("/tokenize", checked(_Tokenized, given).model_dump(), is_paced=False)


@documented
def info() -> Call[Info]:
    """Ask the server what it serves, and its limits.

    Raises:
        LoraxError: What `generate` raises.

    Example:
        >>> client.info().max_concurrent_requests
        128
    """
    return Call(Request("/info", None, is_paced=False), Info.model_validate_json)


@documented
def metrics() -> Call[dict[str, Metric]]:
    """Ask the server what it has counted, by the names that Prometheus scrapes.

    Raises:
        LoraxError: What `generate` raises.

    Example:
        >>> client.metrics()["lorax_request_count"].data[0].value
        12.0
    """
    headers = {"accept": "application/json"}
    return Call(Request("/metrics", None, headers=headers, is_paced=False), _METRICS.validate_json)


_METRICS = pydantic.TypeAdapter(dict[str, Metric])


@documented
def health() -> Call[None]:
    """Ask whether the server can be used.

    Returns:
        What is true when it can, and has the reason as `reason` when it cannot.

    Example:
        >>> client.health()
        Health(ok)
    """
    return Call(Request("/health", None, is_paced=False, is_retried=False), _read_nothing)


_NOTHING = pydantic.TypeAdapter(Annotated[bytes, pydantic.Field(max_length=0)])


def _read_nothing(data: bytes) -> None:
    _NOTHING.validate_python(data)
