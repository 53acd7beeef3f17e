"""An app with a few routers, and clients that are signed in to it by role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from sqlalchemy import insert

from wasl.accounts import Role
from wasl.accounts.service import add_api_token
from wasl.accounts.tables import users
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.ids import new_id
from wasl.infra.web import install_problems, serve

Clients = dict[str, httpx.AsyncClient]


@asynccontextmanager
async def signed_in(
    dsn: str, clock: TurnedClock, router: APIRouter, **state: Any
) -> AsyncIterator[tuple[Database, Clients]]:
    """Runs an app on a database of one's own; clients by role, and one that is "nobody"."""
    engine = make_engine(dsn)
    database, app = Database(engine), FastAPI()
    serve(app, router)
    install_problems(app)
    app.state.database, app.state.clock = database, clock
    for name, value in state.items():
        setattr(app.state, name, value)
    tokens = {"nobody": ""}
    async with database.transaction() as conn:
        for role in Role:
            user_id, name = new_id(), role.value
            await conn.execute(
                insert(users).values(id=user_id, email=f"{name}@shop.example", name=name, role=name)
            )
            _, tokens[name] = await add_api_token(
                conn, user_id, "test", expires_at=None, now=clock.now()
            )
    clients = {
        name: httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://test/api/v1",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        for name, token in tokens.items()
    }
    try:
        yield database, clients
    finally:
        for client in clients.values():
            await client.aclose()
        await engine.dispose()
