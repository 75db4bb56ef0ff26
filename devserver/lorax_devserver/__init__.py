"""The LoRAX protocol on a laptop's CPU: a real small model, real LoRA adapters, no GPU."""
