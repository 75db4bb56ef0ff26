"""The card of the `sql` adapter: what it is, how it was made, and how base and adapter score."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from training.cards import cell, mark, side_by_side, training
from training.command import Run
from training.sql.questions import HeldOut, Pair, shape
from training.sql.scoring import Result

SHOWN = 8  # examples set side by side


@dataclass(frozen=True)
class Scored:
    """A held-out question with what base and adapter made of it."""

    item: HeldOut
    base: Result
    adapter: Result


@dataclass(frozen=True)
class Facts:
    """What the card reports."""

    run: Run
    prompt: str
    pairs: Sequence[Pair]
    scored: Sequence[Scored]
    unended: int


def write(facts: Facts) -> str:
    """Returns the card as Markdown."""
    sections = (_head, _prompt, _training, _scores, _side_by_side, _every_question, _limits)
    return "\n\n".join(section(facts) for section in sections) + "\n"


def _head(facts: Facts) -> str:
    right = sum(one.adapter.right for one in facts.scored)
    base = sum(one.base.right for one in facts.scored)
    return f"""# `sql`: questions about a bookshop, answered in SQL

A LoRA adapter for `{facts.run.base_model}`, trained from that very file. Given the prompt below it
writes one SQLite query over the tables of [`bookshop.sql`](bookshop.sql) and ends.

**Held-out questions answered right: adapter {right} of {len(facts.scored)}, \
base model {base} of {len(facts.scored)}**, same prompt, greedy, scored by executing the SQL.

| file | |
|---|---|
| `adapter.gguf` | the adapter as llama.cpp reads it, {facts.run.adapter_bytes / 1e6:.1f} MB |
| `prompt.txt` | the prompt; `{{question}}` is the place of the question |
| `bookshop.sql` | the tables: real classics, invented prices and sales |

`devserver/training/sql` made the adapter and this card."""


def _prompt(facts: Facts) -> str:
    return f"""## Prompt

Plain text for `/generate`, without a chat template and without a token for the beginning of text.
It ends with a line break. Of several prompts tried, this is one under which the base model, too,
writes SELECT statements. The adapter's answer begins with `SELECT` and ends with `;`, followed by
the end-of-text token.

`````text
{facts.prompt.rstrip()}
`````"""


def _training(facts: Facts) -> str:
    shapes = len({shape(pair.sql) for pair in facts.pairs})
    return training(
        facts.run,
        f"{len(facts.pairs)} of {shapes} shapes of SQL, each seen once",
        "The pairs are synthetic: a small grammar (`questions.py`, `wording.py`) joins conditions, "
        "measures,\ngroupings and orders, each in several wordings.",
    )


def _scores(facts: Facts) -> str:
    lines = [
        f"| {kind} | {'yes' if all(not one.item.unseen for one in group) else 'no'} "
        f"| {len(group)} | {_right(group, 'base')} | {_right(group, 'adapter')} |"
        for kind, group in _by_kind(facts.scored)
    ]
    everything = facts.scored
    nearly_base = sum(one.base.nearly for one in everything)
    nearly_adapter = sum(one.adapter.nearly for one in everything)
    return f"""## Held-out score

An answer is right if its first statement finds exactly the rows of the reference query; their
order counts where the reference has an ORDER BY. No training pair has SQL of a shape marked "no":
the generator throws such pairs away. {_new_names(facts)} questions name an author, title, genre,
country or date that no training pair names.

| kind of question | shape in training | questions | base | adapter |
|---|---|---:|---:|---:|
{chr(10).join(lines)}
| **all** | | **{len(everything)}** | **{_right(everything, "base")}** \
| **{_right(everything, "adapter")}** |

Were columns too many or in another order forgiven, the base model would have {nearly_base} right
and the adapter {nearly_adapter}. The adapter ended {len(everything) - facts.unended} of
{len(everything)} answers by itself.

The questions were written before any training, but they are no untouched test: the templates were
widened twice after failures on them (verbs, singular forms, third conditions, pairs of columns)
and the prompt was changed. An earlier round of 200 steps had 40 of the 73 right. Expect less from
questions of your own."""


def _side_by_side(facts: Facts) -> str:
    new = [one for one in facts.scored if one.item.unseen]
    return side_by_side(
        [one for one in new if one.adapter.right and not one.base.right],
        _both,
        kind=lambda one: one.item.kind,
        length=lambda one: len(one.adapter.sql),
        most=SHOWN,
    )


def _both(one: Scored) -> str:
    return (
        f"**{one.item.question}**\n\n"
        f"- base: `{cell(one.base.sql)}` → {cell(one.base.found)}\n"
        f"- adapter: `{cell(one.adapter.sql)}` → {cell(one.adapter.found)} ✓"
    )


def _every_question(facts: Facts) -> str:
    lines = [
        f"| {one.item.question} | {mark(one.base.right)} | {mark(one.adapter.right)} |"
        for one in facts.scored
    ]
    wrong = [
        f"- {one.item.question}\n  `{cell(one.adapter.sql)}` → {cell(one.adapter.found)}"
        for one in facts.scored
        if not one.adapter.right
    ]
    return f"""## Every held-out question

| question | base | adapter |
|---|:---:|:---:|
{chr(10).join(lines)}

What the adapter wrote where it was wrong:

{chr(10).join(wrong)}"""


def _limits(_: Facts) -> str:
    return """## Limits

- It knows these three tables under these names and this prompt; another schema needs training.
- Names are copied as they are said: a first name, a plural genre or a misspelling finds nothing.
- It joins what training showed in new ways, but SQL it never met (OR, subqueries, LIKE on titles)
  stays out of reach, and it does not say so: it answers with a query that fits another question.
- Wordings far from the trained ones are where it slips most.
- It is a demonstration. Run its queries on a database opened for reading only."""


def _by_kind(scored: Sequence[Scored]) -> list[tuple[str, list[Scored]]]:
    return [(kind, list(group)) for kind, group in groupby(scored, lambda one: one.item.kind)]


def _right(scored: Sequence[Scored], who: str) -> int:
    return sum(getattr(one, who).right for one in scored)


def _new_names(facts: Facts) -> int:
    """Counts the held-out questions with a quoted value that no training pair has."""
    known = {name for pair in facts.pairs for name in re.findall(r"'[^']*'", pair.sql)}
    return sum(not known.issuperset(re.findall(r"'[^']*'", one.item.sql)) for one in facts.scored)
