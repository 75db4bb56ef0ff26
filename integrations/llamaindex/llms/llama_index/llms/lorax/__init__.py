"""LoRAX for LlamaIndex: each call names its LoRA adapter."""

from llama_index.llms.lorax.base import LoRAX

__all__ = ["LoRAX"]
