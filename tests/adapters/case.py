"""What an adapter gives the contract suite: its `tests/adapters/<kind>/case.py` has `open_case()`,
an async context manager of a `Case` with a peer that runs while the block lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wasl.channels.contract import Address, Channel, ErrorKind, Outbound

_MESSAGE_ID = UUID("0193b0c1-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Case:
    """One adapter, set up against a peer.

    `unreachable`: a channel whose peer is not there (None: the kind has no peer to reach).
    `secrets`: the secrets in `channel.config`, none of which may ever be shown.
    `keys`: what the peer has seen that tells a repeated message (None: there is no peer).
    `refuse` makes the peer answer the next sends so, for each of `refusals`.
    `decode`: the pure part that reads what a provider sends (None: it sends nothing).
    """

    adapter: Any
    channel: Channel
    message: Outbound
    unreachable: Channel | None = None
    secrets: Sequence[str] = ()
    keys: Callable[[], Sequence[str]] | None = None
    refuse: Callable[[ErrorKind], None] | None = None
    refusals: Sequence[ErrorKind] = ()
    decode: Callable[[bytes], object] | None = None


def a_message(recipient: Address, **changes: Any) -> Outbound:
    """A good message to somebody, the same one each time."""
    values: dict[str, Any] = {
        "message_id": _MESSAGE_ID,
        "conversation_id": UUID("0193b0c1-0000-7000-8000-000000000002"),
        "number": "W-1001",
        "recipient": recipient,
        "text": "سلام سارا، سفارش شما در راه است.",
        "author_name": "Maryam",
        "locale": "fa",
        "idempotency_key": str(_MESSAGE_ID),
    }
    return Outbound(**{**values, **changes})
