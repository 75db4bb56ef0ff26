"""What a server can write under a lowered schema is of the type that it came from."""

import json
import re
from typing import Any

import pytest

from lorax import grammar
from lorax.checking import checker
from lorax.errors import AnswerMismatchError, ValidationError
from lorax_devserver import costs
from tests.grammar import compiler
from tests.grammar.corpus import Entry, entries
from tests.grammar.judging import unlisted
from tests.grammar.walker import Walker

ENTRIES = entries()
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
