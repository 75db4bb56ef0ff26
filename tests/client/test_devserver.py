"""Both clients against a real server with the real model."""

import pickle

import pytest
from pydantic import BaseModel

from lorax import AsyncClient, Client, errors
from tests.conftest import Caller

pytestmark = pytest.mark.anyio
PROMPT = "The capital of France is"


async def test_the_documented_example_of_a_whole_answer(caller: Caller, devserver: str) -> None:
    answer = await caller.call(devserver, "generate", PROMPT, adapter_id="sql")
    assert answer.generated_text
    assert answer.details.generated_tokens <= 20
    assert answer.metadata.adapter_id == "sql"


def test_the_documented_example_of_a_stream(devserver: str) -> None:
    client = Client(devserver)
    result = ""
    for response in client.generate_stream(PROMPT, max_new_tokens=8):
        if not response.token.special:
            result += response.token.text
    assert result == client.generate(PROMPT, max_new_tokens=8).generated_text


async def test_the_documented_example_of_an_async_stream(devserver: str) -> None:
    client = AsyncClient(devserver)
    result = ""
    async for response in client.generate_stream(PROMPT, max_new_tokens=8):
        if not response.token.special:
            result += response.token.text
    assert result == (await client.generate(PROMPT, max_new_tokens=8)).generated_text


async def test_a_stream_gives_the_tokens_of_the_whole_answer(
    caller: Caller, devserver: str
) -> None:
    whole = await caller.call(devserver, "generate", PROMPT, max_new_tokens=12)
    items = await caller.stream(devserver, "generate_stream", PROMPT, max_new_tokens=12)
    assert [item.token.id for item in items] == [token.id for token in whole.details.tokens]
    assert "".join(item.text for item in items) == whole.text
    assert [item.is_last for item in items] == [False] * 11 + [True]
    assert items[-1].generated_text == whole.generated_text
    assert items[-1].details.generated_tokens == whole.details.generated_tokens == 12
    assert all(item.details is None for item in items[:-1])


async def test_a_character_of_several_tokens_comes_when_it_is_whole(
    caller: Caller, devserver: str
) -> None:
    prompt = "Repeat: 🦜🦜🦜\nRepeat: 🦜🦜🦜\nRepeat:"
    items = await caller.stream(devserver, "generate_stream", prompt, max_new_tokens=9)
    assert "".join(item.text for item in items).strip() == "🦜🦜🦜"
    assert [item.token.text for item in items].count("") == 6
    assert all(item.token.logprob < 0 for item in items)


async def test_each_call_names_its_adapter(caller: Caller, devserver: str) -> None:
    prompt = "One SQL query that counts the books:\n```sql\n"
    base = await caller.call(devserver, "generate", prompt, max_new_tokens=30)
    adapted = await caller.call(devserver, "generate", prompt, adapter_id="sql", max_new_tokens=30)
    again = await caller.call(devserver, "generate", prompt, max_new_tokens=30)
    assert base == again
    assert adapted.text != base.text
    assert base.metadata.adapter_id is None
    assert adapted.metadata.adapter_id == "sql"


async def test_merged_adapters_count_by_their_weights(caller: Caller, devserver: str) -> None:
    prompt = "One SQL query that counts the books:\n```sql\n"

    async def merged(weight: float) -> object:
        merge = {"ids": ["sql"], "weights": [weight]}
        return await caller.call(devserver, "generate", prompt, merged_adapters=merge)

    alone = await caller.call(devserver, "generate", prompt, adapter_id="sql")
    base = await caller.call(devserver, "generate", prompt)
    assert await merged(1.0) == alone
    assert await merged(0.0) == base
    merge = {"ids": ["sql"], "weights": [1.0], "merge_strategy": "ties"}
    with pytest.raises(errors.ValidationError, match="merges by linear, not by ties"):
        await caller.call(devserver, "generate", prompt, merged_adapters=merge)


async def test_an_empty_adapter_id_is_the_base_model(caller: Caller, devserver: str) -> None:
    answer = await caller.call(devserver, "generate", PROMPT, adapter_id="", max_new_tokens=3)
    assert answer.metadata.adapter_id is None


class Person(BaseModel):
    name: str
    age: int


FORMS = [
    Person,
    Person.model_json_schema(),
    {"type": "json_object", "schema": Person.model_json_schema()},
    {"type": "json_schema", "json_schema": {"name": "p", "schema": Person.model_json_schema()}},
]


@pytest.mark.parametrize("form", FORMS, ids=["class", "schema", "documented", "openai"])
@pytest.mark.parametrize("method", ["generate", "chat"])
async def test_every_form_of_a_response_format_holds_the_answer(
    caller: Caller, devserver: str, method: str, form: object
) -> None:
    prompt = "Describe a person as JSON with name and age."
    answer = await caller.call(devserver, method, prompt, response_format=form, max_new_tokens=80)
    assert Person.model_validate_json(answer.text).name


async def test_text_is_no_constraint(caller: Caller, devserver: str) -> None:
    plain = await caller.call(devserver, "generate", PROMPT, max_new_tokens=5)
    text = await caller.call(
        devserver, "generate", PROMPT, max_new_tokens=5, response_format={"type": "text"}
    )
    assert text == plain


async def test_a_stop_sequence_is_cut_and_the_servers_own_text_kept(
    caller: Caller, devserver: str
) -> None:
    arguments = {"max_new_tokens": 30, "stop_sequences": ["nited"]}
    answer = await caller.call(devserver, "generate", PROMPT, **arguments)
    items = await caller.stream(devserver, "generate_stream", PROMPT, **arguments)
    assert "".join(item.text for item in items) == answer.text
    assert answer.text.endswith("The U")
    assert "nited" in answer.generated_text


async def test_a_seed_repeats_a_draw(caller: Caller, devserver: str) -> None:
    draws = [
        await caller.call(devserver, "generate", PROMPT, seed=seed, temperature=1.5)
        for seed in (7, 7, 8)
    ]
    assert draws[0].text == draws[1].text != draws[2].text
    assert draws[0].details.seed == 7


async def test_truncate_keeps_the_end_of_the_prompt(caller: Caller, devserver: str) -> None:
    long = await caller.call(devserver, "generate", f"Zebras. {PROMPT}", truncate=5)
    short = await caller.call(devserver, "generate", PROMPT)
    assert long.text == short.text


async def test_the_prompts_tokens_and_the_alternatives(caller: Caller, devserver: str) -> None:
    answer = await caller.call(
        devserver,
        "generate",
        PROMPT,
        max_new_tokens=1,
        decoder_input_details=True,
        return_k_alternatives=2,
    )
    prefill = answer.details.prefill
    assert "".join(token.text for token in prefill) == PROMPT
    assert prefill[0].logprob is None
    assert all(token.logprob < 0 for token in prefill[1:])
    (token,) = answer.details.tokens
    likeliest, second = token.alternative_tokens
    assert likeliest.id == token.id
    assert second.logprob < likeliest.logprob


async def test_full_text_has_the_prompt_before_the_answer(caller: Caller, devserver: str) -> None:
    answer = await caller.call(
        devserver, "generate", PROMPT, return_full_text=True, stop_sequences=["."]
    )
    assert answer.text == f"{PROMPT} Paris"


async def test_best_of_gives_the_likeliest_of_several(caller: Caller, devserver: str) -> None:
    answer = await caller.call(
        devserver, "generate", PROMPT, best_of=2, do_sample=True, max_new_tokens=4
    )
    (other,) = answer.details.best_of_sequences
    assert _mean(answer.details.tokens) >= _mean(other.tokens)


def _mean(tokens: list) -> float:  # type: ignore[type-arg]
    return sum(token.logprob for token in tokens) / len(tokens)


async def test_chat_is_the_same_each_time_unless_it_samples(caller: Caller, devserver: str) -> None:
    arguments = {"max_new_tokens": 12}
    messages = [{"role": "user", "content": "Name an animal."}]
    first = await caller.call(devserver, "chat", messages, **arguments)
    assert first == await caller.call(devserver, "chat", messages, **arguments)
    assert first.usage.completion_tokens <= 12
    chunks = await caller.stream(devserver, "chat_stream", messages, **arguments)
    assert "".join(chunk.text for chunk in chunks) == first.text
    assert chunks[-1].finish_reason == first.finish_reason
    assert chunks[-1].usage == first.usage
    drawn = {
        (await caller.call(devserver, "chat", messages, temperature=2.0, seed=seed)).text
        for seed in range(3)
    }
    assert len(drawn) > 1


async def test_chat_cuts_its_stop_sequence(caller: Caller, devserver: str) -> None:
    answer = await caller.call(
        devserver, "chat", "Count from one to nine.", stop_sequences=["3", "hree"]
    )
    assert "3" not in answer.text
    assert "hree" not in answer.text
    assert answer.finish_reason == "stop"


async def test_chat_names_its_adapter(caller: Caller, devserver: str) -> None:
    answer = await caller.call(devserver, "chat", "Hello.", adapter_id="sql", max_new_tokens=2)
    assert answer.metadata.adapter_id == "sql"


@pytest.mark.parametrize("method", ["generate", "generate_stream", "chat", "chat_stream"])
async def test_a_wrong_adapter_is_named_with_what_to_do(
    caller: Caller, devserver: str, method: str
) -> None:
    send = caller.stream if method.endswith("stream") else caller.call
    with pytest.raises(errors.AdapterNotFoundError, match=r"acme/sql.*Check adapter_id") as caught:
        await send(devserver, method, PROMPT, adapter_id="acme/sql")
    assert caught.value.adapter_id == "acme/sql"
    assert str(caught.value.url).startswith(devserver)


async def test_what_only_the_server_knows_is_its_validation_error(
    caller: Caller, devserver: str
) -> None:
    with pytest.raises(errors.ValidationError, match=r"must be <= 2048\. Given: 5 ") as caught:
        await caller.call(devserver, "generate", PROMPT, max_new_tokens=5000)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(errors.ValidationError, match=r"must be <= 2048\. Given: 5 "):
        await caller.stream(devserver, "generate_stream", PROMPT, max_new_tokens=5000)


@pytest.mark.anyio
async def test_a_prompt_that_is_too_long_says_how_much_room_is_left(
    caller: Caller, devserver: str
) -> None:
    for method, prompt in (("generate", "x"), ("chat", [{"role": "user", "content": "x"}])):
        with pytest.raises(errors.PromptTooLongError, match="max_new_tokens of at most") as caught:
            await caller.call(devserver, method, prompt, max_new_tokens=5000)
        assert 1900 < caught.value.room < 2048
    with pytest.raises(errors.PromptTooLongError, match="Shorten the prompt") as caught:
        await caller.stream(devserver, "generate_stream", "word " * 1800, max_new_tokens=1)
    assert caught.value.room == 0
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message
