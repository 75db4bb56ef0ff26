"""How a framework's class is told which server to ask, and how: its fields, and its clients.

LangChain's and LlamaIndex's classes inherit these fields. They hold no client, so they can be
copied and pickled; what may be secret is not shown, dumped or pickled.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, Field, SecretStr, field_serializer, field_validator, model_validator

from lorax.client import AsyncClient, Client
from lorax.errors import ValidationError
from lorax.grammar import held
from lorax.net.connections import checked_url
from lorax.net.timeouts import Timeout, checked_seconds
from lorax.parameters import AdapterSettings, GenerationSettings, MergedAdapters, Text, combined
from lorax.shapes import is_object
from lorax.sharing import shared
from lorax.tokenizing import Tokenizer, tokenizer_of
from lorax.validating import check_keywords

Self = TypeVar("Self", bound="ServerSettings")
_VARIABLES = {
    "base_url": "LORAX_URL",
    "api_key": "LORAX_API_KEY",
    "api_token": "LORAX_API_TOKEN",
}
_LEFT_OUT = ("headers", "api_key", "api_token", "http_client", "http_async_client")
_USER = "base_url's user"


def _secret(name: str) -> Callable[[], SecretStr | None]:
    """What the environment has for a field."""

    def found() -> SecretStr | None:
        value = os.environ.get(_VARIABLES[name])
        return SecretStr(value) if value else None

    return found


def _bared(secret: SecretStr | None) -> str | None:
    """A secret as a request needs it; an empty one is none."""
    return secret.get_secret_value() if secret else None


class ServerSettings(BaseModel):
    """Which server is asked, and how."""

    base_url: str = Field(
        default_factory=lambda: os.environ.get(_VARIABLES["base_url"], ""),
        validate_default=True,
        description="The server's address, such as http://127.0.0.1:8080; by default that in "
        "LORAX_URL.",
    )
    headers: dict[str, str] | None = Field(
        default=None, repr=False, exclude=True, description="Headers for every request."
    )
    timeout: float | Timeout | None = Field(
        default=60,
        description="Seconds that any single wait may take: until a whole answer or the first "
        "token, and until each next one. `lorax.Timeout` sets them one by one; None waits for "
        "ever.",
    )
    max_retries: int = Field(
        default=2,
        ge=0,
        description="How often a request is sent again when the connection fails or the server is "
        "busy; never after the first token.",
    )
    api_key: SecretStr | None = Field(
        default_factory=_secret("api_key"),
        exclude=True,
        description="A gateway's key, sent as a bearer; by default that in LORAX_API_KEY. It is "
        "not an adapter's token.",
    )
    api_token: SecretStr | None = Field(
        default_factory=_secret("api_token"),
        exclude=True,
        description="Token with which the server fetches a private adapter; by default that in "
        "LORAX_API_TOKEN.",
    )
    http_client: Any = Field(
        default=None,
        repr=False,
        exclude=True,
        description="An httpx client of yours for synchronous calls, with your proxies, "
        "certificates and hooks; it is never closed.",
    )
    http_async_client: Any = Field(
        default=None, repr=False, exclude=True, description="The same for asynchronous calls."
    )

    # What may be secret and was not pickled. A field, so that whoever makes this anew of its
    # fields, as LangChain does, keeps it.
    left_out: list[str] = Field(default_factory=list[str], repr=False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _no_other_names(cls, given: Any) -> Any:
        return cls._checked_names(given) if is_object(given) else given

    @classmethod
    def _checked_names(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Settings under their names, as far as they have any."""
        fields = cls._named(given)
        check_keywords(cls.__name__, fields, cls.model_fields)
        return fields

    @classmethod
    def _named(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Settings under the names of fields, where a framework has others."""
        return {**given}

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not value:
            raise ValueError("base_url is missing: give the server's address, or set LORAX_URL")
        return checked_url(value)

    @field_validator("timeout")
    @classmethod
    def _is_above_0(cls, value: float | Timeout | None) -> float | Timeout | None:
        return value if isinstance(value, Timeout) else checked_seconds("timeout", value)

    @field_serializer("base_url")
    def _without_user(self, _value: str) -> str:
        return self.address

    @property
    def address(self) -> str:
        """The server's address, without the name and password that may stand in it."""
        return str(httpx.URL(self.base_url).copy_with(userinfo=b""))

    @property
    def client(self) -> Client:
        """The client for synchronous calls, shared by all that are configured alike."""
        return shared(Client, **self._client_settings(), http_client=self.http_client)

    @property
    def async_client(self) -> AsyncClient:
        """The client for asynchronous calls, shared likewise."""
        return shared(AsyncClient, **self._client_settings(), http_client=self.http_async_client)

    def with_parameters(self: Self, **settings: Any) -> Self:
        """A copy with other settings, which shares connections where those are the same.

        Args:
            settings: Any fields of this class; an adapter named in one way replaces one that was
                set in the other way.

        Raises:
            UnknownParameterError: There is no such field.
            pydantic.ValidationError: A value is not allowed.

        Example:
            >>> careful = llm.with_parameters(adapter_id="acme/law", temperature=0.2)
        """
        changes = self._checked_names(settings)
        mine = {name: getattr(self, name) for name in type(self).model_fields}
        copy = type(self)(**combined(mine, changes))
        copy.__pydantic_private__ = {**(self.__pydantic_private__ or {})}
        return copy

    def with_adapter(
        self: Self, adapter: str | MergedAdapters | None, adapter_source: str | None = None
    ) -> Self:
        """A copy that uses another adapter, and the same connections.

        Args:
            adapter: Its id, several to merge, or None for the base model.
            adapter_source: Where the server looks for it; None leaves that as it is set here.

        Raises:
            pydantic.ValidationError: A value is not allowed.

        Example:
            >>> law = llm.with_adapter("acme/law")
        """
        is_merge = isinstance(adapter, MergedAdapters)
        source = {"adapter_source": adapter_source} if adapter_source else {}
        return self.with_parameters(
            adapter_id=None if is_merge else adapter,
            merged_adapters=adapter if is_merge else None,
            **source,
        )

    def _client_settings(self) -> dict[str, Any]:
        there = {*self._secret_there(), *self._undumped()}
        if missing := [name for name in self.left_out if name not in there]:
            raise ValidationError(
                f"This {type(self).__name__} was unpickled or read back, and what may be secret or "
                f"cannot be written was left out: set its {' and '.join(missing)} again, or make "
                "it where it is used."
            )
        return {
            "base_url": self.base_url,
            "headers": self.headers,
            "timeout": self.timeout,
            "max_retries": self.max_retries,
            "api_key": _bared(self.api_key),
        }

    def _secret_there(self) -> list[str]:
        """What there is that may be secret."""
        there = [name for name in _LEFT_OUT if getattr(self, name) is not None]
        return [*there, _USER] if httpx.URL(self.base_url).userinfo else there

    def _undumped(self) -> list[str]:
        """What there is that a dump leaves out; a server itself asks for a key or a token."""
        return [name for name in self._secret_there() if name not in {"api_key", "api_token"}]

    def __repr_args__(self) -> Any:
        for name, value in super().__repr_args__():
            yield name, self.address if name == "base_url" else value

    def __deepcopy__(self: Self, memo: dict[int, Any] | None = None) -> Self:
        """A copy that uses the same clients of yours."""
        lent = (self.http_client, self.http_async_client)
        return super().__deepcopy__({**{id(one): one for one in lent}, **(memo or {})})

    def __getstate__(self) -> dict[Any, Any]:
        """What is pickled: of what may be secret, the names alone."""
        left_out = [*dict.fromkeys([*self.left_out, *self._secret_there()])]
        shown = {**dict.fromkeys(_LEFT_OUT), "base_url": self.address, "left_out": left_out}
        return super(ServerSettings, self.model_copy(update=shown)).__getstate__()

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """Take what was pickled; what was left out may be in the environment."""
        super().__setstate__(state)
        self.__pydantic_private__ = state["__pydantic_private__"]  # LlamaIndex makes it anew
        for name in {"api_key", "api_token"} & {*self.left_out}:
            setattr(self, name, _secret(name)())


class DumpedSettings(ServerSettings):
    """Which server is asked, as LlamaIndex writes it down: with the names of what it leaves out."""

    def to_dict(self, **kwargs: Any) -> dict[str, Any]:
        """What is written: of what is left out, the names alone."""
        framework: Any = super()
        data: dict[str, Any] = framework.to_dict(**kwargs)
        left_out = [*dict.fromkeys([*self.left_out, *self._undumped()])]
        return {**data, "left_out": left_out} if left_out else data


class EmbeddingSettings(ServerSettings, AdapterSettings):
    """Which server is asked for embeddings, and by which adapter."""

    def adapter_arguments(self) -> dict[str, Any]:
        """What the client is called with beside the texts."""
        return {
            **{name: getattr(self, name) for name in AdapterSettings.model_fields},
            "api_token": _bared(self.api_token),
        }


class ModelSettings(ServerSettings, GenerationSettings):
    """Which server is asked, how, and what of it."""

    stop_sequences: list[Text] = Field(
        default_factory=list[str], description="Texts that end an answer; cut from it."
    )

    @field_validator("response_format")
    @classmethod
    def _is_a_form(cls, value: Any) -> Any:
        held(value)
        return value

    def arguments(self, call: dict[str, Any]) -> dict[str, Any]:
        """What the client is called with: the settings, and over them a call's keywords."""
        settings = {**self.keywords(), "stop_sequences": self.stop_sequences}
        if self.api_token is not None:
            settings["api_token"] = self.api_token
        given = combined(settings, call)
        if isinstance(token := given.get("api_token"), SecretStr):
            given["api_token"] = token.get_secret_value()
        return given

    @property
    def tokenizer(self) -> Tokenizer:
        """What counts tokens as the server does, for all that wants a tokenizer.

        Each text is asked for once, and estimated where the server cannot be reached.

        Example:
            >>> len(llm.tokenizer("Why is the sky blue?"))
            6
        """
        return tokenizer_of(self.with_parameters(timeout=5.0, max_retries=0).client)

    def to_load(self, adapter_ids: Sequence[str] = ()) -> dict[str, Any]:
        """What the client's `warmup` is called with; nothing where there is no adapter to load.

        Args:
            adapter_ids: The adapters; those that are set if none is given.
        """
        merged = self.merged_adapters
        mine = merged.ids if merged else [self.adapter_id] if self.adapter_id else []
        if not (names := [*adapter_ids] or mine):
            return {}
        return {
            "adapter_ids": names,
            "adapter_source": self.adapter_source,
            "api_token": _bared(self.api_token),
        }
