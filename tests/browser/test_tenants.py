"""The page of examples/langchain/tenants: an adapter a tenant, an answer that streams."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from examples.langchain.tenants.service import service
from lorax_devserver.in_thread import served
from lorax_devserver.testing import ScriptedServer
from tests.browser.browser import Page, Select
from tests.browser.conftest import watched

SAID = "SELECT title FROM books WHERE year > 1880"


class Tenants(Page):
    """The page, opened."""

    def ask(self, tenant: str, text: str) -> None:
        Select(self.find("[name=tenant]")).select_by_visible_text(tenant)
        self.write("text", text)
        self.find("button").click()

    @property
    def shown(self) -> str:
        return self.content("output")


@pytest.fixture
def page(driver: Chrome, lorax_server: ScriptedServer) -> Iterator[Tenants]:
    with (
        served(service(lorax_server.url)) as serving,
        watched(Tenants(driver, serving.url)) as page,
    ):
        driver.get(f"{serving.url}/")
        page.until(lambda: len(Select(page.find("[name=tenant]")).options) == 2)
        yield page


def test_an_answer_grows_by_the_tenants_adapter(
    page: Tenants, lorax_server: ScriptedServer
) -> None:
    lorax_server.script(SAID, pause=0.1)
    page.ask("bookshop", "Which books are from after 1880?")
    page.until(lambda: page.shown and page.shown != SAID and SAID.startswith(page.shown))
    page.until(lambda: page.shown == SAID)
    page.ask("helpdesk", "It came late.")
    lorax_server.wait_for_requests(2)
    assert [asked.adapter_id for asked in lorax_server.requests] == ["sql", "extract"]
    assert "Which books are from after 1880?" in lorax_server.jobs[0].inputs
    page.until(lambda: page.shown == SAID)


def test_an_answer_that_breaks_off_says_so(page: Tenants, lorax_server: ScriptedServer) -> None:
    lorax_server.script(SAID, fail_at=4)
    page.ask("bookshop", "Which?")
    page.until(lambda: "out of memory" in page.shown)
    assert page.shown.startswith("SELECT")
    assert page.find("output").get_attribute("class") == "failed"
    lorax_server.reset()
    lorax_server.script(SAID)
    page.ask("bookshop", "Once more?")
    page.until(lambda: page.shown == SAID)
    assert page.find("output").get_attribute("class") == ""


def test_leaving_the_page_ends_the_answer(page: Tenants, lorax_server: ScriptedServer) -> None:
    lorax_server.script(SAID, hang_at=3)
    page.ask("bookshop", "Which?")
    page.until(lambda: page.shown)
    page.driver.get("about:blank")
    lorax_server.wait_until_idle()


def test_asking_anew_ends_the_answer_before(page: Tenants, lorax_server: ScriptedServer) -> None:
    lorax_server.script(SAID, hang_at=3, to="Which?")
    lorax_server.script("Fine.")
    page.ask("bookshop", "Which?")
    page.until(lambda: page.shown)
    page.ask("helpdesk", "Hello.")
    page.until(lambda: page.shown == "Fine.")
    lorax_server.wait_until_idle()


def test_a_tenants_words_command_no_page(page: Tenants, lorax_server: ScriptedServer) -> None:
    lorax_server.script("<img src=x onerror=alert(1)>")
    page.ask("helpdesk", "Hello.")
    page.until(lambda: page.shown == "<img src=x onerror=alert(1)>")
    assert page.driver.find_elements("css selector", "img") == []
