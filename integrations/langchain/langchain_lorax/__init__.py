"""LoRAX for LangChain: one base model, hundreds of LoRA adapters, one named by each call."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_lorax.chat_models import ChatLoRAX
    from langchain_lorax.embeddings import LoRAXEmbeddings
    from langchain_lorax.llms import LoRAX

__all__ = ["ChatLoRAX", "LoRAX", "LoRAXEmbeddings"]

# Each is imported when it is asked for: completions need nothing of what chat does.
_FROM = {"ChatLoRAX": "chat_models", "LoRAX": "llms", "LoRAXEmbeddings": "embeddings"}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'langchain_lorax' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"langchain_lorax.{_FROM[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
