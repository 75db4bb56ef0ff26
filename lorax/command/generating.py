"""`lorax generate`: one prompt, one answer."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lorax import Client
from lorax.command.options import AsJson, Asked, Server, with_options
from lorax.command.printing import note, put_json, whole_lines
from lorax.types import FinishReason, Metadata, Response

SchemaFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="A JSON schema that the answer is held to; - reads it from stdin."
    ),
]


@with_options
def generate(
    server: Server,
    asked: Asked,
    prompt: Annotated[
        str | None, typer.Argument(help="The text to go on from; - or none reads it from stdin.")
    ] = None,
    schema: SchemaFile = None,
    as_json: AsJson = False,
    no_stream: Annotated[
        bool, typer.Option("--no-stream", help="Print the answer when it is whole.")
    ] = False,
) -> None:
    """Go on from a prompt, and print the text as it comes.

    The text alone goes to stdout, everything else to stderr. Ctrl-C ends the request at the server.
    """
    form = {} if schema is None else {"response_format": read_schema(schema), "check": True}
    text = _prompt(prompt, stdin_is_taken=schema == "-")
    keywords: dict[str, Any] = {"api_token": server.api_token, **asked.keywords, **form}
    with server.client() as client:
        if as_json:
            put_json(_as_json(client.generate(text, **keywords), checked=bool(form)))
            return
        with whole_lines() as write:
            if no_stream:
                answer = client.generate(text, **keywords)
                write(answer.text)
                reason = answer.finish_reason
            else:
                reason = _stream(client, text, keywords, write)
    if reason == FinishReason.Length and sys.stdout.isatty():
        note("cut at --max-new-tokens")


def _stream(
    client: Client, text: str, keywords: dict[str, Any], write: Callable[[str], None]
) -> FinishReason | None:
    reason = None
    with client.generate_stream(text, **keywords) as stream:
        for token in stream:
            write(token.text)
            reason = token.finish_reason
            # The server may not have seen the stop; a checked answer is whole at its end alone.
            if token.is_stopped and not keywords.get("check"):
                break
    return reason


def _as_json(answer: Response, *, checked: bool) -> dict[str, Any]:
    details = answer.details
    return {
        "text": answer.text,
        **({"parsed": answer.parsed} if checked else {}),
        "finish_reason": answer.finish_reason,
        "usage": details and details.model_dump(include={"prompt_tokens", "generated_tokens"}),
        "metadata": plain(answer.metadata),
    }


def plain(metadata: Metadata) -> dict[str, Any]:
    """Metadata as JSON: what is known, without headers, which may hold a gateway's secrets."""
    known = asdict(metadata)
    return {k: v for k, v in known.items() if v is not None and k != "headers"}


def read_schema(name: str) -> Any:
    """The JSON of a file, or of stdin for `-`."""
    try:
        return json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8"))
    except OSError as error:
        raise typer.BadParameter(f"--schema {name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"--schema {name} is no JSON: {error}") from None


def _prompt(given: str | None, *, stdin_is_taken: bool) -> str:
    """The prompt: as given, or from stdin without its last line end."""
    if given is not None and given != "-":
        return given
    if stdin_is_taken:
        raise typer.BadParameter("--schema - reads stdin, so give a PROMPT")
    if given is None and sys.stdin.isatty():
        raise typer.BadParameter("give a PROMPT, or a text on stdin")
    return sys.stdin.read().removesuffix("\n")
