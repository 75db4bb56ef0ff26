"""`lorax info`: what a server says of itself."""

from rich.text import Text

from lorax.command.options import AsJson, Server, with_options
from lorax.command.printing import console, put_json, tame


@with_options
def info(server: Server, as_json: AsJson = False) -> None:
    """Print what a server serves, and its limits."""
    with server.client() as client:
        said = client.info().model_dump()
    if as_json:
        put_json(said)
        return
    width = max(map(len, said))
    for name, value in said.items():
        shown = "–" if value is None else tame(str(value))
        console().print(Text.assemble((f"{tame(name):<{width}}  ", "bold"), shown))
