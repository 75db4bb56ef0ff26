"""What LoRAX's classes for LangChain are told, by which names, and what of it may be shown."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ConfigDict, Field, SecretStr

from langchain_lorax.errors import raised_for_langchain
from lorax import AsyncClient, Client
from lorax.grammar import response_format
from lorax.parameters import GenerationSettings, MergedAdapters, replaced
from lorax.validating import checked, named
from lorax.wrapping import ModelSettings, ServerSettings

Self = TypeVar("Self", bound="Settings")
# What can be set once and given by a call alike.
_OF_BOTH = {*GenerationSettings.model_fields, "stop_sequences", "api_token"}
# What LangChain gives a call beside the model's own keywords.
_OF_LANGCHAIN = {"stream", "strict", "ls_structured_output_format"}


def _told(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings or a call's keywords under our own names and in our own forms."""
    told = named(given)
    stops = told.get("stop_sequences", ())
    if stops is None or isinstance(stops, str):
        told["stop_sequences"] = [] if stops is None else [stops]
    if merged := told.get("merged_adapters"):
        told["merged_adapters"] = checked(MergedAdapters, merged, "merged_adapters")
    return told


def _of_a_call(call: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a call, which LangChain gives a stop of None beside those that are set."""
    stops = {"stop", "stop_sequences"}
    return _told({k: v for k, v in call.items() if v is not None or k not in stops})


def parted(call: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A call's keywords under our own names: those that are settings, and the others."""
    given = _of_a_call(call)
    settings = {name: value for name, value in given.items() if name in _OF_BOTH}
    return settings, {name: value for name, value in given.items() if name not in _OF_BOTH}


def covered(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call's keywords, with an adapter's token so wrapped that nobody shows it."""
    token = call.get("api_token")
    return {**call, "api_token": SecretStr(token)} if isinstance(token, str) else {**call}


class NamedSettings(ServerSettings):
    """Which server is asked, told by the names that LangChain's users give."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    if TYPE_CHECKING:  # what a constructor takes, too
        model: str | None = None

    @classmethod
    def _named(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        return _told(given)

    @property
    def client(self) -> Client:
        """The client for synchronous calls, shared by all that are configured alike."""
        with raised_for_langchain():
            return super().client

    @property
    def async_client(self) -> AsyncClient:
        """The client for asynchronous calls, shared likewise."""
        with raised_for_langchain():
            return super().async_client

    @property
    def lc_secrets(self) -> dict[str, str]:
        """Where the secrets of a serialised object come from."""
        return {"api_key": "LORAX_API_KEY", "api_token": "LORAX_API_TOKEN"}


class Settings(NamedSettings, ModelSettings):
    """What both kinds of model are told, and what LangChain shows of it."""

    max_new_tokens: int | None = Field(
        default=512,
        ge=1,
        description="Tokens to generate at most; None is as many as the server allows. The "
        "client's own default is 20.",
    )

    if TYPE_CHECKING:
        max_tokens: int | None = None
        stop: str | list[str] | None = None

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """Whether LangChain may write the model down; secrets are named, not written."""
        return True

    @property
    def lc_attributes(self) -> dict[str, Any]:
        """What is written otherwise than it is: an address without its user."""
        return {"base_url": self.address}

    def with_keywords(self: Self, settings: Mapping[str, Any]) -> Self:
        """A copy whose settings are what a call's keywords say; a call checks them.

        Args:
            settings: Keywords as `parted` gives them.
        """
        return self.model_copy(update=covered({**dict.fromkeys(replaced(settings)), **settings}))

    def call_arguments(self, stop: list[str] | None, call: Mapping[str, Any]) -> dict[str, Any]:
        """What the client is called with.

        Args:
            stop: Stop sequences given beside the prompt; they win over those that are set.
            call: The call's keywords; they win over what is set.

        Raises:
            ModelInvalidRequestError: They exclude each other.
        """
        with raised_for_langchain():
            given = {name: value for name, value in call.items() if name not in _OF_LANGCHAIN}
            beside = {} if stop is None else {"stop_sequences": stop}
            return self.arguments(_of_a_call({**given, **beside}))

    def identity(self, stop: list[str] | None, call: Mapping[str, Any]) -> dict[str, Any]:
        """All that changes an answer, and no secret: what caches are keyed by and traces show."""
        given = self.call_arguments(stop, call)
        given.pop("api_token", None)
        with raised_for_langchain():
            if given.get("response_format") is not None:
                given["response_format"] = response_format(given["response_format"])
        if merged := given.get("merged_adapters"):
            given["merged_adapters"] = merged.model_dump()
        return {"base_url": self.address, **given}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:
        """What traces are sorted by: the adapter is the model's name."""
        given = self.call_arguments(stop, kwargs)
        merged = given.get("merged_adapters")
        name = ",".join(merged.ids) if merged else given.get("adapter_id")
        framework: Any = super()
        params = {
            **framework._get_ls_params(),
            "ls_provider": "lorax",
            "ls_model_name": name or "base model",
            "ls_temperature": given.get("temperature"),
            "ls_max_tokens": given.get("max_new_tokens"),
            "ls_stop": given["stop_sequences"] or None,
        }
        return {name: value for name, value in params.items() if value is not None}

    def get_token_ids(self, text: str) -> list[int]:
        """The ids of a text's tokens, as the server cuts it, or as `custom_get_token_ids` does.

        Raises:
            ModelError: The server does not answer; ids cannot be estimated.
        """
        if (custom := self._custom_tokens) is not None:
            return custom(text)
        with raised_for_langchain():
            return [token.id for token in self.client.tokenize(text)]

    def get_num_tokens(self, text: str) -> int:
        """How many tokens a text has, without those that a model puts around a prompt.

        The server counts them, each text once; where it cannot be reached, they are estimated, and
        the log tells it.

        Raises:
            ModelError: The server refused.
        """
        with raised_for_langchain():
            return len((self._custom_tokens or self.tokenizer)(text))

    @property
    def _custom_tokens(self) -> Callable[[str], list[int]] | None:
        """LangChain's field for a tokenizer of one's own, which the models have."""
        return getattr(self, "custom_get_token_ids", None)
