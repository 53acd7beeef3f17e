"""Where each interaction in work stands, and what its moves mean for the boards of its queues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.events import Event
from wasl.infra.statements import Statement, run_together
from wasl.reporting import policy
from wasl.reporting.policy import Board, Target

Step = Callable[[Board, Target], Board]
Tell = Callable[[UUID, datetime, Step], None]
"""Hears of a step that a queue's board takes, and when."""

_WAITS = ("queued", "offered")

_KNOWN = "SELECT * FROM turns WHERE interaction_id = ANY (%(ids)s)"
# Not the events' own word: who reads later sees what is so now, and each change comes with an event
_LATE = """
SELECT interaction_id FROM assignments
WHERE interaction_id = ANY (%(ids)s) AND breached_at IS NOT NULL
"""
_KEEP = """
INSERT INTO turns (interaction_id, queue_id, since, taken, late, callback, version)
SELECT * FROM jsonb_to_recordset(%(kept)s::jsonb) AS x(interaction_id uuid, queue_id uuid,
  since timestamptz, taken boolean, late boolean, callback boolean, version bigint)
ON CONFLICT (interaction_id) DO UPDATE SET queue_id = excluded.queue_id, since = excluded.since,
  taken = excluded.taken, late = excluded.late, callback = excluded.callback,
  version = excluded.version
"""
_FORGET = "DELETE FROM turns WHERE interaction_id = ANY (%(ids)s)"


@dataclass(frozen=True, slots=True)
class Turn:
    """An interaction that waits, or is taken, since then; `late` when it is over a target, and a
    `callback` as long as the contact is to be called. `version` is the conversation's."""

    interaction_id: UUID
    queue_id: UUID
    since: datetime
    taken: bool
    late: bool
    callback: bool
    version: int


class Turns:
    """The turns that some events change, from reading them until they are written."""

    def __init__(self, known: Iterable[Turn], late: Iterable[UUID], tell: Tell) -> None:
        self._now: dict[UUID, Turn | None] = {turn.interaction_id: turn for turn in known}
        self._late = frozenset(late)
        self._tell = tell
        self._changed: dict[UUID, None] = {}

    @classmethod
    async def of(cls, conn: AsyncConnection, moves: Sequence[Event], tell: Tell) -> Turns:
        """Those that these events speak of."""
        if not moves:
            return cls((), (), tell)
        ids = {"ids": list({_interaction(e) for e in moves})}
        known, late = await run_together(conn, (_KNOWN, ids), (_LATE, ids))
        turns = (Turn(*(getattr(row, name) for name in Turn.__slots__)) for row in known)
        return cls(turns, (row.interaction_id for row in late), tell)

    def move(self, e: Event) -> None:
        """An interaction waits, is taken, or neither any more."""
        id_, at = _interaction(e), e.at
        turn = self._now.get(id_)
        if turn is not None and turn.version >= e.aggregate_version:
            return
        queue_id, state = _queue_of(e.audience), e.data.get("state")
        waits, taken = state in _WAITS, state == "active"
        if queue_id is None or not (waits or taken):
            if turn is not None:
                self._count_late(turn, None, at)
                self._count_callback(turn, None, at)
                self._keep(id_, None)
                self._ended(turn, e)
            return
        late = id_ in self._late
        callback = bool(e.data.get("callback", turn is not None and turn.callback))
        self._count_late(turn, queue_id if late else None, at)
        self._count_callback(turn, queue_id if callback and waits else None, at)
        if turn is not None and turn.taken == taken and turn.queue_id == queue_id:
            if (turn.late, turn.callback) != (late, callback):
                self._keep(id_, replace(turn, late=late, callback=callback))
            return
        overflows = turn is not None and waits and not turn.taken
        since = turn.since if overflows and turn is not None else at
        self._keep(id_, Turn(id_, queue_id, since, taken, late, callback, e.aggregate_version))
        if turn is not None and not turn.taken and taken and turn.callback:
            self._tell(turn.queue_id, at, lambda b, t: policy.called_back(b))
        elif turn is not None and not turn.taken and taken:
            waited = at - turn.since
            self._tell(turn.queue_id, at, lambda b, t: policy.answered(b, waited, t))
        elif turn is not None and not turn.taken:
            self._tell(turn.queue_id, at, lambda b, t: policy.entered(b, -1))
        elif turn is not None and waits:
            self._ended(turn, e)
        if waits:
            self._tell(queue_id, at, lambda b, t: policy.entered(b))

    def drop(self, queue_id: UUID) -> None:
        """The queue is gone; nothing is kept of what was in it."""
        for id_, turn in self._now.items():
            if turn is not None and turn.queue_id == queue_id:
                self._keep(id_, None)

    async def write(self, conn: AsyncConnection) -> None:
        """Keeps what has changed."""
        kept = [asdict(turn) for id_ in self._changed if (turn := self._now[id_]) is not None]
        gone = [id_ for id_ in self._changed if self._now[id_] is None]
        writes: list[Statement] = []
        if kept:
            writes.append((_KEEP, {"kept": msgspec.json.encode(kept).decode()}))
        if gone:
            writes.append((_FORGET, {"ids": gone}))
        if writes:
            await run_together(conn, *writes)

    def _keep(self, id_: UUID, turn: Turn | None) -> None:
        self._now[id_] = turn
        self._changed[id_] = None

    def _count_late(self, turn: Turn | None, late_in: UUID | None, at: datetime) -> None:
        """It is over one of its targets in this queue now, or in none."""
        was_in = turn.queue_id if turn is not None and turn.late else None
        if was_in == late_in:
            return
        if was_in is not None:
            self._tell(was_in, at, lambda b, t: policy.lateness(b, -1))
        if late_in is not None:
            self._tell(late_in, at, lambda b, t: policy.lateness(b, 1))

    def _count_callback(self, turn: Turn | None, to_call_in: UUID | None, at: datetime) -> None:
        """It waits to be called back in this queue now, or in none."""
        was_in = turn.queue_id if turn is not None and turn.callback and not turn.taken else None
        if was_in == to_call_in:
            return
        if was_in is not None:
            self._tell(was_in, at, lambda b, t: policy.to_call(b, -1))
        if to_call_in is not None:
            self._tell(to_call_in, at, lambda b, t: policy.to_call(b, 1))

    def _ended(self, turn: Turn, e: Event) -> None:
        """Neither waits nor is in hand. What was closed before anybody answered was abandoned;
        what was parked, merged or spam is not counted, nor who left to be called back."""
        lasted = e.at - turn.since
        if turn.taken:
            self._tell(turn.queue_id, e.at, lambda b, t: policy.handled(b, lasted))
        elif e.type == "ConversationResolved" and not turn.callback:
            self._tell(turn.queue_id, e.at, lambda b, t: policy.abandoned(b, lasted, t))
        else:
            self._tell(turn.queue_id, e.at, lambda b, t: policy.entered(b, -1))


def is_move(e: Event) -> bool:
    """Whether the event may have moved an interaction."""
    return bool(
        e.aggregate_kind == "conversation"
        and e.data.get("moved", True)
        and e.data.get("interaction_id")
    )


def _interaction(e: Event) -> UUID:
    return UUID(e.data["interaction_id"])


def _queue_of(audience: Iterable[str]) -> UUID | None:
    return next((UUID(key[6:]) for key in audience if key.startswith("queue:")), None)
