"""Programs that show LoRAX at work; `make demo` runs them all."""
