"""Flows: what a channel leads to before people. The language, its runs, their versions.

`entry`, `hear` and `follow` are registered by `main`; the rest are verbs on a connection.
"""

from collections.abc import Mapping

from wasl.flows import (
    automations,
    bookings,
    meanings,
    partners,
    rating_links,
    ratings,
    records,
    runs,
    scheduling,
)
from wasl.flows.asking import workers
from wasl.flows.outside import outside
from wasl.flows.runs import (
    HELD,
    LEADS_TO,
    SUBSCRIBER,
    answered,
    entry,
    follow,
    hear,
    hearing,
)
from wasl.flows.service import (
    add_flow,
    answers_on,
    definition_of,
    lead_channel,
    names,
    publish,
    statistics,
)
from wasl.flows.surveys import awaits
from wasl.infra.timers import Handler


def timer_handlers() -> Mapping[str, Handler]:
    """What the timer loop calls for our timers."""
    return {**runs.timer_handlers(), **scheduling.timer_handlers()}


__all__ = [
    "HELD",
    "LEADS_TO",
    "SUBSCRIBER",
    "add_flow",
    "answered",
    "answers_on",
    "automations",
    "awaits",
    "bookings",
    "definition_of",
    "entry",
    "follow",
    "hear",
    "hearing",
    "lead_channel",
    "meanings",
    "names",
    "outside",
    "partners",
    "publish",
    "rating_links",
    "ratings",
    "records",
    "statistics",
    "timer_handlers",
    "workers",
]
