"""Programs over the client alone."""
