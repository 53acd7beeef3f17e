"""Looking contacts up, making and changing them. One contact's page is opened by conversations."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from wasl.accounts import Permission, Principal, audit
from wasl.accounts.web import requires
from wasl.contacts import reads, service
from wasl.infra.errors import Forbidden
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("contacts")

Reader = Annotated[Principal, Depends(requires(Permission.CONTACTS_READ))]
Writer = Annotated[Principal, Depends(requires(Permission.CONTACTS_WRITE))]

_MOST_ATTRIBUTE_BYTES = 16_384


def _small(attributes: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(json.dumps(attributes)) > _MOST_ATTRIBUTE_BYTES:
        raise ValueError(f"{_MOST_ATTRIBUTE_BYTES} bytes of JSON at most")
    return attributes


def _storable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("text without NUL and half characters")
    return text


def _storable_json(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _storable(key)
            _storable_json(item)
    elif isinstance(value, list):
        for item in value:
            _storable_json(item)
    return value


Line = Annotated[str, Field(max_length=120), AfterValidator(_storable)]
Tag = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_storable)]
Attributes = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=60)], JsonValue],
    Field(max_length=100),
    AfterValidator(_small),
    AfterValidator(_storable_json),
]


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class NewIdentity(Body):
    kind: Annotated[str, Field(min_length=1, max_length=32)]
    value: Annotated[str, Field(min_length=1, max_length=508)]
    region: Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$")] = ""  # of a national number
    verified: bool = False


class ContactChange(Body):
    name: Annotated[str, Field(max_length=480)] | None = None
    locale: Literal["", "en", "fa", "ar"] | None = None
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{0,60}$")] | None = None
    company: Line | None = None
    city: Line | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    attributes: Attributes | None = None
    preferred_channel: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,32}$")] | None = None


class ConsentBody(Body):
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    purpose: Literal["service", "marketing"]
    allowed: bool | None  # null: never asked


class NewContact(ContactChange):
    identities: Annotated[list[NewIdentity], Field(max_length=20)] = []


@router.get("/contacts")
async def find_contacts(
    who: Reader,
    conn: Conn,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """Contacts by name or identity, newest first."""
    return await reads.search(conn, q, after=after, limit=limit)


@router.post("/contacts", status_code=201)
async def add_contact(body: NewContact, who: Writer, conn: Conn, clock: TheClock) -> Any:
    """Makes a contact with their identities."""
    actor, now = Actor("agent", who.user_id), clock.now()
    values = body.model_dump(exclude_none=True, exclude={"identities"})
    contact_id = await service.add(conn, values, actor=actor, now=now)
    for identity in body.identities:
        await _add_identity(conn, contact_id, identity, who, clock)
    return await reads.view(conn, contact_id)


@router.patch("/contacts/{contact_id}")
async def change_contact(
    contact_id: UUID, body: ContactChange, who: Writer, conn: Conn, clock: TheClock
) -> Any:
    """Changes what is known of a contact."""
    known = await reads.view(conn, contact_id)
    given = body.model_dump(exclude_none=True)
    values = {key: value for key, value in given.items() if value != known[key]}
    if values:
        actor = Actor("agent", who.user_id)
        await service.change(conn, contact_id, values, actor=actor, now=clock.now())
        await audit(
            conn, actor, "contact.change", "contact", contact_id, after={"fields": sorted(values)}
        )
    return await reads.view(conn, contact_id)


@router.put("/contacts/{contact_id}/consents")
async def set_consent(
    contact_id: UUID, body: ConsentBody, who: Writer, conn: Conn, clock: TheClock
) -> Any:
    """Notes what a contact told us that they allow, or takes it back."""
    actor = Actor("agent", who.user_id)
    before = await service.set_consent(
        conn,
        contact_id,
        body.kind,
        body.purpose,
        body.allowed,
        source="agent",
        actor=actor,
        now=clock.now(),
    )
    what = {"kind": body.kind, "purpose": body.purpose}
    await audit(
        conn,
        actor,
        "consent.change",
        "contact",
        contact_id,
        before={**what, "allowed": before},
        after={**what, "allowed": body.allowed},
    )
    return await reads.view(conn, contact_id)


@router.post("/contacts/{contact_id}/identities", status_code=201)
async def add_identity(
    contact_id: UUID, body: NewIdentity, who: Writer, conn: Conn, clock: TheClock
) -> Any:
    """Notes another address of a contact."""
    await _add_identity(conn, contact_id, body, who, clock)
    return await reads.view(conn, contact_id)


async def _add_identity(
    conn: Conn, contact_id: UUID, identity: NewIdentity, who: Principal, clock: TheClock
) -> None:
    # a verified identity opens a person's history to whoever writes from there
    if identity.verified and not who.may(Permission.CONVERSATIONS_MANAGE):
        raise Forbidden("not_permitted", permission=Permission.CONVERSATIONS_MANAGE.value)
    actor = Actor("agent", who.user_id)
    identity_id = await service.add_identity(
        conn,
        contact_id,
        identity.kind,
        identity.value,
        region=identity.region,
        verified_by="agent" if identity.verified else "",
        actor=actor,
        now=clock.now(),
    )
    await audit(
        conn,
        actor,
        "identity.add",
        "contact",
        contact_id,
        after={
            "identity_id": str(identity_id),
            "kind": identity.kind,
            "verified": identity.verified,
        },
    )
