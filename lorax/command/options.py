"""The options that commands share: which server, and how it is to answer."""

import inspect
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import unquote

import typer

from lorax import Client
from lorax.command.exits import exiting
from lorax.command.printing import warnings_noted
from lorax.parameters import AdapterSource

_TELLING = re.compile(r"auth|cookie|key|token|secret|password", re.IGNORECASE)

Adapter = Annotated[str | None, typer.Option(help="The LoRA adapter; by default the base model.")]
Source = Annotated[
    AdapterSource | None,
    typer.Option(help="Where the server looks for the adapter; by default its own choice."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@dataclass(frozen=True)
class Server:
    """Which server is asked, and with which keys."""

    url: str
    api_key: str | None = field(repr=False)
    api_token: str | None = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    timeout: float
    max_retries: int

    def client(self) -> Client:
        """A client of it."""
        return Client(
            self.url,
            headers=self.headers,
            timeout=self.timeout,
            max_retries=self.max_retries,
            api_key=self.api_key,
        )

    def fields(self) -> dict[str, str]:
        """The headers of every request."""
        key = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        return {**key, **self.headers}

    def hide(self, text: str) -> str:
        """A text without the secrets that were given, should a server have repeated them."""
        telling = [value for name, value in self.headers.items() if _TELLING.search(name)]
        users = re.findall(r"//([^/@]+)@", self.url)
        basic = [b64encode(unquote(user).encode()).decode() for user in users]
        passwords = [user.rpartition(":")[2] for user in users]
        given = [self.api_key, self.api_token, *telling, *passwords, *basic]
        parts = {part for value in given if value for part in (value, *value.split()[-1:])}
        # One of few characters would be told by the gaps that it leaves in words.
        secrets = (part for part in parts if len(part) > 3)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "…")
        return text


@dataclass(frozen=True)
class Asked:
    """How an answer is to be generated: a call's keywords."""

    keywords: dict[str, Any] = field(repr=False)


def _server(
    url: Annotated[
        str, typer.Option(envvar="LORAX_URL", help="The server's address.")
    ] = "http://127.0.0.1:8080",
    api_key: Annotated[
        str | None, typer.Option(envvar="LORAX_API_KEY", help="A gateway's key, sent as a bearer.")
    ] = None,
    api_token: Annotated[
        str | None,
        typer.Option(
            envvar="LORAX_API_TOKEN", help="Token with which the server fetches a private adapter."
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:VALUE", help="One more header; may be given many times."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that any single wait may take.")] = 60.0,
    max_retries: Annotated[
        int, typer.Option(help="How often a request is sent again; doctor sends each once.")
    ] = 2,
) -> Server:
    headers: dict[str, str] = {}
    for text in header or []:
        name, colon, value = text.partition(":")
        if not colon or not name.strip():
            # What was given is not shown: it may be a key alone.
            raise typer.BadParameter("--header takes NAME:VALUE")
        headers[name.strip()] = value.strip()
    return Server(url, api_key, api_token, headers, timeout, max_retries)


def _asked(
    adapter: Adapter = None,
    source: Source = None,
    max_new_tokens: Annotated[int, typer.Option(help="Tokens to generate at most.")] = 256,
    temperature: Annotated[
        float | None, typer.Option(help="Draw at random: below 1.0 bolder, above it more varied.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Makes a random draw repeatable.")] = None,
    stop: Annotated[
        list[str] | None, typer.Option(help="A text that ends the answer; many times for many.")
    ] = None,
) -> Asked:
    return Asked(
        {
            "adapter_id": adapter,
            "adapter_source": source,
            "max_new_tokens": max_new_tokens,
            "temperature": temperature,
            "seed": seed,
            "stop_sequences": stop,
        }
    )


_GROUPS: dict[Any, Callable[..., Any]] = {Server: _server, Asked: _asked}


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command in whose signature the options of a group stand in place of the group.

    What goes wrong in it is told in plain words, and becomes the exit code.
    """
    own = inspect.signature(command).parameters
    groups = {
        name: (make, inspect.signature(make).parameters)
        for name, parameter in own.items()
        if (make := _GROUPS.get(parameter.annotation)) is not None
    }

    def run(**given: Any) -> None:
        made = {
            name: make(**{option: given.pop(option) for option in options})
            for name, (make, options) in groups.items()
        }
        with exiting(made["server"].hide), warnings_noted():
            command(**made, **given)

    kept = [parameter for name, parameter in own.items() if name not in groups]
    grouped = [p for _, options in reversed(groups.values()) for p in options.values()]
    signature = inspect.Signature(
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*kept, *grouped)]
    )
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run
