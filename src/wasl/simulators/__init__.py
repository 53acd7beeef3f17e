"""Twins of outside providers, for the demo and the tests. They share no code with the adapters."""
