"""A support desk as a graph: each node has its adapter, and a checkpointer keeps the ticket.

Adapter `extract` reads the message, `sql` looks the book up, and the ticket waits for a person
before the reply is sent. Run it by `make example RUN=langchain.support_graph`.
"""

import json
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict

from langchain_core.prompts import PromptTemplate
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from examples import shown
from examples.bookshop import PROMPT, Bookshop
from examples.client.extract import PROMPT as EXTRACT_PROMPT
from examples.client.extract import SCHEMA
from examples.local_server import run
from langchain_lorax import LoRAX

MESSAGE = (
    "Hi, my order BK-20417 came today but half of the pages of Dracula are torn. "
    "I need it for a class on Friday, please send me another copy! Thanks, Miriam Okafor"
)


class Ticket(TypedDict, total=False):
    """What is known of a message as it goes through the graph."""

    message: str
    record: dict[str, Any]
    stock: str
    reply: str


def desk(base_url: str, shop: Bookshop) -> Any:
    """The graph: read the message, look the book up, propose a reply, wait for a person."""
    llm = LoRAX(base_url=base_url)
    reader = PromptTemplate.from_template(EXTRACT_PROMPT) | llm.bind(
        adapter_id="extract", response_format=SCHEMA, max_new_tokens=120
    )
    writer = PromptTemplate.from_template(PROMPT) | llm.bind(
        adapter_id="sql", stop=[";"], max_new_tokens=64
    )

    def read(ticket: Ticket) -> Ticket:
        return {"record": json.loads(reader.invoke({"message": ticket["message"]}))}

    def look_up(ticket: Ticket) -> Ticket:
        question = f"How many copies of {ticket['record']['book']} are in stock?"
        try:
            _, rows = shop.query(writer.invoke({"question": question}))
        except (sqlite3.Error, sqlite3.Warning):
            rows = []
        return {"stock": str(rows[0][0]) if rows else "unknown"}

    def propose(ticket: Ticket) -> Ticket:
        record = ticket["record"]
        wanted = record["wants"] or "answer"
        draft = (
            f"Dear {record['customer'] or 'reader'}, we are sorry about order {record['order']}. "
            f"Your {wanted} is on its way; of {record['book']} we have {ticket['stock']} left."
        )
        return {"reply": interrupt({"draft": draft})}

    graph: Any = StateGraph(Ticket)  # its overloads are beyond what mypy infers
    graph.add_node("read", read)
    graph.add_node("look_up", look_up)
    graph.add_node("propose", propose)
    graph.add_edge(START, "read")
    graph.add_conditional_edges("read", lambda t: "look_up" if t["record"]["book"] else "propose")
    graph.add_edge("look_up", "propose")
    graph.add_edge("propose", END)
    return graph


def main(base_url: str) -> None:
    """Take a message in, stop at the draft, and go on in another process's stead."""
    ticket: RunnableConfig = {"configurable": {"thread_id": "BK-20417"}}
    with TemporaryDirectory() as folder:
        shop, kept = Bookshop(Path(folder) / "bookshop.db"), str(Path(folder) / "tickets.db")
        shown.console.print(f"\n[bold]“{MESSAGE}”[/bold]")
        with SqliteSaver.from_conn_string(kept) as checkpoints:
            app = desk(base_url, shop).compile(checkpointer=checkpoints)
            for step in app.stream({"message": MESSAGE}, ticket, stream_mode="updates"):
                shown.console.print(step)
        shown.call('app.invoke(Command(resume=draft), {"configurable": {"thread_id": "BK-20417"}})')
        with SqliteSaver.from_conn_string(kept) as checkpoints:
            app = desk(base_url, shop).compile(checkpointer=checkpoints)
            waiting = app.get_state(ticket).interrupts[0].value["draft"]
            done = app.invoke(Command(resume=waiting), ticket)
            shown.console.print(done["reply"], style="green")
        shop.close()


if __name__ == "__main__":
    run(main)
