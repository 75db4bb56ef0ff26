"""Fixtures for pytest: a LoRAX server that answers by script, and one with a real model.

What they need is imported when a test asks for one: the plugin itself costs a test run nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lorax_devserver.testing import LoraxServer, ModelServer, ScriptedServer

MARKER = "lorax_server"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**options): how the LoRAX server of a test is started, for example "
        "max_concurrent_requests=2 or kind='embed'.",
    )


@pytest.fixture
def lorax_server(
    request: pytest.FixtureRequest, _scripted_lorax_server: "ScriptedServer"
) -> Iterator["ScriptedServer"]:
    """A LoRAX server that answers what the test tells it to."""
    yield _begun(_scripted_lorax_server, request)
    _scripted_lorax_server.reset()


@pytest.fixture
def lorax_model_server(
    request: pytest.FixtureRequest, _real_lorax_server: "ModelServer"
) -> Iterator["ModelServer"]:
    """A LoRAX server with a real small model and real adapters."""
    yield _begun(_real_lorax_server, request)
    _real_lorax_server.reset()


@pytest.fixture(scope="session")
def lorax_model() -> Path | None:
    """The GGUF file of the model; override it to test with another than SmolLM2-135M-Instruct."""
    return None


@pytest.fixture(scope="session")
def lorax_adapters() -> dict[str, Path]:
    """GGUF files of LoRA adapters by their ids; override it to test with your own."""
    return {}


@pytest.fixture(scope="session")
def _scripted_lorax_server(lorax_model: Path | None) -> Iterator["ScriptedServer"]:
    from lorax_devserver.testing import scripted_server  # noqa: PLC0415

    with _told_plainly(), scripted_server(lorax_model) as server:
        yield server


@pytest.fixture(scope="session")
def _real_lorax_server(
    lorax_model: Path | None, lorax_adapters: dict[str, Path]
) -> Iterator["ModelServer"]:
    from lorax_devserver.testing import model_server  # noqa: PLC0415

    with _told_plainly(), model_server(lorax_model, lorax_adapters) as server:
        yield server


def _begun(server: "LoraxServer[Any]", request: pytest.FixtureRequest) -> Any:
    """The server, made new as the test's marker says.

    Its address is new, too: a client that is shared beyond a test remembers how much the server of
    its address takes at once.
    """
    server.move()
    marker = request.node.get_closest_marker(MARKER)
    server.reset(**(marker.kwargs if marker else {}))
    return server


@contextmanager
def _told_plainly() -> Iterator[None]:
    """What keeps a server from starting, without the lines of code that led there."""
    from lorax_devserver.errors import StartError  # noqa: PLC0415

    try:
        yield
    except StartError as error:
        pytest.fail(f"{error}. In tests, the fixture lorax_model names the file.", pytrace=False)
