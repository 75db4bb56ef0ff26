"""LlamaIndex's own parts, as they are, on our model and embeddings."""

import asyncio
import gc
from importlib.metadata import version
from typing import Any

import pytest
from llama_index.core import Document, PromptTemplate, Settings, VectorStoreIndex
from llama_index.core.agent.workflow import AgentStream, AgentWorkflow, FunctionAgent, ReActAgent
from llama_index.core.agent.workflow.workflow_events import ToolCallResult
from llama_index.core.chat_engine import CondensePlusContextChatEngine, ContextChatEngine
from llama_index.core.evaluation import FaithfulnessEvaluator, RelevancyEvaluator
from llama_index.core.extractors import (
    KeywordExtractor,
    QuestionsAnsweredExtractor,
    SummaryExtractor,
    TitleExtractor,
)
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.llms import ChatMessage
from llama_index.core.node_parser import TokenTextSplitter
from llama_index.core.query_engine import (
    RetrieverQueryEngine,
    RouterQueryEngine,
    SubQuestionQueryEngine,
)
from llama_index.core.question_gen import LLMQuestionGenerator
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.schema import TextNode
from llama_index.core.selectors import LLMSingleSelector, PydanticSingleSelector
from llama_index.core.tools import FunctionTool, QueryEngineTool
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel

from lorax import errors
from lorax_devserver.testing import ModelServer, ScriptedServer
from tests.llamaindex.conftest import Seen
from tests.llamaindex.frameworks_own import leaving_things_open
from tests.llamaindex.ways import WAYS, Way

TEXTS = ["The shop opens at nine.", "It closes at six.", "Bread costs two euros."]
ANSWER = "It opens at nine."
# These collect a stream and give it as one piece.
IS_OLD = version("llama-index-core") in {"0.14.23", "0.14.24"}
WITHOUT_MODEL = {ResponseMode.NO_TEXT, ResponseMode.CONTEXT_ONLY}


@pytest.fixture(params=[True, False], ids=["chat", "plain"])
def legal(request: pytest.FixtureRequest, llm: LoRAX) -> LoRAX:
    """A model with an adapter, which goes through a chat template or not."""
    return llm.with_parameters(adapter_id="acme/law", is_chat_model=request.param)


@pytest.fixture(autouse=True)
def _default(llm: LoRAX, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that ask no model make the default one all the same."""
    monkeypatch.setattr(Settings, "_llm", llm)


@pytest.fixture
def index(lorax_server: ScriptedServer) -> VectorStoreIndex:
    embedding = LoRAXEmbedding(base_url=lorax_server.url, adapter_id="acme/words")
    return VectorStoreIndex([TextNode(text=text) for text in TEXTS], embed_model=embedding)


def generations(server: ScriptedServer) -> list[Any]:
    """What was asked of the model, embeddings aside."""
    return [asked for asked in server.requests if "embed" not in asked.path]


def everything_went_to(adapter: str, server: ScriptedServer) -> bool:
    return {asked.adapter_id for asked in generations(server)} == {adapter}


# --- query engines ---


def finished(awaited: Any) -> Any:
    """What comes of it, and nothing is left open."""
    try:
        return asyncio.run(awaited)
    finally:
        gc.collect()


@leaving_things_open
@pytest.mark.parametrize("mode", ResponseMode)
def test_a_query_engine(
    legal: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer, mode: ResponseMode
) -> None:
    lorax_server.script(ANSWER)
    retriever = index.as_retriever(similarity_top_k=3)
    engine = RetrieverQueryEngine.from_args(retriever, llm=legal, response_mode=mode)
    answers = [str(engine.query("When?")), finished(engine.aquery("When?"))]
    if mode in WITHOUT_MODEL:
        assert generations(lorax_server) == []
        return
    assert answers[0] == str(answers[1])
    assert ANSWER in answers[0]
    assert everything_went_to("acme/law", lorax_server)
    is_chat = legal.is_chat_model
    assert all(("chat" in asked.path) == is_chat for asked in generations(lorax_server))


STREAMING = [
    *(ResponseMode.COMPACT, ResponseMode.REFINE, ResponseMode.TREE_SUMMARIZE),
    *(ResponseMode.SIMPLE_SUMMARIZE, ResponseMode.GENERATION),
]


@pytest.mark.parametrize("mode", STREAMING)
def test_a_query_engine_that_streams(
    legal: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer, mode: ResponseMode
) -> None:
    lorax_server.script(ANSWER)
    engine = index.as_query_engine(llm=legal, response_mode=mode, streaming=True)
    answer: Any = engine.query("When?")
    pieces = list(answer.response_gen)
    assert "".join(pieces) == ANSWER
    assert len(pieces) > 3 or (IS_OLD and len(pieces) == 1)
    assert everything_went_to("acme/law", lorax_server)

    async def awaited() -> list[str]:
        response: Any = await engine.aquery("When?")
        return [piece async for piece in response.response_gen]

    if mode is not ResponseMode.GENERATION:
        assert "".join(asyncio.run(awaited())) == ANSWER


class Hours(BaseModel):
    opens: int
    closes: int


def test_a_query_engine_with_a_structure(
    llm: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer
) -> None:
    lorax_server.script({"opens": 9, "closes": 18})
    for engine in (
        index.as_query_engine(llm=llm.with_adapter("acme/law"), output_cls=Hours),
        index.as_query_engine(llm=llm.with_adapter("acme/law").as_structured_llm(Hours)),
    ):
        answer: Any = engine.query("When?")
        assert answer.response.opens == 9
    assert everything_went_to("acme/law", lorax_server)


def test_an_error_comes_out_of_a_query_engine(llm: LoRAX, index: VectorStoreIndex) -> None:
    engine = index.as_query_engine(llm=llm.with_adapter("acme/missing"))
    with pytest.raises(errors.AdapterNotFoundError, match="Check adapter_id"):
        engine.query("When?")
    with pytest.raises(errors.AdapterNotFoundError):
        asyncio.run(engine.aquery("When?"))


@leaving_things_open
@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("mode", STREAMING[:3])
def test_a_refusal_is_no_empty_answer(
    llm: LoRAX, index: VectorStoreIndex, mode: ResponseMode, streaming: bool, is_async: bool
) -> None:
    """LlamaIndex takes a ValueError for an empty answer, in its default mode, too."""
    many = llm.with_parameters(stop_sequences=[*"abcdefgh"])  # more than the server takes
    engine = index.as_query_engine(llm=many, response_mode=mode, streaming=streaming)

    async def awaited() -> None:
        response: Any = await engine.aquery("When?")
        if streaming:
            _ = [piece async for piece in response.response_gen]

    def asked() -> None:
        response: Any = engine.query("When?")
        _ = list(response.response_gen)

    with pytest.raises(errors.RefusedError, match="stop sequences") as caught:
        finished(awaited()) if is_async else asked()
    assert isinstance(caught.value.__cause__, errors.ValidationError)
    assert caught.value.url


@leaving_things_open
@pytest.mark.lorax_server(max_input_length=60, max_total_tokens=400)
@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("streaming", [True, False])
def test_a_refusal_is_no_empty_answer_where_answers_are_filtered(
    legal: LoRAX, index: VectorStoreIndex, streaming: bool, is_async: bool
) -> None:
    """Programs call the model there, by its tools or by its endpoints."""
    synthesizer = get_response_synthesizer(
        llm=legal, structured_answer_filtering=True, streaming=streaming
    )
    nodes = index.as_retriever(similarity_top_k=1).retrieve("When?")
    nodes[0].node = TextNode(text="The shop opens at nine. " * 20)

    def asked() -> None:
        response: Any = synthesizer.synthesize("When?", nodes)
        _ = list(response.response_gen)

    async def awaited() -> None:
        response: Any = await synthesizer.asynthesize("When?", nodes)
        _ = [piece async for piece in response.response_gen]

    with pytest.raises(errors.RefusedError, match="inputs") as caught:
        finished(awaited()) if is_async else asked()
    assert isinstance(caught.value.__cause__, errors.PromptTooLongError)
    assert "Shorten the prompt" in str(caught.value)


def test_answers_are_filtered(
    legal: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer
) -> None:
    said = {"query_satisfied": True, "answer": ANSWER}
    called = call("StructuredRefineResponse", **said)
    lorax_server.script(called if legal.is_chat_model else said)
    synthesizer = get_response_synthesizer(llm=legal, structured_answer_filtering=True)
    engine = RetrieverQueryEngine.from_args(index.as_retriever(), response_synthesizer=synthesizer)
    assert str(engine.query("When?")) == ANSWER
    assert everything_went_to("acme/law", lorax_server)


def test_an_adapter_for_a_synthesizers_call_is_not_lost(
    llm: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer
) -> None:
    nodes = index.as_retriever().retrieve("When?")
    with pytest.raises(errors.RefusedError, match="adapter_id would be lost"):
        get_response_synthesizer(llm=llm).synthesize("When?", nodes, adapter_id="acme/law")
    assert generations(lorax_server) == []


@pytest.mark.lorax_server(max_total_tokens=1000, max_input_length=900)
def test_prompts_are_packed_into_the_servers_window(
    llm: LoRAX, lorax_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lorax_server.script(ANSWER)
    monkeypatch.setattr("llama_index.core.global_tokenizer", llm.tokenizer)
    small = llm.with_parameters(max_new_tokens=20, is_chat_model=False)
    small.warmup()
    monkeypatch.setattr(Settings, "_llm", small)  # whose window older versions take
    monkeypatch.setattr(Settings, "_prompt_helper", None)
    nodes = [TextNode(text=f"{text} " * 60) for text in TEXTS]
    index = VectorStoreIndex(nodes, embed_model=LoRAXEmbedding(base_url=lorax_server.url))
    engine = index.as_query_engine(llm=small, similarity_top_k=3)
    assert str(engine.query("When?")) == ANSWER
    lengths = [job.input_length for job in lorax_server.jobs]
    assert len(lengths) > 1
    assert max(lengths) <= 900


def query_tools(llm: LoRAX, index: VectorStoreIndex) -> list[QueryEngineTool]:
    return [
        QueryEngineTool.from_defaults(
            index.as_query_engine(llm=llm.with_adapter(f"acme/{name}")),
            name=name,
            description=f"Knows about {name}.",
        )
        for name in ("hours", "prices")
    ]


@pytest.mark.parametrize("by_tool", [True, False])
def test_a_router_gives_each_engine_its_adapter(
    llm: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer, by_tool: bool
) -> None:
    choosing = llm.with_adapter("acme/router")
    if by_tool:
        selector: Any = PydanticSingleSelector.from_defaults(llm=choosing)
        chosen: Any = {"name": "SingleSelection", "arguments": {"index": 2, "reason": "money"}}
    else:
        selector = LLMSingleSelector.from_defaults(llm=choosing)
        chosen = '[{"choice": 2, "reason": "money"}]'
    lorax_server.script(chosen, to="choices")
    lorax_server.script("Two euros.")
    engine = RouterQueryEngine.from_defaults(
        query_engine_tools=query_tools(llm, index), selector=selector, llm=choosing
    )
    assert str(engine.query("What does bread cost?")) == "Two euros."
    assert [one.adapter_id for one in generations(lorax_server)] == ["acme/router", "acme/prices"]
    assert str(asyncio.run(engine.aquery("What does bread cost?"))) == "Two euros."


def test_questions_in_parts(
    llm: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer
) -> None:
    questions = """```json
{"items": [{"sub_question": "When?", "tool_name": "hours"},
           {"sub_question": "How much?", "tool_name": "prices"}]}
```"""
    lorax_server.script(questions, to="sub_question")
    lorax_server.script("At nine.", to="Query: When?")
    lorax_server.script("Two euros.", to="Query: How much?")
    lorax_server.script("At nine, for two euros.")
    leading = llm.with_adapter("acme/lead")
    engine = SubQuestionQueryEngine.from_defaults(
        query_engine_tools=query_tools(llm, index),
        llm=leading,
        question_gen=LLMQuestionGenerator.from_defaults(llm=leading),
        verbose=False,
        use_async=False,
    )
    assert str(engine.query("When and how much?")) == "At nine, for two euros."
    adapters = [asked.adapter_id for asked in generations(lorax_server)]
    assert adapters == ["acme/lead", "acme/hours", "acme/prices", "acme/lead"]
    assert "Two euros." in lorax_server.jobs[-1].inputs


# --- chat engines ---


@leaving_things_open
def test_a_chat_engine(legal: LoRAX, index: VectorStoreIndex, lorax_server: ScriptedServer) -> None:
    lorax_server.script("When does it close?", to="standalone question")
    lorax_server.script(ANSWER)
    engine = CondensePlusContextChatEngine.from_defaults(index.as_retriever(), llm=legal)
    assert str(engine.chat("When?")) == ANSWER
    assert "".join(engine.stream_chat("And then?").response_gen) == ANSWER

    async def awaited() -> list[str]:
        whole = await engine.achat("And then?")
        stream = await engine.astream_chat("And then?")
        return [str(whole), "".join([piece async for piece in stream.async_response_gen()])]

    assert finished(awaited()) == [ANSWER, ANSWER]
    assert everything_went_to("acme/law", lorax_server)
    assert len(engine.chat_history) == 8


# The thread in which it streams raises the error as well.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@leaving_things_open
def test_an_error_comes_out_of_a_chat_engine(llm: LoRAX, index: VectorStoreIndex) -> None:
    missing = llm.with_adapter("acme/missing")
    engine = ContextChatEngine.from_defaults(index.as_retriever(), llm=missing)

    async def awaited() -> None:
        stream = await engine.astream_chat("When?")
        _ = [piece async for piece in stream.async_response_gen()]

    for ask in (
        lambda: engine.chat("When?"),
        lambda: list(engine.stream_chat("When?").response_gen),
        lambda: finished(engine.achat("When?")),
        lambda: finished(awaited()),
    ):
        with pytest.raises(errors.AdapterNotFoundError, match="Check adapter_id"):
            ask()


# --- agents ---


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"Rain in {city}."


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


async def events_of(handler: Any) -> tuple[Any, list[Any]]:
    events = [event async for event in handler.stream_events()]
    return await handler, events


@leaving_things_open
@pytest.mark.parametrize("streaming", [True, False])
def test_a_function_agent(llm: LoRAX, lorax_server: ScriptedServer, streaming: bool) -> None:
    lorax_server.script([call("weather", city="Rome"), call("weather", city="Oslo")], times=1)
    lorax_server.script({"content": "It rains in both."})
    agent = FunctionAgent(
        tools=[weather],
        llm=llm.with_adapter("acme/agent"),
        streaming=streaming,
        system_prompt="Be brief.",
    )

    async def run() -> tuple[Any, list[Any]]:
        return await events_of(agent.run("Rome and Oslo?"))

    answer, events = finished(run())
    assert str(answer) == "It rains in both."
    results = [event for event in events if isinstance(event, ToolCallResult)]
    # The agent runs the tools side by side.
    assert {(event.tool_kwargs["city"], str(event.tool_output)) for event in results} == {
        ("Rome", "Rain in Rome."),
        ("Oslo", "Rain in Oslo."),
    }
    assert len(results) == 2
    told = [event.delta for event in events if isinstance(event, AgentStream)]
    assert "".join(told) == ("It rains in both." if streaming else "")
    assert everything_went_to("acme/agent", lorax_server)
    second = lorax_server.jobs[1].inputs
    assert "Be brief." in second
    assert 'Result of weather {"city": "Rome"}: Rain in Rome.' in second
    assert 'Result of weather {"city": "Oslo"}: Rain in Oslo.' in second


@leaving_things_open
def test_an_agents_answer_of_a_class(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(call("weather", city="Rome"), times=1)
    lorax_server.script({"content": "From nine to six."}, times=1)
    lorax_server.script({"opens": 9, "closes": 18})
    agent = FunctionAgent(tools=[weather], llm=llm.with_adapter("acme/agent"), output_cls=Hours)

    async def run() -> Any:
        return (await agent.run("When?")).get_pydantic_model(Hours)

    assert finished(run()) == Hours(opens=9, closes=18)
    assert everything_went_to("acme/agent", lorax_server)


@leaving_things_open
def test_an_agent_that_must_begin_with_a_tool(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(call("weather", city="Rome"), times=1)
    lorax_server.script({"content": "It rains."})
    agent = FunctionAgent(tools=[weather], llm=llm, initial_tool_choice="weather")

    async def run() -> str:
        return str(await agent.run("Rome?"))

    assert finished(run()) == "It rains."
    first, second = (job.schema or "" for job in lorax_server.jobs)
    assert '"content"' not in first
    assert '"content"' in second


@leaving_things_open
def test_an_agent_does_not_run_a_call_that_was_cut(
    llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script(call("weather", city="Rome"))
    agent = FunctionAgent(tools=[weather], llm=llm.with_parameters(max_new_tokens=12))

    async def run() -> None:
        await agent.run("Rome?")

    with pytest.raises(errors.IncompleteGenerationError, match="'weather' is not whole"):
        finished(run())


@leaving_things_open
def test_an_error_comes_out_of_an_agent(llm: LoRAX) -> None:
    agent = FunctionAgent(tools=[weather], llm=llm.with_adapter("acme/missing"))

    async def run() -> None:
        await agent.run("Rome?")

    with pytest.raises(errors.AdapterNotFoundError, match="Check adapter_id"):
        finished(run())


@leaving_things_open
@pytest.mark.parametrize("streaming", [True, False])
def test_a_react_agent(legal: LoRAX, lorax_server: ScriptedServer, streaming: bool) -> None:
    lorax_server.script(
        'Thought: I need a tool.\nAction: weather\nAction Input: {"city": "Rome"}', times=1
    )
    lorax_server.script("Thought: I can answer.\nAnswer: It rains.")
    agent = ReActAgent(tools=[weather], llm=legal, streaming=streaming)

    async def run() -> str:
        return str(await agent.run("Rome?"))

    assert finished(run()) == "It rains."
    assert "Observation: Rain in Rome." in lorax_server.jobs[1].inputs
    assert everything_went_to("acme/law", lorax_server)


@leaving_things_open
def test_agents_that_hand_over(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(call("handoff", to_agent="writer", reason="It writes."), times=1)
    lorax_server.script({"content": "A poem."})
    agents = [
        FunctionAgent(
            name=name,
            description=f"It is a {name}.",
            llm=llm.with_adapter(f"acme/{name}"),
            tools=[weather],
            can_handoff_to=["writer"] if name == "planner" else [],
        )
        for name in ("planner", "writer")
    ]
    workflow = AgentWorkflow(agents=agents, root_agent="planner")

    async def run() -> str:
        return str(await workflow.run("A poem, please."))

    assert finished(run()) == "A poem."
    assert [one.adapter_id for one in lorax_server.requests] == ["acme/planner", "acme/writer"]


# --- ingestion and evaluation ---


@pytest.mark.parametrize("is_async", [False, True])
def test_extractors(legal: LoRAX, lorax_server: ScriptedServer, is_async: bool) -> None:
    lorax_server.script("Shops, hours")
    embedding = LoRAXEmbedding(base_url=lorax_server.url)
    pipeline = IngestionPipeline(
        transformations=[
            TokenTextSplitter(chunk_size=64, chunk_overlap=0, tokenizer=str.split),
            TitleExtractor(llm=legal, show_progress=False),
            SummaryExtractor(llm=legal, show_progress=False),
            KeywordExtractor(llm=legal, show_progress=False),
            QuestionsAnsweredExtractor(llm=legal, show_progress=False),
            embedding,
        ]
    )
    documents = [Document(text=text) for text in TEXTS]
    nodes = (
        asyncio.run(pipeline.arun(documents=documents))
        if is_async
        else pipeline.run(documents=documents)
    )
    keys = {"document_title", "section_summary", "excerpt_keywords"}
    assert all(keys <= node.metadata.keys() and node.embedding for node in nodes)
    assert {node.metadata["document_title"] for node in nodes} == {"Shops, hours"}
    assert everything_went_to("acme/law", lorax_server)
    assert lorax_server.most_at_once > 1


def test_an_ingestions_cache_knows_an_extractors_adapter(
    llm: LoRAX, lorax_server: ScriptedServer
) -> None:
    lorax_server.script("Shops, hours")
    pipeline = IngestionPipeline(transformations=[])
    for adapter in ("acme/a", "acme/a", "acme/b"):
        extractor = KeywordExtractor(llm=llm.with_adapter(adapter), show_progress=False)
        pipeline.transformations = [extractor]
        pipeline.run(nodes=[TextNode(text=TEXTS[0], id_="1")])
        llm.warmup()
    asked = [one.adapter_id for one in lorax_server.requests if one.path != "/info"]
    assert asked == ["acme/a", "acme/b"]


@pytest.mark.parametrize("kind", [FaithfulnessEvaluator, RelevancyEvaluator])
def test_evaluators(legal: LoRAX, lorax_server: ScriptedServer, kind: Any) -> None:
    lorax_server.script("YES", times=2)
    lorax_server.script("NO")
    evaluator = kind(llm=legal)
    asked = {"query": "When?", "response": ANSWER, "contexts": TEXTS}
    assert evaluator.evaluate(**asked).passing
    assert asyncio.run(evaluator.aevaluate(**asked)).passing
    assert not evaluator.evaluate(**asked).passing
    assert everything_went_to("acme/law", lorax_server)


# --- what the framework's base class makes of the endpoints ---


@pytest.mark.parametrize("is_async", [False, True])
def test_predicting_and_streaming_tokens(
    legal: LoRAX, lorax_server: ScriptedServer, is_async: bool
) -> None:
    lorax_server.script(ANSWER)
    prompt = PromptTemplate("When does the {what} open?")
    llm = legal.with_parameters(system_prompt="Be brief.")
    if is_async:

        async def awaited() -> tuple[str, list[str]]:
            whole = await llm.apredict(prompt, what="shop")
            return whole, [piece async for piece in await llm.astream(prompt, what="shop")]

        whole, pieces = asyncio.run(awaited())
    else:
        whole, pieces = llm.predict(prompt, what="shop"), list(llm.stream(prompt, what="shop"))
    assert whole == "".join(pieces) == ANSWER
    assert len(pieces) > 3
    assert "Be brief." in lorax_server.jobs[0].inputs
    assert everything_went_to("acme/law", lorax_server)


LOST = [{"adapter_id": "acme/a"}, {"temperature": 0.5}, {"response_format": Hours}, {"tools": []}]


@pytest.mark.parametrize("lost", LOST, ids=str)
def test_a_calls_keyword_is_not_lost_in_a_template(
    legal: LoRAX, lorax_server: ScriptedServer, seen: Seen, lost: dict[str, Any]
) -> None:
    prompt = PromptTemplate("When does the {what} open?")
    words = f"{min(lost)} would be lost.*with_adapter.*llm_kwargs"
    given: Any = {"prompt": prompt, "what": "shop", **lost}
    for method in ("predict", "stream"):
        with pytest.raises(errors.UnknownParameterError, match=words):
            getattr(legal, method)(**given)
        with pytest.raises(errors.UnknownParameterError, match=words):
            asyncio.run(getattr(legal, f"a{method}")(**given))
    for method in ("structured_predict", "stream_structured_predict"):
        with pytest.raises(errors.UnknownParameterError, match=words):
            getattr(legal, method)(Hours, **given)
        with pytest.raises(errors.UnknownParameterError, match=words):
            asyncio.run(getattr(legal, f"a{method}")(Hours, **given))
    assert lorax_server.requests == seen.events == []


def test_a_templates_variable_may_have_any_name(llm: LoRAX, lorax_server: ScriptedServer) -> None:
    lorax_server.script(ANSWER)
    llm.predict(PromptTemplate("Explain {headers} of {api_token}"), headers="X: y", api_token="T")
    mapped = PromptTemplate("Explain {it}", template_var_mappings={"headers": "it"})
    llm.predict(mapped, headers="X: y")
    made = PromptTemplate("Explain {it}", function_mappings={"it": lambda headers: headers})
    llm.predict(made, headers="X: y")
    llm.predict(PromptTemplate("Explain"), unused="by this template")
    prompts = [job.inputs for job in lorax_server.jobs]
    assert "Explain X: y of T" in prompts[0]
    assert all("Explain X: y" in prompt for prompt in prompts[1:3])


# --- the real model ---


@pytest.fixture
def real(lorax_model_server: ModelServer) -> LoRAX:
    return LoRAX(base_url=lorax_model_server.url, max_new_tokens=40)


def test_a_real_model_answers_from_a_text(real: LoRAX, lorax_model_server: ModelServer) -> None:
    embedding = LoRAXEmbedding(base_url=lorax_model_server.url)
    nodes = [TextNode(text=text) for text in TEXTS]
    index = VectorStoreIndex(nodes, embed_model=embedding)
    answer = index.as_query_engine(llm=real, similarity_top_k=3).query("When does the shop open?")
    assert "nine" in str(answer) or "9" in str(answer)


def test_a_real_model_calls_a_tool_through_the_grammar(real: LoRAX) -> None:
    asked = real.chat_with_tools(
        [FunctionTool.from_defaults(weather)], "What is the weather in Rome?", tool_required=True
    )
    (called,) = real.get_tool_calls_from_response(asked)
    assert called.tool_name == "weather"
    assert "Rome" in called.tool_kwargs["city"]


def test_a_real_model_writes_what_a_class_allows(real: LoRAX) -> None:
    prompt = PromptTemplate("The shop opens at 9 and closes at 18. Opens, closes, as JSON:")
    partials = list(real.stream_structured_predict(Hours, prompt))
    assert isinstance(partials[-1], Hours)


@pytest.mark.parametrize("way", WAYS[::5], ids=lambda way: way.name)
def test_a_real_adapter_writes_a_query(real: LoRAX, way: Way) -> None:
    prompt = "How many books are there?\n```sql\n"
    plain = real.with_parameters(is_chat_model=False, messages_to_prompt=last_of)
    written = way.text(plain.with_adapter("sql"), prompt)
    assert written.startswith("SELECT")
    assert written != way.text(plain, prompt)


def last_of(messages: Any) -> str:
    turns: list[ChatMessage] = list(messages)
    return turns[-1].content or ""
