"""How the shipped adapters were trained: what they share here, each one's own in its package."""
