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
from wasl.letters import DIGITS, LETTERS, fold

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
    """Makes or changes a kind; what its records have stays. Invalid("field_reserved"),
    Invalid("fields_twice"), Conflict("too_many_record_kinds")."""
    if OWN_NAME in fields:
        raise Invalid("field_reserved", field="fields", name=OWN_NAME)
    if len(set(fields)) < len(fields):
        raise Invalid("fields_twice", field="fields")
    others = select(func.count()).select_from(record_kinds).where(record_kinds.c.key != kind)
    if (await conn.scalar(others) or 0) >= MOST_KINDS:
        raise Conflict("too_many_record_kinds", limit=MOST_KINDS)
    values = {"names": dict(names), "fields": list(fields)}
    await conn.execute(
        upsert(record_kinds)
        .values(key=kind, **values)
        .on_conflict_do_update(
            index_elements=["key"], set_={**values, "version": record_kinds.c.version + 1}
        )
    )


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
    wanted = {
        "kind": kind,
        "fields": fields,
        "after": after,
        "folded": fold(query),
        "plain": query.strip().lower().translate(_ALIKE),
        "from": _WRITTEN,
        "to": _COMPARED,
        "limit": limit + 1,
    }
    (rows,) = await run_together(conn, (_LIST, wanted))
    return {
        "items": [
            {"key": row.key, "values": _shown(fields, row.told), "changed_at": row.changed_at}
            for row in rows[:limit]
        ],
        "next": rows[limit - 1].folded if len(rows) > limit else None,
    }


# What differs in how a letter or a digit is written, as `translate` of the database wants it:
# those without a counterpart, which are left out, come last.
_ALIKE = {**DIGITS, **LETTERS, 0x200C: ""}
_PAIRS = sorted(_ALIKE.items(), key=lambda pair: not pair[1])
_WRITTEN = "".join(chr(code) for code, _ in _PAIRS)
_COMPARED = "".join(letter for _, letter in _PAIRS)
_LIST = """
SELECT r.key, r.folded, r."values" AS told, r.changed_at FROM records r
WHERE r.kind = %(kind)s AND (%(after)s::text IS NULL OR r.folded > %(after)s)
  AND (%(plain)s = '' OR (%(folded)s <> '' AND strpos(r.folded, %(folded)s) > 0)
    OR EXISTS (SELECT FROM jsonb_each_text(r."values") AS v WHERE v.key = ANY (%(fields)s)
      AND strpos(translate(lower(v.value), %(from)s, %(to)s), %(plain)s) > 0))
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
    given = {fold(row.key): _fit(row, fields) for row in rows}
    writes = [{"folded": f, "key": row.key, "told": row.values} for f, row in given.items()]
    wanted = {"kind": kind, "rows": Jsonb(writes), "now": now}
    written, count = await run_together(conn, (_PUT, wanted), (_COUNT, wanted))
    if count[0].rows > MOST_ROWS:
        raise Conflict("too_many_records", limit=MOST_ROWS)
    added = sum(row.added for row in written)
    return {"added": added, "changed": len(written) - added}


_PUT = """
INSERT INTO records AS old (kind, folded, key, "values", changed_at)
SELECT %(kind)s, new.folded, new.key, new.told, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS new (folded text, key text, told jsonb)
ON CONFLICT (kind, folded) DO UPDATE
  SET key = excluded.key, "values" = excluded."values", changed_at = excluded.changed_at
  WHERE (old.key, old."values") IS DISTINCT FROM (excluded.key, excluded."values")
RETURNING xmax = 0 AS added
"""
_COUNT = "SELECT count(*) AS rows FROM records WHERE kind = %(kind)s"


async def write(conn: AsyncConnection, kind: str, row: Row, *, now: datetime) -> None:
    """Writes some fields of a record and leaves the others; makes it when there is none. Raises
    what `put_rows` raises."""
    row = _fit(row, await _locked(conn, kind))
    wanted = {"kind": kind, "folded": fold(row.key), "told": Jsonb(dict(row.values)), "now": now}
    (written,) = await run_together(conn, (_CHANGE, wanted))
    if not written:
        await put_rows(conn, kind, [row], now=now)


_CHANGE = """
UPDATE records SET "values" = "values" || %(told)s, changed_at = %(now)s
WHERE kind = %(kind)s AND folded = %(folded)s RETURNING 1
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
