"""A batch that is broken off by Ctrl-C."""

import signal
import subprocess
import sys

import pytest

from lorax_devserver.testing import ScriptedServer
from tests.processes import started

# What is left under way is no reason to wait, though Python itself would at its end.
PROGRAM = """
import os, signal, sys
from {module} import {name}
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    {call}
except KeyboardInterrupt:
    print("left", flush=True)
    os._exit(130)
"""
CALLS = {
    "LoRAX": 'LoRAX(base_url=sys.argv[1]).batch(["x"] * 3)',
    "LoRAXEmbeddings": "LoRAXEmbeddings(base_url=sys.argv[1], batch_size=1)"
    ".embed_documents([*'xyz'])",
}


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_waits_for_no_answer(name: str, lorax_server: ScriptedServer) -> None:
    lorax_server.fault("hang")
    program = PROGRAM.format(module="langchain_lorax", name=name, call=CALLS[name])
    command = [sys.executable, "-c", program, lorax_server.url]
    with started(command, stdout=subprocess.PIPE, text=True) as process:
        lorax_server.wait_for_requests(3)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)  # half of the client's own timeout
    assert (said, process.returncode) == ("left\n", 130)
