"""What `wasl simulate` is told on the command line, and the past that it writes as a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


def take_arguments(simulate: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    simulate.add_argument("scenario", nargs="?", help="see docs/operations/simulation.md")
    simulate.add_argument("--from-history", action="store_true", help="print the past as a file")
    simulate.add_argument("--weeks", type=int, default=4, help="of history (default 4)")
    simulate.add_argument("--against", metavar="FILE", help="the scenario to compare it with")
    simulate.add_argument("--seed", type=int, default=1, help="of the chance (default 1)")
    simulate.add_argument("--json", action="store_true", help="one JSON document, not a table")
    simulate.add_argument("--html", metavar="FILE", help="also write a report with plots there")
    simulate.add_argument(
        "--language", choices=("en", "fa", "ar"), default="en", help="of the HTML report"
    )


async def written_past(chosen: argparse.Namespace, conn: AsyncConnection) -> str:
    """The last weeks of this centre as a scenario in TOML."""
    from datetime import UTC, datetime

    from wasl.reporting import whatif

    return await whatif.past_as_file(conn, weeks=chosen.weeks, now=datetime.now(UTC))
