"""Memory at rest: PSS of the server's whole tree without PostgreSQL.

All roles on the demo company's data, after one journey: a contact writes by web chat, an agent
reads the list and the timeline, picks the conversation and answers. At rest is when the process
that understands what contacts write, which lives while it is needed, has ended.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from benchmarks import Result
from benchmarks._place import SECRET, Http, Seeded, Server, folder, pause, seeded
from wasl.conversations.client import Visitor, token_for
from wasl.infra.clock import SystemClock
from wasl.infra.crypto import Sealer
from wasl.infra.ids import new_id

REACH_MB = 120.0
_REST_S = 5.0
_LONGEST_S = 90.0  # until nothing runs beside the server any more


async def run(progress: Callable[[str], None]) -> Result:
    with folder() as place:
        company = await seeded(place)
        server = Server(place)
        try:
            await server.start()
            progress(f"{_mb(server):.0f} MB when ready")
            await _journey(server.port, company)
            awake = _mb(server)
            progress(f"{awake:.0f} MB after a journey")
            await asyncio.sleep(_REST_S)
            until = time.monotonic() + _LONGEST_S
            while len(list(_tree(server))) > 1 and time.monotonic() < until:
                await pause(0.5)
            held = _mb(server)
            processes = len(list(_tree(server)))
        finally:
            await server.stop()
    return Result(
        id="idle_memory",
        measured=round(held, 1),
        unit="MB of PSS",
        reach=REACH_MB,
        ok=held <= REACH_MB,
        against=f"{processes} process{'es' if processes > 1 else ''}, without PostgreSQL;"
        f" {awake:.0f} MB right after the journey",
    )


async def _journey(port: int, company: Seeded) -> None:
    visitor = Visitor(company.channel_id, new_id())
    token = token_for(Sealer(SECRET), visitor, SystemClock().now())
    async with Http(port, token) as contact, Http(port, company.token) as agent:
        says = {"client_id": str(uuid4()), "text": "سفارشم کجاست؟", "locale": "fa"}
        path = f"/client/v1/{company.public_key}/messages"
        status, said = await contact.ask("POST", path, says)
        assert status == 201, said
        at = f"/api/v1/conversations/{said['conversation']['id']}"
        for method, route, body in (
            ("GET", "/api/v1/me", None),
            ("GET", "/api/v1/conversations?view=all", None),
            ("POST", f"{at}/pick", {}),
            ("GET", at, None),
            ("GET", f"{at}/timeline", None),
            (
                "POST",
                f"{at}/messages",
                {
                    "client_id": str(uuid4()),
                    "channel_id": str(company.channel_id),
                    "text": "الان نگاه می‌کنم.",
                },
            ),
        ):
            status, answer = await agent.ask(method, route, body)
            assert status < 300, (route, answer)


def _mb(server: Server) -> float:
    """Proportional set size: shared pages count by their share."""
    total_kb = 0
    for process in _tree(server):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total_kb += int(line.split()[1])
    return total_kb / 1024


def _tree(server: Server) -> Iterator[Path]:
    """The server's process and its descendants, without PostgreSQL's."""
    assert server.process is not None
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue  # it has ended
        if name != "postgres":
            children.setdefault(int(rest.split()[1]), []).append(int(status.parent.name))
    waiting = [server.process.pid]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, ())
        yield Path("/proc", str(pid))
