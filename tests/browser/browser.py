"""Chromium, driven without a network of its own, and the page as a test sees it."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from selenium.webdriver import Chrome, ChromeOptions, ChromeService, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

NEEDED = {"chromium": "chromium", "chromedriver": "chromium-driver"}
QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ENDS = {"done", "failed", "stopped"}


class MissingBrowserError(Exception):
    """There is no browser; the message says what to install."""


@contextmanager
def chromium(width: int = 1280, height: int = 860, scheme: str = "light") -> Iterator[Chrome]:
    """A browser with nothing in its memory.

    Raises:
        MissingBrowserError: It is not installed.
    """
    found = {name: shutil.which(name) for name in NEEDED}
    if missing := [NEEDED[name] for name, path in found.items() if path is None]:
        raise MissingBrowserError(f"the browser is missing: apt-get install {' '.join(missing)}")
    options = ChromeOptions()
    options.binary_location = str(found["chromium"])
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in QUIET:
        options.add_argument(flag)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options.add_argument(f"--user-data-dir={folder}")
        with Chrome(options, ChromeService(found["chromedriver"])) as driver:
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            feature = {"name": "prefers-color-scheme", "value": scheme}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
            yield driver


class Page:
    """A page in a browser.

    Args:
        driver: The browser.
        url: The server's address.
    """

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def until(self, holds: Callable[[], Any], seconds: float = 20) -> Any:
        """Wait until something is true; gives it."""
        return WebDriverWait(self.driver, seconds, 0.02).until(lambda _: holds())

    def script(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def content(self, selector: str) -> str:
        """The text of an element, shown or not."""
        return str(self.script("return document.querySelector(arguments[0]).textContent", selector))

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def write(self, name: str, text: str) -> None:
        """Write into a field, in place of what it has."""
        field = self.find(f"[name={name}]")
        field.clear()
        field.send_keys(text)

    def complaints(self) -> list[str]:
        """What stands in the browser's console."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that the page asked for since this was last looked at."""
        messages = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]


class Playground(Page):
    """The page of the development server."""

    def open(self, **fields: str | int) -> None:
        """Load the page with its form filled; without fields, as it comes."""
        self.driver.get("about:blank")  # a change of the fragment alone would load nothing
        fragment = f"#{urlencode(fields)}" if fields else ""
        self.driver.get(f"{self.url}/playground{fragment}")
        self.until_ready()

    def until_ready(self) -> None:
        self.until(lambda: self.script("return 'ready' in document.documentElement.dataset"))

    def choose(self, name: str, value: str) -> None:
        """Choose one of a few."""
        self.find(f"[name={name}][value={value}]").click()

    def example(self, title: str) -> None:
        Select(self.find("#examples")).select_by_visible_text(title)

    def run(self) -> None:
        """Run, and wait for the end of both answers."""
        self.find("button.primary").click()
        self.until_ended()

    def until_ended(self) -> None:
        self.until(lambda: {self.state("left"), self.state("right")} <= ENDS, 60)

    def state(self, side: str) -> str:
        return self.find(f".pane.{side}").get_attribute("data-state") or ""

    def answer(self, side: str) -> str:
        return self.content(f".pane.{side} .text")

    def problem(self, side: str) -> str:
        return self.content(f".pane.{side} .problem")

    def figure(self, side: str, name: str) -> str:
        return self.content(f".pane.{side} [data-figure={name}]")

    @property
    def code(self) -> str:
        return self.content("#code")


__all__ = ["ENDS", "Keys", "MissingBrowserError", "Page", "Playground", "Select", "chromium"]
