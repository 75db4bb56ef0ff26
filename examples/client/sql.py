"""The client: one question under one prompt, to the base model and to adapter `sql`.

Run it by `make example RUN=client.sql`.
"""

from examples import shown
from examples.bookshop import Bookshop, prompt_for
from examples.local_server import run
from lorax import Client

# All three are held out: neither they nor their forms were among the pairs that the adapter was
# trained on. Beside each stands a query that gives the right rows.
QUESTIONS = {
    "Which books published after 1880 have more than 12 copies in stock?": (
        "SELECT title FROM books WHERE year > 1880 AND stock > 12"
    ),
    "Which genres have an average price of books above 12?": (
        "SELECT genre FROM books GROUP BY genre HAVING AVG(price) > 12"
    ),
    "How many copies did we sell in March 2024?": (
        "SELECT SUM(quantity) FROM sales WHERE sold_on BETWEEN '2024-03-01' AND '2024-03-31'"
    ),
}


def main(base_url: str) -> None:
    """Ask each question of the base model and of the adapter, and try both answers' SQL."""
    shop = Bookshop()
    with Client(base_url) as client:
        for question, right in QUESTIONS.items():
            shown.console.print(f"\n[bold]? {question}[/bold]")
            for adapter_id in (None, "sql"):
                shown.call(f"client.generate_stream(prompt, adapter_id={adapter_id!r})")
                stream = client.generate_stream(
                    prompt_for(question),
                    adapter_id=adapter_id,
                    stop_sequences=[";", "```"],
                    max_new_tokens=64,
                )
                style = "green" if adapter_id else "magenta"
                sql = shown.stream((token.text for token in stream), style)
                shown.rows(shop, sql, right)
    shop.close()


if __name__ == "__main__":
    run(main)
