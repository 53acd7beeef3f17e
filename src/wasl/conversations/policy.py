"""Pure rules of conversations: whom a message belongs to, who may know, what is counted.

No IO: dataclasses and `now` in, a decision out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

REOPEN_WINDOW = timedelta(days=7)


# ── whom an inbound message belongs to ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Matter:
    """A conversation as threading sees it. `newest_channel_id` is where its newest leg is."""

    conversation_id: UUID
    contact_id: UUID
    open: bool  # open, pending or snoozed
    resolved_at: datetime | None
    newest_channel_id: UUID
    channel_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of an inbound message.

    `referenced` is the conversation that it names (reply token, reference, provider thread, the
    widget's conversation). `owner_id` is the contact whose verified identity sent it, `claimant_id`
    one that only claims the address. `matters` are these contacts' open conversations, newest
    first.
    """

    channel_id: UUID
    has_threads: bool
    proven: bool
    internal: bool  # the sender is one of our own users
    spam: bool
    automatic: bool
    referenced: Matter | None
    owner_id: UUID | None
    claimant_id: UUID | None
    matters: Sequence[Matter]


class Belongs(StrEnum):
    """What to do with an inbound message."""

    JOIN = "join"  # goes on in this conversation
    REOPEN = "reopen"  # … which was resolved a short while ago: a new interaction begins
    RECORD = "record"  # on the timeline without waking anybody (an auto-reply)
    NOTE = "note"  # a colleague's words: private
    OPEN = "open"  # a new conversation
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision. `contact_id` None means a new contact; the suggestions are for an agent."""

    belongs: Belongs
    conversation_id: UUID | None = None
    contact_id: UUID | None = None
    merge_suggestion: UUID | None = None
    contact_suggestion: UUID | None = None


def whom_it_belongs_to(arrival: Arrival, now: datetime) -> Verdict:
    """Decides by reference first, by proven identity second; a From line alone proves nothing."""
    named = arrival.referenced
    if arrival.automatic:
        if named is None:
            return Verdict(Belongs.IGNORE)
        return Verdict(Belongs.RECORD, named.conversation_id, named.contact_id)
    if named is not None:
        verdict = _by_reference(arrival, named, now)
        if verdict is not None:
            return verdict
    return _by_identity(arrival, named)


def _by_reference(arrival: Arrival, named: Matter, now: datetime) -> Verdict | None:
    if arrival.internal:
        return Verdict(Belongs.NOTE, named.conversation_id, named.contact_id)
    if named.open:
        return Verdict(Belongs.JOIN, named.conversation_id, named.contact_id)
    if arrival.spam:
        return None
    if named.resolved_at is not None and now - named.resolved_at <= REOPEN_WINDOW:
        return Verdict(Belongs.REOPEN, named.conversation_id, named.contact_id)
    return None


def _by_identity(arrival: Arrival, named: Matter | None) -> Verdict:
    """`named` is a conversation that was resolved too long ago to go on: it is suggested."""
    known = arrival.owner_id if arrival.proven else None
    # a claim that nobody has verified is a contact of its own; the address's owner is suggested
    contact_id = known or arrival.claimant_id
    owner_suggested = arrival.owner_id if known is None else None
    if arrival.spam:
        return Verdict(Belongs.OPEN, None, contact_id, None, owner_suggested)
    own = [m for m in arrival.matters if m.contact_id == contact_id]
    here = [m for m in own if m.newest_channel_id == arrival.channel_id]
    if not arrival.has_threads and here:
        return Verdict(Belongs.JOIN, here[0].conversation_id, contact_id)
    if arrival.proven and len(own) == 1:
        only = own[0]
        if not arrival.has_threads or arrival.channel_id not in only.channel_ids:
            return Verdict(Belongs.JOIN, only.conversation_id, contact_id)
    suggestion = named or next(iter(arrival.matters), None)
    return Verdict(
        Belongs.OPEN,
        None,
        contact_id,
        suggestion.conversation_id if suggestion else None,
        owner_suggested,
    )


# ── who may know ─────────────────────────────────────────────────────────────────────────────


def audience(
    assignee_id: UUID | None, queue_id: UUID | None, joined: Iterable[UUID] = ()
) -> frozenset[str]:
    """The keys of those who may see a conversation: its agent, the colleagues beside them, its
    queue's members, all-seers."""
    keys = {"all", *(f"user:{user_id}" for user_id in joined)}
    if assignee_id is not None:
        keys.add(f"user:{assignee_id}")
    if queue_id is not None:
        keys.add(f"queue:{queue_id}")
    return frozenset(keys)


def abilities(
    *, mine: bool, held: bool, resolved: bool, speaks: bool, manages: bool, confers: bool = False
) -> list[str]:
    """What a viewer may do with a conversation that they may see.

    `held` by anybody, `mine` by the viewer, who `confers` when they may answer beside the holder;
    `speaks` and `manages` are the viewer's permissions.
    """
    if not speaks:
        return []
    can = ["note"]
    if mine or not held or confers:
        can.append("reply")
    if (not held or manages) and not mine and not resolved:
        can.append("pick")
    if (mine or not held or manages) and not resolved:
        can += ["transfer", "assign", "resolve", "snooze"]
    return can


# ── what is counted ──────────────────────────────────────────────────────────────────────────

WAITING_STATES = frozenset({"queued", "offered"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides in which lists a conversation stands."""

    status: str
    spam: bool
    assignee_id: UUID | None
    queue_id: UUID | None
    state: str
    joined: frozenset[UUID] = frozenset()


# Of themselves these move nothing: what is said, and what becomes of it.
_STAYS = frozenset(
    {
        "MessageReceived",
        "MessageQueued",
        "MessageStateChanged",
        "MessageEdited",
        "MessageDeleted",
        "MessagesRead",
        "ConversationRead",
        "NoteAdded",
    }
)


def moves(event: str, *, stands: bool) -> bool:
    """Whether an event of the type may have moved the interaction, although the conversation
    `stands` as it did."""
    return event not in _STAYS or not stands


def counted_in(standing: Standing | None) -> frozenset[str]:
    """The counters that a conversation adds one to.

    A scope is "org", "queue:<id>", "user:<id>", or "user:<id>+queue:<id>" (what both would count,
    so that an agent's total is Σ queues + own − both); a counter is "<scope>/<view>".
    """
    if standing is None:
        return frozenset()
    views = _views(standing)
    scopes = ["org"]
    if standing.queue_id is not None:
        scopes.append(f"queue:{standing.queue_id}")
    for user_id in {standing.assignee_id, *standing.joined} - {None}:
        scopes.append(f"user:{user_id}")
        if standing.queue_id is not None:
            scopes.append(f"user:{user_id}+queue:{standing.queue_id}")
    return frozenset(f"{scope}/{view}" for scope in scopes for view in views)


def _views(standing: Standing) -> list[str]:
    if standing.spam:
        return ["spam"]
    if standing.status != "open":
        return [standing.status]
    views = ["all"]
    if standing.assignee_id is None:
        views.append("unassigned")
    if standing.state in WAITING_STATES:
        views.append("waiting")
    return views


def count_changes(before: Standing | None, after: Standing | None) -> dict[str, int]:
    """The counters that change, by how much."""
    was, is_now = counted_in(before), counted_in(after)
    return dict.fromkeys(is_now - was, 1) | dict.fromkeys(was - is_now, -1)


COUNTED_VIEWS = ("all", "unassigned", "waiting", "pending", "snoozed", "resolved", "spam")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a viewer's counts are made of: for each view, the counters that are added and those
    that are taken off again, having been counted twice."""

    views: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]

    @property
    def keys(self) -> Iterator[str]:
        """All counters that it needs."""
        for _, added, taken_off in self.views:
            yield from added
            yield from taken_off

    def counts(self, counted: Mapping[str, int]) -> dict[str, int]:
        """The counts by view, and "mine", from the counters' values."""
        value = counted.get
        return {
            view: sum(value(key, 0) for key in added) - sum(value(key, 0) for key in taken_off)
            for view, added, taken_off in self.views
        }


@lru_cache(10_000)
def tally_of(user_id: UUID, queue_ids: frozenset[UUID], sees_all: bool) -> Tally:
    """What the counts of a viewer are made of."""
    user, queues = f"user:{user_id}", [f"queue:{queue_id}" for queue_id in sorted(queue_ids)]
    views: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [("mine", (f"{user}/all",), ())]
    for view in COUNTED_VIEWS:
        if sees_all:
            views.append((view, (f"org/{view}",), ()))
            continue
        added = (f"{user}/{view}", *(f"{queue}/{view}" for queue in queues))
        views.append((view, added, tuple(f"{user}+{queue}/{view}" for queue in queues)))
    return Tally(tuple(views))


# ── texts ────────────────────────────────────────────────────────────────────────────────────

_PREVIEW = 160
# C0 and C1 controls except tab and newline, and what turns the direction of the text around it
_REMOVED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean_text(text: str, *, limit: int) -> str:
    """Text that can be stored and shown: no NUL, controls, lone surrogates or bidi overrides.

    Isolates (U+2066–2069) stay: they close themselves with the paragraph. Cut at `limit`.
    """
    if _SURROGATE.search(text):
        text = text.encode("utf-8", "replace").decode()
    return _REMOVED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:limit]


def preview_of(text: str) -> str:
    """The first words on one line."""
    line = " ".join(text[: _PREVIEW * 4].split())
    return line if len(line) <= _PREVIEW else line[: _PREVIEW - 1].rstrip() + "…"


def mask_cards(text: str) -> str:
    """Hides all but the last four digits of card numbers (13–19 digits that pass Luhn).

    Persian and Arabic digits count as digits; blanks and hyphens between them are kept.
    """
    out = list(text)
    run: list[int] = []
    for i, c in enumerate(text + "\0"):
        if c.isdecimal():
            run.append(i)
        elif run and c in " -\u00a0" and i + 1 < len(text) and text[i + 1].isdecimal():
            continue
        elif run:
            digits = [int(text[j]) for j in run]
            if 13 <= len(digits) <= 19 and _luhn(digits):
                for j in run[:-4]:
                    out[j] = "•"
            run = []
    return "".join(out)


def _luhn(digits: Sequence[int]) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def code_of(number: int, ordinal: int) -> str:
    """What people call an interaction: "W-4187", its second "W-4187/2"."""
    return f"W-{number}" if ordinal <= 1 else f"W-{number}/{ordinal}"


# ── receipts ─────────────────────────────────────────────────────────────────────────────────

_RECEIPTS = {"queued": 0, "sending": 1, "unknown": 2, "sent": 3, "delivered": 4, "read": 5}


def next_state(known: str, told: str) -> str:
    """A message's state after a receipt: never backwards; a failure only before delivery."""
    if told == "failed":
        return "failed" if _RECEIPTS.get(known, 0) < _RECEIPTS["delivered"] else known
    if known == "failed":
        return told if told in ("delivered", "read") else known
    return told if _RECEIPTS[told] > _RECEIPTS.get(known, 0) else known
