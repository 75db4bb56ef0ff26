"""One browser for all tests, and the servers that they look at."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.browser.browser import MissingBrowserError, Playground, chromium
from tests.conftest import running_devserver


@pytest.fixture(scope="session")
def driver() -> Iterator[Chrome]:
    try:
        with chromium() as driver:
            yield driver
    except MissingBrowserError as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def scripted() -> Iterator[str]:
    with running_devserver("--scripted") as url:
        yield url


@pytest.fixture
def page(driver: Chrome, scripted: str) -> Iterator[Playground]:
    """The page of a scripted server; it complains of nothing and asks nobody else."""
    yield from _watched(Playground(driver, scripted))


@pytest.fixture
def real_page(driver: Chrome, devserver: str) -> Iterator[Playground]:
    """The page of the real model."""
    yield from _watched(Playground(driver, devserver))


def _watched(page: Playground) -> Iterator[Playground]:
    page.complaints()
    page.requests()
    yield page
    assert page.complaints() == []
    elsewhere = [url for url in page.requests() if not url.startswith(f"{page.url}/")]
    assert [url for url in elsewhere if url != "about:blank"] == []
