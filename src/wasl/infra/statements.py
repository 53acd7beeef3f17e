"""Statements of the hot paths, straight through libpq: many in one round trip, each prepared and
planned once for each connection (docs/decisions/0008)."""

from __future__ import annotations

import asyncio
import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Protocol, cast

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

_PREPARED = "wasl_prepared"
_PLACE = re.compile(r"%\((\w+)\)s")
_LEVELS = {
    level: f"ISOLATION LEVEL {level.name.replace('_', ' ')}".encode()
    for level in psycopg.IsolationLevel
}
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true)"  # until the transaction ends
_BESIDE = -1  # a result that nobody asked for

Statement = tuple[str, Mapping[str, Any]]  # SQL with `%(name)s` places, and their values

OPENING = "wasl_opening"  # where a connection keeps how its transaction opens


class Opening(Protocol):
    """What a transaction begins with: it goes to the server with the first `run_together`."""

    @property
    def statement(self) -> Statement: ...

    def check(self, rows: list[Any]) -> None:
        """Raises when the transaction may not go on: nothing is then written."""


_Key = tuple[bytes, Any]  # a query and its parameters' types


class _Prepared:
    """What one connection has prepared. `Transformer` is psycopg's own turning of values into
    parameters and of results into rows."""

    def __init__(self, raw: psycopg.AsyncConnection[Any]) -> None:
        self.raw = raw
        self.adapt = Transformer(raw)
        self.names: dict[_Key, bytes] = {}
        self.makers: dict[bytes, Any] = {}  # of rows, by the name of what is prepared
        self.made = 0


async def run_together(
    conn: AsyncConnection,
    *statements: Statement,
    prepare: bool = True,
    commits: bool = False,
) -> list[list[Any]]:
    """Runs statements in order in one network round trip (libpq's pipeline); each one's rows. What
    `commits` ends the transaction with them: nothing may follow in it.

    For the hot paths: constant SQL with `%(name)s` places, prepared and planned once; not with
    `prepare=False`, where the right plan depends on the values. A transaction that begins here
    looks everything up by an index: a plan may be of a moment when a table was all but empty, and
    reading all of it the cheapest. Errors are SQLAlchemy's.
    """
    prepared = await _prepared_on(conn)
    opening: Opening | None = conn.info.get(OPENING)
    if opening is not None:
        conn.info[OPENING] = None
    try:
        if opening is None:
            return await _run(prepared, statements, prepare, commits)
        if commits:  # what is checked is checked before
            opening.check(*await _run(prepared, [opening.statement], True, False))
            return await _run(prepared, statements, prepare, commits)
        rows, *others = await _run(prepared, [opening.statement, *statements], prepare, False)
        opening.check(rows)
        return others
    except asyncio.CancelledError:
        await conn.invalidate()
        raise
    except psycopg.Error as error:
        if prepared.raw.closed:
            await conn.exec_driver_sql("SELECT 1")  # raises, and all connections are made anew
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, dialect=conn.dialect
        ) from error


async def run_as_one(conn: AsyncConnection, *statements: Statement, commits: bool = False) -> None:
    """Runs statements that write to different tables as a single one (`WITH`).

    The server never waits for us between them, as it may within a pipeline: a process that is
    paused there keeps its locks for as long, and no time limit of the server's ends it.
    """
    parts, values = [], dict[str, Any]()
    for number, (sql, params) in enumerate(statements):
        parts.append(f"s{number} AS ({sql})")
        values |= params
    await run_together(conn, (f"WITH {', '.join(parts)} SELECT", values), commits=commits)


async def _prepared_on(conn: AsyncConnection) -> _Prepared:
    found: _Prepared | None = conn.info.get(_PREPARED)
    if found is None:
        proxied = (await conn.get_raw_connection()).driver_connection
        found = conn.info[_PREPARED] = _Prepared(cast("psycopg.AsyncConnection[Any]", proxied))
    return found


async def _run(
    prepared: _Prepared, statements: Sequence[Statement], prepare: bool, commits: bool
) -> list[list[Any]]:
    raw, adapt = prepared.raw, prepared.adapt
    sends: list[tuple[_Key | int, Callable[[], None]]] = []  # and what the result is of
    names: dict[_Key, bytes] = {}
    asked: list[bytes | None] = []  # by what name, if it is prepared
    pgconn = raw.pgconn
    numbered = list(enumerate(statements))
    if pgconn.transaction_status == TransactionStatus.IDLE:
        if not raw.autocommit:
            sends.append((_BESIDE, partial(pgconn.send_query_params, _beginning(raw), None)))
        if prepare:
            numbered.insert(0, (_BESIDE, (BY_INDEX, {})))
    for number, (sql, params) in numbered:
        query, places = _numbered(sql) if params else (sql.encode(), ())
        values = adapt.dump_sequence([params[name] for name in places], _formats(len(places)))
        types, formats = adapt.types, adapt.formats
        if prepare:
            key = query, types
            name = prepared.names.get(key) or names.get(key)
            if name is None:
                prepared.made += 1
                name = names[key] = b"wasl_%d" % prepared.made
                sends.append((key, partial(pgconn.send_prepare, name, query, types)))
            send = partial(pgconn.send_query_prepared, name, values, formats)
        else:
            name = None
            send = partial(pgconn.send_query_params, query, values, types, formats)
        sends.append((number, send))
        if number != _BESIDE:
            asked.append(name)
    if commits:
        sends.append((_BESIDE, partial(pgconn.send_query_params, b"COMMIT", None)))
    results = await _sent(pgconn, [send for _, send in sends])
    rows: list[list[Any]] = []
    for (of, _), result in zip(sends, results, strict=True):
        if result.status not in _GOOD:
            raise error_from_result(result, encoding="utf-8")
        if isinstance(of, tuple):
            prepared.names[of] = names[of]
        elif of != _BESIDE:
            rows.append(_rows(prepared, asked[len(rows)], result))
    return rows


def _beginning(raw: psycopg.AsyncConnection[Any]) -> bytes:
    """How psycopg would begin a transaction on this connection."""
    parts = [b"BEGIN"]
    if raw.isolation_level is not None:
        parts.append(_LEVELS[raw.isolation_level])
    if raw.read_only is not None:
        parts.append(b"READ ONLY" if raw.read_only else b"READ WRITE")
    return b" ".join(parts)


async def _sent(pgconn: Any, sends: Sequence[Callable[[], None]]) -> list[Any]:
    """The results of what is sent in one pipeline."""
    try:
        pgconn.enter_pipeline_mode()
        for send in sends:
            send()
        pgconn.pipeline_sync()
        results = await _results(pgconn)
        pgconn.exit_pipeline_mode()
    except BaseException:
        pgconn.finish()  # what is still running ends with its connection
        raise
    return results


async def _results(pgconn: Any) -> list[Any]:
    """One result for each that was sent, in order; OperationalError when the server is gone."""
    while pgconn.flush():
        # it answers what it has got, and reads no more until that is taken
        await _until_ready(pgconn.socket, writing=True)
        pgconn.consume_input()
    results: list[Any] = []
    while True:
        while pgconn.is_busy():
            await _until_ready(pgconn.socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue  # after each one's result
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


async def _until_ready(fd: int, *, writing: bool = False) -> None:
    """Until there is something to read, or the socket takes more."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(fd, _tell, ready)
    if writing:
        loop.add_writer(fd, _tell, ready)
    try:
        await ready
    finally:
        loop.remove_reader(fd)
        if writing:
            loop.remove_writer(fd)


def _tell(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _rows(prepared: _Prepared, name: bytes | None, result: Any) -> list[Any]:
    if not result.ntuples:
        return []
    maker = prepared.makers.get(name) if name is not None else None
    if maker is None:
        maker = _row_of(tuple(result.fname(n).decode() for n in range(result.nfields)))
        if name is not None:
            prepared.makers[name] = maker
    prepared.adapt.set_pgresult(result)
    rows: list[Any] = prepared.adapt.load_rows(0, result.ntuples, maker)
    return rows


@cache
def _row_of(names: tuple[str, ...]) -> Any:
    return cast(Any, namedtuple)("Row", names, rename=True)._make


@cache
def _formats(count: int) -> list[PyFormat]:
    return [PyFormat.AUTO] * count


@cache
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with PostgreSQL's own `$n` places, and their names in order."""
    names = tuple(dict.fromkeys(_PLACE.findall(sql)))
    numbers = {name: number for number, name in enumerate(names, 1)}
    return _PLACE.sub(lambda place: f"${numbers[place[1]]}", sql).encode(), names
