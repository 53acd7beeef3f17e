"""Conversations, interactions, legs and messages: what comes in, whom it belongs to, what goes
out, and what colleagues and contacts see of it."""

from wasl.conversations import client, mentions, receipts
from wasl.conversations.canned import canned_texts
from wasl.conversations.condition import conditions, last_of, lively, said_by_contacts
from wasl.conversations.glimpses import Glimpse, glimpses
from wasl.conversations.hooks import Entered, Hooks, Placement, Said, Speaking, Standing, hooks
from wasl.conversations.journey import has_conversations
from wasl.conversations.placing import lock_all, locked, locking, placing
from wasl.conversations.policy import clean_text
from wasl.conversations.reach import reply_options
from wasl.conversations.service import (
    ConversationState,
    add_note,
    add_tags,
    begin_interaction,
    change,
    close_interaction,
    lock,
    set_priority,
    set_tags,
)
from wasl.conversations.showing import followed_showing, messages_showing, rows_showing
from wasl.conversations.speaking import Reply, saying, send_message
from wasl.conversations.views import (
    VIEWS,
    Viewer,
    counts_of_each,
    list_view,
    messages_by_ids,
    messages_in_24h,
    public,
    row_of,
    rows,
    rows_of,
    stands_in,
    timeline,
    viewer_of,
    visible,
    waiting_in,
)
from wasl.conversations.whole import for_viewer, full, wholes

__all__ = [
    "VIEWS",
    "ConversationState",
    "Entered",
    "Glimpse",
    "Hooks",
    "Placement",
    "Reply",
    "Said",
    "Speaking",
    "Standing",
    "Viewer",
    "add_note",
    "add_tags",
    "begin_interaction",
    "canned_texts",
    "change",
    "clean_text",
    "client",
    "close_interaction",
    "conditions",
    "counts_of_each",
    "followed_showing",
    "for_viewer",
    "full",
    "glimpses",
    "has_conversations",
    "hooks",
    "last_of",
    "list_view",
    "lively",
    "lock",
    "lock_all",
    "locked",
    "locking",
    "mentions",
    "messages_by_ids",
    "messages_in_24h",
    "messages_showing",
    "placing",
    "public",
    "receipts",
    "reply_options",
    "row_of",
    "rows",
    "rows_of",
    "rows_showing",
    "said_by_contacts",
    "saying",
    "send_message",
    "set_priority",
    "set_tags",
    "stands_in",
    "timeline",
    "viewer_of",
    "visible",
    "waiting_in",
    "wholes",
]
