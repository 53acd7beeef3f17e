"""Partners over real HTTP: they answer, hang, lie, send too much, are private; crashes between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.words import flow, texts
from wasl.flows import answered, partners
from wasl.flows.partners import Partners
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database

SEALER = Sealer("only for tests, and long enough for it")
SECRET = "tell-nobody-4711"  # of a test
Answers = Callable[[bytes], bytes]


def plain(status: int, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(value: Any) -> bytes:
    return plain(200, json.dumps(value).encode(), "Content-Type: application/json")


class Partner:
    """An HTTP server of somebody else. It answers with what `answers` has, one after another."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []
        self.port = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                 if line.startswith(b"content-length")), 0,
            )  # fmt: skip
            self.asked.append(head + await reader.readexactly(length))
            answer = self.answers.pop(0) if self.answers else says({})
            if answer is None:
                await reader.read()  # hangs until the other side has enough
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Partner]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self


def calls(port: int, **more: Any) -> dict[str, Any]:
    return flow(
        {
            "call": {
                "type": "http",
                "method": "POST",
                "url": f"http://127.0.0.1:{port}/price?of={{{{said}}}}",
                "headers": {"Authorization": "Bearer {{secret.erp}}"},
                "secrets": ["erp"],
                "body": {"text": "said"},
                "save": {"price": "data.items.0.price"},
                "next": "tell",
                "failed": "sorry",
                "timeout_s": 1,
                "retries": 1,
                **more,
            },
            "tell": {"type": "end", "text": texts("It costs {{price}}.")},
            "sorry": {"type": "handover", "text": texts("Sorry.")},
        }
    )


GOOD = says({"data": {"items": [{"price": 12.5}]}})


class Place:
    """A centre whose flow asks a partner, and the worker that does it."""

    def __init__(self, database: Database, clock: TurnedClock, private: bool) -> None:
        self.database = database
        self.clock = clock
        self.worker = Partners(database, SEALER, clock, answered, private)
        self.centre: FlowCentre

    async def open(self, definition: dict[str, Any]) -> None:
        async with self.database.transaction() as conn:
            self.centre = await open_centre(conn, self.clock, definition)
            await partners.put_secret(conn, SEALER, "erp", SECRET, now=self.clock.now())

    async def says(self, words: str) -> None:
        async with self.database.transaction() as conn:
            self.centre.world.conn = conn
            await self.centre.says(words, locale="en")

    async def work(self) -> None:
        """Everything that is due, now and after pauses."""
        for _ in range(4):
            await self.worker.ask_due()
            self.clock.turn(5)

    async def last(self) -> tuple[str, str]:
        async with self.database.transaction() as conn:
            self.centre.world.conn = conn
            said = [text for kind, text in await self.centre.heard() if kind == "message"]
            return (said or [""])[-1], (await self.centre.run()).status


async def asked(
    database: Database,
    clock: TurnedClock,
    *answers: bytes | None,
    private: bool = True,
    **more: Any,
) -> tuple[tuple[str, str], Partner]:
    async with Partner(*answers).open() as partner:
        place = Place(database, clock, private)
        await place.open(calls(partner.port, **more))
        await place.says("a&b=ü")
        await place.work()
        return await place.last(), partner


async def test_a_partner_answers_and_the_run_goes_on(
    database: Database, clock: TurnedClock
) -> None:
    said, partner = await asked(database, clock, GOOD)
    assert said == ("It costs 12.5.", "finished")
    (request,) = partner.asked
    assert b"POST /price?of=a%26b%3D%C3%BC " in request
    assert b"Bearer tell-nobody-4711" in request and b"idempotency-key" in request.lower()
    assert json.loads(request.partition(b"\r\n\r\n")[2]) == {"text": "a&b=ü"}
    async with database.transaction() as conn:
        tables = await conn.execute(text("SELECT relname FROM pg_stat_user_tables"))
        for (table,) in tables.all():
            dump = await conn.scalar(text(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t"))
            assert SECRET not in (dump or ""), table
        assert await conn.scalar(text("SELECT count(*) FROM flow_requests")) == 0


@pytest.mark.parametrize(
    "answer",
    [
        plain(404, b"{}"),
        plain(200, b"<html>"),
        says({"data": {"items": []}}),
        says({"data": {"items": [{"price": {"much": 1}}]}}),
        says([1]),
        plain(200, b"[" * 100_000),
        plain(200, b" " * 50_000_000),
        b"this is no HTTP\r\n\r\n",
        plain(302, b"", "Location: http://127.0.0.1:1/"),
    ],
    ids=["missing", "html", "empty", "object", "list", "deep", "50MB", "noise", "redirect"],
)
async def test_a_partner_who_lies_fails_and_people_go_on(
    database: Database, clock: TurnedClock, answer: bytes
) -> None:
    said, _ = await asked(database, clock, answer, answer)
    assert said == ("Sorry.", "handed_over")


async def test_a_partner_who_hangs_is_asked_again_with_the_same_key(
    database: Database, clock: TurnedClock
) -> None:
    said, partner = await asked(database, clock, None, GOOD)
    assert said == ("It costs 12.5.", "finished")
    keys = {
        line for request in partner.asked for line in request.lower().split(b"\r\n")
        if line.startswith(b"idempotency-key")
    }  # fmt: skip
    assert (len(partner.asked), len(keys)) == (2, 1)


async def test_a_partner_is_not_asked_for_ever(database: Database, clock: TurnedClock) -> None:
    busy = plain(503, b"")
    said, partner = await asked(database, clock, busy, busy, busy, busy)
    assert said == ("Sorry.", "handed_over") and len(partner.asked) == 2


async def test_what_cannot_be_sent_fails(database: Database, clock: TurnedClock) -> None:
    said, partner = await asked(database, clock, GOOD, headers={"X": "سلام"})
    assert said == ("Sorry.", "handed_over") and partner.asked == []


async def test_private_addresses_are_refused(database: Database, clock: TurnedClock) -> None:
    said, partner = await asked(database, clock, GOOD, private=False)
    assert said == ("Sorry.", "handed_over") and partner.asked == []


async def test_a_person_is_there_while_a_partner_is_asked(
    database: Database, clock: TurnedClock
) -> None:
    async with Partner(GOOD).open() as partner:
        place = Place(database, clock, True)
        await place.open(calls(partner.port))
        await place.says("hi")
        await place.says("hello?")
        await place.says("human")
        assert (await place.last())[1] == "handed_over"
        await place.work()
        assert partner.asked == [] and (await place.last())[1] == "handed_over"


async def test_a_crash_after_the_answer_asks_again_and_moves_once(
    database: Database, clock: TurnedClock
) -> None:
    """The worker dies before it has told the run: the request is due again a minute later."""
    async with Partner(GOOD, GOOD).open() as partner:
        place = Place(database, clock, True)
        await place.open(calls(partner.port))
        await place.says("hi")

        async def dies(*given: Any) -> None:
            raise ConnectionResetError

        dying = Partners(database, SEALER, clock, dies, True)
        with pytest.raises(ConnectionResetError):
            await dying.ask_due()
        assert await place.worker.ask_due() == 0  # claimed still
        clock.turn(61)
        await place.work()
        assert await place.last() == ("It costs 12.5.", "finished")
        assert len(partner.asked) == 2
