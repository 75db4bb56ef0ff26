"""LoRAX as LlamaIndex's LLM, on the real devserver."""

import base64
import copy
import io
import pickle
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import pytest
from llama_index.core import Document, SummaryIndex
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.llms import AudioBlock, ChatMessage, ImageBlock, TextBlock
from llama_index.llms.lorax import LoRAX
from pydantic import BaseModel, ValidationError

from lorax import errors
from lorax_devserver.testing import ScriptedServer
from tests.wire_server import LAST_CHUNK, SSE_HEAD, Send, WireServer, chunk, token_event

PROMPT = "The capital of France is"
TURNS = [ChatMessage(role="user", content="Name an animal.")]


@pytest.fixture
def llm(devserver: str) -> LoRAX:
    return LoRAX(base_url=devserver, max_new_tokens=8)


def test_the_issues_own_line(devserver: str) -> None:
    pieces = list(LoRAX(base_url=devserver).stream_complete("SELECT", adapter_id="sql"))
    assert len(pieces) > 1


def test_a_completion_whole_and_streamed(llm: LoRAX) -> None:
    whole = llm.complete(PROMPT)
    assert whole.text.startswith(" Paris")
    pieces = list(llm.stream_complete(PROMPT))
    assert "".join(piece.delta or "" for piece in pieces) == pieces[-1].text == whole.text
    assert pieces[-1].raw is not None
    assert {**pieces[-1].raw, "timings": ...} == {**whole.raw, "timings": ...}
    assert whole.raw is not None
    assert whole.raw["usage"]["completion_tokens"] == 8
    assert whole.raw["finish_reason"] == "length"


def test_a_chat_whole_and_streamed(llm: LoRAX) -> None:
    whole = llm.chat(TURNS)
    pieces = list(llm.stream_chat(TURNS))
    assert "".join(piece.delta or "" for piece in pieces) == whole.message.content
    assert pieces[-1].message.content == whole.message.content
    assert pieces[-1].raw["usage"] == whole.raw["usage"]


@pytest.mark.anyio
async def test_async_is_the_same_as_sync(llm: LoRAX) -> None:
    whole = await anyio.to_thread.run_sync(llm.complete, PROMPT)
    assert (await llm.acomplete(PROMPT)).text == whole.text
    pieces = [piece async for piece in await llm.astream_complete(PROMPT)]
    assert pieces[-1].text == whole.text
    chat = await anyio.to_thread.run_sync(llm.chat, TURNS)
    assert (await llm.achat(TURNS)).message.content == chat.message.content
    chunks = [piece async for piece in await llm.astream_chat(TURNS)]
    assert chunks[-1].message.content == chat.message.content


def test_each_call_names_its_adapter(llm: LoRAX) -> None:
    prompt = "How many books are there?\n```sql\n"
    base, sql = llm.complete(prompt).text, llm.complete(prompt, adapter_id="sql").text
    assert base != sql
    own = LoRAX(base_url=llm.base_url, adapter_id="sql", max_new_tokens=8)
    assert own.complete(prompt).text == sql
    assert llm.complete(prompt).text == base
    assert llm.chat(TURNS, adapter_id="sql").message.content != llm.chat(TURNS).message.content


class Person(BaseModel):
    name: str
    age: int


def test_a_response_format_goes_with_a_call(llm: LoRAX) -> None:
    answer = llm.complete("A person as JSON: ", response_format=Person, max_new_tokens=60)
    assert Person.model_validate_json(answer.text)
    form = Person.model_json_schema()
    turns = [ChatMessage(role="user", content="A person called Ann, aged 40, as JSON.")]
    chat = llm.chat(turns, response_format=form, max_new_tokens=60)
    assert Person.model_validate_json(chat.message.content or "")


def test_a_stop_is_cut_from_every_form(llm: LoRAX) -> None:
    arguments: dict[str, Any] = {"stop_sequences": ["nited"], "max_new_tokens": 30}
    whole = llm.complete(PROMPT, **arguments).text
    assert whole.endswith("The U")
    assert list(llm.stream_complete(PROMPT, **arguments))[-1].text == whole


def test_a_prompt_is_formatted_unless_it_is(devserver: str) -> None:
    llm = LoRAX(
        base_url=devserver, max_new_tokens=4, completion_to_prompt=lambda text: f"{PROMPT} {text}"
    )
    assert llm.complete("").raw["usage"]["prompt_tokens"] == 6
    assert llm.complete(PROMPT, formatted=True).raw["usage"]["prompt_tokens"] == 5


@pytest.mark.skipif(
    version("llama-index-core") in {"0.14.23", "0.14.24"},
    reason="llama-index-core before 0.14.25 collects a stream, and gives it as one piece",
)
def test_a_query_engine_streams(llm: LoRAX) -> None:
    index = SummaryIndex.from_documents([Document(text="The shop opens at nine.")])
    engine = index.as_query_engine(llm=llm, streaming=True)
    pieces = list(engine.query("When does the shop open?").response_gen)
    assert len([piece for piece in pieces if piece]) > 2


def test_the_token_counter_counts_what_the_server_says(devserver: str) -> None:
    counter = TokenCountingHandler()
    llm = LoRAX(base_url=devserver, max_new_tokens=8, callback_manager=CallbackManager([counter]))
    llm.complete(PROMPT)
    assert counter.completion_llm_token_count == 8


@pytest.mark.anyio
async def test_each_piece_is_given_before_the_next_is_sent(wire_server: WireServer) -> None:
    given = anyio.Event()

    async def script(send: Send) -> None:
        await send(SSE_HEAD)
        await send(chunk(token_event(" one")))
        await given.wait()
        await send(chunk(token_event(" two", " one two")) + LAST_CHUNK)

    wire_server.play(script)
    llm = LoRAX(base_url=wire_server.url)
    pieces = []
    with anyio.fail_after(10):
        async for piece in await llm.astream_complete("x"):
            pieces.append(piece.delta)
            given.set()
    assert pieces == [" one", " two"]


@pytest.mark.anyio
async def test_a_broken_stream_raises(wire_server: WireServer) -> None:
    wire_server.stream(token_event(" one"), cut=True)
    with pytest.raises(errors.IncompleteGenerationError):
        async for _ in await LoRAX(base_url=wire_server.url).astream_complete("x"):
            pass


def test_bad_input_is_refused_with_the_clients_words(llm: LoRAX) -> None:
    with pytest.raises(errors.UnknownParameterError, match="Did you mean 'adapter_id'"):
        llm.complete(PROMPT, adapter_idd="sql")
    with pytest.raises(errors.AdapterNotFoundError):
        list(llm.stream_complete(PROMPT, adapter_id="nope"))
    with pytest.raises(ValidationError, match="Did you mean 'temperature'"):
        LoRAX(base_url="http://127.0.0.1:1", temprature=1)  # type: ignore[call-arg]


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
INLINE = f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"


def test_images_reach_the_server(lorax_server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "pixel.png").write_bytes(PIXEL)
    images = {
        "bytes": (ImageBlock(image=PIXEL), {"url": INLINE}),
        "base64": (ImageBlock(image=base64.b64encode(PIXEL)), {"url": INLINE}),
        "a file": (ImageBlock(path=tmp_path / "pixel.png"), {"url": INLINE}),
        "an open file": (ImageBlock(image=io.BytesIO(PIXEL)), {"url": INLINE}),
        "of a kind that is told": (
            ImageBlock(image=b"RAW", image_mimetype="image/x-raw"),
            {"url": "data:image/x-raw;base64,UkFX"},
        ),
        "an address": (
            ImageBlock(url="https://example.org/cat.png", detail="low"),
            {"url": "https://example.org/cat.png", "detail": "low"},
        ),
    }
    llm = LoRAX(base_url=lorax_server.url)
    for block, sent in images.values():
        llm.chat([ChatMessage(role="user", blocks=[block, TextBlock(text="What is it?")])])
        assert lorax_server.requests[-1].body["messages"][0]["content"] == [
            {"type": "image_url", "image_url": sent},
            {"type": "text", "text": "What is it?"},
        ]


def test_what_would_be_lost_is_refused(llm: LoRAX) -> None:
    def asked(*blocks: Any) -> list[ChatMessage]:
        return [ChatMessage(role="user", blocks=[TextBlock(text="What?"), *blocks])]

    with pytest.raises(errors.ValidationError, match="text and images here, no audio"):
        llm.chat(asked(AudioBlock(audio=b"x")))
    with pytest.raises(errors.ValidationError, match="an image cannot be read"):
        llm.chat(asked(ImageBlock()))
    for held in (b"x", b"%PDF-1.4 of no image"):
        with pytest.raises(errors.ValidationError, match="should have its image_mimetype"):
            llm.chat(asked(ImageBlock(image=held)))
    by_words = llm.with_parameters(is_chat_model=False)
    with pytest.raises(errors.ValidationError, match="lost in the prompt that is written here"):
        by_words.chat(asked(ImageBlock(image=PIXEL)))
    written = llm.with_parameters(
        messages_to_prompt=lambda turns: f"![]({INLINE}) {turns[0].content}"
    )
    assert written.chat(asked(ImageBlock(image=PIXEL))).message.content


def test_it_is_copied_and_pickled(llm: LoRAX) -> None:
    expected = llm.complete(PROMPT).text
    assert copy.deepcopy(llm).complete(PROMPT).text == expected
    assert pickle.loads(pickle.dumps(llm)).complete(PROMPT).text == expected


def test_secrets_are_not_shown() -> None:
    llm = LoRAX(base_url="http://127.0.0.1:1", api_token="hf_secret", headers={"x-key": "secret"})
    assert "secret" not in repr(llm)
    assert "secret" not in str(llm.to_dict())
    assert "secret" not in llm.to_json()
