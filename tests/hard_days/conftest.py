"""One real server with its own PostgreSQL for the tests of a module."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest_asyncio
from benchmarks._place import SECRET, Company, Http, Server, folder, set_up
from benchmarks._ports import free_port

from wasl.conversations.client import Visitor, token_for
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id
from wasl.infra.postgres import EmbeddedPostgres
from wasl.migrations import upgrade

SUPPORT = "support@shop.example"
HOOK_SECRET = "a-secret-of-the-shop"


@dataclass
class Centre:
    """The running server, its database (which a test may stop) and what it is called by."""

    server: Server
    postgres: EmbeddedPostgres
    dsn: str
    company: Company
    smtp_port: int

    def agent(self) -> Http:
        return Http(self.server.port, self.company.token)

    def contact(self) -> Http:
        visitor = Visitor(self.company.channel_ids[0], new_id())
        token = token_for(Sealer(SECRET), visitor, SystemClock().now())
        return Http(self.server.port, token)

    @property
    def door(self) -> str:
        """Where contacts' clients call."""
        return f"/client/v1/{self.company.public_keys[0]}"

    @property
    def chat_id(self) -> UUID:
        return self.company.channel_ids[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre() -> AsyncIterator[Centre]:
    with folder() as place:
        postgres = EmbeddedPostgres(place)
        server = None
        try:
            dsn = await asyncio.to_thread(postgres.start, print)
            await asyncio.to_thread(upgrade, dsn)
            company = await set_up(
                dsn,
                ("web_chat", {"allowed_origins": ["*"]}),
                ("email", {"address": SUPPORT, "receive": "smtp"}),
                (
                    "api",
                    {
                        "deliver_url": "https://shop.example/wasl",
                        "secret": HOOK_SECRET,
                        "identity_kind": "crm",
                    },
                ),
            )
            smtp = free_port()
            server = Server(
                place,
                database_url=dsn,
                smtp_listen=f"127.0.0.1:{smtp}",
                mail_domain="shop.example",
            )
            await server.start()
            yield Centre(server, postgres, dsn, company, smtp)
        finally:
            if server is not None:
                await server.stop()
            await asyncio.to_thread(postgres.stop)
