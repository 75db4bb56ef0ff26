"""How an example is run, and what it prints."""

from collections.abc import Callable

from examples import shown


def printed(main: Callable[[str], None], url: str) -> str:
    """What an example prints against a server."""
    with shown.console.capture() as captured:
        main(url)
    return captured.get()
