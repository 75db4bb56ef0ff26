"""The adapter `sql`: questions about a bookshop, answered in SQL."""
