"""A JSON schema as a LoRAX server compiles it, its cost, and answers checked by the original."""
