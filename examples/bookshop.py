"""The bookshop that adapter `sql` knows: its database, the prompt for a question, its papers."""

import sqlite3
from pathlib import Path

from lorax_devserver.adapters import SHIPPED

DOCUMENTS = Path(__file__).parent / "documents"
PROMPT = (SHIPPED / "sql" / "prompt.txt").read_text()
# A model's query may run away; this many steps of SQLite are about a second.
MOST_STEPS = 5_000_000


class Bookshop:
    """An SQLite database that a model's SQL can read and not change.

    Args:
        file: A new file for it; by default it stands in memory.
    """

    def __init__(self, file: Path | None = None) -> None:
        # An agent runs its tools in threads of its own, one after another.
        self._database = sqlite3.connect(file or ":memory:", check_same_thread=False)
        self._database.executescript((SHIPPED / "sql" / "bookshop.sql").read_text())
        self._database.execute("PRAGMA query_only = ON")

    def query(self, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        """The column names and rows of a query.

        Raises:
            sqlite3.Error: It is no query for this database, or ran too long.
        """
        self._database.set_progress_handler(lambda: 1, MOST_STEPS)
        cursor = self._database.execute(sql)
        return [name for name, *_ in cursor.description or ()], cursor.fetchall()

    def close(self) -> None:
        """Forget the database."""
        self._database.close()


def prompt_for(question: str) -> str:
    """The prompt that adapter `sql` was trained with."""
    return PROMPT.replace("{question}", question)
