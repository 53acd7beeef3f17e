"""How a route meets the database: one transaction per request, committed before the first byte.

`Route` opens the transaction on first use, commits when the answer is complete and still unsent,
and keeps the answer of a POST that carries an Idempotency-Key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Annotated, Any, cast

import msgspec
import psycopg
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from wasl.infra.clock import Clock
from wasl.infra.database import Database, metadata
from wasl.infra.errors import AppError, Conflict, Invalid, Unavailable

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("principal", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)


class Problem(Response):
    """An RFC 9457 answer with our stable `code` and `params`."""

    media_type = "application/problem+json"

    def __init__(self, error: AppError) -> None:
        body = {
            "type": "about:blank",
            "title": error.code.replace("_", " "),
            "status": error.status,
            "code": error.code,
            "params": error.params,
            "retryable": error.retryable,
        }
        headers = {"Cache-Control": "no-store"}
        if "after_s" in error.params:
            headers["Retry-After"] = str(int(error.params["after_s"]))
        super().__init__(
            msgspec.json.encode(body, enc_hook=str), status_code=error.status, headers=headers
        )


def problem_of(error: Exception) -> AppError | None:
    """What a caller may be told of an error; None for a defect of ours."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, PoolTimeout) or (
        isinstance(error, DBAPIError)
        and (error.connection_invalidated or isinstance(error, OperationalError))
    ):
        return Unavailable("database_unavailable", after_s=2)
    if isinstance(error, psycopg.OperationalError):  # of a statement past SQLAlchemy
        return Unavailable("database_unavailable", after_s=2)
    if isinstance(error, DataError):  # a NUL, a number out of range: no column takes it
        return Invalid("value_invalid")
    if isinstance(error, HTTPException):  # the framework's own: no such route, unreadable body
        return _of_framework(error.status_code)
    return None


def _of_framework(status: int) -> AppError:
    known = AppError({404: "not_found", 405: "method_not_allowed"}.get(status, "request_invalid"))
    known.status = status
    return known


def install_problems(app: FastAPI) -> None:
    """One handler for the whole error tree; anything else is a 500 without details."""

    async def on_error(request: Request, error: Exception) -> Response:
        known = problem_of(error)
        if known is None:
            raise error
        return Problem(known)

    async def on_invalid(request: Request, error: Exception) -> Response:
        first = cast(RequestValidationError, error).errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return Problem(Invalid("request_invalid", field=where, reason=first["type"]))

    for kind in (AppError, DBAPIError, PoolTimeout, psycopg.OperationalError, HTTPException):
        app.add_exception_handler(kind, on_error)
    app.add_exception_handler(RequestValidationError, on_invalid)


class Route(APIRoute):
    """A route whose answer leaves after its transaction has committed.

    What FastAPI makes of its function is made when somebody asks for it: for all routes together
    that is a fifth of a start.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **told: Any) -> None:
        self._told = path, endpoint, told
        # what matching needs
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods = {method.upper() for method in told["methods"]}
        self.app = self._at_first

    def __getattr__(self, name: str) -> Any:
        if "_told" not in vars(self):
            raise AttributeError(name)
        self._analyse()
        return getattr(self, name)

    def _analyse(self) -> None:
        path, endpoint, told = self._told
        del self._told
        super().__init__(path, endpoint, **told)

    async def _at_first(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "_told" in vars(self):
            self._analyse()
        await self.app(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def run(request: Request) -> Response:
            async with AsyncExitStack() as stack:
                request.state.stack = stack
                request.state.conn = None
                key = request.headers.get("idempotency-key")
                if key is None or request.method != "POST":
                    return await handle(request)
                kept = await _kept_answer(request, key)
                if kept is not None:
                    return kept
                response = await handle(request)
                await _keep_answer(request, key, response)
                return response

        return run


def api_router(tag: str, route_class: type[APIRoute] = Route) -> APIRouter:
    """A feature's part of the API."""
    return APIRouter(prefix="/api/v1", route_class=route_class, tags=[tag])


def serve(app: FastAPI, router: APIRouter) -> None:
    """Lets the app answer on a router's routes as they stand: what `include_router` includes,
    FastAPI analyses once more at the first request, and asks twice at each."""
    app.router.routes += router.routes


async def transaction(request: Request) -> AsyncConnection:
    """The request's connection, in the transaction that commits before the answer leaves."""
    if request.state.conn is None:
        database: Database = request.app.state.database
        request.state.conn = await request.state.stack.enter_async_context(database.transaction())
    return cast(AsyncConnection, request.state.conn)


async def end_transaction(request: Request) -> None:
    """Commits what the request has done: before it waits for somebody outside. What comes after it
    is done in a transaction of its own."""
    await request.state.stack.aclose()
    request.state.conn = None


def clock_of(request: Request) -> Clock:
    """The app's clock."""
    return cast(Clock, request.app.state.clock)


Conn = Annotated[AsyncConnection, Depends(transaction)]
TheClock = Annotated[Clock, Depends(clock_of)]


def _principal_of(request: Request) -> str:
    credential = request.headers.get("authorization") or request.cookies.get("wasl_session") or ""
    return hashlib.sha256(credential.encode()).hexdigest()


async def _kept_answer(request: Request, key: str) -> Response | None:
    """The earlier answer to the same key; Conflict when the key was used for something else."""
    if len(key) > 200:
        raise Invalid("idempotency_key_invalid", limit=200)
    conn = await transaction(request)
    body_hash = hashlib.sha256(await request.body()).digest()
    where = {"p": _principal_of(request), "r": request.url.path, "k": key}
    # of two at once the second waits here for the first one's commit
    made = await conn.execute(
        text(
            "INSERT INTO idempotency_keys (principal, route, key, body_hash)"
            " VALUES (:p, :r, :k, :h) ON CONFLICT DO NOTHING RETURNING 1"
        ),
        {**where, "h": body_hash},
    )
    if made.first() is not None:
        return None
    row = (
        await conn.execute(
            text(
                "SELECT body_hash, status, answer FROM idempotency_keys"
                " WHERE principal = :p AND route = :r AND key = :k"
            ),
            where,
        )
    ).one()
    if bytes(row.body_hash) != body_hash:
        raise Conflict("idempotency_key_reused")
    return Response(
        bytes(row.answer), row.status, {"Idempotent-Replay": "true"}, media_type="application/json"
    )


async def _keep_answer(request: Request, key: str, response: Response) -> None:
    conn = await transaction(request)
    await conn.execute(
        text(
            "UPDATE idempotency_keys SET status = :s, answer = :a"
            " WHERE principal = :p AND route = :r AND key = :k"
        ),
        {
            "s": response.status_code,
            "a": bytes(response.body),
            "p": _principal_of(request),
            "r": request.url.path,
            "k": key,
        },
    )


class HotDoors:
    """Finds the hot doors before all others: FastAPI's layers and its hundreds of routes would
    cost each message a twentieth. What fits none of them exactly is the application's."""

    def __init__(self, routes: Sequence[BaseRoute], app: ASGIApp) -> None:
        self._routes = routes
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                await route.handle({**scope, **found}, receive, send)
                return
        await self._app(scope, receive, send)
