"""Chat models with something bound to them, to which tools and schemas can be bound next."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from langchain_lorax import binding
from langchain_lorax.errors import raised_for_langchain
from langchain_lorax.structured import Method, asked, reading
from lorax.errors import ValidationError
from lorax.validating import named

# LangChain's tools are Runnables; their own class takes long to import.
AnyTool = Mapping[str, Any] | type | Callable[..., Any] | Runnable[Any, Any]


class Chatting(binding.Keeping[AIMessage, "Chatting"]):
    """What the chat model and all that is made of it share."""

    def bind_tools(
        self,
        tools: Sequence[AnyTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> "Chatting":
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
        with raised_for_langchain():
            told = [described(tool) for tool in tools]
        keywords: dict[str, Any] = {"tools": told, "tool_choice": choice if tools else None}
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
            ValueError: There is no such method, it is no schema, or a keyword is not to be given.

        Example:
            >>> chat.with_structured_output(Person).invoke("Who wrote Dracula?")
            Person(name='Bram Stoker')
        """
        keywords, parser = asked(schema, method, strict)
        if taken := keywords.keys() & named(kwargs).keys():
            raise ValueError(f"with_structured_output sets {', '.join(sorted(taken))} itself.")
        return reading(self.bind(**keywords, **kwargs), parser, include_raw)

    @classmethod
    def _kind(cls, kind: Any) -> Any:
        return _KINDS[kind]


def described(tool: AnyTool) -> dict[str, Any]:
    """A tool in OpenAI's form.

    Raises:
        ValidationError: It is one that another provider's server has.
    """
    given: Any = tool
    made = convert_to_openai_tool(given)
    if "function" not in made:  # LangChain lets other providers' own tools pass
        raise ValidationError(f"tools: a LoRAX server has no tool {made.get('type')!r} of its own.")
    return made


class ChatBinding(Chatting, binding.Binding):  # type: ignore[no-redef]
    """A chat model with keywords or a config for every call."""


class ChatRetry(Chatting, binding.Retry):  # type: ignore[no-redef]
    """A chat model that is tried again when it fails."""


class ChatFields(Chatting, binding.Fields):
    """A chat model with fields that a run's config can set."""


class ChatAlternatives(Chatting, binding.Alternatives):
    """Chat models among which a run's config can choose."""


class _Each(Chatting):
    bind_tools = binding.of_each("bind_tools")
    with_structured_output = binding.of_each("with_structured_output")


class ChatFallbacks(_Each, binding.Fallbacks):
    """A chat model with others to ask when it fails."""


_KINDS = {
    binding.Binding: ChatBinding,
    binding.Retry: ChatRetry,
    binding.Fields: ChatFields,
    binding.Alternatives: ChatAlternatives,
    binding.Fallbacks: ChatFallbacks,
}
