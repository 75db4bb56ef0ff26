"""A scripted server for all tests of the command, and an environment that says nothing."""

import os
from collections.abc import Iterator

import pytest

from tests.conftest import running_devserver


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("LORAX_", "SSL_CERT")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
