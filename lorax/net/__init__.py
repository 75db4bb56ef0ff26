"""How a request gets there: connections, timeouts, retries, and its place among the others."""
