"""LangChain over LoRAX: programs that run as they are."""
