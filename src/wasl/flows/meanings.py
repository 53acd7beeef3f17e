"""What contacts mean, asked of an engine beside the transaction: from durable rows, as partners
are, by a worker of their own, so that no slow partner holds them up."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows import requests
from wasl.flows.libraries import library_of
from wasl.flows.outside import Knowledge, outside
from wasl.flows.policy import Find, Library, Menu, NotAFlow, UnderstandThis, taught
from wasl.infra.clock import Clock
from wasl.infra.database import Database
from wasl.infra.errors import Unavailable
from wasl.infra.tasks import all_ended

log = logging.getLogger(__name__)

TOPIC = "flow_meanings"
_AT_ONCE = 8
_LONGEST_SOURCE = 300  # characters of an answer's source that the trace keeps


async def ask(conn: AsyncConnection, run_id: UUID, asked: UnderstandThis, *, now: datetime) -> None:
    """Has the engine asked after the commit."""
    await requests.put(conn, TOPIC, run_id, asked.n, msgspec.to_builtins(asked), now=now)


async def understood(asked: UnderstandThis) -> Mapping[str, Any] | None:
    """What the engine makes of it, as the run is told; None when there is no telling now."""
    try:
        found = await outside.understanding.understand(asked.text, asked.answers)
        if found.answer is None and asked.elsewhere and outside.knowledge is not None:
            return await _known(outside.knowledge, asked) or asdict(found)
    except Unavailable as error:
        log.warning("what a contact means can't be told: %s", error.code)
        return None
    return asdict(found)


async def _known(knowledge: Knowledge, asked: UnderstandThis) -> Mapping[str, Any] | None:
    answer = await knowledge.find(asked.text, asked.elsewhere)
    if answer is None:
        return None
    source = answer.source[:_LONGEST_SOURCE]
    return {**asdict(answer), "source": source, "engine": knowledge.name}


@dataclass(slots=True)
class Meanings:
    """Asks what is due, and lets the engine learn what was published before anybody writes."""

    database: Database
    clock: Clock
    answer: requests.Answer
    prepared: frozenset[UUID] = frozenset()  # versions

    async def ask_due(self) -> int:
        """Asks for a few runs; how many."""
        now = self.clock.now()
        async with self.database.transaction() as conn:
            rows = await requests.claim(conn, TOPIC, most=_AT_ONCE, now=now)
        await all_ended(self._ask_one(row) for row in rows)
        if not rows:
            await self._prepare()
        return len(rows)

    async def next_due(self) -> datetime | None:
        """When the next one is to be asked."""
        async with self.database.transaction() as conn:
            return await requests.next_due(conn, TOPIC)

    async def _ask_one(self, row: Any) -> None:
        found = await understood(msgspec.convert(row.request, UnderstandThis))
        async with self.database.transaction() as conn:
            await self.answer(conn, row.run_id, row.n, found, self.clock.now())
            await requests.done(conn, row.run_id, row.n)

    async def _prepare(self) -> None:
        async with self.database.transaction() as conn:
            live = frozenset((await conn.execute(_LIVE)).scalars())
            of = {"versions": list(live - self.prepared)}
            learning = (await conn.execute(_LEARNING, of)).scalars().all() if of["versions"] else []
            new = [await _library(conn, version) for version in learning]
        self.prepared = live
        for answers in (each for library in new for each in _taught_by(library)):
            await understood(UnderstandThis(0, "?", answers))


_LIVE = text("""
SELECT v.id FROM flows f JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.published
WHERE f.archived_at IS NULL
""")
_LEARNING = text("""
SELECT id FROM flow_versions
WHERE id = ANY (:versions) AND library::text ~ '"(examples|questions)": \\{"'
""")


async def _library(conn: AsyncConnection, version_id: UUID) -> Library:
    try:
        return await library_of(conn, version_id)
    except NotAFlow:  # of a newer server
        return {}


def _taught_by(library: Library) -> Sequence[list[list[str]]]:
    return [
        taught(step)
        for flow in library.values()
        for step in flow.steps.values()
        if (isinstance(step, Menu) and step.learns) or isinstance(step, Find)
    ]
