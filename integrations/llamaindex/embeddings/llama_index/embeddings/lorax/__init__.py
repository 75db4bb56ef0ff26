"""LoRAX's embeddings for LlamaIndex: with an adapter of its own, if it has one."""

from llama_index.embeddings.lorax.base import LoRAXEmbedding

__all__ = ["LoRAXEmbedding"]
