"""The card of the `extract` adapter: what it is, how it was made, how base and adapter score."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from training import cards
from training.cards import cell, mark
from training.command import Run
from training.extract.messages import Message
from training.extract.scoring import FIELDS, PROMPT, SCHEMA, Answer, Scored

SHOWN = 6  # messages set side by side
Pick = Callable[[Scored], Answer]


@dataclass(frozen=True)
class Facts:
    """What the card reports."""

    run: Run
    made: Sequence[Message]
    scored: Sequence[Scored]


def _base(one: Scored) -> Answer:
    return one.base


def _adapter(one: Scored) -> Answer:
    return one.adapter


def _free(one: Scored) -> Answer:
    return one.free


def whole(scored: Sequence[Scored], pick: Pick = _adapter) -> int:
    """Counts the messages whose whole record is right."""
    return sum(pick(one).whole for one in scored)


def fields(scored: Sequence[Scored], pick: Pick = _adapter) -> str:
    """Returns the share of fields that are right, in percent."""
    right = sum(len(pick(one).right) for one in scored)
    return f"{100 * right / (len(FIELDS) * len(scored)):.0f} %"


def write(facts: Facts) -> str:
    """Returns the card as Markdown."""
    sections = (_head, _prompt, _training, _scores, _side_by_side, _wrong, _limits)
    return "\n\n".join(section(facts) for section in sections) + "\n"


def _head(facts: Facts) -> str:
    scored = facts.scored
    return f"""# `extract`: a customer's message as a JSON record

A LoRA adapter for `{facts.run.base_model}`, trained from that very file. Given the prompt
below it reads a message to an online bookshop and writes who wrote it, about which order and book,
what went wrong, what is wanted and whether it is urgent.

**Whole records of held-out messages right: adapter {whole(scored)} of {len(scored)}, base model \
{whole(scored, _base)} of {len(scored)}. Fields right: adapter {fields(scored)}, base model \
{fields(scored, _base)}**, same prompt, both held to [`schema.json`](schema.json), greedy.

| file | |
|---|---|
| `adapter.gguf` | the adapter as llama.cpp reads it, {facts.run.adapter_bytes / 1e6:.1f} MB |
| `prompt.txt` | the prompt; `{{message}}` is the place of the message |
| `schema.json` | the record, for `response_format` |

`devserver/training/extract` made the adapter and this card."""


def _prompt(_: Facts) -> str:
    rows = "\n".join(
        f"| `{name}` | {_values(field)} | {field['description']} |"
        for name, field in SCHEMA["properties"].items()
    )
    return f"""## Prompt

Plain text for `/generate`, without a chat template and without a token for the beginning of text.
It ends with a line break.

`````text
{PROMPT.rstrip()}
`````

## Schema

| field | values | |
|---|---|---|
{rows}

Every field is always written, in this order. A LoRAX server enforces all of it. The adapter writes
the JSON of Python's `json.dumps`, which the schema's grammar lets through as it is."""


def _values(field: dict[str, object]) -> str:
    allowed = field.get("enum", field.get("type"))
    values = allowed if isinstance(allowed, list) else [allowed]
    return ", ".join("null" if value is None else str(value) for value in values)


def _training(facts: Facts) -> str:
    return cards.training(
        facts.run,
        f"{len(facts.made)} messages with their records, each seen once",
        "The messages are synthetic: six voices (formal, plain, angry, rambling, chat, notes)\n"
        "join sentences of `wording.py` with names, order numbers and titles which `values.py`\n"
        "makes up, leave facts out, add what is beside the point, and mistype.",
    )


def _scores(facts: Facts) -> str:
    scored = facts.scored
    kinds = [_row(kind, list(group)) for kind, group in groupby(scored, lambda one: one.item.kind)]
    by_field = [
        f"| `{field}` | {_field(scored, field, _base)} | {_field(scored, field, _adapter)} "
        f"| {_field(scored, field, _free)} |"
        for field in FIELDS
    ]
    fitting = sum(one.free.fits for one in scored)
    return f"""## Held-out score

A field is right if it has the very value of the reference; a record, if all its {len(FIELDS)}
fields are. An answer that does not come to its end within the limit has none right. The names,
titles and order numbers of the held-out messages are in no training message: the generator throws
such messages away.

| kind of message | messages | records: base | adapter | fields: base | adapter |
|---|---:|---:|---:|---:|---:|
{chr(10).join(kinds)}
{_row("**all**", scored)}

| field, right of {len(scored)} | base | adapter | adapter without the schema |
|---|---:|---:|---:|
{chr(10).join(by_field)}

Without `response_format` {fitting} of the adapter's {len(scored)} answers are JSON of the schema,
and {whole(scored, _free)} records are right.

{TUNED}"""


# What was changed after a look at the held-out scores; by hand, as no program knows it.
TUNED = """The messages were written before the templates and before any training, but by the same
hand. The templates were widened once, before anything had been scored; no score on these messages
was seen before the run that this card reports. Expect less from messages of your own."""


def _row(name: str, group: Sequence[Scored]) -> str:
    return (
        f"| {name} | {len(group)} | {whole(group, _base)} | {whole(group)} "
        f"| {fields(group, _base)} | {fields(group)} |"
    )


def _field(scored: Sequence[Scored], field: str, pick: Pick) -> int:
    return sum(field in pick(one).right for one in scored)


def _side_by_side(facts: Facts) -> str:
    named = [one for one in facts.scored if one.item.record["book"] and one.item.record["customer"]]
    return cards.side_by_side(
        [one for one in named if one.adapter.whole and not one.base.whole],
        _both,
        kind=lambda one: one.item.kind,
        length=lambda one: len(one.item.text),
        most=SHOWN,
    )


def _both(one: Scored) -> str:
    return (
        f"{_quoted(one.item.text)}\n\n"
        f"- base: `{cell(_shortened(one.base.text))}`\n"
        f"- adapter: `{cell(one.adapter.text)}` ✓"
    )


def _wrong(facts: Facts) -> str:
    """Lists every message, and what was wrong."""
    rows = "\n".join(
        f"| {cell(' '.join(one.item.text.split()))} | {mark(one.base.whole)} "
        f"| {mark(one.adapter.whole)} | {_faults(one)} |"
        for one in facts.scored
    )
    return f"""## Every held-out message

| message | base | adapter | what the adapter had wrong |
|---|:---:|:---:|---|
{rows}"""


def _faults(one: Scored) -> str:
    if not one.adapter.fits:
        return "no end"
    record, reference = json.loads(one.adapter.text), {**one.item.record}
    return "; ".join(
        f"{field}: `{cell(_json(record[field]))}`, not `{cell(_json(reference[field]))}`"
        for field in FIELDS
        if field not in one.adapter.right
    )


def _limits(_: Facts) -> str:
    return """## Limits

- It knows this record under this prompt; other fields need training.
- Where a message speaks of several books, people or numbers, it sometimes takes the wrong one.
- A problem that is none of the eight gets one of them all the same: the schema has no other value.
- Values are copied as they are written, misspelt or not; look an order up before you trust it.
- It reads English, and one message, not a correspondence."""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _shortened(text: str, longest: int = 240) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
