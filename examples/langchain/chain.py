"""LangChain: a chain through adapter `sql`, then the base model held to a form.

Run it by `make example RUN=langchain.chain`.
"""

from langchain_core.output_parsers import PydanticOutputParser, StrOutputParser
from langchain_core.prompts import PromptTemplate
from pydantic import BaseModel

from examples import shown
from examples.bookshop import PROMPT, Bookshop
from examples.local_server import run
from langchain_lorax import LoRAX

QUESTION = "Which adventure book is the most recent?"
RIGHT = "SELECT title FROM books WHERE genre = 'adventure' ORDER BY year DESC LIMIT 1"
NOTE = "Dracula, a horror novel by Bram Stoker, came out in 1897. We have nine copies left."


class Book(BaseModel):
    """What the shop wants to know of a book."""

    title: str
    author: str
    year: int


def main(base_url: str) -> None:
    """Run both chains over one connection."""
    shop = Bookshop()
    llm = LoRAX(base_url=base_url)

    shown.console.print(f"\n[bold]? {QUESTION}[/bold]")
    shown.call('prompt | llm.bind(adapter_id="sql", stop=[";"]) | StrOutputParser()')
    to_sql = (
        PromptTemplate.from_template(PROMPT)
        | llm.bind(adapter_id="sql", stop=[";"])
        | StrOutputParser()
    )
    shown.rows(shop, shown.stream(to_sql.stream({"question": QUESTION})), RIGHT)

    shown.console.print(f"\n[bold]“{NOTE}”[/bold]")
    shown.call("prompt | llm.bind(response_format=Book) | PydanticOutputParser(...)")
    to_book = (
        PromptTemplate.from_template("Text: {note}\nJSON: ")
        | llm.bind(response_format=Book, max_new_tokens=80)
        | PydanticOutputParser(pydantic_object=Book)
    )
    shown.console.print(repr(to_book.invoke({"note": NOTE})), style="green")
    shop.close()


if __name__ == "__main__":
    run(main)
