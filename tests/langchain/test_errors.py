"""Errors are the client's and LangChain's at once."""

import inspect
import pickle
from typing import Any

import anyio
import pytest
from langchain.agents.middleware import ModelRetryMiddleware  # noqa: F401  # it asks is_retryable
from langchain_core import exceptions as langchain
from langchain_core.messages import HumanMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from langchain_lorax import ChatLoRAX, LoRAX, LoRAXEmbeddings
from langchain_lorax.errors import for_langchain
from lorax import errors
from lorax_devserver.testing import ScriptedServer

MODELS = [LoRAX, ChatLoRAX]
ALL = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, errors.LoraxError)
]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_of_both_kinds(kind: type[errors.LoraxError]) -> None:
    error = kind("what happened", status=500, adapter_id="a", url="http://x")
    words = str(error)
    same = for_langchain(error)
    assert same is error
    assert isinstance(error, kind)
    assert isinstance(error, langchain.ModelError)
    assert str(error) == words
    assert (type(error).__module__, type(error).__name__) == (kind.__module__, kind.__name__)
    assert type(for_langchain(kind("again"))) is type(kind("again")) or for_langchain(error) is same
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.status) == (words, 500)


@pytest.mark.parametrize(
    ("error", "theirs"),
    [
        (errors.ShardTimeoutError("x", status=504), langchain.ModelTimeoutError),
        (errors.RateLimitExceededError("x", status=429), langchain.ModelRateLimitError),
        (errors.NotFoundError("x", status=404), langchain.ModelNotFoundError),
        (errors.NotSupportedError("x"), langchain.ModelInvalidRequestError),
        (errors.UnprocessableEntityError("x", status=422), langchain.ModelInvalidRequestError),
        (errors.BadRequestError("x", status=400), langchain.ModelInvalidRequestError),
        (errors.IncompleteGenerationError("x"), langchain.ModelAPIError),
        (errors.ShardNotReadyError("x", status=424), langchain.ModelAPIError),
        (errors.UnhealthyError("x"), langchain.ModelAPIError),
        (errors.UnknownError("x", status=502), langchain.ModelAPIError),
        (errors.UnknownError("x", status=418), langchain.ModelError),
        (errors.AdapterLostError("x"), langchain.ModelError),
        (errors.GenerationError("x", status=401), langchain.ModelAPIError),
        (errors.ShardNotReadyError("x", status=403), langchain.ModelPermissionDeniedError),
    ],
    ids=repr,
)
def test_each_error_is_of_langchains_nearest_kind(
    error: errors.LoraxError, theirs: type[langchain.ModelError]
) -> None:
    told: Any = for_langchain(error)
    assert isinstance(told, theirs)
    assert told.is_retryable is theirs.is_retryable


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("fault", "call", "ours", "theirs", "again"),
    [
        ("overloaded", {}, errors.OverloadedError, langchain.ModelRateLimitError, True),
        ("unavailable=0", {}, errors.LoraxError, langchain.ModelAPIError, True),
        ("reset", {}, errors.ConnectionFailedError, langchain.ModelConnectionError, True),
        ("hang", {}, errors.RequestTimeoutError, langchain.ModelTimeoutError, True),
        ("empty=401", {}, errors.UnknownError, langchain.ModelAuthenticationError, False),
        ("empty=403", {}, errors.LoraxError, langchain.ModelPermissionDeniedError, False),
        ("html=200", {}, errors.UnexpectedAnswerError, langchain.ModelError, False),
        (
            "",
            {"adapter_id": "acme/missing"},
            errors.AdapterNotFoundError,
            langchain.ModelNotFoundError,
            False,
        ),
        (
            "",
            {"adapter_id": "acme/private"},
            errors.AdapterAccessError,
            langchain.ModelPermissionDeniedError,
            False,
        ),
        (
            "",
            {"adapter_id": "acme/badrank"},
            errors.AdapterLoadError,
            langchain.ModelInvalidRequestError,
            False,
        ),
        (
            "",
            {"adapter": "x"},
            errors.UnknownParameterError,
            langchain.ModelInvalidRequestError,
            False,
        ),
        ("", {"top_p": 3}, errors.ValidationError, langchain.ModelInvalidRequestError, False),
        (
            "",
            {"max_tokens": 5, "max_new_tokens": 6},
            errors.ValidationError,
            langchain.ModelInvalidRequestError,
            False,
        ),
        ("", {"response_format": 7}, errors.ValidationError, langchain.ModelError, False),
    ],
)
@pytest.mark.anyio
async def test_a_failure_is_both(
    model: Any,
    fault: str,
    call: dict[str, Any],
    ours: Any,
    theirs: Any,
    again: bool,
    lorax_server: ScriptedServer,
) -> None:
    if fault:
        lorax_server.fault(fault)
    llm: Runnable[Any, Any] = model(base_url=lorax_server.url, max_retries=0, timeout=0.3)

    async def streamed() -> Any:
        return [piece async for piece in llm.astream("x", **call)]

    def tried() -> Any:
        return list(llm.stream("x", **call))

    for one in (
        lambda: anyio.to_thread.run_sync(lambda: llm.invoke("x", **call)),
        lambda: anyio.to_thread.run_sync(tried),
        lambda: llm.ainvoke("x", **call),
        streamed,
    ):
        with pytest.raises(ours) as caught:
            await one()
        assert isinstance(caught.value, theirs)
        assert caught.value.is_retryable is again


@pytest.mark.anyio
@pytest.mark.parametrize("model", MODELS)
async def test_a_prompt_that_fits_alone_gets_the_room_that_is_left(
    model: Any, lorax_server: ScriptedServer
) -> None:
    llm = model(base_url=lorax_server.url)
    prompt = "word " * 1700 + "[[eos:0]]"
    whole = llm.invoke(prompt)
    streamed = list(llm.stream(prompt))
    assert len(lorax_server.requests) == 4
    awaited = await llm.ainvoke(prompt)
    async_streamed = [piece async for piece in llm.astream(prompt)]
    limits = [
        a.body.get("max_tokens") or a.parameters["max_new_tokens"] for a in lorax_server.requests
    ]
    assert limits[0] == 512
    assert 200 < limits[1] < 400
    if model is ChatLoRAX:
        assert whole.response_metadata["finish_reason"] == "length"
        assert whole.usage_metadata["total_tokens"] == 2048
        assert whole.content == awaited.content == "".join(piece.content for piece in streamed)
    else:
        assert whole == awaited == "".join(streamed) == "".join(async_streamed)


@pytest.mark.parametrize("model", MODELS)
def test_a_prompt_that_is_too_long_is_a_context_overflow(
    model: Any, lorax_server: ScriptedServer
) -> None:
    llm = model(base_url=lorax_server.url)
    for ask in (llm.invoke, lambda prompt: list(llm.stream(prompt))):
        with pytest.raises(langchain.ContextOverflowError, match="Shorten the prompt") as caught:
            ask("word " * 1900)
        assert isinstance(caught.value, errors.ValidationError)


def test_with_retry_and_fallbacks_know_them(lorax_server: ScriptedServer) -> None:
    for model in MODELS:
        llm: Any = model(base_url=lorax_server.url, max_retries=0)
        lorax_server.fault("overloaded*2")
        kinds = (langchain.ModelRateLimitError,)
        patient = llm.with_retry(
            retry_if_exception_type=kinds, wait_exponential_jitter=False, stop_after_attempt=3
        )
        assert patient.invoke("x")
        with pytest.raises(langchain.ModelNotFoundError):
            patient.invoke("x", adapter_id="acme/missing")
        lost = llm.bind(adapter_id="acme/missing")
        for safe in (lost.with_fallbacks([llm]), lost.with_fallbacks([lost, llm.bind(seed=1)])):
            assert safe.invoke("x")
            assert len(list(safe.stream("x"))) > 3


@pytest.mark.parametrize("model", [*MODELS, LoRAXEmbeddings])
def test_a_misspelt_setting_is_told_the_nearest(model: Any) -> None:
    with pytest.raises(
        ValueError, match=r"has no parameter 'adapter_idd'\. Did you mean 'adapter_id'"
    ):
        model(base_url="http://127.0.0.1:1", adapter_idd="x")
    with pytest.raises(ValueError, match="model and adapter_id are one parameter"):
        model(base_url="http://127.0.0.1:1", adapter_id="x", model="y")
    with pytest.raises(ValueError, match="model and model_name are one parameter"):
        model(base_url="http://127.0.0.1:1", model="x", model_name="y")


class Book(BaseModel):
    title: str


def test_what_chat_does_not_have_is_refused() -> None:
    for wrong in (
        {"merged_adapters": {"ids": ["a"], "weights": [1.0]}},
        {"best_of": 2, "do_sample": True},
        {"truncate": 5},
    ):
        with pytest.raises(ValueError, match="is not taken by a LoRAX server's chat"):
            ChatLoRAX(base_url="http://127.0.0.1:1", **wrong)
    chat = ChatLoRAX(base_url="http://127.0.0.1:1")
    with pytest.raises(errors.UnknownParameterError, match=r"merged_adapters.*LoRAX\(\) has it"):
        chat.invoke("x", merged_adapters={})
    with pytest.raises(langchain.ModelInvalidRequestError, match="no tool 'web_search' of its own"):
        chat.bind_tools([{"type": "web_search"}])
    schemas: list[Any] = [None, "Book", int, list[Book], Book | None, [Book]]
    for schema in schemas:
        with pytest.raises(ValueError, match="needs a class with fields or a JSON schema, not "):
            chat.with_structured_output(schema)
    with pytest.raises(ValueError, match="sets tools itself"):
        chat.with_structured_output({"title": "T", "type": "object"}, tools=[])


@pytest.mark.anyio
async def test_a_model_that_cannot_ask_says_so_in_langchains_way() -> None:
    for model in MODELS:
        lost = pickle.loads(pickle.dumps(model(base_url="http://127.0.0.1:1", headers={"x": "y"})))
        for way in (lost.invoke, lambda x, lost=lost: list(lost.stream(x))):
            with pytest.raises(langchain.ModelInvalidRequestError, match="was left out"):
                way("x")
        with pytest.raises(langchain.ModelInvalidRequestError, match="was left out"):
            await lost.ainvoke("x")
    embeddings = LoRAXEmbeddings(base_url="http://127.0.0.1:1", headers={"x": "y"})
    lost = pickle.loads(pickle.dumps(embeddings))
    for asked in (lost.embed_query, lambda text: lost.embed_documents([text])):
        with pytest.raises(langchain.ModelInvalidRequestError, match="was left out"):
            asked("x")
    audio: Any = [HumanMessage([{"type": "audio", "base64": "AA==", "mime_type": "audio/wav"}])]
    with pytest.raises(langchain.ModelInvalidRequestError, match="'audio' cannot be sent"):
        ChatLoRAX(base_url="http://127.0.0.1:1").get_num_tokens_from_messages(audio)
    with pytest.raises(langchain.ModelInvalidRequestError, match="no tool 'web_search'"):
        ChatLoRAX(base_url="http://127.0.0.1:1").invoke("x", tools=[{"type": "web_search"}])


@pytest.mark.parametrize("stops", [None, ["out JS"]])
def test_a_stream_is_checked_where_its_text_ends(stops: Any, lorax_server: ScriptedServer) -> None:
    lorax_server.script("without JSON")
    asked: dict[str, Any] = {"response_format": dict[str, int], "check": True, "stop": stops}
    for model in MODELS:
        with pytest.raises(errors.AnswerMismatchError):
            list(model(base_url=lorax_server.url).stream("x", **asked))


def test_a_call_may_be_checked(lorax_server: ScriptedServer) -> None:
    lorax_server.script("no JSON")
    for model in MODELS:
        with pytest.raises(errors.AnswerMismatchError) as caught:
            model(base_url=lorax_server.url).invoke("x", response_format=dict[str, int], check=True)
        assert isinstance(caught.value, langchain.ModelError)
