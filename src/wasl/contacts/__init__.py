"""Contacts: people outside, the identities they are reached by, their orders and consents."""

from wasl.contacts.merging import hold, merge, unmerge
from wasl.contacts.policy import clean_name, fold
from wasl.contacts.reads import (
    DISPLAYED,
    NAMED,
    consents_of,
    current_id,
    first_orders,
    identities_of,
    identity_for,
    identity_ids,
    lifetime,
    names,
    order_dates,
    order_shown_to,
    orders_of,
    plain_fields,
    plain_names,
    search,
    search_ids,
    view,
)
from wasl.contacts.service import add, add_identity, change, normalise
from wasl.contacts.vouching import claim, claim_identity, vouched_contact

__all__ = [
    "DISPLAYED",
    "NAMED",
    "add",
    "add_identity",
    "change",
    "claim",
    "claim_identity",
    "clean_name",
    "consents_of",
    "current_id",
    "first_orders",
    "fold",
    "hold",
    "identities_of",
    "identity_for",
    "identity_ids",
    "lifetime",
    "merge",
    "names",
    "normalise",
    "order_dates",
    "order_shown_to",
    "orders_of",
    "plain_fields",
    "plain_names",
    "search",
    "search_ids",
    "unmerge",
    "view",
    "vouched_contact",
]
