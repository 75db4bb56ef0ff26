"""A scripted server for all tests of the command, and an environment that says nothing."""

import os

import pytest

from lorax_devserver.testing import ScriptedServer


@pytest.fixture
def url(lorax_server: ScriptedServer) -> str:
    return lorax_server.url


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("LORAX_", "SSL_CERT")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
