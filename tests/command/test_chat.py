"""`lorax chat`: turns through a pipe and at a terminal, and what an error leaves."""

import json
import os
import pty
import select
import signal
from collections.abc import Callable

from tests.command.running import process, run


def test_each_line_of_a_pipe_is_a_turn(url: str) -> None:
    lines = "[[say:One]]\n\n[[say:Two\\n]]\r\n/quit\n[[say:Three]]\n"
    result = run("chat", "--url", url, stdin=lines)
    assert (result.stdout, result.stderr, result.exit_code) == ("One\nTwo\n", "", 0)


def test_one_object_a_turn_and_the_history_grows_and_is_forgotten(url: str) -> None:
    lines = "[[say:One]]\n[[say:One]]\n/adapter acme/missing\n[[say:One]]\n/adapter acme/a\n"
    lines += "[[say:One]]\n/adapter\n/reset\n[[say:One]]\n/what\n"
    result = run("chat", "--url", url, "--json", "--system", "Be brief.", stdin=lines)
    first, second, missing, third, again = map(json.loads, result.stdout.splitlines())
    assert [turn["text"] for turn in (first, second, third, again)] == ["One"] * 4
    assert first["finish_reason"] == "stop"
    prompts = [turn["usage"]["prompt_tokens"] for turn in (first, second, third, again)]
    assert prompts[0] < prompts[1] < prompts[2]
    assert prompts[1] - prompts[0] == prompts[2] - prompts[1]
    assert prompts[3] == prompts[0]
    assert missing["error"]["kind"] == "AdapterNotFoundError"
    assert "--adapter" in missing["error"]["todo"]
    assert third["metadata"]["adapter_id"] == "acme/a"
    assert "adapter_id" not in again["metadata"]
    assert result.exit_code == 6
    assert "there is no /what" in result.stderr


def test_an_error_of_a_turn_is_told_and_the_next_turn_is_answered(url: str) -> None:
    lines = "[[say: R]] [[fail:2]]\n[[say:Two]]\n"
    result = run("chat", "--url", url, "--max-retries", "0", stdin=lines)
    assert result.stdout == " R\nTwo\n"
    assert "CUDA out of memory" in result.stderr
    assert result.exit_code == 5


def test_a_conversation_at_a_terminal(url: str) -> None:
    ours, theirs = pty.openpty()
    terminal = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with process("chat", "--url", url, "--max-new-tokens", "1500", **terminal) as talk:
        os.close(theirs)
        reading = read_until(ours)
        reading("> ")
        os.write(ours, b"[[say:a b c]] [[sleep:0.01]] [[eos:0]]\n")
        reading("a b ca b c")
        talk.send_signal(signal.SIGINT)
        assert "left out of the conversation" in reading("> ")
        os.write(ours, b"[[say:done]]\n")
        assert "]]\r\ndone\r\n" in reading("> ")
        os.write(ours, b"\x04")
        assert talk.wait(timeout=20) == 0
        os.close(ours)


def read_until(terminal: int) -> Callable[[str], str]:
    """Reads what a terminal shows until some words come; what came is not given again."""

    def read(words: str) -> str:
        seen = b""
        while words.encode() not in seen:
            assert select.select([terminal], [], [], 20)[0], f"{words!r} did not come: {seen!r}"
            seen += os.read(terminal, 1)
        return seen.decode()

    return read
