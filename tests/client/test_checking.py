"""`check=True`: a value of the form that was asked for, or an error that says what does not fit."""

import json
import pickle
from typing import Any

import pytest
from pydantic import BaseModel

from lorax import calls, errors
from lorax.exchange import Head
from lorax.schemas.checking import checker
from lorax.types import ResponseFormat


class Book(BaseModel):
    title: str
    year: int


SCHEMA = Book.model_json_schema()
FIT = '{"title": "Dracula", "year": 1897}'
BOOK = Book(title="Dracula", year=1897)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (Book, BOOK),
        (list[Book], [BOOK]),
        (Book | None, BOOK),
        ({"type": "json_object", "schema": Book}, BOOK),
        ({"type": "json_schema", "json_schema": {"name": "b", "schema": Book}}, BOOK),
        (ResponseFormat(type="json_object", schema=Book), BOOK),
        (SCHEMA, BOOK.model_dump()),
        ({"type": "json_object", "schema": SCHEMA}, BOOK.model_dump()),
        ({"type": "json_object"}, BOOK.model_dump()),
    ],
)
def test_a_form_gives_its_own_value(form: Any, value: Any) -> None:
    text = f"[{FIT}]" if isinstance(value, list) else FIT
    assert checker(form)(text) == value


@pytest.mark.parametrize("form", [Book, SCHEMA])
@pytest.mark.parametrize(
    ("text", "words"),
    [('{"title": 5, "year": 1}', "$.title: "), ("{", "JSON"), ("[" * 10_000, "JSON")],
)
def test_what_does_not_fit_is_named(form: Any, text: str, words: str) -> None:
    with pytest.raises(errors.AnswerMismatchError) as caught:
        checker(form)(text)
    assert words in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).text == text


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "$schema": 5},
        {"type": "integer", "minimum": "5"},
        {"type": "string", "pattern": r"\p{L}+"},  # of another language
    ],
)
def test_a_schema_that_is_none_is_told_before_anything_is_sent(schema: Any) -> None:
    with pytest.raises(errors.ValidationError):
        calls.generate("x", response_format=schema, check=True)


def test_there_must_be_something_to_check_by() -> None:
    for form in (None, {"type": "text"}):
        with pytest.raises(errors.ValidationError, match="check needs a response_format"):
            calls.generate("x", response_format=form, check=True)


def test_a_lost_adapter_is_told_before_what_it_made_of_the_answer() -> None:
    call = calls.generate("x", adapter_id="a", response_format=Book, check=True)
    head = Head(200, {"x-model-id": "base"}, "http://server")
    with pytest.raises(errors.AdapterLostError):
        call.read(head, json.dumps([{"generated_text": "no JSON"}]).encode())


def test_a_token_is_in_no_request_that_is_printed() -> None:
    asked = (
        calls.generate("x", api_token="hf_secret"),
        calls.chat_stream("x", api_token="hf_secret"),
    )
    assert "hf_secret" not in repr(asked)
