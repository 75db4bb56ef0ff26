"""Tools without a server: what is sent for them, and calls read out of any pieces of an answer."""

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from lorax import calls, errors
from lorax.growing import GrowingJson
from lorax.messages import ChatMessage, rendered, turns
from lorax.toolcalls import ServersToolCalls, ToolCalls, tool_call
from lorax.types import ToolCall, ToolCallDelta
from lorax_devserver import schemas


class Weather(BaseModel):
    """Tell the weather of a city."""

    city: str
    days: int = 1


ADD = {"name": "add", "description": "Add two numbers.", "parameters": Weather.model_json_schema()}
NOW = {"type": "function", "function": {"name": "now", "parameters": {"properties": {}}}}


def body(*args: Any, **kwargs: Any) -> dict[str, Any]:
    sent = calls.chat(*args, **kwargs).request.body
    assert sent is not None
    return sent


# --- what is sent ---


def test_tools_are_described_and_enforced_by_us() -> None:
    sent = body("Rain?", tools=[Weather, ADD], tool_choice="any")
    assert "tools" not in sent
    (message,) = sent["messages"]
    assert message["content"].endswith("\n\nRain?")
    assert (
        '{"name": "Weather", "description": "Tell the weather of a city.", ' in message["content"]
    )
    assert '"title"' not in message["content"]
    schema = sent["response_format"]["schema"]
    names = [option["properties"]["name"]["enum"] for option in schema["anyOf"]]
    assert names == [["Weather"], ["add"]]


@pytest.mark.parametrize(
    ("choice", "allowed"),
    [
        (None, ["Weather", "now", "content"]),
        ("auto", ["Weather", "now", "content"]),
        ("any", ["Weather", "now"]),
        ("required", ["Weather", "now"]),
        ("now", ["now"]),
        ({"type": "function", "function": {"name": "Weather"}}, ["Weather"]),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_the_grammar_allows_what_the_choice_does(
    choice: Any, allowed: list[str], many: bool
) -> None:
    """Judged by the server's own compiler: which answers its regular expression matches."""
    sent = body("x", tools=[Weather, NOW], tool_choice=choice, parallel_tool_calls=many)
    pattern = schemas.regex(json.dumps(sent["response_format"]["schema"]))
    assert pattern is not None
    weather = {"name": "Weather", "arguments": {"city": "Rome\n", "days": 2}}
    now: dict[str, Any] = {"name": "now", "arguments": {}}
    answers = {"Weather": weather, "now": now, "content": {"content": "It rains."}}
    for kind, answer in answers.items():
        written = [answer] if many and kind != "content" else answer
        matches = re.fullmatch(pattern, json.dumps(written)) is not None
        assert matches == (kind in allowed), kind
    assert (re.fullmatch(pattern, json.dumps([now, now])) is not None) == (
        many and "now" in allowed
    )
    assert re.fullmatch(pattern, "{}") is None
    assert re.fullmatch(pattern, "[]") is None


def test_no_choice_leaves_the_conversation_as_it_is() -> None:
    assert body("x", tools=[Weather], tool_choice="none") == body("x")


def test_the_servers_own_tools_by_an_option() -> None:
    sent = body("x", tools=[ADD], tool_choice="add", server_tools=True)
    # A text would lose the tools' description (recording tools/string_content).
    assert sent["messages"] == [{"role": "user", "content": [{"type": "text", "text": "x"}]}]
    assert sent["tool_choice"] == "add"
    assert sent["tools"][0]["function"]["parameters"] == ADD["parameters"]
    assert "response_format" not in sent
    assert body("x", tools=[ADD], tool_choice="any", server_tools=True)["tool_choice"] == "auto"


def test_a_stop_sequence_is_not_sent_beside_tools() -> None:
    assert "stop" not in body("x", tools=[ADD], stop_sequences=["}"])


REFERRING = {
    "name": "mk",
    "parameters": {"$defs": {"P": {"type": "string"}}, "properties": {"p": {"$ref": "#/$defs/P"}}},
}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"tools": [ADD, ADD]}, "tools has the name 'add' more than once"),
        ({"tools": [{"name": ""}]}, "name should have at least 1 character"),
        ({"tools": [7]}, "should be a valid dictionary"),
        ({"tools": "add"}, "tools should be a valid list"),
        ({"tools": [ADD], "tool_choice": "ad"}, "not 'ad'. Did you mean 'add'?"),
        ({"tools": [ADD], "tool_choice": {"x": 1}}, "tool_choice should be one of any, auto"),
        (
            {"tools": [ADD], "response_format": Weather, "tool_choice": "any"},
            "response_format and tool_choice 'any' exclude each other",
        ),
        (
            {"tools": [ADD], "response_format": Weather, "server_tools": True},
            "response_format and server_tools exclude each other",
        ),
        ({"tools": [REFERRING], "server_tools": True}, "have references"),
        ({"tool_choice": "add"}, "tool_choice is 'add', and there are no tools"),
    ],
)
def test_tools_that_are_none(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.ValidationError, match=re.escape(words)):
        calls.chat("x", **arguments)


def test_references_in_parameters_are_followed() -> None:
    schema = body("x", tools=[REFERRING], tool_choice="mk")["response_format"]["schema"]
    arguments = schema["properties"]["arguments"]["properties"]
    assert arguments["p"]["type"] == "string"


# --- the history ---

CALL = {"id": "c1", "type": "function", "function": {"name": "now", "arguments": '{"zone": "UTC"}'}}
OURS = ToolCall(id="c1", name="now", arguments={"zone": "UTC"})


ELSEWHERE = [{"id": "c1", "name": "now", name: {"zone": "UTC"}} for name in ("args", "input")]


@pytest.mark.parametrize("call", [CALL, OURS, *ELSEWHERE])
def test_calls_and_results_reach_the_prompt_as_text(call: Any) -> None:
    history = [
        {"role": "user", "content": "What time is it?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "12:00"},
        {"role": "user", "content": "And in Rome?"},
    ]
    assert rendered(turns(history)) == [
        {"role": "user", "content": "What time is it?"},
        {"role": "assistant", "content": '{"name": "now", "arguments": {"zone": "UTC"}}'},
        {"role": "user", "content": "Result of now: 12:00\nAnd in Rome?"},
    ]


def test_a_call_without_arguments_is_refused_and_not_told_without() -> None:
    call = {"id": "c1", "name": "now", "parameters": {"zone": "UTC"}}
    with pytest.raises(
        errors.ValidationError, match="arguments are missing: give them as arguments or"
    ):
        turns([{"role": "assistant", "tool_calls": [call]}])


def test_several_calls_and_results_are_one_turn_each() -> None:
    history = [
        {"role": "user", "content": "?"},
        {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL, {**CALL, "id": "c2"}]},
        {"role": "tool", "tool_call_id": "c1", "content": "12:00"},
        {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "13:00"}]},
        {"role": "tool", "tool_call_id": "unknown", "content": ""},
        {"role": "assistant", "content": "Noon."},
    ]
    call = '{"name": "now", "arguments": {"zone": "UTC"}}'
    _, said, results, last = rendered(turns(history))
    assert said["content"] == f"Let me see.\n[{call}, {call}]"
    assert results["role"] == "user"
    assert results["content"].split("\n") == [
        'Result of now {"zone": "UTC"}: 12:00',
        'Result of now {"zone": "UTC"}: 13:00',
        "Result: ",
    ]
    assert last == {"role": "assistant", "content": "Noon."}


def results(history: list[Any]) -> list[str]:
    text = rendered(turns([{"role": "user", "content": "?"}, *history]))[-1]["content"]
    return [line.removeprefix("Result of ") for line in text.split("\n")]


def called(*named: tuple[str | None, str, str]) -> dict[str, Any]:
    made = [{"id": i, "name": name, "arguments": {"at": at}} for i, name, at in named]
    return {"role": "assistant", "content": None, "tool_calls": made}


def result(call_id: str | None, content: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def test_a_result_stands_under_its_own_call() -> None:
    out_of_order = [called(("a", "sky", "Rome"), ("b", "sky", "Oslo")), result("b", "snow")]
    assert results([*out_of_order, result("a", "sun")]) == [
        'sky {"at": "Oslo"}: snow',
        'sky {"at": "Rome"}: sun',
    ]
    # A LoRAX router's own ids are all the same, and some clients give none.
    first = [called(("0", "sky", "Rome")), result("0", "sun")]
    assert results([*first, called(("0", "stocks", "NYSE")), result("0", "up")]) == ["stocks: up"]
    without = [called((None, "sky", "Rome"), (None, "now", "UTC")), result(None, "sun")]
    assert results([*without, result(None, "12:00")]) == ["sky: sun", "now: 12:00"]


def test_turns_of_other_clients_are_taken() -> None:
    nothing = {"refusal": None, "audio": None, "function_call": None, "annotations": []}
    history = [
        {"role": "user", "content": "?", "name": None},
        {"role": "assistant", "content": None, "tool_calls": [], **nothing},
        {"role": "function", "name": "now", "content": "12:00"},
    ]
    assert [turn["content"] for turn in rendered(turns(history))] == [
        "?",
        "",
        "Result of now: 12:00",
    ]
    assert turns([OURS_SAYING]) == turns([OURS_SAYING.model_dump()])
    with pytest.raises(errors.ValidationError, match=r"messages\[1\]: refusal is no field here"):
        turns([history[0], {**history[1], "refusal": "I will not."}])


OURS_SAYING = ChatMessage(role="assistant", content="Noon.")


@pytest.mark.parametrize(
    ("first", "where"),
    [
        ({"role": "system", "content": "Be brief."}, "Be brief.\n\nDO"),
        ({"role": "user", "content": "Hello"}, "DO\n\nHello"),
        ({"role": "assistant", "content": "Hi"}, "DO"),
    ],
)
def test_instructions_stand_in_the_first_turn(first: dict[str, str], where: str) -> None:
    assert rendered(turns([first]), "DO")[0]["content"] == where


# --- what comes back ---

TWO = '[{"name": "now", "arguments": {}}, {"name":"add" ,"arguments": {"a": [1, {"name": "x"}]}}]'
ANSWERS: dict[str, tuple[str, str, list[tuple[str, str, bool]]]] = {
    "one call": (
        '{"name": "add", "arguments": {"a": 1, "b": "}\\"]"}}',
        "",
        [("add", '{"a": 1, "b": "}\\"]"}', True)],
    ),
    "no arguments": ('{ "name": "now", "arguments": { } }', "", [("now", "{ }", True)]),
    "not even their name": ('{"name": "now"}', "", [("now", "", False)]),
    "arguments as a text": (
        r'{"name": "add", "arguments": "{\"a\": \"\u00e9\"}"}',
        "",
        [("add", r'{"a": "é"}', True)],
    ),
    "arguments as a text of a text": (
        r'{"name": "add", "arguments": "\"{\\\"a\\\": 1}\""}',
        "",
        [("add", '{"a": 1}', True)],
    ),
    "no arguments as a text": ('{"name": "now", "arguments": ""}', "", [("now", "{}", True)]),
    "cut in arguments as a text": (
        r'{"name": "add", "arguments": "{\"a\": \"',
        "",
        [("add", '{"a": "', False)],
    ),
    "two calls": (TWO, "", [("now", "{}", True), ("add", '{"a": [1, {"name": "x"}]}', True)]),
    "words": ('{"content": "It\\nrains \\u00e9\\\\ \\"a\\""}', 'It\nrains é\\ "a"', []),
    "words of no form": ("It rains {today}.", "It rains {today}.", []),
    "cut in the arguments": (
        '{"name": "add", "arguments": {"a": 1',
        "",
        [("add", '{"a": 1', False)],
    ),
    "cut in the second call": (
        TWO[:-8],
        "",
        [("now", "{}", True), ("add", '{"a": [1, {"name": ', False)],
    ),
    "cut in the name": ('{"name": "ad', "", []),
    "a footnote": ("[1] see Rome", "[1] see Rome", []),
    "another object": ('{"answer": "Rome"}', '{"answer": "Rome"}', []),
    "braces": ("{not json}", "{not json}", []),
    "two objects": (
        '{"name": "f", "arguments": {"a": 1}}\n{"name": "g", "arguments": {}}',
        "",
        [("f", '{"a": 1}', True), ("g", "{}", True)],
    ),
    "two words": ('[{"content": "a"}, {"content": "b"}]', "ab", []),
    "a raw line end": ('{"content": "a\nb"}', "a\nb", []),
    "a pair and a half": ('{"content": "\\ud83d\\ude42 \\ud83d."}', "🙂 \ufffd.", []),
    "words that are a number": ('{"content": 5}', "5", []),
    "no name": (
        '{"name": null, "arguments": {"a": 1}}',
        '{"name": null, "arguments": {"a": 1}}',
        [],
    ),
    "the name last": ('{"arguments": {"a": 1}, "name": "f"}', "", [("f", '{"a": 1}', True)]),
    "arguments twice": (
        '{"name": "f", "arguments": {"a": 1}, "arguments": {"b": 1}}',
        "",
        [("f", '{"a": 1}', True)],
    ),
    "an empty name": (
        '{"name": "", "arguments": {"a": 1}}',
        '{"name": "", "arguments": {"a": 1}}',
        [],
    ),
    "words after blanks": ("\n It rains.", "\n It rains.", []),
    "cut in the words": ('{"content": "It ra', "It ra", []),
}
SERVERS: dict[str, tuple[str, str, list[tuple[str, str, bool]]]] = {
    "one call": (
        '{"function": {"_name": "add", "a": 1, "b": {"_name": [2]}}}',
        "",
        [("add", '{"a": 1, "b": {"_name": [2]}}', True)],
    ),
    "no arguments": ('{"function": {"_name": "now"}}', "", [("now", "{}", True)]),
    "words": ('{"function": {"_name": "no_tool", "content": "Hi \\"you\\""}}', 'Hi "you"', []),
    "nothing": ("{}", "{}", []),
    "cut": ('{"function": {"_name": "add", "a": 1', "", [("add", '{"a": 1', False)]),
    "cut at once": ('{"function": {"_name": "add"', "", [("add", "", False)]),
}


def numbered() -> Any:
    numbers = itertools.count()
    return lambda: f"call_{next(numbers)}"


def read(reader: ToolCalls, parts: list[str]) -> tuple[str, list[ToolCallDelta]]:
    items = [item for part in parts for item in reader.feed(part)] + list(reader.finish())
    text = "".join(item for item in items if isinstance(item, str))
    return text, [item for item in items if not isinstance(item, str)]


def summed(deltas: list[ToolCallDelta]) -> list[tuple[str, str]]:
    """What someone who adds the deltas up has in the end."""
    found: dict[int, list[str]] = {}
    for delta in deltas:
        name, text = found.setdefault(delta.index, ["", ""])
        found[delta.index] = [name + (delta.name or ""), text + delta.arguments]
    return [(name, text) for name, text in found.values()]


BOTH = [(ToolCalls, name, case) for name, case in ANSWERS.items()]
BOTH += [(ServersToolCalls, name, case) for name, case in SERVERS.items()]


@given(st.sampled_from(BOTH), st.data())
def test_any_pieces_of_an_answer_give_the_same_calls(case: Any, data: st.DataObject) -> None:
    kind, _, (answer, words, expected) = case
    at = data.draw(st.lists(st.integers(0, len(answer)), max_size=8).map(sorted))
    parts = [answer[a:b] for a, b in zip([0, *at], [*at, len(answer)], strict=True)]
    reader = kind(make_id=numbered())
    text, deltas = read(reader, parts)
    assert text == words
    assert summed(deltas) == [(name, arguments) for name, arguments, _ in expected]
    assert [(c.name, c.text, c.complete) for c in reader.calls] == expected
    ids = [delta.id for delta in deltas if delta.id]
    assert ids == [call.id for call in reader.calls] == [f"call_{n}" for n in range(len(expected))]
    for call in reader.calls:
        if call.complete:
            assert call.arguments == json.loads(call.text)


@pytest.mark.parametrize(("kind", "name", "case"), BOTH)
def test_each_answer_in_single_characters(kind: Any, name: str, case: Any) -> None:
    answer, words, expected = case
    reader = kind()
    text, deltas = read(reader, list(answer))
    assert (text, summed(deltas)) == (words, [(n, a) for n, a, _ in expected])


@pytest.mark.parametrize(
    "arguments",
    ["{x: nope}", "5", "null", '{"a": NaN}', '{"a": -Infinity}', '{"a": ' * 300 + "1" + "}" * 300],
)
def test_arguments_that_are_no_object(arguments: str) -> None:
    reader = ToolCalls()
    read(reader, [f'{{"name": "f", "arguments": {arguments}}}'])
    (call,) = reader.calls
    assert (call.arguments, call.complete, call.text) == ({}, False, arguments)


def test_a_servers_call_whose_arguments_are_a_text_in_a_text() -> None:
    call = tool_call("1", "f", r'"{\"a\": 1}"')
    assert (call.arguments, call.complete) == ({"a": 1}, True)


@pytest.mark.parametrize("answer", ["[" * 200_000, '{"name": "f", "arguments": {}}' * 20_000])
def test_long_answers_are_read_while_one_waits(answer: str) -> None:
    """In time that grows as they do; growing with its square, this would hang."""
    reader = ToolCalls()
    text, deltas = read(reader, [answer])
    assert (text, summed(deltas)) == ("", [("f", "{}")] * answer.count("name"))


def test_what_is_known_of_a_cut_call_is_there() -> None:
    reader = ToolCalls()
    read(reader, ['{"name": "add", "arguments": {"a": 1, "b": "two and'])
    (call,) = reader.calls
    assert call.arguments == {"a": 1}
    assert not call.complete


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4), st.data())
def test_growing_json_gives_each_value_as_it_was_written(
    value: dict[str, Any], data: st.DataObject
) -> None:
    assert in_pieces(value, data, depth=1) == value
    assert in_pieces([value], data, depth=2) == value
    numbers = dict(enumerate([1, "a", [2], None]))
    assert in_pieces(list(numbers.values()), data, depth=1) == numbers


def in_pieces(whole: Any, data: st.DataObject, depth: int) -> dict[Any, Any]:
    """The values at a depth, read out of a text in pieces."""
    text = json.dumps(whole, ensure_ascii=data.draw(st.booleans()))
    at = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    growing = GrowingJson(lambda path: len(path) == depth)
    found: dict[Any, str] = {}
    complete = set()
    for a, b in zip([0, *at], [*at, len(text)], strict=True):
        for piece in growing.feed(text[a:b]):
            found[piece.path[-1]] = found.get(piece.path[-1], "") + piece.text
            if piece.whole:
                complete.add(piece.path[-1])
    assert complete == found.keys()
    assert growing.is_whole
    return {key: json.loads(written) for key, written in found.items()}


def test_no_arguments_are_an_empty_object() -> None:
    call = tool_call("call_1", "now", "")
    assert (call.arguments, call.text, call.complete) == ({}, "{}", True)
    assert tool_call("call_1", "now", "", complete=False).text == ""


# --- words of a form ---


class Report(BaseModel):
    city: str
    sunny: bool


def test_an_answer_in_words_can_be_held_to_a_form() -> None:
    sent = body("Rain?", tools=[ADD], response_format=Report)
    assert '{"content": your answer}' in sent["messages"][0]["content"]
    assert '"sunny": {"type": "boolean"}' in sent["messages"][0]["content"]
    call, words = sent["response_format"]["schema"]["anyOf"]
    assert call["properties"]["name"]["enum"] == ["add"]
    assert (
        words["properties"]["content"]
        == body("x", response_format=Report)["response_format"]["schema"]
    )


@pytest.mark.parametrize("choice", [None, "auto", {"type": "auto"}])
@pytest.mark.parametrize("form", [None, {"type": "text"}])
def test_plain_words_are_no_form(choice: Any, form: Any) -> None:
    plain = body("x", tools=[ADD])
    assert body("x", tools=[ADD], tool_choice=choice, response_format=form) == plain


def test_a_form_alone_is_left_where_no_tool_may_be_called() -> None:
    sent = body("x", tools=[ADD], tool_choice="none", response_format=Report)
    assert sent == body("x", response_format=Report)


@given(st.data())
@pytest.mark.parametrize("value", [{"city": "R\u00f6m", "sunny": True}, 'a " text', [1, 2], 7])
def test_words_of_a_form_are_given_as_json(value: Any, data: st.DataObject) -> None:
    text = json.dumps({"content": value})
    at = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    reading = ToolCalls(words_are_json=True)
    pieces = [
        piece
        for a, b in zip([0, *at], [*at, len(text)], strict=True)
        for piece in reading.feed(text[a:b])
    ]
    assert json.loads("".join(map(str, pieces))) == value
    assert not reading.calls


def test_a_call_is_not_checked_by_the_form_of_words() -> None:
    call = calls.chat("x", tools=[ADD], response_format=Report, check=True)

    def read(said: Any) -> Any:
        answer = {"choices": [{"message": {"content": json.dumps(said)}, "finish_reason": "stop"}]}
        return call.parse(json.dumps(answer).encode())

    assert read({"name": "add", "arguments": {}}).tool_calls[0].name == "add"
    assert read({"content": {"city": "Rom", "sunny": True}}).parsed == Report(
        city="Rom", sunny=True
    )
    with pytest.raises(errors.AnswerMismatchError):
        read({"content": {"city": "Rom"}})


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_stop_in_words_ends_the_answer_whole_and_streamed(size: int) -> None:
    """Not every server holds a model to a form: words may come between calls."""
    said = json.dumps(
        [
            {"name": "add", "arguments": {"city": "Rom;"}},
            {"content": "Then; now"},
            {"name": "now", "arguments": {}},
        ]
    )
    asked: Any = {"tools": [ADD, NOW], "parallel_tool_calls": True, "stop_sequences": [";"]}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    choice = {"message": {"content": said}, "finish_reason": "stop"}
    answer = calls.chat("x", **asked).parse(
        json.dumps({"choices": [choice], "usage": usage}).encode()
    )
    assert answer.text == "Then"
    assert [(call.name, call.arguments) for call in answer.tool_calls] == [
        ("add", {"city": "Rom;"})
    ]
    assert answer.finish_reason == "tool_calls"

    reader = calls.chat_stream("x", **asked).reader()
    deltas: list[dict[str, Any]] = [
        {"delta": {"content": said[at : at + size]}} for at in range(0, len(said), size)
    ]
    events: list[dict[str, Any]] = [{"choices": [delta]} for delta in deltas]
    events.append({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": usage})
    chunks = [reader.read(json.dumps(event).encode()) for event in events]
    (end,) = [chunk for chunk in chunks if chunk.finish_reason]
    assert "".join(chunk.text for chunk in chunks) == answer.text
    assert [(call.name, call.text) for call in end.calls] == [
        (call.name, call.text) for call in answer.tool_calls
    ]
    assert {delta.index for chunk in chunks for delta in chunk.tool_calls} == {0}
    assert end.finish_reason == answer.finish_reason
