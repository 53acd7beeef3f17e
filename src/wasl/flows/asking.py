"""The workers that ask others on behalf of runs: partners, and the engine that understands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from wasl.flows import meanings, partners
from wasl.flows.runs import answered
from wasl.infra.clock import Clock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database

Worker = tuple[str, Callable[[], Awaitable[int]], Callable[[], Awaitable[datetime | None]]]
"""The topic that wakes it, what does what is due, and when something is due next."""


def workers(database: Database, sealer: Sealer, clock: Clock, *, private: bool) -> list[Worker]:
    """`private` allows partners at private addresses."""
    asked = partners.Partners(database, sealer, clock, answered, private)
    understood = meanings.Meanings(database, clock, answered)
    return [
        (partners.TOPIC, asked.ask_due, asked.next_due),
        (meanings.TOPIC, understood.ask_due, understood.next_due),
    ]
