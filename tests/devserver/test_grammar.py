"""Under a schema the real model writes what a LoRAX server would let it write, and nothing else."""

import json
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_devserver import gbnf, schemas
from lorax_devserver.errors import EngineError

SCHEMAS = {
    "an object": {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer"}},
        "required": ["name", "age"],
    },
    "optional properties": {
        "type": "object",
        "properties": {"a": {"type": "boolean"}, "b": {"type": "null"}},
    },
    "a list": {
        "type": "array",
        "items": {"enum": ["red", "blue", 3]},
        "minItems": 1,
        "maxItems": 3,
    },
    "a union": {"anyOf": [{"type": "boolean"}, {"const": 'no "number"'}]},
    "a date": {"type": "string", "format": "date"},
    "a pattern": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3,5}(é|ü)?$"},
    "a reference": {
        "type": "object",
        "properties": {"p": {"$ref": "#/$defs/P"}},
        "required": ["p"],
        "$defs": {"P": {"properties": {"x": {"enum": [1.5, None]}}, "required": ["x"]}},
    },
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
@pytest.mark.parametrize("sampling", [{}, {"temperature": 0.9, "seed": 3}], ids=["greedy", "drawn"])
def test_the_model_writes_what_the_pattern_allows(
    devserver: str, schema: dict[str, object], sampling: dict[str, float]
) -> None:
    parameters = {
        "max_new_tokens": 80,
        "details": True,
        "response_format": {"type": "json_object", "schema": schema},
        **sampling,
    }
    body = {"inputs": "An example as JSON: ", "parameters": parameters}
    answer = httpx.post(f"{devserver}/generate", json=body, timeout=60).json()
    assert answer["details"]["finish_reason"] == "eos_token"
    pattern = schemas.regex(json.dumps(schema))
    assert pattern is not None
    assert re.fullmatch(pattern, answer["generated_text"]), answer["generated_text"]
    json.loads(answer["generated_text"])


REFUSED = {
    "a format": ({"type": "string", "format": "email"}, "Format email is not supported"),
    "anything": ({"type": "object", "properties": {"a": {"title": "A"}}}, "Could not translate"),
    "itself": (
        {"$ref": "#/$defs/N", "$defs": {"N": {"properties": {"n": {"$ref": "#/$defs/N"}}}}},
        "maximum recursion depth exceeded",
    ),
    "a text": ("{}", "'str' object has no attribute 'get'"),
    "a look ahead": ({"type": "string", "pattern": "(?=a)a"}, "cannot be made a grammar"),
}


@pytest.mark.parametrize(("schema", "words"), REFUSED.values(), ids=REFUSED)
def test_a_schema_that_a_lorax_server_refuses_is_refused(
    devserver: str, schema: object, words: str
) -> None:
    form = {"type": "json_object", "schema": schema}
    body = {"inputs": "x", "parameters": {"response_format": form, "max_new_tokens": 5}}
    answer = httpx.post(f"{devserver}/generate", json=body)
    assert answer.status_code == 424
    assert words in answer.json()["error"]


NUMBERED = re.compile(r"\\x([0-9A-F]{2})|\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")


@given(st.text("abz059 {}\\\"'\n\u00e9\u2028\U0001f642-^]", min_size=1, max_size=8))
def test_any_text_can_stand_in_a_grammar(text: str) -> None:
    """Quotes, backslashes and line ends are written by number: none ends a literal early."""
    line = gbnf.grammar(re.escape(text)).removeprefix("root ::= ")
    written = "".join(re.findall(r'"([^"\n]*)"', line))
    assert NUMBERED.sub(lambda found: chr(int(found[0][2:], 16)), written) == text


def test_repetition_sets_and_choices() -> None:
    assert gbnf.grammar("(ab|c)+") == 'root ::= ((("a" "b" | "c")))+'
    assert gbnf.grammar("[^a-c\\d]{2,5}x?") == 'root ::= ([^a-c0-9]){2,5} ("x")?'
    with pytest.raises(EngineError):
        gbnf.grammar("(?!a)")
