"""Configured channels, what each kind can do, and the adapter contract with its registry."""

from wasl.channels.registry import KINDS, adapter_of
from wasl.channels.service import (
    Channels,
    by_public_key,
    enabled_of_kind,
    load,
    summaries,
)

__all__ = [
    "KINDS",
    "Channels",
    "adapter_of",
    "by_public_key",
    "enabled_of_kind",
    "load",
    "summaries",
]
