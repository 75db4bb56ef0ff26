"""LoRAX for LangChain: each call names its LoRA adapter."""

from langchain_lorax.llms import LoRAX

__all__ = ["LoRAX"]
