"""Queues, agents, assignments, offers, segments and entry rules: who works on what."""
