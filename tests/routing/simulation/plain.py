"""The plain centres whose exact values are known: (calls an hour, handling s, patience s, agents)."""

from __future__ import annotations

Row = tuple[int, int, int, int]

ROWS: tuple[Row, ...] = (
    (200, 180, 120, 14),
    (60, 180, 120, 4),
    (100, 180, 120, 7),
    (200, 300, 180, 20),
    (1000, 180, 60, 55),
    (2880, 60, 120, 50),
    (240, 240, 60, 15),
)
CHAT: Row = (60, 600, 180, 6)


def plain(
    row: Row,
    *,
    endless: bool = False,
    chats: bool = False,
    interactions: int = 10_000,
    stretches: int = 60,
) -> str:
    """The scenario of a row: with endless patience, or as chats, three at a time."""
    per_hour, handling_s, patience_s, agents = row
    hours = interactions / per_hour / stretches
    patience = "" if endless else f"patience = {{mean_s = {patience_s}}}"
    concurrency = '[concurrency]\nslowed_by = 0.25\nspread = "even"' if chats else ""
    return f"""
[run]
continuous = true
hours = {hours}
times = {stretches}
warm_up_hours = {max(2.0, hours)}
[service_level]
target_s = 20
short_abandon_s = 20
{concurrency}
[[queues]]
name = "q"
[[arrivals]]
name = "calls"
queue = "q"
per_hour = {per_hour}
handling = {{mean_s = {handling_s}}}
{patience}
[[agents]]
count = {agents}
queues = {{q = 3}}
capacity = {{call = {3 if chats else 1}}}
"""
