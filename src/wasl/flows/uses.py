"""Which flows use what stands beside them: calendars, secrets, kinds of records, canned
responses and other flows."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.infra.statements import run_together

_PATHS = {
    "calendar": "$.steps.*.calendar",
    "secret": "$.steps.*.secrets[*]",
    "record_kind": '$.steps.* ? (@.type == "record" || @.what == "record").kind',
    "template": "$.steps.*.template",
    "flow": '$.steps.* ? (@.type == "flow").flow',
}
# what is drawn, and what runs
_USED = """
WITH named AS (
  SELECT f.id, found #>> '{}' AS name
  FROM flows f, jsonb_path_query(f.draft, %(path)s::jsonpath) found
  UNION
  SELECT f.id, found #>> '{}'
  FROM flows f JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.published,
    jsonb_path_query(v.library -> '', %(path)s::jsonpath) found)
SELECT n.name, f.id, f.key, f.draft -> 'name' AS names
FROM named n JOIN flows f ON f.id = n.id WHERE n.name IS NOT NULL ORDER BY f.key
"""


async def used_in(
    conn: AsyncConnection, what: Literal["calendar", "secret", "record_kind", "template", "flow"]
) -> dict[str, list[dict[str, Any]]]:
    """The flows (id, key, names) that name each of these, in their draft or their live
    version."""
    (rows,) = await run_together(conn, (_USED, {"path": _PATHS[what]}))
    used: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        used.setdefault(row.name, []).append({"id": row.id, "key": row.key, "names": row.names})
    return used
