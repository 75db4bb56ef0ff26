"""How many requests of a batch are under way at once: as many as the client lets through."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from langchain_core.runnables.config import ContextThreadPoolExecutor, get_config_list

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST_AT_ONCE = 128  # what the client begins with


def all_at_once(config: Any, count: int) -> Any:
    """Configs that leave it to the client how many requests are under way.

    By default LangChain has so many threads as the machine has processors, and a few.

    Args:
        config: What the batch was given.
        count: How many inputs it has.
    """
    configs = get_config_list(config, count)
    most = min(count, MOST_AT_ONCE)
    return [{**one, "max_concurrency": one.get("max_concurrency") or most} for one in configs]


def in_threads(
    call: Callable[[Item], Answer], items: Sequence[Item], most: int = MOST_AT_ONCE
) -> list[Answer]:
    """The answers to all, in their order; a failure asks for no more, and Ctrl-C waits for none.

    Args:
        call: What answers one.
        items: What is to be answered.
        most: How many are under way at once.
    """
    if len(items) < 2:
        return [call(item) for item in items]
    pool = ContextThreadPoolExecutor(min(len(items), most))
    try:
        answers = list(pool.map(call, items))
    except BaseException as error:
        pool.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    pool.shutdown()
    return answers


async def in_tasks(
    call: Callable[[Item], Awaitable[Answer]], items: Sequence[Item], most: int | None = None
) -> list[Answer]:
    """As `in_threads`, awaited; a failure or a cancel ends the others.

    Args:
        call: What answers one.
        items: What is to be answered.
        most: How many are under way at once; None is as many as the client lets through.
    """
    places = asyncio.Semaphore(most or max(len(items), 1))

    async def answered(item: Item) -> Answer:
        async with places:
            return await call(item)

    tasks = [asyncio.ensure_future(answered(item)) for item in items]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
