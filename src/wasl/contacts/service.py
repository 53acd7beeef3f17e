"""Verbs on contacts and their identities; the caller commits."""

from __future__ import annotations

from wasl.contacts import policy
from wasl.infra.errors import Invalid


def normalise(kind: str, value: str, *, region: str = "") -> policy.Normalised:
    """The one form of an address. Raises Invalid("identity_invalid", kind=…)."""
    try:
        return policy.normalise(kind, value, region=region)
    except policy.IdentityInvalid as refused:
        raise Invalid("identity_invalid", field="value", kind=refused.kind) from None
