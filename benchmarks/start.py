"""Start on existing data: from launching `wasl serve` to `/readyz`, its PostgreSQL included.

The data is the demo company's. Before each start the server and its PostgreSQL have stopped in
order; the files are in the page cache, as after an upgrade or a crash of ours.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks import Result
from benchmarks._place import Server, folder, seeded

STARTS = 5
REACH_S = 1.5


async def run(progress: Callable[[str], None]) -> Result:
    with folder() as place:
        await seeded(place)
        took = []
        for _ in range(STARTS):
            server = Server(place)
            began = time.perf_counter()
            await server.start()
            took.append(time.perf_counter() - began)
            await server.stop()
            progress(f"ready after {took[-1]:.2f} s")
    median = statistics.median(took)
    return Result(
        id="start",
        measured=round(median, 2),
        unit="s to ready",
        reach=REACH_S,
        ok=median <= REACH_S,
        against=f"median of {STARTS}, best {min(took):.2f} s, embedded PostgreSQL included",
    )
