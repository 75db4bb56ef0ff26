"""The card of the `tools` adapter: what it is, how it was made, and how base and adapter score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from training.cards import cell, mark, side_by_side, training
from training.command import Run
from training.tools.conversations import Conversation
from training.tools.held_out import Case
from training.tools.scoring import Result

SHOWN = 9  # cases set side by side


@dataclass(frozen=True)
class Scored:
    """A held-out case with what base and adapter made of it."""

    case: Case
    base: Result
    adapter: Result


@dataclass(frozen=True)
class Facts:
    """What the card reports."""

    run: Run
    prompt: str
    answer: str
    conversations: Sequence[Conversation]
    scored: Sequence[Scored]


def write(facts: Facts) -> str:
    """Returns the card as Markdown."""
    sections = (_head, _use, _training, _scores, _side_by_side, _every_case, _limits)
    return "\n\n".join(section(facts) for section in sections) + "\n"


def _head(facts: Facts) -> str:
    total = len(facts.scored)
    return f"""# `tools`: functions called, and their results told

A LoRA adapter for `{facts.run.base_model}`, trained from that very file. It makes the model pick a
function and its arguments, tell a result in words, and answer in words where no function fits: what
a small agent needs. Its dialect is that of `Client.chat(…, tools=…)`.

**Held-out cases right: adapter {_right(facts.scored, "adapter")} of {total}, \
base model {_right(facts.scored, "base")} of {total}**, same prompt, greedy, both held to the
functions' grammar, through the client and the local server.

| file | |
|---|---|
| `adapter.gguf` | the adapter as llama.cpp reads it, {facts.run.adapter_bytes / 1e6:.1f} MB |

`devserver/training/tools` made the adapter and this card."""


def _use(facts: Facts) -> str:
    return f"""## Use

```python
answer = client.chat(messages, tools=tools, adapter_id="tools", max_new_tokens=128)
```

The client writes the functions and how to call them into the first turn; calls and results of
earlier turns it writes as text. The training prompts were made by that same code and by the model's
chat template. A prompt of the training, and the answer that is due:

`````text
{facts.prompt}{facts.answer}
`````

Every argument is written, as the grammar wants it: one that the user does not speak of gets its
default, or null."""


def _training(facts: Facts) -> str:
    names = {tool["name"] for one in facts.conversations for tool in one.tools}
    return training(
        facts.run,
        f"{len(facts.conversations)} turns of conversations with {len(names)} names of functions",
        "The conversations are synthetic: of invented functions (`functions.py`), with many\n"
        "invented values (`values.py`). Those of a step share their functions. They are calls,\n"
        "results told in words, several calls at once or one after the other, smalltalk, and\n"
        "requests that no function is for; some begin with a finished exchange.",
    )


def _scores(facts: Facts) -> str:
    lines = [
        f"| {kind} | {len(group)} | {_right(group, 'base')} | {_right(group, 'adapter')} |"
        for kind, group in _by_kind(facts.scored)
    ]
    everything = facts.scored
    nearly = [sum(getattr(one, who).nearly for one in everything) for who in ("base", "adapter")]
    ended = sum(one.adapter.ended for one in everything)
    return f"""## Held-out score

A call is right if it is of the right function with exactly the right arguments; several, if all
are, in their order. Words are right where words are due, if they contain what the function's
result was about (smalltalk and what no function fits: any words). No function of these cases
occurs in training, by name or by subject, and no question.

| kind of case | cases | base | adapter |
|---|---:|---:|---:|
{chr(10).join(lines)}
| **all** | **{len(everything)}** | **{_right(everything, "base")}** \
| **{_right(everything, "adapter")}** |

Were wrong arguments and missing facts forgiven, the base model would have {nearly[0]} right and the
adapter {nearly[1]}. The adapter ended {ended} of {len(everything)} answers by itself.

{HONESTLY}"""


HONESTLY = """The cases were written before the first training and judged once by this adapter."""


def _side_by_side(facts: Facts) -> str:
    return side_by_side(
        [one for one in facts.scored if one.adapter.right and not one.base.right],
        _both,
        kind=lambda one: one.case.kind,
        length=lambda one: len(one.base.answer),
        most=SHOWN,
    )


def _both(one: Scored) -> str:
    return (
        f"**{one.case.say}** ({one.case.kind}){_results(one.case)}\n\n"
        f"- base: `{cell(one.base.answer)}`\n"
        f"- adapter: `{cell(one.adapter.answer)}` ✓"
    )


def _every_case(facts: Facts) -> str:
    lines = [
        f"| {cell(one.case.say)} | {'words' if not one.case.calls else _due(one.case)} "
        f"| {mark(one.base.right)} | {mark(one.adapter.right)} |"
        for one in facts.scored
    ]
    wrong = [
        f"- {one.case.say}{_results(one.case)}\n  `{cell(one.adapter.answer)}`"
        for one in facts.scored
        if not one.adapter.right
    ]
    return f"""## Every held-out case

| said | due | base | adapter |
|---|---|:---:|:---:|
{chr(10).join(lines)}

What the adapter wrote where it was wrong:

{chr(10).join(wrong)}"""


def _limits(_: Facts) -> str:
    return """## Limits

- One to five functions, with names and descriptions that say what they are for: with more of them,
  or with two that a question may mean, it guesses.
- It copies arguments from the question. What has to be worked out (tomorrow's date, a sum, a
  country from its capital) comes out wrong.
- It asks nothing back: an argument that is missing in the question is made up.
- It tells short results. A long text is repeated in part, and it draws no conclusions from it.
- Its knowledge of the world is that of a model of 135 million parameters: without a function, facts
  are often wrong.
- It is a demonstration. Let a person confirm what a function changes."""


def _due(case: Case) -> str:
    return ", ".join(f"`{call['name']}`" for call in case.calls)


def _results(case: Case) -> str:
    return "".join(f" → {call['name']}: `{cell(call['result'])}`" for call in case.called)


def _by_kind(scored: Sequence[Scored]) -> list[tuple[str, list[Scored]]]:
    return [(kind, list(group)) for kind, group in groupby(scored, lambda one: one.case.kind)]


def _right(scored: Sequence[Scored], who: str) -> int:
    return sum(getattr(one, who).right for one in scored)
