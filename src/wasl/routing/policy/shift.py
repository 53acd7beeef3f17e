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


def counted(shift: Shift, now: datetime) -> Shift:
    """The shift up to now; a clock that went back counts nothing."""
    if shift.counted_at is None or now <= shift.counted_at:
        return replace(shift, counted_at=shift.counted_at or now)
    passed_s = (now - shift.counted_at).total_seconds()
    return replace(
        shift,
        busy_s=shift.busy_s + (passed_s if shift.in_hand else 0.0),
        present_s=shift.present_s + (passed_s if shift.in_hand or shift.signed_in else 0.0),
        counted_at=now,
    )


def held_now(shift: Shift, in_hand: bool, now: datetime) -> Shift:
    """The shift when there is something in the agent's hands from now on, or nothing."""
    return replace(counted(shift, now), in_hand=in_hand)


def declared_now(shift: Shift, signed_in: bool, now: datetime) -> Shift:
    """The shift when the agent is signed in from now on, or isn't."""
    nobody_there = not (shift.signed_in or shift.in_hand)
    if signed_in and nobody_there and shift.counted_at and now - shift.counted_at >= SHIFT_BREAK:
        return Shift(counted_at=now, signed_in=True)
    return replace(counted(shift, now), signed_in=signed_in)
