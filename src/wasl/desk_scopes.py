"""The scopes of the desk's socket: which entities are in each, and how they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import accounts, contacts, conversations, reporting, routing
from wasl.accounts import Permission
from wasl.conversations import VIEWS
from wasl.infra.errors import NotFound
from wasl.infra.events import Event
from wasl.realtime import Entity, Family, Part, Personal, Shows, Viewer

_NEWEST_ROWS = 100
_NEWEST_MESSAGES = 50
_MOVED_MESSAGES = frozenset({"ConversationMerged", "ConversationUnmerged"})


async def viewers_of(conn: AsyncConnection, user_ids: Collection[UUID]) -> Mapping[UUID, Viewer]:
    """The colleagues who may look, with the audience keys that they hold now."""
    found = {}
    queue_ids = await routing.memberships(conn, user_ids)
    for principal in await accounts.principals(conn, user_ids):
        seen_by = conversations.Viewer(principal, queue_ids[principal.user_id])
        found[principal.user_id] = Viewer(
            principal.user_id, principal.name, seen_by.keys, person=seen_by
        )
    return found


def desk_families() -> tuple[Family, ...]:
    """me, list:<view>, conversation:<id>, contact:<id>, agents, wallboard."""
    return (_me(), _lists(), _conversation(), _contact(), _agents(), _wallboard())


def _of_list(kind: str) -> Shows:
    async def shows(
        conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
    ) -> Mapping[UUID, UUID]:
        return _each_its_own(await conversations.rows_showing(conn, kind, _ids(happened)))

    return shows


def _of_open(kind: str) -> Shows:
    async def shows(
        conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
    ) -> Mapping[UUID, UUID]:
        # one more message of a conversation shows in no other one
        changed = _ids(e for e in happened if e.data.get("moved", True))
        if not changed:
            return {}
        ids = [UUID(argument) for argument in followed]
        return _each_its_own(await conversations.followed_showing(conn, kind, changed, ids))

    return shows


def _of_messages(kind: str) -> Shows:
    async def shows(
        conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
    ) -> Mapping[UUID, UUID]:
        ids = [UUID(argument) for argument in followed]
        return await conversations.messages_showing(
            conn, kind, _ids(happened), ids, newest=_NEWEST_MESSAGES
        )

    return shows


def _of_offers(kind: str) -> Shows:
    async def shows(
        conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
    ) -> Mapping[UUID, UUID]:
        return _each_its_own(await routing.offers_showing(conn, kind, _ids(happened)))

    return shows


def _of_mentions(kind: str) -> Shows:
    async def shows(
        conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
    ) -> Mapping[UUID, UUID]:
        # of a conversation they show the number, which is another once its messages have moved
        some = [e for e in happened if kind != "conversation" or e.type in _MOVED_MESSAGES]
        if not some:
            return {}
        return _each_its_own(await conversations.mentions.mentions_showing(conn, kind, _ids(some)))

    return shows


async def _notices_by(
    conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
) -> Mapping[UUID, UUID]:
    return _each_its_own(await reporting.notices_showing(conn, _ids(happened)))


async def _themselves(
    conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
) -> Mapping[UUID, UUID]:
    return _each_its_own(_ids(happened))


async def _members(
    conn: AsyncConnection, happened: Sequence[Event], followed: Sequence[str]
) -> Mapping[UUID, UUID]:
    named = {UUID(user_id) for e in happened for user_id in e.data.get("user_ids", ())}
    return _each_its_own(named | await routing.members_of(conn, _ids(happened)))


def _ids(happened: Iterable[Event]) -> set[UUID]:
    return {e.aggregate_id for e in happened if e.type != "UserSignedOut"}  # shown nowhere


def _each_its_own(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    return {id_: id_ for id_ in ids}


async def _anybody(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    return argument == ""


# ── me, agents ───────────────────────────────────────────────────────────────────────────────

_STAFF = frozenset({"staff"})


async def _fetch_agents(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    found = await routing.agents_view(conn, ids, working=True)
    return {a.id: a for a in _agent_entities(found)}


def _agent_entities(shown: Iterable[Mapping[str, Any]]) -> list[Entity]:
    return [Entity(a["id"], a["version"], a, _STAFF) for a in shown]


async def _own_agent(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return _agent_entities(await routing.agents_view(conn, [viewer.user_id]))


async def _every_agent(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return _agent_entities(await routing.agents_view(conn))


async def _fetch_offers(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    return {
        offer["id"]: _offer(offer) for offer in (await routing.offers_by_ids(conn, ids)).values()
    }


async def _own_offers(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    found = await routing.offers_of(conn, [viewer.user_id])
    return [_offer(offer) for offer in found[viewer.user_id]]


def _offer(offer: Mapping[str, Any]) -> Entity:
    audience = frozenset({f"user:{offer['_user_id']}"})
    return Entity(offer["id"], offer["epoch"], conversations.public(offer), audience)


async def _fetch_mentions(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    return {m["id"]: _of_one(m) for m in await conversations.mentions.unread_by_ids(conn, ids)}


async def _own_mentions(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return [_of_one(m) for m in await conversations.mentions.unread_of(conn, viewer.user_id)]


def _of_one(shown: Mapping[str, Any]) -> Entity:
    """What one person alone sees."""
    audience = frozenset({f"user:{shown['_user_id']}"})
    return Entity(shown["id"], shown["version"], conversations.public(shown), audience)


async def _fetch_notices(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    return {n["id"]: _of_one(n) for n in await reporting.notices_by_ids(conn, ids)}


async def _own_notices(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return [_of_one(n) for n in await reporting.notices_of(conn, viewer.user_id)]


async def _counts(
    conn: AsyncConnection, viewers: Collection[Viewer]
) -> Mapping[UUID, Mapping[str, Any]]:
    return await conversations.counts_of_each(conn, [viewer.person for viewer in viewers])


_AGENT_SHOWS = {"user": _themselves, "queue": _members}


def _me() -> Family:
    return Family(
        "me",
        (
            Part(
                "agent",
                "agent",
                _fetch_agents,
                _own_agent,
                belongs=lambda viewer, argument, entity: entity.id == viewer.user_id,
                shows=_AGENT_SHOWS,
            ),
            Part(
                "offer",
                "offer",
                _fetch_offers,
                _own_offers,
                shows={k: _of_offers(k) for k in ("conversation", "contact", "channel", "queue")},
            ),
            Part(
                "mention",
                "mention",
                _fetch_mentions,
                _own_mentions,
                limit=conversations.mentions.MOST_SHOWN,
                shows={k: _of_mentions(k) for k in ("conversation", "user")},
            ),
            Part(
                "notice",
                "notice",
                _fetch_notices,
                _own_notices,
                limit=reporting.MOST_SHOWN,
                shows={"user": _notices_by},
            ),
        ),
        _anybody,
        personal=(Personal("counts", frozenset({"conversation", "queue"}), _counts),),
    )


def _agents() -> Family:
    part = Part("agent", "agent", _fetch_agents, _every_agent, shows=_AGENT_SHOWS)
    return Family("agents", (part,), _anybody)


# ── wallboard ────────────────────────────────────────────────────────────────────────────────

_SUPERVISORS = frozenset({"all"})


async def _supervises(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    return argument == "" and not viewer.keys.isdisjoint(_SUPERVISORS)


async def _fetch_boards(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    return {b["id"]: _on_wall(b) for b in await reporting.boards_view(conn, ids)}


async def _every_board(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return [_on_wall(b) for b in await reporting.boards_view(conn)]


async def _fetch_floor(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    return {a["id"]: _on_wall(a) for a in await reporting.floor_view(conn, ids)}


async def _on_floor(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    found = map(_on_wall, await reporting.floor_view(conn))
    return [entity for entity in found if _is_there(viewer, argument, entity)]


def _on_wall(shown: Mapping[str, Any]) -> Entity:
    return Entity(shown["id"], shown["version"], shown, _SUPERVISORS)


def _is_there(viewer: Viewer, argument: str, entity: Entity) -> bool:
    """Signed in, or gone with something still in hand."""
    return entity.data["presence"] != "offline" or bool(entity.data["held"])


def _wallboard() -> Family:
    return Family(
        "wallboard",
        (
            Part(
                "queue",
                "queue_board",
                _fetch_boards,
                _every_board,
                shows={"queue": _themselves, "unmet_needs": _themselves},
            ),
            Part(
                "agent",
                "agent",
                _fetch_floor,
                _on_floor,
                belongs=_is_there,
                shows=_AGENT_SHOWS,
            ),
        ),
        _supervises,
    )


# ── lists ────────────────────────────────────────────────────────────────────────────────────


def _entity(row: Mapping[str, Any]) -> Entity:
    return Entity(row["id"], row["version"], conversations.public(row), frozenset(row["_audience"]))


async def _fetch_rows(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    found = await conversations.rows(conn, ids)
    return {row["id"]: _entity(row) for row in found.values()}


async def _list(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    view, queue_id = _view_of(argument)
    page = await conversations.list_view(
        conn, view, viewer.person, queue_id=queue_id, limit=_NEWEST_ROWS
    )
    return [_entity(row) for row in page["items"]]


def _view_of(argument: str) -> tuple[str, UUID | None]:
    if argument.startswith("queue:"):
        return "all", UUID(argument[6:])
    return argument, None


def _stands(viewer: Viewer, argument: str, entity: Entity) -> bool:
    view, queue_id = _view_of(argument)
    if queue_id is not None and (entity.data["queue"] or {}).get("id") != queue_id:
        return False
    return conversations.stands_in(entity.data, view, viewer.user_id)


async def _list_exists(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    try:
        view, _ = _view_of(argument)
    except ValueError:
        return False
    return view in VIEWS


def _lists() -> Family:
    return Family(
        "list",
        (
            Part(
                "conversation", "conversation", _fetch_rows, _list, limit=_NEWEST_ROWS,
                belongs=_stands,
                shows={k: _of_list(k) for k in ("contact", "user", "queue", "channel")},
            ),
        ),
        _list_exists,
    )  # fmt: skip


# ── one conversation ─────────────────────────────────────────────────────────────────────────


async def _fetch_full(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    found = await conversations.wholes(conn, ids)
    return {row["id"]: _entity(row) for row in found.values()}


async def _whole(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return list((await _fetch_full(conn, [UUID(argument)])).values())


async def _fetch_messages(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    found = await conversations.messages_by_ids(conn, ids)
    return {
        message_id: Entity(
            message_id,
            message["version"],
            conversations.public(message),
            frozenset(message["_audience"]),
            of=message["_conversation_id"],
        )
        for message_id, message in found.items()
    }


async def _newest_messages(
    conn: AsyncConnection, viewer: Viewer, argument: str
) -> Sequence[Entity]:
    found = await conversations.timeline(conn, UUID(argument), limit=_NEWEST_MESSAGES)
    # `_may_follow` has let the viewer see it
    return [Entity(m["id"], m["version"], m, viewer.keys, of=UUID(argument)) for m in found]


def _messages_changed(e: Event) -> Iterable[UUID]:
    return [UUID(message_id) for message_id in e.data.get("message_ids", ())]


async def _may_follow(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    try:
        await conversations.visible(conn, UUID(argument), viewer.person)
    except (ValueError, NotFound):
        return False
    return True


def _of_the_conversation(viewer: Viewer, argument: str, entity: Entity) -> bool:
    return str(entity.of) == argument


def _for_viewer(viewer: Viewer, entity: Entity) -> Mapping[str, Any]:
    return conversations.for_viewer(entity.data, viewer.person)


def _conversation() -> Family:
    return Family(
        "conversation",
        (
            Part("conversation", "conversation", _fetch_full, _whole,
                 shown=_for_viewer,
                 shows={k: _of_open(k)
                        for k in ("contact", "user", "queue", "channel", "conversation")}),
            Part("message", "conversation", _fetch_messages, _newest_messages,
                 ids=_messages_changed, belongs=_of_the_conversation,
                 shows={k: _of_messages(k) for k in ("contact", "user", "channel")}),
        ),
        _may_follow,
        by_aggregate=True,
    )  # fmt: skip


# ── one contact ──────────────────────────────────────────────────────────────────────────────


async def _fetch_contacts(conn: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, Entity]:
    """Only which version it is: whoever sees a newer one than theirs reads it by HTTP."""
    found = await contacts.versions(conn, ids)
    return {id_: Entity(id_, v, {"id": id_, "version": v}, _STAFF) for id_, v in found.items()}


async def _one_contact(conn: AsyncConnection, viewer: Viewer, argument: str) -> Sequence[Entity]:
    return list((await _fetch_contacts(conn, [UUID(argument)])).values())


async def _may_know(conn: AsyncConnection, viewer: Viewer, argument: str) -> bool:
    may = viewer.person.principal.may(Permission.CONTACTS_READ)
    return may and bool(await contacts.versions(conn, [UUID(argument)]))


def _contact() -> Family:
    part = Part("contact", "contact", _fetch_contacts, _one_contact)
    return Family("contact", (part,), _may_know, by_aggregate=True)
