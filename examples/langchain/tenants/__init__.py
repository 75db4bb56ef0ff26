"""A service for many tenants over one LoRAX server, with a page that streams."""
