"""What the demo starts around the server: the company, and the world that its contacts live in."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from wasl import channels
from wasl.demo.company import GUESTS, MAIL_DOMAIN, MAIL_SERVER
from wasl.demo.letters import fill_mailboxes
from wasl.demo.seed import seed
from wasl.infra.events import SYSTEM
from wasl.simulators.mail_world import MailWorld

if TYPE_CHECKING:
    from wasl.main import Wasl


@asynccontextmanager
async def demo_world(wasl: Wasl) -> AsyncIterator[MailWorld]:
    """Fills an empty database and keeps the contacts' mail server running."""
    seeded = await seed(wasl.database, wasl.sealer, now=wasl.clock.now(), say=_say)
    world = MailWorld(
        wasl.settings.data_dir / "demo-mail",
        {guest.email: guest.name for guest in GUESTS},
        wasl_at=lambda: wasl.mail_arrives_at,
        receiving_server=MAIL_SERVER,
        clock=wasl.clock,
    )
    async with world.open():
        await _send_through(wasl, world.port)
        if seeded:
            await fill_mailboxes(wasl, world)
        yield world


async def _send_through(wasl: Wasl, port: int) -> None:
    """The company's own addresses send to the contacts' server, whose port is new each time."""
    now = wasl.clock.now()
    async with wasl.database.transaction() as conn:
        for shown in await channels.views(conn):
            config = shown["config"]
            smtp = config.get("smtp") or {}
            ours = str(config.get("address", "")).endswith(f"@{MAIL_DOMAIN}")
            if not ours or smtp.get("host") != "127.0.0.1" or smtp.get("port") == port:
                continue
            changed = await channels.reconfigured(
                conn, wasl.sealer, shown["id"], {"smtp": {"port": port}}
            )
            await channels.change(
                conn, wasl.sealer, shown["id"], config=changed.config, actor=SYSTEM, now=now
            )
            await channels.report_health(conn, shown["id"], "ok", now=now)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  # the operator waits for it
