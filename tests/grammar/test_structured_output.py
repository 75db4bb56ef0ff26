"""What a server can write under a lowered schema is of the type that it came from."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lorax import grammar
from lorax.errors import AnswerMismatchError, ValidationError
from lorax.schemas.checking import checker
from lorax_devserver import costs
from tests.grammar import compiler
from tests.grammar.corpus import ENTRIES
from tests.grammar.entry import Entry
from tests.grammar.judging import unlisted
from tests.grammar.walker import Walker

TAKEN = [entry for entry in ENTRIES if entry.error is None]
REFUSED = [entry for entry in ENTRIES if entry.error is not None]
TEXTS = 20


def _named(found: list[Entry]) -> Any:
    return pytest.mark.parametrize("entry", found, ids=[entry.name for entry in found])


def _wrong(entry: Entry, pattern: str) -> list[str]:
    """What is wrong with texts of a pattern, but for what is listed as not enforced."""
    check = checker(entry.form)
    found = []
    for text in Walker(len(entry.name)).texts(pattern, TEXTS):
        assert re.fullmatch(pattern, text)
        try:
            check(text)
        except AnswerMismatchError:
            unenforced = grammar.explain(entry.form).unenforced
            found += [f"{text}: {words}" for words in unlisted(entry.form, unenforced, text)]
    return found


@_named(TAKEN)
def test_what_a_server_writes_fits(entry: Entry) -> None:
    assert not _wrong(entry, compiler.python_form(grammar.explain(entry.form).schema))


@pytest.mark.skipif(not compiler.HAS_CORE, reason=compiler.NO_CORE)
@_named(TAKEN)
def test_what_a_server_with_the_other_form_writes_fits(entry: Entry) -> None:
    assert not _wrong(entry, compiler.rust_form(grammar.explain(entry.form).schema))


@_named(REFUSED)
def test_what_no_value_fits_is_refused(entry: Entry) -> None:
    assert entry.error is not None
    with pytest.raises(ValidationError, match=re.escape(entry.error)):
        grammar.explain(entry.form)


@_named(TAKEN)
def test_the_cost_is_told_as_the_devserver_tells_it(entry: Entry) -> None:
    told = grammar.explain(entry.form)
    counted = costs.seconds(compiler.python_form(told.schema), limit=120)
    assert max(told.seconds, counted) < 3 or 0.5 < told.seconds / counted < 2


# What is no constraint, in other places and another order: servers keep what they have compiled.
ALIKE = [
    {
        "title": "A",
        "type": "object",
        "properties": {"b": {"type": "string", "minLength": 1, "default": "x"}, "a": {}},
        "required": ["b"],
    },
    {
        "required": ["b", "a"],
        "properties": {"b": {"$ref": "#/$defs/B"}, "a": True},
        "$defs": {"B": {"allOf": [{"minLength": 1}, {"type": "string"}], "description": "d"}},
    },
]


def test_equal_schemas_are_equal_bytes() -> None:
    assert len({json.dumps(grammar.explain(form).schema) for form in ALIKE}) == 1
    for entry in TAKEN:
        if isinstance(entry.form, dict):
            texts = {json.dumps(grammar.explain(form).schema) for form in _alike(entry.form)}
            assert len(texts) == 1, entry.name


def _alike(schema: Any) -> list[Any]:
    return [schema, _reversed(schema), json.loads(json.dumps(schema))]


def _reversed(schema: Any, keyword: str = "") -> Any:
    """A schema with its keywords in the other order, but for those where order says something."""
    if keyword in {"const", "enum", "default", "example", "examples"}:
        return schema
    if isinstance(schema, list):
        return [_reversed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    items = list(schema.items())
    if keyword not in {"properties", "patternProperties"}:
        items.reverse()
    return {name: _reversed(part, name) for name, part in items}


def test_properties_keep_their_order() -> None:
    names = ["zebra", "apple", "mango", "11", "2"]
    schema = {"type": "object", "properties": {key: {"type": "integer"} for key in names}}
    assert list(grammar.explain(schema).schema["properties"]) == names
    joined = {"allOf": [schema, {"properties": {"new": True, "apple": {"minimum": 0}}}]}
    assert list(grammar.explain(joined).schema["properties"]) == [*names, "new"]


COMPILED = [
    *(
        "Appointment",
        "a union told apart",
        "Widget",
        "Node",
        "Halves",
        "Loose",
        "Person",
        "Net",
        "Sum",
    ),
    *("any object", "an OpenAPI schema", "enum of objects", "enum of strings"),
    *("string, 0 to 20 long", "itself in a union", "maxItems 20"),
]


@pytest.fixture(scope="module")
def bench() -> Iterator[compiler.Compiler]:
    with compiler.Compiler() as found:
        yield found


@pytest.mark.skipif(not compiler.HAS_CORE, reason=compiler.NO_CORE)
@pytest.mark.parametrize("name", COMPILED)
def test_a_server_compiles_it(bench: compiler.Compiler, name: str) -> None:
    entry = next(entry for entry in TAKEN if entry.name == name)
    made = bench.compile(compiler.python_form(grammar.explain(entry.form).schema), limit=60)
    assert made.refused is None
    assert made.seconds is not None, "it was given up after a minute"


def test_the_example_of_the_page_is_true(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "structured-output.md").read_text()
    code, shown = re.findall(r"^```(?:python|text)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    exec(code, {"__name__": "page"})  # our own text
    assert capsys.readouterr().out == shown
