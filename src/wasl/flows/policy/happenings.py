"""What automations and waiting runs hear of: events by name, and what expressions may read of
each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from wasl.flows.policy.expressions import Expression

ConversationEvent = Literal[
    "ConversationOpened", "ConversationReopened", "ConversationContinued", "MessageReceived",
    "MessageQueued", "NoteAdded", "ConversationTagged", "ConversationPrioritised",
    "ConversationQueued", "ConversationAssigned", "ConversationUnassigned",
    "ConversationTransferred", "ConversationOverflowed", "ConversationParked", "ConversationWoke",
    "ConversationResolved", "ConversationWrappedUp", "ConversationMerged", "ConversationRated",
    "ConversationContactChanged", "SlaWarned", "SlaBreached",
]  # fmt: skip
# of a contact: heard in the conversation that they had last
ContactEvent = Literal[
    "ContactChanged", "IdentityAdded", "ContactMerged", "ConsentChanged", "OrderChanged"
]
EventName = Literal[ConversationEvent, ContactEvent]
TriggerOn = Literal[EventName, "arrival", "keyword", "schedule"]

CONTACT_EVENTS: frozenset[str] = frozenset(get_args(ContactEvent))
ARRIVALS = frozenset({"ConversationOpened", "ConversationReopened", "ConversationContinued"})


@dataclass(frozen=True, slots=True)
class Happened:
    """An event; `scope` is what a filter reads: `event`, `conversation`, `contact`, `said`, and
    `page`. Given to a run that waits for one."""

    id: str
    type: str
    scope: Mapping[str, Any]


_ANY_EVENT = frozenset({"type", "actor", "interaction_id", "leg_id", "state"})
# what an event of a type tells besides
_OF_EVENTS: Mapping[str, frozenset[str]] = {
    "ConversationTagged": frozenset({"added", "removed"}),
    "ConversationRated": frozenset({"score", "scale"}),
    "SlaWarned": frozenset({"target", "due_at", "moved"}),
    "SlaBreached": frozenset({"target", "due_at", "moved"}),
    "ContactChanged": frozenset({"fields"}),
    "ConsentChanged": frozenset({"kind", "purpose", "allowed"}),
    "ContactMerged": frozenset({"fields"}),
    "OrderChanged": frozenset({"status", "was"}),
}
FACTS: Mapping[str, frozenset[str]] = {
    "conversation": frozenset(
        {
            "number", "status", "state", "priority", "tags", "subject", "locale", "channel",
            "kind", "queue", "agent", "contact", "owed", "unread", "spam", "answered", "idle_s",
            "age_s",
        }
    ),
    "contact": frozenset({"name", "locale", "company", "city"}),
    "page": frozenset({"url", "title"}),
}  # fmt: skip


def facts_of(on: str) -> Mapping[str, frozenset[str]]:
    """The parts that the names of a filter have when this event starts it."""
    return {**FACTS, "event": _ANY_EVENT | _OF_EVENTS.get(on, frozenset())}


def all_facts() -> dict[str, list[str]]:
    """The facts of every event ("event.actor") under "*", and under an event's name those that it
    has besides."""
    everywhere = {**FACTS, "event": _ANY_EVENT}
    return {
        "*": sorted(f"{whole}.{part}" for whole, parts in everywhere.items() for part in parts),
        **{on: sorted(f"event.{part}" for part in parts) for on, parts in _OF_EVENTS.items()},
    }


def unknown_facts(expression: Expression, known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The facts, such as "conversation.colour", that are named and that nobody knows."""
    found = {path for path in _paths(expression.root) if path[0] in known and len(path) > 1}
    for path in sorted(found):
        if path[1] not in known[path[0]] or len(path) > 2:
            yield ".".join(path)


def _paths(node: Any) -> Iterator[tuple[str, ...]]:
    if node[0] == "name":
        yield node[1]
        return
    for part in node[1:]:
        if node[0] == "is":
            return
        if isinstance(part, tuple) and part:
            if isinstance(part[0], tuple):  # what a call is given
                for given in part:
                    yield from _paths(given)
            elif isinstance(part[0], str):
                yield from _paths(part)
