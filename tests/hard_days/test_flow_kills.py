"""The server is killed at every step of a flow: what the contact hears is what they hear without."""

from __future__ import annotations

import asyncio
import random
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from benchmarks._place import SECRET, Company, Server, folder, pause, postgres, set_up

from tests.flows.words import ANSWERS, EVERYTHING
from tests.hard_days.taking import until_taken
from wasl import flows
from wasl.conversations.client import Visitor, token_for
from wasl.flows.policy import Calendar
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database, make_engine
from wasl.infra.ids import new_id

_ASKS_PARTNER = "3"  # the answer after which the flow waits, and then asks the partner
_POST_S = 0.015  # about what an answer takes
_OPEN = Calendar("UTC", [[("00:00", "24:00")]] * 7, [], slot_min=240, places=9)


@dataclass
class _Partner:
    """Answers over HTTP; whoever is asked first calls `disturbed` before it does."""

    port: int = 0
    keys: list[str] = field(default_factory=list)
    disturbed: asyncio.Event | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
            self.keys += [line[16:].strip() for line in head if line.startswith("idempotency-key:")]
            if self.disturbed is not None and not self.disturbed.is_set():
                self.disturbed.set()
                await reader.read()  # until nobody is there any more who could hear an answer
                return
            answer = b'{"room": "blue"}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(answer) + answer)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def _partner() -> AsyncIterator[_Partner]:
    partner = _Partner()
    listening = await asyncio.start_server(partner.serve, "127.0.0.1", 0)
    async with listening:
        partner.port = listening.sockets[0].getsockname()[1]
        yield partner


def _flow(partner: _Partner) -> dict[str, Any]:
    """Almost every kind of step, with a wait and a partner among them."""
    steps = EVERYTHING["steps"]
    return {
        **EVERYTHING,
        "steps": {
            **steps,
            "mark": {**steps["mark"], "next": "while"},
            "while": {"type": "wait", "seconds": 1, "next": "partner"},
            "partner": {
                "type": "http",
                "method": "POST",
                "url": f"http://127.0.0.1:{partner.port}/rooms",
                "body": {"people": "people"},
                "save": {"room": "room"},
                "next": "told",
            },
            "told": {"type": "say", "text": {"en": "The {{room}} room"}, "next": "card"},
        },
        "languages": ["en"],
    }


@dataclass
class _Chat:
    """One contact, who writes until it is acknowledged."""

    server: Server
    company: Company
    dsn: str
    id: UUID = field(default_factory=new_id)

    async def says(self, words: str, client_id: str) -> None:
        visitor = Visitor(self.company.channel_ids[0], self.id)
        token = token_for(Sealer(SECRET), visitor, SystemClock().now())
        path = f"/client/v1/{self.company.public_keys[0]}/messages"
        body = {"client_id": client_id, "text": words}
        await until_taken(self.server.port, token, path, body)

    async def heard(self, least: int = 0) -> list[str]:
        """What the flow has said, once that is so much."""
        async with asyncio.timeout(60):
            while len(said := await asyncio.to_thread(self._said)) < least:
                await pause(0.05)
        return said

    async def settled(self) -> list[str]:
        """What the flow has said, once it asks the contact again or is over."""
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(self._asks):
                await pause(0.05)
        return await self.heard()

    def _asks(self) -> bool:
        with psycopg.connect(self.dsn) as conn:
            found = conn.execute(
                "SELECT 1 FROM flow_runs r JOIN conversations c ON c.id = r.conversation_id"
                " JOIN identities i ON i.contact_id = c.contact_id WHERE i.value = %s"
                " AND (r.status <> 'running' OR r.state ->> 'waiting' = 'answer')",
                (str(self.id),),
            )
            return found.fetchone() is not None

    def _said(self) -> list[str]:
        with psycopg.connect(self.dsn) as conn:
            rows = conn.execute(
                "SELECT m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id"
                " JOIN identities i ON i.contact_id = c.contact_id"
                " WHERE m.author_kind = 'flow' AND m.kind <> 'activity' AND i.value = %s"
                " ORDER BY m.seq",
                (str(self.id),),
            )
            return [text for (text,) in rows]


async def _prepared(dsn: str, partner: _Partner) -> Company:
    company = await set_up(dsn, ("web_chat", {"allowed_origins": ["*"]}))
    engine, now = make_engine(dsn, pool_size=1), SystemClock().now()
    try:
        async with Database(engine).transaction() as conn:
            await flows.bookings.put_calendar(conn, "visits", _OPEN, {"en": "Visits"})
            drawn = flows.definition_of(_flow(partner))
            flow_id = await flows.add_flow(conn, "everything", drawn, now=now)
            await flows.publish(conn, flow_id, version=1, by=None, now=now)
            await flows.lead_channel(conn, company.channel_ids[0], flow_id)
    finally:
        await engine.dispose()
    return company


async def test_killed_at_every_step_a_flow_goes_on_where_it_was() -> None:
    seed = secrets.randbelow(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)  # noqa: S311  # moments, not secrets
    async with postgres() as dsn, _partner() as partner:
        company = await _prepared(dsn, partner)
        with folder() as place:
            await _plays(place, dsn, company, partner, chance)
        asked, answers = set(partner.keys), len(partner.keys)
        with psycopg.connect(dsn) as conn:
            counted = conn.execute(
                "SELECT (SELECT count(*) FROM flow_runs), (SELECT count(*) FROM ratings),"
                " (SELECT count(*) FROM bookings), (SELECT count(*) FROM flow_requests)"
            ).fetchone()
            ends = conn.execute("SELECT DISTINCT status FROM flow_runs").fetchall()
    assert counted == (2, 2, 2, 0), "runs, ratings, bookings, and what is still to be asked"
    assert ends == [("finished",)]
    assert len(asked) == 2 and answers == 3, "asked twice with one key, and answered once"


async def _plays(
    place: Path, dsn: str, company: Company, partner: _Partner, chance: random.Random
) -> None:
    """The same dialogue twice, in the second one with a crash at each answer."""
    server = Server(place, database_url=dsn, private_urls="true")
    try:
        await server.start()
        plain, dying = _Chat(server, company, dsn), _Chat(server, company, dsn)
        upto: list[int] = []
        for words in ANSWERS:
            await plain.says(words, str(uuid4()))
            upto.append(len(await plain.settled()))
        expected = await plain.heard()
        for words, least in zip(ANSWERS, upto, strict=True):
            client_id = str(uuid4())
            partner.disturbed = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                said = tasks.create_task(dying.says(words, client_id))
                await pause(chance.uniform(0, _POST_S))
                await server.kill()
                await server.start()
                await said
            await dying.says(words, client_id)  # the client was not sure
            if words == _ASKS_PARTNER:
                await partner.disturbed.wait()
                await server.kill()
                await asyncio.to_thread(_lease_is_over, dsn)
                await server.start()
            assert await dying.heard(least) == expected[:least]
        assert await dying.settled() == expected
    finally:
        await server.kill()


def _lease_is_over(dsn: str) -> None:
    """The minute has passed that the worker who died had for asking."""
    with psycopg.connect(dsn) as conn:
        conn.execute("UPDATE flow_requests SET claimed_until = now() - interval '1 second'")
