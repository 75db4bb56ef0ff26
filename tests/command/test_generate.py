"""`lorax generate`: text as it comes, JSON for programs, and nothing that should not be seen."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from lorax import Client
from tests.command.running import COMMAND, Page, process, run, serving
from tests.wire_server import SSE_HEAD, Send, WireServer, chunk, token_event

SECRET = "k3y-that-nobody-sees"
BOOK = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}


def test_the_text_alone_goes_to_stdout(url: str) -> None:
    result = run("generate", "[[say:Blue [bold]sky[/bold] :smile:]]", "--url", url)
    assert (result.stdout, result.stderr) == ("Blue [bold]sky[/bold] :smile:\n", "")
    assert result.exit_code == 0


@pytest.mark.parametrize("options", [[], ["-"]])
def test_a_prompt_from_stdin(url: str, options: list[str]) -> None:
    assert run("generate", *options, "--url", url, stdin="[[say:Blue]]\n").stdout == "Blue\n"


def test_a_stdin_that_is_no_text(url: str) -> None:
    with process("generate", "--url", url, stdin=-1, stdout=-1, stderr=-1) as asked:
        out, complaint = asked.communicate(b"\xff\xfe", timeout=20)
    assert (asked.returncode, out) == (2, b"")
    assert b"stdin is no text" in complaint


def test_options_reach_the_server(url: str) -> None:
    options = ["--adapter", "acme/a", "--source", "local", "--stop", "c", "--seed", "7"]
    said = run("generate", "[[say:a b c d]]", "--json", "--url", url, *options).stdout
    answer = json.loads(said)
    assert answer["text"] == "a b "
    assert answer["finish_reason"] == "stop_sequence"
    assert answer["usage"]["generated_tokens"] == 3
    assert answer["metadata"]["adapter_id"] == "acme/a"
    assert answer["metadata"]["adapter_source"] == "local"
    assert "headers" not in answer["metadata"]
    cut = run("generate", "[[say:a b c d]]", "--url", url, "--max-new-tokens", "2", "--no-stream")
    assert cut.stdout == "a b\n"


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_a_schema(url: str, tmp_path: Path, how: list[str]) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    options = ["--schema", str(tmp_path / "book.json"), "--url", url, *how]
    assert run("generate", "[[str:Dracula]]", *options).stdout == '{"title": "Dracula"}\n'
    answer = json.loads(run("generate", "[[str:Dracula]]", *options, "--json").stdout)
    assert answer["parsed"] == {"title": "Dracula"}


def test_a_schema_from_stdin_that_the_answer_breaks(url: str) -> None:
    few = ["--max-new-tokens", "3", "--schema", "-", "--url", url]
    cut = run("generate", "x", *few, stdin=json.dumps(BOOK))
    assert cut.exit_code == 9
    assert "--max-new-tokens" in cut.stderr
    both = run("generate", "-", *few, stdin=json.dumps(BOOK))
    assert both.exit_code == 2
    assert "--schema - reads stdin" in both.stderr


def test_what_a_schema_costs_is_told_in_words(url: str, tmp_path: Path) -> None:
    def costs(count: int) -> tuple[int, str]:
        texts = {f"p{n}": {"type": "string"} for n in range(count)}
        dear = {"type": "object", "properties": texts, "required": list(texts)}
        (tmp_path / "dear.json").write_text(json.dumps(dear))
        result = run("generate", "x", "--schema", str(tmp_path / "dear.json"), "--url", url)
        return result.exit_code, result.stderr

    code, said = costs(300)
    assert code == 9
    assert "doctor --schema" in said
    code, said = costs(20)
    assert code == 0
    assert said.startswith("lorax: response_format costs a server about ")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--schema", "none.json"], "No such file"),
        (["--schema", "README.md"], "README.md is no JSON"),
        (["--temperature", "-1"], "temperature"),
        (["--header", SECRET], "--header takes NAME:VALUE"),
        (["--url", f"ftp://user:{SECRET}@host"], "must begin with http"),
        (["--api-key", f"ä{SECRET}"], "printable ASCII"),
    ],
)
def test_options_that_are_not_allowed(options: list[str], words: str) -> None:
    result = run("generate", "x", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in " ".join(result.stderr.split())
    assert SECRET not in result.stderr


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        ("acme/missing", "--source"),
        ("acme/private", "--api-token"),
        ("acme/badrank", "Rank of adapter"),
    ],
)
def test_adapters_that_are_not_to_be_had(url: str, adapter: str, words: str) -> None:
    result = run("generate", "x", "--adapter", adapter, "--url", url)
    assert (result.exit_code, result.stdout) == (6, "")
    assert words in result.stderr


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("overloaded", 7),
        ("unavailable", 5),
        ("html=502", 5),
        ("html=200", 4),
        ("html=404", 4),
        ("html=403", 10),
        ("redirect=/there", 4),
        ("empty=204", 4),
        ("reset", 3),
        ("cut=2", 5),
        ("malformed=2", 4),
        ("error-event=2", 5),
        ("html=504", 8),
    ],
)
def test_what_it_exits_with(url: str, fault: str, code: int) -> None:
    broken = ["--header", f"x-devserver-fault: {fault}", "--max-retries", "0"]
    result = run("generate", "x", "--url", url, *broken)
    assert result.exit_code == code, result.stderr
    assert result.stderr.startswith("lorax: ")
    assert "<" not in result.stderr


def test_what_fails_once_is_sent_again(url: str) -> None:
    once = ["--header", "x-devserver-fault: unavailable=0*1"]
    assert run("generate", "[[say:Blue]]", "--url", url, *once).stdout == "Blue\n"


def test_a_key_that_would_become_a_token_is_told(url: str) -> None:
    bearer = ["--header", f"Authorization: Bearer {SECRET}"]
    result = run("generate", "[[say:Blue]]", "--url", url, "--adapter", "acme/a", *bearer)
    assert result.stdout == "Blue\n"
    assert result.stderr.startswith("lorax: A LoRAX server takes the bearer")
    assert SECRET not in result.stderr


def test_no_answer_in_time(url: str) -> None:
    fault = ["--header", "x-devserver-fault:hang", "--timeout", "0.2"]
    result = run("generate", "x", "--url", url, *fault)
    assert result.exit_code == 8
    assert "--timeout" in result.stderr


def test_secrets_stay_where_they_are_when_a_server_repeats_them() -> None:
    with serving({"/": Page(None, 400, "text/plain")}) as url:
        keys = ["--api-key", f"{SECRET}1", "--api-token", f"{SECRET}2", "--adapter", "a"]
        keys += ["--header", f"X-Token: {SECRET}3", "--header", "X-Colour: blue-green"]
        result = run("generate", "x", "--url", url, *keys)
    assert result.exit_code == 1
    assert "blue-green" in result.stderr
    assert SECRET not in result.output


def test_keys_from_the_environment_reach_the_server_and_not_the_help(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("LORAX_URL", url)
    monkeypatch.setenv("LORAX_API_TOKEN", SECRET)
    monkeypatch.setenv("LORAX_API_KEY", SECRET)
    result = run("generate", "[[say:Blue]]", "--adapter", "acme/private", "--json")
    assert json.loads(result.stdout)["text"] == "Blue"
    said = run("generate", "--help").stdout
    assert "LORAX_API_TOKEN" in said
    assert SECRET not in said + result.stdout


@pytest.mark.anyio
async def test_ctrl_c_ends_the_request_at_the_server(wire_server: WireServer) -> None:
    async def script(send: Send) -> None:
        await send(SSE_HEAD + chunk(token_event("Blue")))
        await anyio.sleep_forever()

    wire_server.play(script)
    command = [*COMMAND, "generate", "x", "--url", wire_server.url]
    with anyio.fail_after(20):
        async with await anyio.open_process(command) as asked:
            assert asked.stdout is not None
            assert asked.stderr is not None
            assert await asked.stdout.receive() == b"Blue"
            asked.send_signal(signal.SIGINT)
            assert await asked.wait() == 130
            await wire_server.left.wait()
            with pytest.raises(anyio.EndOfStream):
                await asked.stderr.receive()


def test_whoever_reads_may_leave(url: str) -> None:
    prompt = "[[say:a b c d e f]] [[sleep:0.01]] [[eos:0]]"
    options = ["--url", url, "--max-new-tokens", "1500"]
    with process("generate", prompt, *options, stdout=-1, stderr=-1) as asked:
        assert asked.stdout is not None
        assert asked.stderr is not None
        assert asked.stdout.read(1) == b"a"
        asked.stdout.close()
        assert asked.wait(timeout=20) == 141
        assert asked.stderr.read() == b""


def seen_at_terminal(*options: str) -> str:
    """What a terminal would be given."""
    ours, theirs = pty.openpty()
    with process(*options, stdin=theirs, stdout=theirs, stderr=theirs) as asked:
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # how a terminal ends on Linux
            pass
        os.close(ours)
        asked.wait(timeout=20)
    return seen.decode().replace("\r\n", "\n")


def test_a_model_does_not_command_a_terminal(url: str) -> None:
    prompt = "[[say:\x1b]0;owned\x07 \x9b31m fine]]"
    assert seen_at_terminal("generate", prompt, "--url", url) == "␛]0;owned␇ \ufffd31m fine\n"
    assert run("generate", prompt, "--url", url).stdout == "\x1b]0;owned\x07 \x9b31m fine\n"
    cut = seen_at_terminal("generate", "[[say:a b]]", "--url", url, "--max-new-tokens", "1")
    assert "cut at --max-new-tokens" in cut


def test_a_terminal_is_asked_for_a_prompt() -> None:
    assert "give a PROMPT, or a text on stdin" in seen_at_terminal("generate")


def test_nothing_of_it_comes_with_the_client() -> None:
    # Where rich is installed httpx imports it, for its own command.
    program = "import sys, lorax; print({'typer', 'lorax.command'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout == b"set()\n"


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_what_to_install_where_a_package_is_missing(package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; from lorax.command import main; main()"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f'lorax: {package} is missing: pip install "lorax-client[cli]"\n'


def test_what_a_server_says_of_itself(url: str) -> None:
    with Client(url) as client:
        told = client.info().model_dump()
    assert json.loads(run("info", "--json", "--url", url).stdout) == told
    lines = [line.split() for line in run("info", "--url", url).stdout.splitlines()]
    assert ["max_concurrent_requests", "128"] in lines
    assert [line[0] for line in lines] == list(told)
