"""How the examples show what they do: the call above, its answer as it comes, rows as a table."""

import sqlite3
from collections.abc import Iterable

from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from examples.bookshop import Bookshop

console = Console(highlight=False)


def title(text: str) -> None:
    """A part of the demo."""
    console.print()
    console.print(Rule(Text(text, style="bold cyan"), align="left"))


def call(code: str) -> None:
    """The call that made what follows."""
    console.print()
    console.print(Syntax(code, "python", background_color="default", word_wrap=True))


def stream(pieces: Iterable[str], style: str = "green") -> str:
    """Print pieces of text as they come; give the whole."""
    if console.record:  # a picture draws a line as one text; its words would drift apart
        text = "".join(pieces)
        console.print(Text(text, style=style), soft_wrap=True)
        return text
    text = ""
    for piece in pieces:
        text += piece
        console.print(Text(piece, style=style), end="", soft_wrap=True)
    console.print()
    return text


def record(fields: dict[str, object]) -> None:
    """Print what was read out of a text, field by field."""
    table = Table.grid(padding=(0, 2))
    for name, value in fields.items():
        table.add_row(f"  [dim]{name}[/dim]", Text(str(value), style="green"))
    console.print(table)


def rows(shop: Bookshop, sql: str, right: str) -> None:
    """Try SQL on the bookshop; print its rows and whether they are those of the right query."""
    try:
        names, found = shop.query(sql)
    except (sqlite3.Error, sqlite3.Warning) as error:
        console.print(f"  [red]✗ SQLite says: {error}[/red]")
        return
    table = Table(*names, header_style="bold", box=None, padding=(0, 2))
    for row in found[:6]:
        table.add_row(*map(str, row))
    if found:
        console.print(table)
    if len(found) > 6:
        console.print(f"  [dim]… {len(found)} rows in all[/dim]")
    if sorted(found, key=str) == sorted(shop.query(right)[1], key=str):
        console.print("  [green]✓ the right rows[/green]")
    else:
        what = "row, not the right one" if len(found) == 1 else "rows, not the right ones"
        console.print(f"  [red]✗ {len(found)} {what}[/red]")
