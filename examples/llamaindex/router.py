"""A router that picks one of two query engines, and questions cut into parts that both answer.

What the model says is scripted; an adapter decides, others answer. Run it by
`make example RUN=llamaindex.router`.
"""

import json

from llama_index.core import VectorStoreIndex
from llama_index.core.query_engine import RouterQueryEngine, SubQuestionQueryEngine
from llama_index.core.question_gen import LLMQuestionGenerator
from llama_index.core.schema import TextNode
from llama_index.core.selectors import LLMSingleSelector
from llama_index.core.tools import QueryEngineTool
from llama_index.embeddings.lorax import LoRAXEmbedding
from llama_index.llms.lorax import LoRAX

from examples import shown
from examples.bookshop import DOCUMENTS
from lorax_devserver.testing import ScriptedServer, scripted_server

SIMPLE = "How many days do customers have to return a book?"
BOTH = "When does the shop open, and how many days do customers have to return a book?"
PARTS = {"opening": "When does the shop open?", "returns": SIMPLE}


def script(server: ScriptedServer) -> None:
    """What a model that can do all this would say."""
    parts = [{"sub_question": text, "tool_name": name} for name, text in PARTS.items()]
    server.script(f"```json\n{json.dumps({'items': parts})}\n```", to="sub_question")
    server.script('[{"choice": 2, "reason": "It is about returns."}]', to="choices")
    server.script("At 9, and 30 days.", to=BOTH)
    server.script("30 days.", to=SIMPLE)
    server.script("At 9 in the morning.", to=PARTS["opening"])


def engines(base_url: str, llm: LoRAX) -> list[QueryEngineTool]:
    """A query engine for each of two papers, with an adapter each."""
    embedding = LoRAXEmbedding(base_url=base_url)
    tools = []
    for name in PARTS:
        node = TextNode(text=(DOCUMENTS / f"{name}.md").read_text())
        index = VectorStoreIndex([node], embed_model=embedding)
        engine = index.as_query_engine(llm=llm.with_adapter(f"acme/{name}"))
        tools.append(QueryEngineTool.from_defaults(engine, name=name, description=f"on {name}"))
    return tools


def main(base_url: str) -> None:
    """Ask the router, then ask in parts."""
    llm = LoRAX(base_url=base_url, max_new_tokens=200)
    deciding = llm.with_adapter("acme/router")
    tools = engines(base_url, llm)

    shown.console.print(f"\n[bold]? {SIMPLE}[/bold]")
    router = RouterQueryEngine.from_defaults(
        tools, llm=deciding, selector=LLMSingleSelector.from_defaults(llm=deciding)
    )
    shown.console.print(str(router.query(SIMPLE)), style="green")

    shown.console.print(f"\n[bold]? {BOTH}[/bold]")
    in_parts = SubQuestionQueryEngine.from_defaults(
        tools,
        llm=deciding,
        question_gen=LLMQuestionGenerator.from_defaults(llm=deciding),
        verbose=False,
        use_async=False,
    )
    shown.console.print(str(in_parts.query(BOTH)), style="green")


if __name__ == "__main__":
    with scripted_server() as server:
        script(server)
        main(server.url)
