"""Queues, agents, assignments, offers, segments and entry rules: who works on what.

`Router` matches while it leads; everything else are verbs and reads on a connection.
"""

from wasl.routing.agents import anyone_available, set_capacity, set_presence
from wasl.routing.callbacks import ask_callback, take_back_callback
from wasl.routing.colleagues import join
from wasl.routing.entry import check_holder, entry_rule, prioritise
from wasl.routing.explained import explained, queue_standing
from wasl.routing.flow_turns import (
    HELD,
    end_flow_for_good,
    end_flow_in_queue,
    flow_holding,
    give_to_flow,
    put_by_automation,
    set_status_by_automation,
)
from wasl.routing.needs import needs_view
from wasl.routing.offers import accept_offer, decline_offer
from wasl.routing.policy import capacity_of, expected_wait
from wasl.routing.queues import (
    add_defaults,
    add_queue,
    change_queue,
    drop_queue,
    set_entry_queue,
    set_members,
)
from wasl.routing.router import LEADER, Router
from wasl.routing.rules import steps_of
from wasl.routing.service import By, pick, set_status, timer_handlers, transfer, wrap_up
from wasl.routing.showing import members_of, offers_showing
from wasl.routing.sla_policies import policy_names as sla_policy_names
from wasl.routing.views import (
    NAMED,
    STANDINGS,
    agents_view,
    entry_queues,
    memberships,
    offers_by_ids,
    offers_of,
    queue_names,
    queue_ref,
    queues_of,
    queues_view,
)

__all__ = [
    "HELD",
    "LEADER",
    "NAMED",
    "STANDINGS",
    "By",
    "Router",
    "accept_offer",
    "add_defaults",
    "add_queue",
    "agents_view",
    "anyone_available",
    "ask_callback",
    "capacity_of",
    "change_queue",
    "check_holder",
    "decline_offer",
    "drop_queue",
    "end_flow_for_good",
    "end_flow_in_queue",
    "entry_queues",
    "entry_rule",
    "expected_wait",
    "explained",
    "flow_holding",
    "give_to_flow",
    "join",
    "members_of",
    "memberships",
    "needs_view",
    "offers_by_ids",
    "offers_of",
    "offers_showing",
    "pick",
    "prioritise",
    "put_by_automation",
    "queue_names",
    "queue_ref",
    "queue_standing",
    "queues_of",
    "queues_view",
    "set_capacity",
    "set_entry_queue",
    "set_members",
    "set_presence",
    "set_status",
    "set_status_by_automation",
    "sla_policy_names",
    "steps_of",
    "take_back_callback",
    "timer_handlers",
    "transfer",
    "wrap_up",
]
