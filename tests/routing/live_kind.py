"""A live channel kind for the tests: whoever has one in hand is offered nothing else."""

from __future__ import annotations

from wasl.channels.contract import Capabilities


class Phone:
    """Only what routing asks of an adapter."""

    kind = "phone"
    capabilities = Capabilities(identity_kind="phone", live=True)


ADAPTER = Phone()
