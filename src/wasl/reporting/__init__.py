"""How the centre is doing: boards of queues kept as things happen, and the agents on the floor."""

from wasl.reporting.boards import (
    SUBSCRIBER,
    boards_view,
    end_points,
    follow,
    next_point,
    set_target,
)
from wasl.reporting.floor import floor_view
from wasl.reporting.policy import Target

__all__ = [
    "SUBSCRIBER",
    "Target",
    "boards_view",
    "end_points",
    "floor_view",
    "follow",
    "next_point",
    "set_target",
]
