"""A FunctionAgent over an SQLite file: adapter `tools` chooses and tells, `sql` writes the query.

Run it by `make example RUN=llamaindex.sql_agent`.
"""

import asyncio
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from llama_index.core.agent.workflow import AgentStream, FunctionAgent, ToolCallResult
from llama_index.core.tools import FunctionTool
from llama_index.llms.lorax import LoRAX

from examples import shown
from examples.bookshop import Bookshop, prompt_for
from examples.local_server import run

QUESTIONS = (
    "How many books by Jane Austen do you have?",
    "Which genres have an average price of books above 12?",
)


def bookshop_tool(llm: LoRAX, shop: Bookshop) -> FunctionTool:
    """A tool that answers from the database, by a query that adapter `sql` writes."""
    writer = llm.with_parameters(adapter_id="sql", stop_sequences=[";"], max_new_tokens=64)

    async def ask_bookshop(question: str) -> str:
        """Answer a question about the shop's books, authors, stock, prices and sales."""
        query = (await writer.acomplete(prompt_for(question), formatted=True)).text
        try:
            names, rows = shop.query(query)
        except (sqlite3.Error, sqlite3.Warning) as error:
            return f"The database refuses {query}: {error}"
        return f"{', '.join(names)}: {'; '.join(', '.join(map(str, row)) for row in rows)}"

    return FunctionTool.from_defaults(async_fn=ask_bookshop)


async def ask(base_url: str, shop: Bookshop) -> None:
    """Ask each question; show every step, and the words while they come."""
    llm = LoRAX(base_url=base_url, max_new_tokens=100)
    agent = FunctionAgent(tools=[bookshop_tool(llm, shop)], llm=llm.with_adapter("tools"))
    for question in QUESTIONS:
        shown.console.print(f"\n[bold]? {question}[/bold]")
        shown.call("FunctionAgent(tools=[...], llm=llm.with_adapter('tools')).run(question)")
        handler = agent.run(question)
        async for event in handler.stream_events():
            if isinstance(event, AgentStream) and event.delta:
                shown.console.print(event.delta, end="", style="green")
            elif isinstance(event, ToolCallResult):
                shown.console.print(f"{event.tool_name}({event.tool_kwargs})")
                shown.console.print(f"→ {event.tool_output.content}")
        await handler
        shown.console.print()


def main(base_url: str) -> None:
    """Run the agent over a database in a file."""
    with TemporaryDirectory() as folder:
        shop = Bookshop(Path(folder) / "bookshop.db")
        asyncio.run(ask(base_url, shop))
        shop.close()


if __name__ == "__main__":
    run(main)
