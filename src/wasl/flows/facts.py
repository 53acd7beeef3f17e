"""What filters and the steps of automations read of an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import contacts, conversations
from wasl.infra.events import Event


def shown(event: Event) -> dict[str, Any]:
    """An event as filters see it; a list of words is one text."""
    told = {
        name: ", ".join(value) if _arewords(value) else value for name, value in event.data.items()
    }
    plain = {k: v for k, v in told.items() if isinstance(v, str | int | float | bool)}
    return {**plain, "type": event.type, "actor": event.actor.kind}


def _arewords(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


async def people(
    conn: AsyncConnection, standing: Mapping[UUID, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The contacts of conversations, as filters see them."""
    ids = {UUID(one["contact"]) for one in standing.values()}
    if not ids:
        return {}
    return {
        str(id_): {name: person[name] for name in ("name", "locale", "company", "city")}
        for id_, person in (await contacts.plain_fields(conn, ids)).items()
    }


@dataclass(frozen=True, slots=True)
class Written:
    """What a contact wrote, and the page they were on."""

    said: str = ""
    page: dict[str, str] | None = None


NOTHING = Written()


async def written(conn: AsyncConnection, happened: Iterable[Event]) -> dict[UUID, Written]:
    """What contacts wrote, by event."""
    of_message = {
        UUID(message_id): e.id for e in happened for message_id in e.data.get("message_ids", ())
    }
    found = await conversations.said_by_contacts(conn, of_message)
    return {of_message[id_]: Written(*said) for id_, said in found.items()}
