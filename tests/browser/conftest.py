"""One browser for all tests, and the servers that they look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from selenium.webdriver import Chrome

from tests.browser.browser import MissingBrowserError, Page, Playground, chromium
from tests.conftest import running_devserver

AnyPage = TypeVar("AnyPage", bound=Page)


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
    with watched(Playground(driver, scripted)) as page:
        yield page


@pytest.fixture
def real_page(driver: Chrome, devserver: str) -> Iterator[Playground]:
    """The page of the real model."""
    with watched(Playground(driver, devserver)) as page:
        yield page


@contextmanager
def watched(page: AnyPage) -> Iterator[AnyPage]:
    """A page that complains of nothing and asks nobody but its own server."""
    page.complaints()
    page.requests()
    yield page
    assert page.complaints() == []
    elsewhere = [url for url in page.requests() if not url.startswith(f"{page.url}/")]
    assert [url for url in elsewhere if url != "about:blank"] == []
