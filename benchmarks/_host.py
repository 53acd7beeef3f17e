"""What the host of a virtual machine gave to others meanwhile: a measurement on a shared host says
so."""

from __future__ import annotations

from pathlib import Path

_STAT = Path("/proc/stat")
_IDLE = slice(3, 5)  # idle and waiting for a disk, of the columns of `man 5 proc_stat`
_STEAL = 7
_LEAST = 100  # ticks, a second mostly: less of them tell nothing


def cpu_times() -> list[int]:
    """All processors' times so far, in ticks by kind; nothing where no Linux tells them."""
    if not _STAT.exists():
        return []
    with _STAT.open() as lines:
        return [int(ticks) for ticks in lines.readline().split()[1:9]]


def taken(before: list[int], after: list[int]) -> float:
    """The share of the processor time wanted meanwhile that the host gave to others;
    none of a short time."""
    spent = [later - earlier for earlier, later in zip(before, after, strict=True)]
    wanted = sum(spent) - sum(spent[_IDLE])
    return spent[_STEAL] / wanted if wanted > _LEAST else 0.0
