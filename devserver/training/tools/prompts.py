"""Prompts as they are served: written by the client itself, and by the model's chat template."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lorax.messages import rendered, turns
from lorax.tools import Toolbox, ToolOptions
from lorax_devserver.chat import compile_template
from lorax_devserver.gguf import read_head
from training.tools.conversations import Conversation


def writer(model_file: Path) -> Callable[[Conversation], str]:
    """Returns what writes the prompt of a conversation for a model."""
    template = compile_template(read_head(model_file).metadata["tokenizer.chat_template"])

    def prompt(conversation: Conversation) -> str:
        options = ToolOptions(
            tools=list(conversation.tools),
            tool_choice=conversation.choice,
            parallel_tool_calls=conversation.parallel,
        )
        messages = rendered(turns(conversation.messages), Toolbox(options).instructions())
        return template.render(messages=messages, add_generation_prompt=True)

    return prompt
