"""Who gets what: pure matching without IO; `now` and facts in, decisions out."""

from wasl.routing.policy.engine import Engine, excludes, passed_over, waiting_key
from wasl.routing.policy.facts import (
    AFFINITY,
    EXCLUSION,
    Agent,
    Decision,
    Held,
    Offer,
    Offered,
    Queue,
    Rescind,
    TimeOut,
    Waiting,
    Why,
    Work,
    capacity_of,
)

__all__ = [
    "AFFINITY",
    "EXCLUSION",
    "Agent",
    "Decision",
    "Engine",
    "Held",
    "Offer",
    "Offered",
    "Queue",
    "Rescind",
    "TimeOut",
    "Waiting",
    "Why",
    "Work",
    "capacity_of",
    "excludes",
    "passed_over",
    "waiting_key",
]
