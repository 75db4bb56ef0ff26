"""An agent over an SQLite file: adapter `tools` chooses and tells, adapter `sql` writes the query.

Run it by `make example RUN=langchain.sql_agent`.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage
from langchain_core.prompts import PromptTemplate
from langchain_core.tools import BaseTool, tool

from examples import shown
from examples.bookshop import PROMPT, Bookshop
from examples.local_server import run
from langchain_lorax import ChatLoRAX, LoRAX

QUESTIONS = (
    "How many books by Jane Austen do you have?",
    "Which genres have an average price of books above 12?",
    "Good morning! How are you?",
)


class UseAdapter(AgentMiddleware[Any, Any]):
    """Has every turn of an agent's model answered by an adapter; another step may have another."""

    def __init__(self, adapter_id: str) -> None:
        super().__init__()
        self._settings = {"adapter_id": adapter_id}

    def _switched(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        return request.override(model_settings={**request.model_settings, **self._settings})

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Any]
    ) -> Any:
        """Switch the adapter of a turn."""
        return handler(self._switched(request))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> Any:
        """Switch the adapter of a turn."""
        return await handler(self._switched(request))


def bookshop_tool(base_url: str, shop: Bookshop) -> BaseTool:
    """A tool that answers from the database, by a query that adapter `sql` writes."""
    writer = PromptTemplate.from_template(PROMPT) | LoRAX(base_url=base_url).bind(
        adapter_id="sql", stop=[";"], max_new_tokens=64
    )

    @tool
    def ask_bookshop(question: str) -> str:
        """Answer a question about the shop's books, authors, stock, prices and sales."""
        query = writer.invoke({"question": question})
        try:
            names, rows = shop.query(query)
        except (sqlite3.Error, sqlite3.Warning) as error:
            return f"The database refuses {query}: {error}"
        return f"{', '.join(names)}: {'; '.join(', '.join(map(str, row)) for row in rows)}"

    return ask_bookshop


def agent_of(base_url: str, shop: Bookshop) -> Any:
    """The agent: one model, whose turns middleware gives adapter `tools`."""
    return create_agent(
        ChatLoRAX(base_url=base_url, max_new_tokens=100),
        tools=[bookshop_tool(base_url, shop)],
        middleware=[UseAdapter("tools")],
    )


def main(base_url: str) -> None:
    """Ask each question; show every step, and the words while they come."""
    with TemporaryDirectory() as folder:
        shop = Bookshop(Path(folder) / "bookshop.db")
        agent = agent_of(base_url, shop)
        for question in QUESTIONS:
            shown.console.print(f"\n[bold]? {question}[/bold]")
            shown.call('agent.stream({"messages": [question]}, stream_mode="messages")')
            shown.stream(pieces(agent, question))
        shop.close()


def pieces(agent: Any, question: str) -> Any:
    """An agent's run as text: calls and words as they come, results where they stand."""
    asked = {"messages": [{"role": "user", "content": question}]}
    for message, _ in agent.stream(asked, stream_mode="messages"):
        if isinstance(message, AIMessageChunk):
            for call in message.tool_call_chunks:
                yield f"{call['name'] or ''}{call['args'] or ''}"
            yield message.text
        elif isinstance(message, ToolMessage):
            yield f"\n→ {message.text}\n"
        else:
            assert isinstance(message, AIMessage)


if __name__ == "__main__":
    run(main)
