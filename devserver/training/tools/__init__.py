"""The adapter `tools`: it picks a function and its arguments, and tells results in words."""
