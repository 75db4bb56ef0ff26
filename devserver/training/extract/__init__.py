"""The adapter `extract`: a customer's message to a bookshop as a JSON record."""
