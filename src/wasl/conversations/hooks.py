"""Where an upper feature acts or is asked inside our transaction, registered by `main`.

`entry` decides where an interaction goes when a contact writes; `holder` decides whether an
author may speak for us. Both run under the conversation's row lock and answer with where the
conversation now stands, or None when nothing changes. `hear` follows when a flow run holds it: the
message stands, and what the run says comes after it. The others only read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.errors import Conflict
from wasl.infra.events import Actor
from wasl.infra.statements import Statement

Held = Any  # a row of `Hooks.held`: None where an interaction is new or nobody knows of it


@dataclass(frozen=True, slots=True)
class Placement:
    """Where routing has put the conversation's current interaction.

    `due_at` is when our reply is due (None: nothing is owed), `due_total_s` the whole allowance,
    `due_warn_at` from when on it is urgent.
    A flow run that holds it hears what the contact says; `masks` hides card numbers in that.
    `steps` are what the caller writes together with the conversation.
    """

    assignee_id: UUID | None
    queue_id: UUID | None
    state: str
    due_at: datetime | None = None
    due_total_s: int | None = None
    due_warn_at: datetime | None = None
    flow_run_id: UUID | None = None
    masks: bool = False
    steps: Sequence[Statement] = ()


@dataclass(frozen=True, slots=True)
class Entered:
    """A contact wrote. `born` when a new interaction began with it, `switched` when the channel
    is another one than the interaction's last; `units` is what the channel kind takes. `state` is
    where it stands, `owed` whether our reply is due already."""

    conversation_id: UUID
    interaction_id: UUID
    contact_id: UUID
    channel_id: UUID
    channel_kind: str
    units: int
    priority: int
    born: bool
    switched: bool
    state: str
    owed: bool
    last_agent_id: UUID | None  # who held the conversation's previous interaction
    now: datetime
    flow_version_id: UUID | None = None  # what the channel leads a new interaction to
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Speaking:
    """Somebody wants to speak for us on a channel (`switched`: another one than before)."""

    conversation_id: UUID
    interaction_id: UUID
    author_kind: str  # agent, flow, system
    author_id: UUID | None
    channel_kind: str
    units: int
    switched: bool
    now: datetime
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a contact wrote stands on the timeline, and a flow run hears it; `read` is what
    `hearing` has had read meanwhile."""

    flow_run_id: UUID
    conversation_id: UUID
    message_id: UUID
    text: str
    locale: str
    now: datetime
    attachments: int = 0  # how many came with it
    read: Sequence[list[Any]] = ()


Prioritise = Callable[[AsyncConnection, UUID, int, datetime], Awaitable[Placement | None]]
EntryRule = Callable[[AsyncConnection, Entered], Awaitable[Placement | None]]
HolderCheck = Callable[[AsyncConnection, Speaking], Awaitable[Placement | None]]


async def _no_entry(conn: AsyncConnection, entered: Entered) -> Placement | None:
    return None


async def _anyone_speaks(conn: AsyncConnection, speaking: Speaking) -> Placement | None:
    return None


Awaits = Callable[[AsyncConnection, UUID, str, datetime], Awaitable[UUID | None]]


async def _nobody_awaits(
    conn: AsyncConnection, conversation_id: UUID, text: str, now: datetime
) -> UUID | None:
    return None


Hearing = Callable[[UUID], Sequence[Statement]]


def _nothing_read(flow_run_id: UUID) -> Sequence[Statement]:
    return ()


Hear = Callable[[AsyncConnection, Said], Awaitable[None]]


async def _nobody_hears(conn: AsyncConnection, said: Said) -> None:
    return None


async def _no_deadlines(
    conn: AsyncConnection, interaction_id: UUID, priority: int, now: datetime
) -> Placement | None:
    return None


QueuesOf = Callable[[AsyncConnection, UUID], Awaitable[frozenset[UUID]]]


async def _no_queues(conn: AsyncConnection, user_id: UUID) -> frozenset[UUID]:
    return frozenset()


IsStaffed = Callable[[AsyncConnection, UUID], Awaitable[bool]]


async def _never_staffed(conn: AsyncConnection, channel_id: UUID) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an interaction stands in its queue: `place` counts from 1, None when it does not wait;
    the wait to be expected is None when nothing tells it. `callback` is {address, not_before} when
    the contact is called when its turn comes."""

    place: int | None = None
    expected_wait_s: int | None = None
    callback: Mapping[str, Any] | None = None


StandingOf = Callable[[AsyncConnection, UUID, datetime], Awaitable[Standing]]


async def _nowhere(conn: AsyncConnection, interaction_id: UUID, now: datetime) -> Standing:
    return Standing()


class AskCallback(Protocol):
    """Keeps the place of an interaction that waits, for a call to this address (see routing)."""

    async def __call__(
        self,
        conn: AsyncConnection,
        conversation_id: UUID,
        *,
        kind: str,
        address: str,
        region: str = "",
        not_before: datetime | None = None,
        actor: Actor,
        now: datetime,
    ) -> Standing: ...


class TakeBackCallback(Protocol):
    """The contact no longer wants to be called, and goes on waiting (see routing)."""

    async def __call__(
        self, conn: AsyncConnection, conversation_id: UUID, *, actor: Actor, now: datetime
    ) -> None: ...


async def _nobody_is_called(
    conn: AsyncConnection, conversation_id: UUID, *, actor: Actor, now: datetime
) -> None:
    raise Conflict("no_callback")


async def _nothing_waits(
    conn: AsyncConnection,
    conversation_id: UUID,
    *,
    kind: str,
    address: str,
    region: str = "",
    not_before: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Standing:
    raise Conflict("not_waiting")


@dataclass
class Hooks:
    """What `main` has registered; without routing everything stays unplaced and anyone speaks."""

    entry: EntryRule = _no_entry
    holder: HolderCheck = _anyone_speaks
    # who has the interaction of `%(conversation)s`: read with its lock, for `entry` and `holder`
    held: str = "SELECT NULL WHERE false"
    hearing: Hearing = _nothing_read  # what `hear` needs read once the message stands
    hear: Hear = _nobody_hears
    # the flow run that takes what a contact says in a resolved conversation as its answer, such as
    # a rating: then it stays resolved
    awaits: Awaits = _nobody_awaits
    prioritise: Prioritise = _no_deadlines  # an interaction's priority is to be this one
    queues_of: QueuesOf = _no_queues  # of which a user is a member
    # what one statement joins: queues' names by language; interactions' epoch, end of wrap-up,
    # whom to call back, and the roles of the colleagues beside the holder
    queues: str = "SELECT NULL::uuid AS id, NULL::jsonb AS names WHERE false"
    standings: str = (
        "SELECT NULL::uuid AS interaction_id, 0 AS epoch, NULL::timestamptz AS wrap_up_ends_at,"
        " NULL::jsonb AS callback, NULL::jsonb AS roles WHERE false"
    )
    # the flow version, if any, that a channel (`%(channel)s`) leads new interactions to
    leads_to: str = "SELECT NULL::uuid"
    is_staffed: IsStaffed = _never_staffed  # whether somebody is there to answer on a channel
    standing: StandingOf = _nowhere  # of an interaction in its queue
    ask_callback: AskCallback = _nothing_waits
    take_back_callback: TakeBackCallback = _nobody_is_called


hooks = Hooks()
