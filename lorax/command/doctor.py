"""`lorax doctor`: what is wrong between here and a server, and what to do about it."""

import importlib.metadata
import platform
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import typer
from rich.text import Text

from lorax.command.checks import CHECKS
from lorax.command.checks import schema as check_schema
from lorax.command.exits import Exit, in_words
from lorax.command.findings import Finding, Visit
from lorax.command.generating import SchemaFile, read_schema
from lorax.command.options import Adapter, AsJson, Server, Source, with_options
from lorax.command.printing import advise, console, put_json, tame
from lorax.errors import ValidationError
from lorax.net.connections import shown

_COLOURS = {"✓": "green", "!": "yellow", "✗": "bold red"}


@with_options
def doctor(
    server: Server,
    adapter: Adapter = None,
    source: Source = None,
    schema: SchemaFile = None,
    as_json: AsJson = False,
) -> None:
    """Find out what is wrong with a server, and what to do.

    It checks one thing after another, as far as that makes sense, and generates a token; it prints
    nothing secret, so what it says can be shown to others.
    """
    form = None if schema is None else read_schema(schema)
    found: list[tuple[str, Finding]] = []
    for name, finding in _findings(server, adapter, source, form):
        found.append((name, finding))
        if not as_json:
            _print(server, name, finding)
    code = next((finding.exit for _, finding in found if finding.exit), Exit.OK)
    if as_json:
        checks = [_as_json(server, name, finding) for name, finding in found]
        put_json({"exit": code, "checks": checks, "versions": _versions()})
    else:
        said = ", ".join(f"{name} {version or 'none'}" for name, version in _versions().items())
        console().print(Text(f"\n{said}", style="dim"))
    raise typer.Exit(code)


def _findings(
    server: Server, adapter: str | None, source: str | None, form: Any
) -> Iterator[tuple[str, Finding]]:
    """Each check's finding; the first failure is the last, but a schema needs no server."""
    try:
        client = replace(server, max_retries=0).client()
        url = httpx.URL(client.base_url)
    except ValidationError as error:
        yield "address", Finding(in_words(error), "Correct --url or --header.", Exit.USAGE)
    else:
        yield "address", Finding(shown(url))
        with client:
            yield from _by_visit(Visit(server, client, url, adapter, source))
    if form is not None:
        yield "schema", check_schema(form)


def _by_visit(visit: Visit) -> Iterator[tuple[str, Finding]]:
    for name, check in CHECKS.items():
        finding = check(visit)
        if finding is not None:
            yield name, finding
            if finding.exit:
                return


def _print(server: Server, name: str, finding: Finding) -> None:
    """A mark, what was checked, what was found; below it what to do."""
    indent = 14
    said = tame(server.hide(finding.said)).replace("\n", "\n" + " " * indent)
    mark = (finding.mark, _COLOURS[finding.mark])
    console().print(Text.assemble(mark, f" {name:<{indent - 2}}", said))
    if finding.todo:
        advise(console(), server.hide(finding.todo), indent)


def _as_json(server: Server, name: str, finding: Finding) -> dict[str, Any]:
    return {
        "check": name,
        "ok": not finding.exit,
        "said": server.hide(finding.said),
        "todo": server.hide(finding.todo),
    }


def _versions() -> dict[str, str | None]:
    """What an issue should name."""

    def version(distribution: str) -> str | None:
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            return None

    found = {name: version(name) for name in ("lorax-client", "httpx", "httpx-aiohttp")}
    return {**found, "Python": f"{platform.python_version()} on {platform.system()}"}
