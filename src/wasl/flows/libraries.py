"""Published flows together with those they run; kept in memory, for versions never change."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows.policy import Library, read
from wasl.flows.tables import flow_versions

_libraries: dict[UUID, Library] = {}  # by version
_MOST_LIBRARIES = 500


async def library_of(conn: AsyncConnection, version_id: UUID) -> Library:
    """The flows of a version; raises `NotAFlow` when nobody can read them any more."""
    if version_id not in _libraries:
        of_version = select(flow_versions.c.library).where(flow_versions.c.id == version_id)
        stored = (await conn.execute(of_version)).scalar_one()
        if len(_libraries) >= _MOST_LIBRARIES:
            _libraries.clear()
        _libraries[version_id] = {key: read(data) for key, data in stored.items()}
    return _libraries[version_id]
