"""A JSON schema as a LoRAX server compiles it, what it costs, and answers checked by the original."""
