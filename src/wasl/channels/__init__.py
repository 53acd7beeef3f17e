"""Configured channels, what each kind can do, and the adapter contract with its registry."""

from wasl.channels.checking import check, outcome, report
from wasl.channels.loading import (
    SET_UP,
    Channels,
    by_public_key,
    enabled_of_kind,
    load,
    receiving_for,
)
from wasl.channels.registry import KINDS, adapter_of
from wasl.channels.service import (
    SUMMARY,
    HealthState,
    add,
    change,
    configured,
    drop,
    identity_kind_of,
    reconfigured,
    remember,
    report_health,
    summaries,
    views,
)

__all__ = [
    "KINDS",
    "SET_UP",
    "SUMMARY",
    "Channels",
    "HealthState",
    "adapter_of",
    "add",
    "by_public_key",
    "change",
    "check",
    "configured",
    "drop",
    "enabled_of_kind",
    "identity_kind_of",
    "load",
    "outcome",
    "receiving_for",
    "reconfigured",
    "remember",
    "report",
    "report_health",
    "summaries",
    "views",
]
