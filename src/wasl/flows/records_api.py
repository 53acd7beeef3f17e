"""Records by HTTP: their kinds, and the rows of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from fastapi import Query, Response
from pydantic import Field

from wasl import accounts
from wasl.flows import records
from wasl.flows.actions_api import Body, Key, Manages
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("flows")

_RowKey = Annotated[str, Field(min_length=1, max_length=records.LONGEST_KEY)]
_Value = Annotated[str, Field(max_length=records.LONGEST_VALUE)]


class KindBody(Body):
    """A kind of records: what it is called, and its fields."""

    names: dict[Literal["en", "fa", "ar"], Annotated[str, Field(max_length=80)]]
    fields: Annotated[list[Key], Field(min_length=1, max_length=20)]


class RowBody(Body):
    """One record; the fields that it does not name are empty."""

    key: _RowKey
    values: dict[Key, _Value]


class RowsBody(Body):
    """Records to be written, all or none."""

    rows: Annotated[list[RowBody], Field(min_length=1, max_length=1_000)]


@router.get("/records")
async def list_kinds(who: Manages, conn: Conn) -> Any:
    """All kinds, with how many records each has and the flows that name it."""
    return {"items": await records.kind_views(conn)}


@router.put("/records/{kind}", status_code=204)
async def put_kind(kind: Key, body: KindBody, who: Manages, conn: Conn) -> Response:
    """Makes or changes a kind. What a field held that goes away is shown no longer."""
    await records.put_kind(conn, kind, cast(dict[str, str], body.names), body.fields)
    after = body.model_dump(mode="json") | {"key": kind}
    await _audit(conn, who, "records.kind", after=after)
    return Response(status_code=204)


@router.delete("/records/{kind}", status_code=204)
async def drop_kind(kind: Key, who: Manages, conn: Conn) -> Response:
    """Drops a kind that no flow names, with all its records."""
    await records.drop_kind(conn, kind)
    await _audit(conn, who, "records.drop_kind", before={"key": kind})
    return Response(status_code=204)


@router.get("/records/{kind}/rows")
async def list_rows(
    kind: Key,
    who: Manages,
    conn: Conn,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=records.LONGEST_KEY)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Records by key; those that have `q` in their key or in a value."""
    return await records.listed(conn, kind, query=q, after=after, limit=limit)


@router.put("/records/{kind}/rows")
async def put_rows(kind: Key, body: RowsBody, who: Manages, conn: Conn, clock: TheClock) -> Any:
    """Makes and replaces records, all or none: how many of each."""
    rows = [records.Row(row.key, row.values) for row in body.rows]
    done = await records.put_rows(conn, kind, rows, now=clock.now())
    if any(done.values()):
        await _audit(conn, who, "records.put", after={"kind": kind, **done})
    return done


@router.delete("/records/{kind}/rows", status_code=204)
async def drop_row(
    kind: Key,
    key: Annotated[str, Query(min_length=1, max_length=records.LONGEST_KEY)],
    who: Manages,
    conn: Conn,
) -> Response:
    """Drops a record."""
    await records.drop_row(conn, kind, key)
    await _audit(conn, who, "records.drop", before={"kind": kind, "key": key})
    return Response(status_code=204)


async def _audit(
    conn: Conn,
    who: accounts.Principal,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    actor = Actor("agent", who.user_id)
    await accounts.audit(conn, actor, action, "records", None, before=before, after=after)
