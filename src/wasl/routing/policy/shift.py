"""How busy an agent was in their shift, kept from change to change without looking back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SHIFT_BREAK = timedelta(hours=4)  # who comes back after being signed out for longer starts anew


@dataclass(frozen=True, slots=True)
class Shift:
    """Seconds with something in hand, and seconds there (signed in, or with something in hand), up
    to `counted_at`; since then as `in_hand` and `signed_in` say."""

    busy_s: float = 0.0
    present_s: float = 0.0
    counted_at: datetime | None = None
    in_hand: bool = False
    signed_in: bool = False

    @property
    def share(self) -> float:
        """Busy ÷ present, 0 to 1, as of `counted_at`."""
        return self.busy_s / self.present_s if self.present_s > 0 else 0.0

    @property
    def there(self) -> bool:
        return self.signed_in or self.in_hand


def counted(shift: Shift, now: datetime) -> Shift:
    """The shift up to now, or to when the agent left; a clock that went back counts nothing."""
    since = shift.counted_at or now
    if not shift.there or now <= since:
        return replace(shift, counted_at=since)
    passed_s = (now - since).total_seconds()
    return replace(
        shift,
        busy_s=shift.busy_s + (passed_s if shift.in_hand else 0.0),
        present_s=shift.present_s + passed_s,
        counted_at=now,
    )


def held_now(shift: Shift, in_hand: bool, now: datetime) -> Shift:
    """The shift when there is something in the agent's hands from now on, or nothing."""
    before = counted(shift, now)
    return _from(before, replace(before, in_hand=in_hand), now)


def declared_now(shift: Shift, signed_in: bool, now: datetime) -> Shift:
    """The shift when the agent is signed in from now on, or isn't."""
    left_at = None if shift.there else shift.counted_at
    if signed_in and left_at is not None and now - left_at >= SHIFT_BREAK:
        return Shift(counted_at=now, signed_in=True)
    before = counted(shift, now)
    return _from(before, replace(before, signed_in=signed_in), now)


def _from(before: Shift, after: Shift, now: datetime) -> Shift:
    """Who comes is there from now on, not from when they left."""
    if before.there or not after.there or before.counted_at is None:
        return after
    return replace(after, counted_at=max(now, before.counted_at))
