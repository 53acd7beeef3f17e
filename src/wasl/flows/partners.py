"""Partners that flows ask over HTTP: beside the transaction, durable, bounded, never into the
private network. A request is repeated only with its Idempotency-Key, so that it counts once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.flows import requests
from wasl.flows.policy import AskPartner
from wasl.flows.tables import flow_requests, flow_secrets
from wasl.flows.uses import used_in
from wasl.infra.clock import Clock
from wasl.infra.crypto import SealBroken, Sealer
from wasl.infra.database import Database
from wasl.infra.errors import AppError, Conflict, NotFound
from wasl.infra.netguard import guarded_transport
from wasl.infra.tasks import all_ended

log = logging.getLogger(__name__)

TOPIC = "flow_requests"
LARGEST_ANSWER = 256 * 1024
MOST_SECRETS = 100
LONGEST_SECRET = 4_000
_LONGEST_TEXT = 4_000
_MOST_REDIRECTS = 3
_AT_ONCE = 8
_REPEAT_AFTER_S = 2

# ── secrets ──────────────────────────────────────────────────────────────────────────────────


async def put_secret(
    conn: AsyncConnection, sealer: Sealer, name: str, value: str, *, now: datetime
) -> None:
    """Keeps a secret under its name, sealed."""
    if (await conn.scalar(select(func.count()).select_from(flow_secrets)) or 0) >= MOST_SECRETS:
        raise Conflict("too_many_secrets", limit=MOST_SECRETS)
    values = {"sealed": sealer.seal(value.encode()), "changed_at": now}
    await conn.execute(
        upsert(flow_secrets)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )


async def drop_secret(conn: AsyncConnection, name: str) -> None:
    """NotFound("secret_not_found")."""
    if not (await conn.execute(delete(flow_secrets).where(flow_secrets.c.name == name))).rowcount:
        raise NotFound("secret_not_found")


async def secret_views(conn: AsyncConnection) -> list[dict[str, Any]]:
    """Names, when they were changed and which flows name them; never what they are."""
    rows = await conn.execute(
        select(flow_secrets.c.name, flow_secrets.c.changed_at).order_by(flow_secrets.c.name)
    )
    using = await used_in(conn, "secret")
    return [{**row._asdict(), "flows": using.get(row.name, [])} for row in rows]


# ── requests ─────────────────────────────────────────────────────────────────────────────────


async def ask(conn: AsyncConnection, run_id: UUID, asked: AskPartner, *, now: datetime) -> None:
    """Has a run's partner asked after the commit; one that was asked before is forgotten."""
    await requests.put(conn, TOPIC, run_id, asked.n, msgspec.to_builtins(asked), now=now)


@dataclass(frozen=True, slots=True)
class Partners:
    """Asks what is due. `private` allows private addresses; `answer` moves the run."""

    database: Database
    sealer: Sealer
    clock: Clock
    answer: requests.Answer
    private: bool = False

    async def ask_due(self) -> int:
        """Asks a few partners at once; how many."""
        now = self.clock.now()
        async with self.database.transaction() as conn:
            rows = await requests.claim(conn, TOPIC, most=_AT_ONCE, now=now)
            stored = await conn.execute(select(flow_secrets.c.name, flow_secrets.c.sealed))
            sealed = {row.name: row.sealed for row in stored} if rows else {}
        await all_ended(self._ask_one(row, sealed) for row in rows)
        return len(rows)

    async def next_due(self) -> datetime | None:
        """When the next one is to be asked."""
        async with self.database.transaction() as conn:
            return await requests.next_due(conn, TOPIC)

    async def _ask_one(self, row: Any, sealed: Mapping[str, bytes]) -> None:
        asked = msgspec.convert(row.request, AskPartner)
        try:
            async with asyncio.timeout(asked.timeout_s):
                values = await self._values(asked, f"{row.run_id}:{row.n}", sealed)
        except _NoUse as no_use:
            log.info("partner of run %s is of no use: %s", row.run_id, no_use.code)
            if no_use.again and row.attempts <= asked.retries:
                await self._ask_again(row)
                return
            values = None
        except (TimeoutError, httpx.HTTPError, AppError) as error:
            log.info("partner of run %s does not answer: %s", row.run_id, type(error).__name__)
            if row.attempts <= asked.retries and not _is_private(error):
                await self._ask_again(row)
                return
            values = None
        except Exception:  # such as a header that can't be sent: it will never be better
            log.exception("partner of run %s can't be asked", row.run_id)
            values = None
        async with self.database.transaction() as conn:
            await self.answer(conn, row.run_id, row.n, values, self.clock.now())
            await requests.done(conn, row.run_id, row.n)

    async def _ask_again(self, row: Any) -> None:
        again = self.clock.now() + timedelta(seconds=_REPEAT_AFTER_S * row.attempts)
        async with self.database.transaction() as conn:
            await conn.execute(
                update(flow_requests)
                .where(flow_requests.c.run_id == row.run_id, flow_requests.c.n == row.n)
                .values(next_attempt_at=again, claimed_until=None)
            )

    async def _values(
        self, asked: AskPartner, key: str, sealed: Mapping[str, bytes]
    ) -> dict[str, Any]:
        headers = {name: self._header(parts, sealed) for name, parts in asked.headers.items()}
        headers = {"Accept": "application/json", "User-Agent": "Wasl", **headers}
        headers["Idempotency-Key"] = key
        body = dict(asked.body) if asked.method != "GET" else None
        async with (
            httpx.AsyncClient(
                transport=guarded_transport(allow_private=self.private),
                timeout=asked.timeout_s,
                follow_redirects=asked.method == "GET" and not _names_secret(asked),
                max_redirects=_MOST_REDIRECTS,
                trust_env=False,
            ) as client,
            client.stream(
                asked.method,
                asked.url,
                headers=headers,
                json=body or None,
            ) as response,
        ):
            if response.status_code >= 500 or response.status_code == 429:
                raise _NoUse("status", again=True)
            if not response.is_success:
                raise _NoUse("status")
            return _saved(asked, await _bounded(response))

    def _header(self, parts: list[str | dict[str, str]], sealed: Mapping[str, bytes]) -> str:
        plain = ""
        for part in parts:
            if isinstance(part, str):
                plain += part
                continue
            try:
                plain += self.sealer.open(sealed[part["secret"]]).decode()
            except (KeyError, SealBroken):
                raise _NoUse("secret") from None
        return plain


class _NoUse(Exception):
    """The partner's answer can't be used; `again` when it may be better next time."""

    def __init__(self, code: str, again: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.again = again


def _is_private(error: Exception) -> bool:
    return isinstance(error, AppError) and error.code == "url_private"


def _names_secret(asked: AskPartner) -> bool:
    """A redirect would carry the secret to somebody else."""
    return any(not isinstance(part, str) for parts in asked.headers.values() for part in parts)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise _NoUse("too_large")
    return bytes(body)


def _saved(asked: AskPartner, body: bytes) -> dict[str, Any]:
    """The parts of the answer that are to be saved; a partner who leaves one out is of no use."""
    if not asked.save:
        return {}
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise _NoUse("no_json") from None
    return {name: _part(answer, path) for name, path in asked.save.items()}


def _part(answer: Any, path: str) -> str | int | float | bool | None:
    for step in path.split("."):
        if isinstance(answer, dict) and step in answer:
            answer = answer[step]
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            raise _NoUse("part_missing")
    if isinstance(answer, str):
        return answer[:_LONGEST_TEXT]
    if answer is None or isinstance(answer, bool | int | float):
        return answer
    raise _NoUse("part_unfit")
