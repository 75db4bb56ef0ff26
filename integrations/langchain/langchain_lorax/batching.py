"""How many requests of a batch are under way at once: as many as the client lets through."""

from typing import Any

from langchain_core.runnables.config import get_config_list

MOST_AT_ONCE = 128  # what the client begins with


def all_at_once(config: Any, count: int) -> Any:
    """Configs that leave it to the client how many requests are under way.

    By default LangChain has so many threads as the machine has processors, and a few.

    Args:
        config: What the batch was given.
        count: How many inputs it has.
    """
    configs = get_config_list(config, count)
    most = min(max(count, 1), MOST_AT_ONCE)
    return [{**one, "max_concurrency": one.get("max_concurrency") or most} for one in configs]
