"""Chat models with something bound to them, which stays bound whatever is bound next.

LangChain's own bindings hand `bind_tools` and `with_structured_output` on to the bare model, so
that an adapter bound before them is lost without a word. Everything that such a method gives is
here one of our own classes, which have these methods themselves and keep what was bound.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableBinding
from langchain_core.runnables.configurable import (
    RunnableConfigurableAlternatives,
    RunnableConfigurableFields,
)
from langchain_core.runnables.fallbacks import RunnableWithFallbacks
from langchain_core.runnables.retry import RunnableRetry
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from langchain_lorax.settings import covered
from langchain_lorax.structured import Method, structured

Chat = Runnable[LanguageModelInput, AIMessage]
AnyTool = Mapping[str, Any] | type | Callable[..., Any] | BaseTool
# pydantic would want what is configured to be of the very class that has these parameters.
if TYPE_CHECKING:
    _Fields = RunnableConfigurableFields[LanguageModelInput, AIMessage]
    _Alternatives = RunnableConfigurableAlternatives[LanguageModelInput, AIMessage]
else:
    _Fields, _Alternatives = RunnableConfigurableFields, RunnableConfigurableAlternatives


class Keeping(Chat):
    """What the model and all that is made of it share: whatever is bound stays bound."""

    def bind(self, **kwargs: Any) -> Chat:
        """Give keywords for every call; they stay when more is bound.

        Args:
            kwargs: Any of a call's: `adapter_id`, `temperature`, `stop`, …

        Example:
            >>> sql = chat.bind(adapter_id="acme/sql").bind_tools([tables])
        """
        bound: Chat = _as(ChatBinding, super().bind(**covered(kwargs)))
        return bound

    def bind_tools(
        self,
        tools: Sequence[AnyTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> Chat:
        """Let the model call tools.

        Args:
            tools: Functions, LangChain's tools, pydantic classes, or dicts in OpenAI's or
                Anthropic's form; none takes those away that were bound before.
            tool_choice: "auto" (the default) lets the model answer in words or call, "any" or True
                makes it call, "none" forbids it, and a tool's name makes it call that one.
            strict: Taken as other models take it; a call always fits its tool's schema.
            parallel_tool_calls: Let the model ask for several calls at once; None is as the model
                was told.
            kwargs: Keywords for every call, as of `bind`. Beside tools a `response_format` is the
                form of an answer in words.

        Example:
            >>> chat.bind_tools([weather]).invoke("Is it raining in Rome?").tool_calls
        """
        choice: Any = tool_choice
        if isinstance(tool_choice, bool):
            choice = "any" if tool_choice else None
        keywords: dict[str, Any] = {
            "tools": [convert_to_openai_tool(tool) for tool in tools],
            "tool_choice": choice if tools else None,
        }
        if parallel_tool_calls is not None:
            keywords["parallel_tool_calls"] = parallel_tool_calls
        return self.bind(**keywords, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        method: Method = "json_schema",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Answer with a value of a schema.

        Args:
            schema: A pydantic class, whose instances are given, or a TypedDict, a JSON schema or an
                OpenAI function, which give dicts.
            method: "json_schema" holds the answer to the schema, "function_calling" asks for it as
                the call of a tool, "json_mode" holds it to any flat object.
            include_raw: Give a dict of `raw`, the message; `parsed`; and `parsing_error`.
            strict: Taken as other models take it; the schema is always obeyed.
            kwargs: Keywords for every call, as of `bind`.

        Raises:
            ValueError: There is no such method.

        Example:
            >>> chat.with_structured_output(Person).invoke("Who wrote Dracula?")
            Person(name='Bram Stoker')
        """
        form = structured(schema, method, strict)
        return form.around(self.bind(**form.keywords, **kwargs), include_raw=include_raw)

    def with_config(self, config: Any = None, **kwargs: Any) -> Any:
        """The same with a config for every call."""
        return _as(ChatBinding, super().with_config(config, **kwargs))

    def with_listeners(self, **kwargs: Any) -> Any:
        """The same with functions that are told when a run begins and ends."""
        return _as(ChatBinding, super().with_listeners(**kwargs))

    def with_types(self, *args: Any, **kwargs: Any) -> Any:
        """The same with other types of input and output."""
        return _as(ChatBinding, super().with_types(*args, **kwargs))

    def with_retry(self, **kwargs: Any) -> Any:
        """The same, tried again when it fails."""
        return _as(ChatRetry, super().with_retry(**kwargs))

    def with_fallbacks(self, fallbacks: Sequence[Chat], **kwargs: Any) -> Any:
        """The same, with others to ask when it fails."""
        return _as(ChatFallbacks, super().with_fallbacks(fallbacks, **kwargs))

    def configurable_fields(self, **kwargs: Any) -> Any:
        """The same, with fields that a run's config can set."""
        return _as(ChatFields, super().configurable_fields(**kwargs))  # type: ignore[misc]

    def configurable_alternatives(self, *args: Any, **kwargs: Any) -> Any:
        """The same, with others among which a run's config can choose."""
        made = super().configurable_alternatives(*args, **kwargs)  # type: ignore[misc]
        return _as(ChatAlternatives, made)


class ChatBinding(Keeping, RunnableBinding[LanguageModelInput, AIMessage]):  # type: ignore[no-redef]
    """A chat model with keywords or a config for every call."""


class ChatRetry(Keeping, RunnableRetry[LanguageModelInput, AIMessage]):  # type: ignore[no-redef]
    """A chat model that is tried again when it fails."""


class ChatFields(Keeping, _Fields):
    """A chat model with fields that a run's config can set."""


class ChatAlternatives(Keeping, _Alternatives):
    """Chat models among which a run's config can choose."""


class ChatFallbacks(RunnableWithFallbacks[LanguageModelInput, AIMessage]):
    """A chat model with others to ask when it fails; each gets what is bound in its own form."""

    def bind(self, **kwargs: Any) -> Chat:
        """Give each of them keywords for every call."""
        return self._each(lambda one: one.bind(**kwargs))

    def with_config(self, config: Any = None, **kwargs: Any) -> Chat:
        """Give each of them a config for every call."""
        return self._each(lambda one: one.with_config(config, **kwargs))

    def _each(self, change: Callable[[Chat], Chat]) -> Chat:
        changed = {"runnable": change(self.runnable), "fallbacks": [*map(change, self.fallbacks)]}
        return self.model_copy(update=changed)


def _as(kind: Any, made: Any) -> Any:
    """What LangChain made, as our class of the same kind."""
    if isinstance(made, Keeping):
        return made
    names: list[str] = list(made.__class__.model_fields)
    return kind(**{name: getattr(made, name) for name in names})
