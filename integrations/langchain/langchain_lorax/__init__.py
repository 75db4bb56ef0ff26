"""LoRAX for LangChain: one base model, hundreds of LoRA adapters, one named by each call."""

from langchain_lorax.chat_models import ChatLoRAX
from langchain_lorax.embeddings import LoRAXEmbeddings
from langchain_lorax.llms import LoRAX

__all__ = ["ChatLoRAX", "LoRAX", "LoRAXEmbeddings"]
