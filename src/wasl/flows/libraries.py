"""Published flows together with those they run; kept in memory, for versions never change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows.policy import Library, NotAFlow, read
from wasl.flows.tables import flow_versions

_libraries: dict[UUID, Library] = {}  # by version
_MOST_LIBRARIES = 500


async def library_of(conn: AsyncConnection, version_id: UUID) -> Library:
    """The flows of a version; raises `NotAFlow` when nobody can read them any more."""
    if version_id not in _libraries:
        of_version = select(flow_versions.c.library).where(flow_versions.c.id == version_id)
        _take(version_id, (await conn.execute(of_version)).scalar_one())
    return _libraries[version_id]


async def libraries_of(conn: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Library]:
    """The flows of versions, without those that nobody can read any more."""
    known = {id_: _libraries[id_] for id_ in ids if id_ in _libraries}
    missing = set(ids) - known.keys()
    if missing:
        of_versions = select(flow_versions.c.id, flow_versions.c.library).where(
            flow_versions.c.id.in_(missing)
        )
        for row in await conn.execute(of_versions):
            try:
                known[row.id] = _take(row.id, row.library)
            except NotAFlow:
                continue
    return known


def _take(version_id: UUID, stored: Mapping[str, Any]) -> Library:
    library = {key: read(data) for key, data in stored.items()}
    if len(_libraries) >= _MOST_LIBRARIES:
        _libraries.clear()
    _libraries[version_id] = library
    return library
