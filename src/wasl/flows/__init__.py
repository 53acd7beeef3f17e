"""Flows: what a channel leads to before people. The language, its runs, their versions.

`entry`, `hear` and `follow` are registered by `main`; the rest are verbs on a connection.
"""

from wasl.flows.runs import LEADS_TO, SUBSCRIBER, entry, follow, hear, timer_handlers
from wasl.flows.service import (
    add_flow,
    answers_on,
    definition_of,
    lead_channel,
    names,
    publish,
    statistics,
)

__all__ = [
    "LEADS_TO",
    "SUBSCRIBER",
    "add_flow",
    "answers_on",
    "definition_of",
    "entry",
    "follow",
    "hear",
    "lead_channel",
    "names",
    "publish",
    "statistics",
    "timer_handlers",
]
