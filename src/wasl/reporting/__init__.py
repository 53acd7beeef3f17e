"""How the centre is doing, and what supervisors do about it: boards of queues kept as things
happen, the agents on the floor, what is told to many at once."""

from collections.abc import Mapping

from wasl.infra.timers import Handler
from wasl.reporting.boards import (
    SUBSCRIBER,
    boards_view,
    end_points,
    follow,
    next_point,
    set_target,
)
from wasl.reporting.broadcasts import (
    ENDS,
    MOST_SHOWN,
    broadcast_is_over,
    notices_by_ids,
    notices_of,
    notices_showing,
)
from wasl.reporting.floor import floor_view
from wasl.reporting.policy import Target

__all__ = [
    "MOST_SHOWN",
    "SUBSCRIBER",
    "Target",
    "boards_view",
    "end_points",
    "floor_view",
    "follow",
    "next_point",
    "notices_by_ids",
    "notices_of",
    "notices_showing",
    "set_target",
    "timer_handlers",
]


def timer_handlers() -> Mapping[str, Handler]:
    """The timers that reporting sets, for the leader's loop."""
    return {ENDS: broadcast_is_over}
