"""Records: rows of small tables of the company's own (branches by city, warranty numbers), by kind
and key. A key is found however it is typed, and kept as it was written; every value is a text.

The caller commits. Those who write rows of one kind go one after another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import conversations
from wasl.flows.tables import record_kinds, records
from wasl.flows.uses import used_in
from wasl.infra.errors import Conflict, Invalid, NotFound
from wasl.infra.statements import run_together
from wasl.letters import fold

MOST_KINDS = 100
MOST_ROWS = 20_000  # of one kind
LONGEST_KEY = 200
LONGEST_VALUE = 1_000
OWN_NAME = "key"  # what the key is called among the fields


@dataclass(frozen=True, slots=True)
class Row:
    """A record to be written: its key, and texts by field."""

    key: str
    values: Mapping[str, str]


# ── kinds ────────────────────────────────────────────────────────────────────────────────────


async def put_kind(
    conn: AsyncConnection, kind: str, names: Mapping[str, str], fields: Sequence[str]
) -> None:
    """Makes or changes a kind; what its records have stays. Invalid("fields_unfit") when two are
    the same or one is the key's name, Conflict("too_many_record_kinds")."""
    if len({OWN_NAME, *fields}) <= len(fields):
        raise Invalid("fields_unfit", field="fields", name=OWN_NAME)
    others = select(func.count()).select_from(record_kinds).where(record_kinds.c.key != kind)
    if (await conn.scalar(others) or 0) >= MOST_KINDS:
        raise Conflict("too_many_record_kinds", limit=MOST_KINDS)
    mine = select(record_kinds.c.fields).where(record_kinds.c.key == kind).with_for_update()
    before = await conn.scalar(mine)
    values = {"names": dict(names), "fields": list(fields)}
    await conn.execute(
        upsert(record_kinds)
        .values(key=kind, **values)
        .on_conflict_do_update(
            index_elements=["key"], set_={**values, "version": record_kinds.c.version + 1}
        )
    )
    if before is not None and set(before) != set(fields):
        await _search_anew(conn, kind, fields)


async def drop_kind(conn: AsyncConnection, kind: str) -> None:
    """Drops a kind with all its records. NotFound("record_kind_not_found"),
    Conflict("records_in_use", flows=[keys]) while a flow names it."""
    await _locked(conn, kind)
    using = (await used_in(conn, "record_kind")).get(kind, [])
    if using:
        raise Conflict("records_in_use", flows=[one["key"] for one in using])
    await conn.execute(delete(record_kinds).where(record_kinds.c.key == kind))


async def kind_views(conn: AsyncConnection) -> list[dict[str, Any]]:
    """All kinds, by key: {key, names, fields, count, flows}, with how many records each has and
    which flows name it."""
    count = select(func.count()).where(records.c.kind == record_kinds.c.key).scalar_subquery()
    columns = (record_kinds.c.key, record_kinds.c.names, record_kinds.c.fields)
    rows = await conn.execute(select(*columns, count.label("rows")).order_by(record_kinds.c.key))
    using = await used_in(conn, "record_kind")
    return [
        {
            "key": row.key,
            "names": row.names,
            "fields": row.fields,
            "count": row.rows,
            "flows": using.get(row.key, []),
        }
        for row in rows
    ]


async def fields_of(conn: AsyncConnection, kinds: Collection[str]) -> dict[str, list[str]]:
    """The fields of each of these kinds that is here."""
    rows = await conn.execute(
        select(record_kinds.c.key, record_kinds.c.fields).where(record_kinds.c.key.in_(kinds))
    )
    return {row.key: row.fields for row in rows}


# ── records ──────────────────────────────────────────────────────────────────────────────────


async def find(conn: AsyncConnection, kind: str, key: str) -> dict[str, str] | None:
    """The record of this key: the key as it was written, and each field of the kind ("" where it
    has none). None when there is no such record, or no such kind."""
    (found,) = await run_together(conn, (_FIND, {"kind": kind, "folded": fold(key)}))
    if not found:
        return None
    return {OWN_NAME: found[0].key, **_shown(found[0].fields, found[0].told)}


_FIND = """
SELECT r.key, r."values" AS told, k.fields
FROM records r JOIN record_kinds k ON k.key = r.kind
WHERE r.kind = %(kind)s AND r.folded = %(folded)s
"""


def _shown(fields: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    return {field: told.get(field, "") for field in fields}


async def listed(
    conn: AsyncConnection, kind: str, *, query: str = "", after: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """A page of records by key: {items: [{key, values, changed_at}], next}. Those that have the
    query in their key or in a value. NotFound("record_kind_not_found")."""
    fields = (await fields_of(conn, [kind])).get(kind)
    if fields is None:
        raise NotFound("record_kind_not_found")
    sought = fold(query)
    if query.strip() and not sought:
        return {"items": [], "next": None}  # no letter and no digit is nowhere
    wanted = {"kind": kind, "after": after, "sought": sought, "limit": limit + 1}
    (rows,) = await run_together(conn, (_LIST, wanted))
    return {
        "items": [
            {"key": row.key, "values": _shown(fields, row.told), "changed_at": row.changed_at}
            for row in rows[:limit]
        ],
        "next": rows[limit - 1].folded if len(rows) > limit else None,
    }


_LIST = """
SELECT r.key, r.folded, r."values" AS told, r.changed_at FROM records r
WHERE r.kind = %(kind)s AND (%(after)s::text IS NULL OR r.folded > %(after)s)
  AND strpos(r.searched, %(sought)s) > 0
ORDER BY r.folded LIMIT %(limit)s
"""


async def put_rows(
    conn: AsyncConnection, kind: str, rows: Iterable[Row], *, now: datetime
) -> dict[str, int]:
    """Writes whole records, all or none: {added, changed}, those that are already as they shall be
    not counted. Of two with one key the last one stands.

    NotFound("record_kind_not_found"), Invalid("field_unknown", field=…), Invalid("key_unfit"),
    Invalid("value_too_long"), Conflict("too_many_records").
    """
    fields = await _locked(conn, kind)
    return await _put(conn, kind, [_fit(row, fields) for row in rows], fields, now)


async def write(conn: AsyncConnection, kind: str, row: Row, *, now: datetime) -> None:
    """Writes some fields of a record and leaves the others; makes it when there is none. Raises
    what `put_rows` raises."""
    fields = await _locked(conn, kind)
    row = _fit(row, fields)
    (found,) = await run_together(conn, (_TOLD, {"kind": kind, "folded": fold(row.key)}))
    if found:
        row = Row(found[0].key, {**found[0].told, **row.values})
    await _put(conn, kind, [row], fields, now)


async def _put(
    conn: AsyncConnection, kind: str, rows: Iterable[Row], fields: Collection[str], now: datetime
) -> dict[str, int]:
    given = {fold(row.key): row for row in rows}
    writes = [
        {"folded": f, "key": row.key, "told": row.values, "searched": _searched(row, fields)}
        for f, row in given.items()
    ]
    wanted = {"kind": kind, "rows": Jsonb(writes), "now": now}
    (written,) = await run_together(conn, (_PUT, wanted))
    added = sum(row.added for row in written)
    if added:
        (count,) = await run_together(conn, (_COUNT, {"kind": kind}))
        if count[0].rows > MOST_ROWS:
            raise Conflict("too_many_records", limit=MOST_ROWS)
    return {"added": added, "changed": len(written) - added}


_TOLD = """
SELECT key, "values" AS told FROM records WHERE kind = %(kind)s AND folded = %(folded)s
"""
_PUT = """
INSERT INTO records AS old (kind, folded, key, "values", searched, changed_at)
SELECT %(kind)s, new.folded, new.key, new.told, new.searched, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS new (folded text, key text, told jsonb, searched text)
ON CONFLICT (kind, folded) DO UPDATE
  SET key = excluded.key, "values" = excluded."values", searched = excluded.searched,
    changed_at = excluded.changed_at
  WHERE (old.key, old."values") IS DISTINCT FROM (excluded.key, excluded."values")
RETURNING xmax = 0 AS added
"""
_COUNT = "SELECT count(*) AS rows FROM records WHERE kind = %(kind)s"


def _searched(row: Row, fields: Collection[str]) -> str:
    """What a record is searched by: its key and each field that is shown, folded."""
    shown = (fold(row.values.get(field, "")) for field in fields)
    return "\n".join((fold(row.key), *filter(None, shown)))


async def _search_anew(conn: AsyncConnection, kind: str, fields: Collection[str]) -> None:
    """The records of a kind whose fields have changed are searched by those that there are now."""
    (rows,) = await run_together(conn, (_ALL_TOLD, {"kind": kind}))
    anew = [{"folded": r.folded, "searched": _searched(Row(r.key, r.told), fields)} for r in rows]
    await run_together(conn, (_SEARCH_BY, {"kind": kind, "rows": Jsonb(anew)}))


_ALL_TOLD = 'SELECT folded, key, "values" AS told FROM records WHERE kind = %(kind)s'
_SEARCH_BY = """
UPDATE records r SET searched = new.searched
FROM jsonb_to_recordset(%(rows)s) AS new (folded text, searched text)
WHERE r.kind = %(kind)s AND r.folded = new.folded
"""


async def drop_row(conn: AsyncConnection, kind: str, key: str) -> None:
    """Drops a record; NotFound("record_not_found")."""
    gone = await conn.execute(
        delete(records).where(records.c.kind == kind, records.c.folded == fold(key))
    )
    if not gone.rowcount:
        raise NotFound("record_not_found")


async def _locked(conn: AsyncConnection, kind: str) -> list[str]:
    """The fields of a kind, which nobody else writes until the transaction ends."""
    row = (
        await conn.execute(
            select(record_kinds.c.fields)
            .where(record_kinds.c.key == kind)
            .with_for_update(key_share=True)
        )
    ).first()
    if row is None:
        raise NotFound("record_kind_not_found")
    fields: list[str] = row.fields
    return fields


def _fit(row: Row, fields: Collection[str]) -> Row:
    """The record as it is kept."""
    key = " ".join(conversations.clean_text(row.key, limit=LONGEST_KEY + 1).split())
    # some single letters fold into many
    if not key or not fold(key) or max(len(key), len(fold(key))) > LONGEST_KEY:
        raise Invalid("key_unfit", field="key", key=key[:LONGEST_KEY], limit=LONGEST_KEY)
    values = {}
    for field, value in row.values.items():
        if field not in fields:
            raise Invalid("field_unknown", field=field)
        values[field] = conversations.clean_text(value, limit=LONGEST_VALUE + 1)
        if len(values[field]) > LONGEST_VALUE:
            raise Invalid("value_too_long", field=field, key=key, limit=LONGEST_VALUE)
    return Row(key, values)
