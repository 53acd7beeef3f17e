"""Testing a channel's connection as it would be used, within a bound."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wasl.channels.contract import Channel, CheckStep
from wasl.channels.registry import adapter_of
from wasl.channels.service import HealthState

BOUND_S = 20.0

_log = logging.getLogger(__name__)


async def check(channel: Channel, *, bound_s: float = BOUND_S) -> Sequence[CheckStep]:
    """The steps of the adapter's test; one failed step "timeout" when it takes too long."""
    try:
        async with asyncio.timeout(bound_s):
            return await adapter_of(channel.kind).check(channel)
    except TimeoutError:
        return [CheckStep("timeout", ok=False, seconds=bound_s)]
    except Exception:  # a defect of one adapter must not stop its settings from being saved
        _log.exception("the check of a channel of kind %s broke", channel.kind)
        return [CheckStep("check_broke", ok=False)]


def outcome(steps: Sequence[CheckStep]) -> HealthState:
    """failed when a step that matters failed, warning when another one did."""
    wrong = [step for step in steps if not step.ok]
    if any(not step.warning for step in wrong):
        return "failed"
    return "warning" if wrong else "ok"


def report(steps: Sequence[CheckStep], at: datetime) -> dict[str, Any]:
    """A check as the API shows it."""
    return {
        "ok": outcome(steps) != "failed",
        "warnings": sum(step.warning and not step.ok for step in steps),
        "steps": [
            {
                "code": step.code,
                "ok": step.ok,
                "seconds": round(step.seconds, 3),
                "warning": step.warning,
                "detail": step.detail[:500],
                "cure": step.cure,
            }
            for step in steps
        ],
        "at": at,
    }
