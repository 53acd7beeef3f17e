"""Flows: what a channel leads to before people. The language, its runs, their versions.

`entry`, `hear` and `follow` are registered by `main`; the rest are verbs on a connection.
"""

from collections.abc import Mapping

from wasl.flows import runs, scheduling
from wasl.flows.runs import LEADS_TO, SUBSCRIBER, entry, follow, hear
from wasl.flows.service import (
    add_flow,
    answers_on,
    definition_of,
    lead_channel,
    names,
    publish,
    statistics,
)
from wasl.infra.timers import Handler


def timer_handlers() -> Mapping[str, Handler]:
    """What the timer loop calls for our timers."""
    return {**runs.timer_handlers(), **scheduling.timer_handlers()}


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
