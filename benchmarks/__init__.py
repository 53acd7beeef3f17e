"""Measurements: one module each with `async def run(progress) -> Result`, run by `wasl bench`."""

from __future__ import annotations

import asyncio
import json
import pkgutil
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module

from benchmarks._host import cpu_times, taken

Progress = Callable[[str], None]
_WORTH_TELLING = 0.02  # of the processor time


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement.

    `measured` and `reach` are in `unit`; `ok` says whether the reach is met, by the module's own
    sense of better; `against` names the peer or the limit that it is compared with.
    """

    id: str
    measured: float
    unit: str
    reach: float
    ok: bool
    against: str = ""


def run_all(ids: Sequence[str], *, as_json: bool) -> int:
    """Runs the named measurements (all by default), one after another, and prints them.

    Returns 0 when all reach what they should, 1 when one does not or fails, 2 for an unknown name.
    """
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    known = sorted(name for name in modules if not name.startswith("_"))
    if unknown := [id_ for id_ in ids if id_ not in known]:
        print(
            f"no measurement {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr
        )
        return 2
    results: list[Result] = []
    failed: dict[str, str] = {}
    for id_ in ids or known:
        began = time.monotonic()
        try:
            results.append(asyncio.run(_run(id_)))
        except Exception as error:
            failed[id_] = f"{type(error).__name__}: {error}"
        _progress(id_, f"{time.monotonic() - began:.1f} s")
    if as_json:
        shown = {"results": [asdict(result) for result in results], "failed": failed}
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print(_table(results, failed))
    return 0 if not failed and all(result.ok for result in results) else 1


async def _run(id_: str) -> Result:
    run: Callable[[Progress], Awaitable[Result]] = import_module(f"benchmarks.{id_}").run
    before = cpu_times()
    result = await run(lambda line: _progress(id_, line))
    share = taken(before, cpu_times())
    if share < _WORTH_TELLING:
        return result
    told = f"the host gave {share:.0%} of the processor time to others"
    return replace(result, against="; ".join(filter(None, (result.against, told))))


def _progress(id_: str, line: str) -> None:
    print(f"  {id_}: {line}", file=sys.stderr, flush=True)


def _table(results: Sequence[Result], failed: dict[str, str]) -> str:
    heads = ("id", "measured", "to reach", "unit", "", "against")
    rows = [
        (r.id, _number(r.measured), _number(r.reach), r.unit, "ok" if r.ok else "!!", r.against)
        for r in results
    ]
    rows += [(id_, "-", "-", "", "!!", reason) for id_, reason in failed.items()]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    lines = [
        "  ".join(
            text.rjust(width) if i in (1, 2) else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [heads, *rows]
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
