"""What flows act with and what they did, by HTTP: templates, calendars, secrets, automations, runs,
ratings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from wasl import accounts, conversations
from wasl.accounts import Permission, Principal, requires
from wasl.flows import arming, automation_runs, bookings, partners, ratings, traces, uses
from wasl.flows.policy import Calendar
from wasl.flows.templates import TEMPLATES
from wasl.infra.crypto import Sealer
from wasl.infra.errors import Invalid
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("flows")

Manages = Annotated[Principal, Depends(requires(Permission.FLOWS_MANAGE))]
Reads = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_READ))]
Supervises = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_READ_ALL))]

Key = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
_LONGEST_LOOK = timedelta(days=92)


def _sealer(request: Request) -> Sealer:
    return cast(Sealer, request.app.state.sealer)


TheSealer = Annotated[Sealer, Depends(_sealer)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CalendarBody(Body):
    """Times that can be booked: `weekly` are spans of Monday to Sunday on the wall clock of `zone`,
    cut into slots of `slot_min` minutes with `places` each."""

    names: dict[Literal["en", "fa", "ar"], Annotated[str, Field(max_length=80)]]
    zone: Annotated[str, Field(max_length=64)]
    weekly: Annotated[
        list[Annotated[list[tuple[Clock, Clock]], Field(max_length=10)]],
        Field(min_length=7, max_length=7),
    ]
    holidays: Annotated[list[Day], Field(max_length=400)] = []
    slot_min: Annotated[int, Field(ge=5, le=480)]
    places: Annotated[int, Field(ge=1, le=100)] = 1

    def calendar(self) -> Calendar:
        """The calendar; Invalid("zone_unknown"), Invalid("hours_invalid")."""
        try:
            ZoneInfo(self.zone)
        except (ValueError, OSError, KeyError):
            raise Invalid("zone_unknown", field="zone") from None
        if any(end <= start for day in self.weekly for start, end in day):
            raise Invalid("hours_invalid", field="weekly")
        return Calendar(self.zone, self.weekly, self.holidays, self.slot_min, self.places)


class SecretBody(Body):
    """What a partner is to be told; never shown again."""

    value: Annotated[str, Field(min_length=1, max_length=partners.LONGEST_SECRET)]


class Resting(Body):
    active: bool


@router.get("/flows/templates")
async def templates(who: Manages) -> Any:
    """Flows to begin from, in three languages."""
    return {"items": TEMPLATES}


# ── calendars ────────────────────────────────────────────────────────────────────────────────


@router.get("/calendars")
async def list_calendars(who: Manages, conn: Conn, clock: TheClock) -> Any:
    """All calendars, with how many bookings are to come and the flows that book in them."""
    return {"items": await bookings.calendar_views(conn, now=clock.now())}


@router.put("/calendars/{key}", status_code=204)
async def put_calendar(key: Key, body: CalendarBody, who: Manages, conn: Conn) -> Response:
    """Makes or changes a calendar; what is booked stays booked."""
    await bookings.put_calendar(conn, key, body.calendar(), cast(dict[str, str], body.names))
    actor = Actor("agent", who.user_id)
    after = body.model_dump(mode="json") | {"key": key}
    await accounts.audit(conn, actor, "calendar.put", "calendar", None, after=after)
    return Response(status_code=204)


@router.delete("/calendars/{key}", status_code=204)
async def drop_calendar(key: Key, who: Manages, conn: Conn) -> Response:
    """Drops a calendar that nobody ever booked."""
    await bookings.drop_calendar(conn, key)
    actor = Actor("agent", who.user_id)
    await accounts.audit(conn, actor, "calendar.drop", "calendar", None, before={"key": key})
    return Response(status_code=204)


@router.get("/calendars/{key}/bookings")
async def list_bookings(
    key: Key, since: datetime, until: datetime, who: Manages, conn: Conn
) -> Any:
    """What is booked in a span of at most 92 days."""
    if since.tzinfo is None or until.tzinfo is None or not since < until <= since + _LONGEST_LOOK:
        raise Invalid("span_invalid", field="until", days=_LONGEST_LOOK.days)
    return {"items": await bookings.booked_on(conn, key, start=since, end=until)}


@router.post("/calendars/{key}/bookings/{booking_id}/cancel", status_code=204)
async def cancel_booking(
    key: Key, booking_id: UUID, who: Manages, conn: Conn, clock: TheClock
) -> Response:
    """Gives back a booking that is still to come; its contact is not told by this."""
    row = await bookings.give_back(conn, key, booking_id, now=clock.now())
    await _audit_booking(conn, who, "booking.cancel", row)
    return Response(status_code=204)


@router.post("/calendars/{key}/bookings/{booking_id}/restore", status_code=204)
async def restore_booking(
    key: Key, booking_id: UUID, who: Manages, conn: Conn, clock: TheClock
) -> Response:
    """A cancelled booking stands again, while there is a place."""
    row = await bookings.put_back(conn, key, booking_id, now=clock.now())
    await _audit_booking(conn, who, "booking.restore", row)
    return Response(status_code=204)


async def _audit_booking(conn: Conn, who: Principal, action: str, row: Mapping[str, Any]) -> None:
    actor = Actor("agent", who.user_id)
    after = {"calendar": row["calendar"], "starts_at": row["starts_at"].isoformat()}
    await accounts.audit(conn, actor, action, "booking", row["id"], after=after)


# ── secrets ──────────────────────────────────────────────────────────────────────────────────


@router.get("/flows/secrets")
async def list_secrets(who: Manages, conn: Conn) -> Any:
    """The names of secrets; what they are is never shown."""
    return {"items": await partners.secret_views(conn)}


@router.put("/flows/secrets/{name}", status_code=204)
async def put_secret(
    name: Key, body: SecretBody, who: Manages, conn: Conn, clock: TheClock, sealer: TheSealer
) -> Response:
    """Keeps a secret that flows may name in the headers of their requests."""
    if not body.value.isascii() or not body.value.isprintable():
        raise Invalid("secret_unfit", field="value")
    await partners.put_secret(conn, sealer, name, body.value, now=clock.now())
    actor = Actor("agent", who.user_id)
    await accounts.audit(conn, actor, "secret.put", "secret", None, after={"name": name})
    return Response(status_code=204)


@router.delete("/flows/secrets/{name}", status_code=204)
async def drop_secret(name: Key, who: Manages, conn: Conn) -> Response:
    """Forgets a secret."""
    await partners.drop_secret(conn, name)
    actor = Actor("agent", who.user_id)
    await accounts.audit(conn, actor, "secret.drop", "secret", None, before={"name": name})
    return Response(status_code=204)


# ── canned responses ─────────────────────────────────────────────────────────────────────────


@router.get("/flows/canned-responses")
async def canned_in_flows(who: Manages, conn: Conn) -> Any:
    """The canned responses that flows say, by short name, each with those flows."""
    used = await uses.used_in(conn, "template")
    return {"items": [{"short": short, "flows": by} for short, by in sorted(used.items())]}


# ── automations and ratings ──────────────────────────────────────────────────────────────────


@router.get("/automations")
async def list_automations(who: Manages, conn: Conn) -> Any:
    """The published flows with a trigger."""
    return {"items": await arming.views(conn)}


@router.put("/automations/{flow_id}", status_code=204)
async def rest_automation(
    flow_id: UUID, body: Resting, who: Manages, conn: Conn, clock: TheClock
) -> Response:
    """Rests an automation, or takes it up again."""
    await arming.set_active(conn, flow_id, body.active, now=clock.now())
    actor = Actor("agent", who.user_id)
    after = {"active": body.active}
    await accounts.audit(conn, actor, "flow.automation", "flow", flow_id, after=after)
    return Response(status_code=204)


@router.get("/automations/{flow_id}/runs")
async def runs_of_automation(
    flow_id: UUID,
    who: Manages,
    conn: Conn,
    status: automation_runs.Status | None = None,
    before: UUID | None = None,
) -> Any:
    """The newest runs, those before one of them, or those of one status; "stopped" is one that
    would have gone round."""
    shown = await automation_runs.runs_of(conn, flow_id, status=status, before=before)
    return {"items": shown, "counts": await automation_runs.counts_of(conn, flow_id)}


@router.post("/automations/{flow_id}/runs/{run_id}/retry", status_code=204)
async def retry_run(
    flow_id: UUID, run_id: UUID, who: Manages, conn: Conn, clock: TheClock
) -> Response:
    """Runs what failed once more, by the live version and as things stand now."""
    await automation_runs.retry(conn, flow_id, run_id, now=clock.now())
    actor = Actor("agent", who.user_id)
    await accounts.audit(conn, actor, "flow.retry", "flow", flow_id)
    return Response(status_code=204)


@router.get("/conversations/{conversation_id}/flow-runs")
async def runs_in_conversation(
    conversation_id: UUID, who: Reads, conn: Conn, run: UUID | None = None
) -> Any:
    """What flows did in a conversation that one may read: its newest runs, or one of them, with
    their steps."""
    viewer = await conversations.viewer_of(conn, who)
    await conversations.visible(conn, conversation_id, viewer)
    return await traces.traces_in(conn, conversation_id, run_id=run)


@router.get("/ratings")
async def show_ratings(
    who: Supervises,
    conn: Conn,
    clock: TheClock,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> Any:
    """What contacts thought of us in the last days, on a scale of 5: all, by agent, by flow."""
    return await ratings.summary(conn, days=days, now=clock.now())
