"""An agent by hand: adapter `tools` calls and tells, adapter `sql` writes the query in between.

Run it by `make example RUN=client.agent`.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, Field

from examples import shown
from examples.bookshop import Bookshop, prompt_for
from examples.local_server import run
from lorax import Client
from lorax.streams import Stream
from lorax.types import ChatChunk

QUESTIONS = (
    "How many books by Jane Austen do you have?",
    "Which author sold the most copies?",
    "Good morning! How are you?",
)
MOST_STEPS = 4


class AskBookshop(BaseModel):
    """Answer a question about the shop's books, authors, stock, prices and sales."""

    question: str = Field(description="The question, in full.")


def main(base_url: str) -> None:
    """Answer each question, in as many steps as it takes."""
    with Client(base_url) as client:
        shop = Bookshop()
        functions = {AskBookshop.__name__: partial(ask, client, shop)}
        for question in QUESTIONS:
            shown.console.print(f"\n[bold]? {question}[/bold]")
            answer(client, functions, question)
        shop.close()


def answer(client: Client, functions: Mapping[str, Callable[..., str]], question: str) -> None:
    """Let the model call functions until it answers in words."""
    messages: list[Any] = [{"role": "user", "content": question}]
    for _ in range(MOST_STEPS):
        calls = turn(client, messages)
        if not calls:
            return
        messages.append({"role": "assistant", "tool_calls": calls})
        for call in calls:
            result = functions[call["name"]](**json.loads(call["arguments"]))
            shown.console.print(f"  [dim]{result.strip()}[/dim]")
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})


def turn(client: Client, messages: list[Any]) -> list[dict[str, str]]:
    """The model's next turn, printed while it comes; gives the calls that it asks for."""
    shown.call('client.chat_stream(messages, tools=[AskBookshop], adapter_id="tools")')
    calls: list[dict[str, str]] = []

    def pieces(stream: Stream[ChatChunk]) -> Iterator[str]:
        for chunk in stream:
            yield chunk.text
            for delta in chunk.tool_calls:
                if delta.name:
                    calls.append({"id": str(delta.id), "name": delta.name, "arguments": ""})
                calls[delta.index]["arguments"] += delta.arguments
                yield f"{delta.name or ''}{delta.arguments}"

    tools: list[Any] = [AskBookshop]
    with client.chat_stream(
        messages, tools=tools, adapter_id="tools", max_new_tokens=100
    ) as stream:
        shown.stream(pieces(stream))
    return calls


def ask(client: Client, shop: Bookshop, question: str) -> str:
    """What the shop's database says to a question, by a query of adapter `sql`."""
    sql = client.generate(
        prompt_for(question), adapter_id="sql", stop_sequences=[";"], max_new_tokens=64
    ).text
    shown.console.print(f"  [dim]sql: {sql.strip()}[/dim]", highlight=False)
    try:
        names, rows = shop.query(sql)
    except (sqlite3.Error, sqlite3.Warning) as error:
        return f"The database refuses the query: {error}"
    found = [", ".join(map(str, row)) for row in rows]
    return f"{', '.join(names)}: {'; '.join(found) or 'nothing'}"


if __name__ == "__main__":
    run(main)
