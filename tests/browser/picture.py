"""The picture of the playground: the base model beside adapter `sql`, on the real model.

`make picture-playground` writes docs/playground.png. The port is that of the documentation.
"""

import sys
from pathlib import Path

from tests.browser.browser import MissingBrowserError, Playground, chromium
from tests.conftest import running_devserver

QUESTION = "How many copies did we sell in March 2024?"


def main(file: Path, scheme: str = "light", width: int = 1280, height: int = 860) -> None:
    """Ask a question of both, and photograph the answers."""
    with running_devserver("--port", "8080") as url, chromium(width, height, scheme) as driver:
        page = Playground(driver, url)
        page.open()
        page.example(QUESTION)
        page.run()
        file.write_bytes(driver.get_screenshot_as_png())


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), *sys.argv[2:3], *map(int, sys.argv[3:5]))
    except MissingBrowserError as error:
        sys.exit(str(error))
