"""Scoring answers of the served model: the right calls with exactly their arguments, or words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lorax import Client
from lorax.types import ChatResponse
from training.tools.held_out import Call, Case

LONGEST_ANSWER = 128  # tokens


@dataclass(frozen=True)
class Result:
    """What became of one case.

    Attributes:
        answer: The calls or the words, as text.
        right: Whether it is what was due.
        nearly: Whether the right functions were called, or words were written where they were due.
        ended: Whether the model ended the answer by itself.
    """

    answer: str
    right: bool
    nearly: bool
    ended: bool


def score(client: Client, case: Case, adapter_id: str | None) -> Result:
    """Asks the model and judges its answer."""
    answer = client.chat(
        case.messages,
        tools=case.tools,
        tool_choice=case.choice,
        parallel_tool_calls=case.parallel,
        adapter_id=adapter_id,
        max_new_tokens=LONGEST_ANSWER,
    )
    if not case.calls:
        in_words = not answer.tool_calls and bool(answer.text.strip())
        told = all(word.lower() in answer.text.lower() for word in case.words)
        return Result(_text(answer), in_words and told, in_words, _ended(answer))
    names = [call.name for call in answer.tool_calls] == [call["name"] for call in case.calls]
    right = names and all(
        _same(call.arguments, due, case)
        for call, due in zip(answer.tool_calls, case.calls, strict=True)
    )
    return Result(_text(answer), right, names, _ended(answer))


def _same(arguments: dict[str, Any], due: Call, case: Case) -> bool:
    """Whether arguments are those that are due; null is as good as nothing."""
    wanted = due["arguments"]
    return all(
        arguments.get(name) == wanted.get(name) or [name, arguments.get(name)] in case.also
        for name in arguments.keys() | wanted.keys()
    )


def _text(answer: ChatResponse) -> str:
    if not answer.tool_calls:
        return answer.text
    return "; ".join(
        f"{call.name}({json.dumps(call.arguments, ensure_ascii=False)})"
        for call in answer.tool_calls
    )


def _ended(answer: ChatResponse) -> bool:
    return answer.finish_reason != "length"
