"""Tools: LlamaIndex's in the client's form, and the calls that an answer asks for."""

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ToolCallBlock
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.tools.types import BaseTool
from pydantic_core import from_json

from lorax.errors import IncompleteGenerationError, UnknownParameterError, ValidationError
from lorax.shapes import is_object


class ToolCalling(FunctionCallingLLM):
    """What LlamaIndex's agents and programs ask of a model that calls tools."""

    def _prepare_chat_with_tools(
        self,
        tools: Sequence[BaseTool],
        user_msg: str | ChatMessage | None = None,
        chat_history: list[ChatMessage] | None = None,
        verbose: bool = False,
        allow_parallel_tool_calls: bool = False,
        tool_required: bool = False,
        tool_choice: str | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """The keywords of a chat with tools; the history is copied, not changed."""
        messages = list(chat_history or [])
        if isinstance(user_msg, str):
            user_msg = ChatMessage(role="user", content=user_msg)
        if user_msg is not None:
            messages.append(user_msg)
        if not tools:
            return {"messages": messages, **kwargs}
        self._check_template()
        return {
            "messages": messages,
            "tools": [described(tool) for tool in tools],
            "tool_choice": tool_choice or ("required" if tool_required else "auto"),
            "parallel_tool_calls": allow_parallel_tool_calls,
            **kwargs,
        }

    def predict_and_call(self, tools: Sequence[BaseTool], *args: Any, **kwargs: Any) -> Any:
        """Have a tool called, and run it.

        Args:
            tools: The tools that may be called.
            args: As LlamaIndex's own method has them: the question, the turns before it.
            kwargs: Likewise, and any parameter of the client's `chat`.

        Returns:
            What the tool said.

        Raises:
            UnknownParameterError: The model does not go through a chat template.
            LoraxError: Anything else that a call raises.

        Example:
            >>> llm.predict_and_call([weather], "Is it raining in Rome?").response
            'Rain in Rome.'
        """
        self._check_template()
        return super().predict_and_call(tools, *args, **kwargs)

    async def apredict_and_call(self, tools: Sequence[BaseTool], *args: Any, **kwargs: Any) -> Any:
        """Have a tool called, and run it; as `predict_and_call`, awaited."""
        self._check_template()
        return await super().apredict_and_call(tools, *args, **kwargs)

    def _check_template(self) -> None:
        """Refuse tools where LlamaIndex itself would have an agent of its own work by words.

        That one loses keywords and gives errors as answers.
        """
        if not self.metadata.is_function_calling_model:
            raise UnknownParameterError(
                "This model takes no tools: they go through a chat template, and with "
                "is_chat_model=False or messages_to_prompt it has none. Leave these away, or work "
                "by words, as ReActAgent does."
            )

    def _validate_chat_with_tools_response(
        self,
        response: ChatResponse,
        tools: Sequence[BaseTool],
        allow_parallel_tool_calls: bool = False,
        **kwargs: Any,
    ) -> ChatResponse:
        """Keep the first call where one was allowed: not every server holds a model to that."""
        message = response.message
        calls = [block for block in message.blocks if isinstance(block, ToolCallBlock)]
        if not allow_parallel_tool_calls and len(calls) > 1:
            message.blocks = [block for block in message.blocks if block not in calls[1:]]
            message.additional_kwargs["tool_calls"] = message.additional_kwargs["tool_calls"][:1]
        return response

    def get_tool_calls_from_response(
        self, response: ChatResponse, error_on_no_tool_call: bool = True, **kwargs: Any
    ) -> list[ToolSelection]:
        """The calls that an answer, or a piece of a streamed one, asks for.

        Calls of a piece of a stream have the arguments that came so far.

        Raises:
            IncompleteGenerationError: The answer ended inside a call, which must not be run.
            ValidationError: It asks for no call, and must.
        """
        calls = _calls(response.message)
        if not calls and error_on_no_tool_call:
            raise ValidationError(
                f"The model called no tool, and said {response.message.content or ''!r}."
            )
        reason = response.raw.get("finish_reason") if is_object(response.raw) else None
        if calls and reason not in {None, "tool_calls"}:
            raise IncompleteGenerationError(
                f"The call of {calls[-1].tool_name!r} is not whole (finish_reason is "
                f"{reason!r}), so it is not run; max_new_tokens may be too few for it."
            )
        return calls


def described(tool: BaseTool) -> dict[str, Any]:
    """A tool as the client takes it; by its own name, which LlamaIndex finds it by again."""
    told: Any = tool.metadata  # its methods do not say what they give
    return {
        "name": told.get_name(),
        "description": told.description,
        "parameters": told.get_parameters_dict(),
    }


def _calls(message: ChatMessage) -> list[ToolSelection]:
    blocks = [block for block in message.blocks if isinstance(block, ToolCallBlock)]
    return [
        ToolSelection(
            tool_id=block.tool_call_id or "",
            tool_name=block.tool_name,
            tool_kwargs=_arguments(block.tool_kwargs),
        )
        for block in blocks
    ]


def _arguments(given: dict[str, Any] | str) -> dict[str, Any]:
    """Arguments as a value; of text that is not whole, what came of it."""
    if isinstance(given, dict):
        return given
    try:
        found = from_json(given or "{}", allow_partial="trailing-strings")
    except ValueError:
        return {}
    return dict(found) if is_object(found) else {}
