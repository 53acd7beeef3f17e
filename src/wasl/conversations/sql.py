"""The statements of the hot path, with psycopg's `%(name)s` places (see `ingest`).

What a message writes is one statement, put together of the ADD_… and other steps below; the step
on the conversation is called `stands` and gives the others its new `seq` and `version`.
"""

from __future__ import annotations

from functools import cache


@cache
def written_together(steps: tuple[str, ...]) -> str:
    """One statement of the steps; it sees nothing of what they write but `stands`."""
    names = ["stands" if step in _STANDING else f"step_{n}" for n, step in enumerate(steps)]
    named = (f"{name} AS ({step})" for name, step in zip(names, steps, strict=True))
    return f"WITH {', '.join(named)} SELECT seq FROM stands"  # noqa: S608  # of constants


LOCK_SENDER = "SELECT pg_advisory_xact_lock(hashtextextended(%(sender)s, 7))"

# What a contact's own client shows: the newest that the visitor may see.
CURRENT = """
SELECT c.id FROM conversations c
WHERE c.merged_into IS NULL AND NOT c.spam AND c.contact_id IN (
    SELECT contact_id FROM identities WHERE kind = 'web_visitor' AND value = %(visitor)s)
  AND (%(known)s OR EXISTS (
    SELECT 1 FROM legs l JOIN identities i ON i.id = l.identity_id
    WHERE l.conversation_id = c.id AND i.kind = 'web_visitor' AND i.value = %(visitor)s))
ORDER BY (c.status <> 'resolved') DESC, c.last_message_at DESC LIMIT 1
"""

_FACTS = f"""
WITH own AS (
  SELECT id, contact_id FROM identities
  WHERE kind = %(kind)s AND value = %(value)s AND verified
), claim AS (
  SELECT id, contact_id FROM identities
  WHERE kind = %(kind)s AND value = %(value)s AND NOT verified
    AND NOT EXISTS (
      SELECT FROM contacts c WHERE c.id = contact_id AND c.merged_into IS NOT NULL)
  ORDER BY created_at LIMIT 1
), named AS (
  SELECT conversation_id FROM (
    SELECT id AS conversation_id, 0 AS rank FROM unnest(%(named)s::uuid[]) AS id
    UNION ALL
    SELECT id, 0 FROM ({CURRENT}) AS shown
    UNION ALL
    SELECT p.conversation_id, r.rank
    FROM unnest(%(references)s::text[]) WITH ORDINALITY AS r (provider_id, rank),
      LATERAL (  -- one by one (LIMIT): a plan of a time with few rows reads a channel's all
        SELECT conversation_id FROM provider_ids
        WHERE channel_id = %(channel)s AND provider_id = r.provider_id LIMIT 1) AS p
    UNION ALL
    SELECT conversation_id, 1000 FROM legs
    WHERE channel_id = %(channel)s AND thread_key = %(thread)s AND thread_key <> ''
  ) AS r ORDER BY rank LIMIT 1
), target AS (
  SELECT coalesce(merged_into, id) AS id FROM conversations
  WHERE id = (SELECT conversation_id FROM named)
), found AS (
  SELECT id, contact_id, status, resolved_at, channel_id, last_message_at, true AS named
  FROM conversations WHERE id = (SELECT id FROM target)
  UNION ALL
  (SELECT id, contact_id, status, resolved_at, channel_id, last_message_at, false
   FROM conversations
   WHERE contact_id IN (SELECT contact_id FROM own UNION ALL SELECT contact_id FROM claim)
     AND status <> 'resolved' AND NOT spam
   ORDER BY last_message_at DESC LIMIT 5)
)
SELECT
  (SELECT row_to_json(p) FROM (
     SELECT message_id, conversation_id FROM provider_ids
     WHERE channel_id = %(channel)s AND provider_id = %(provider_id)s) AS p) AS earlier,
  (SELECT id FROM own) AS own_id, (SELECT contact_id FROM own) AS owner_id,
  (SELECT id FROM claim) AS claim_id, (SELECT contact_id FROM claim) AS claimant_id,
  (SELECT id FROM users WHERE email = %(value)s AND NOT disabled) AS user_id,
  (SELECT json_agg(m ORDER BY m.last_message_at DESC) FROM (
     SELECT f.id, f.contact_id, f.status, f.resolved_at, f.channel_id, f.last_message_at, f.named,
       (SELECT array_agg(DISTINCT l.channel_id) FROM legs l WHERE l.conversation_id = f.id)
         AS channel_ids
     FROM found f) AS m) AS matters,
  set_config('wasl.named', coalesce((SELECT id FROM target)::text, ''), true) AS named
"""  # noqa: S608  # our constants


@cache
def facts(leads_to: str) -> str:
    """What is known when a message comes in; `leads_to` is the flow version of its channel."""
    return f"{_FACTS}, ({leads_to}) AS flow_version_id"


# The conversation that `facts` has found named, for what follows it in the same round trip.
_NAMED = "nullif(current_setting('wasl.named', true), '')::uuid"


@cache
def of_named(statement: str) -> str:
    """A statement about `%(conversation)s`, about the one that `facts` has just found named."""
    return statement.replace("%(conversation)s", _NAMED)


LOCK_CONVERSATION = """
SELECT c.id, c.contact_id, c.status, c.spam, c.priority, c.interaction_id, c.interactions, c.leg_id,
  c.channel_id, c.assignee_id, c.queue_id, c.state, c.due_at, c.due_total_s, c.due_warn_at,
  c.version, c.locale, c.joined,
  (SELECT l.expects_sensitive FROM legs l WHERE l.id = c.leg_id) AS expects_sensitive
FROM conversations c WHERE c.id = %(conversation)s FOR UPDATE OF c
"""

ADD_CONTACT = """
INSERT INTO contacts (id, name, locale, folded, created_at)
VALUES (%(contact)s, %(name)s, %(locale)s, %(folded)s, %(now)s)
"""
ADD_IDENTITY = """
INSERT INTO identities (id, contact_id, kind, value, display, verified, verified_by, last_seen_at,
  created_at)
VALUES (%(identity)s, %(contact)s, %(kind)s, %(value)s, %(display)s, %(verified)s, %(by)s, %(now)s,
  %(now)s)
ON CONFLICT DO NOTHING
"""
SEE_IDENTITY = """
UPDATE identities SET last_seen_at = %(now)s
WHERE id = %(identity)s
  AND (last_seen_at IS NULL OR last_seen_at < %(now)s - interval '1 minute')
"""
VERIFY_IDENTITY = """
UPDATE identities SET verified = true, verified_by = %(by)s, last_seen_at = %(now)s
WHERE id = %(identity)s
"""
ADD_CONVERSATION = """
INSERT INTO conversations (id, contact_id, subject, status, spam, locale, seq, unread, interactions,
  channel_id, interaction_id, leg_id, preview, preview_kind, preview_direction, preview_attachments,
  last_message_at, assignee_id, queue_id, state, due_at, due_total_s, due_warn_at, merge_suggestion,
  contact_suggestion, created_at)
VALUES (%(conversation)s,
  -- a merge waits for us or has told where the contact went (one that was made just now is unseen)
  coalesce((SELECT coalesce(merged_into, id) FROM contacts WHERE id = %(contact)s FOR KEY SHARE),
    %(contact)s),
  %(subject)s, 'open', %(spam)s, %(locale)s, 1, 1, 1,
  %(channel)s, %(interaction)s, %(leg)s, %(preview)s, 'message', 'in', %(attachments)s,
  %(now)s, %(assignee)s, %(queue)s, %(state)s, %(due_at)s, %(due_total_s)s, %(due_warn_at)s,
  %(merge)s,
  -- whoever has verified an address that the contact only says is theirs
  coalesce(%(suggested)s::uuid, (
    SELECT i.contact_id FROM unnest(%(said_kinds)s::text[], %(said)s::text[])
      AS s (kind, value), LATERAL (
        SELECT contact_id FROM identities
        WHERE kind = s.kind AND value = s.value AND verified LIMIT 1) AS i
    WHERE i.contact_id <> %(contact)s LIMIT 1)), %(now)s)
RETURNING id, seq, version
"""
GO_ON = """
UPDATE conversations SET seq = seq + 1, unread = unread + %(counts)s, status = %(status)s,
  snoozed_until = CASE WHEN %(counts)s = 1 THEN NULL ELSE snoozed_until END,
  resolved_at = CASE WHEN %(status)s = 'resolved' THEN resolved_at END,
  interactions = interactions + %(born)s, interaction_id = %(interaction)s,
  leg_id = %(leg)s, channel_id = %(channel)s, preview = %(preview)s,
  preview_kind = %(preview_kind)s, preview_direction = %(direction)s,
  preview_attachments = %(attachments)s, last_message_at = %(now)s,
  assignee_id = %(assignee)s, queue_id = %(queue)s, state = %(state)s, due_at = %(due_at)s,
  due_total_s = %(due_total_s)s, due_warn_at = %(due_warn_at)s, version = version + 1
WHERE id = %(conversation)s RETURNING id, seq, version
"""
ADD_INTERACTION = """
INSERT INTO interactions (id, conversation_id, ordinal, opened_at)
VALUES (%(interaction)s, %(conversation)s, %(ordinal)s, %(now)s)
"""
ADD_LEG = """
INSERT INTO legs (id, conversation_id, interaction_id, channel_id, identity_id, thread_key, subject,
  messages, opened_at)
VALUES (%(leg)s, %(conversation)s, %(interaction)s, %(channel)s, %(identity)s, %(thread)s,
  %(subject)s, 1, %(now)s)
"""
END_LEG = "UPDATE legs SET closed_at = %(now)s WHERE id = %(earlier_leg)s AND closed_at IS NULL"
END_LEGS = """
UPDATE legs SET closed_at = %(now)s WHERE conversation_id = %(conversation)s AND closed_at IS NULL
"""
COUNT_ON_LEG = "UPDATE legs SET messages = messages + 1 WHERE id = %(leg)s"
ADD_MESSAGE = """
INSERT INTO messages (id, conversation_id, interaction_id, leg_id, seq, kind, direction,
  author_kind, author_id, text, folded_text, html, subject, mail, attributes, client_id, created_at)
SELECT %(message)s, id, %(interaction)s, %(leg)s, seq, %(message_kind)s, %(direction)s,
  %(author_kind)s, %(author)s, %(text)s, %(folded_text)s, %(html)s, %(subject)s, %(mail)s,
  %(attributes)s, %(client_id)s, %(now)s
FROM stands
"""
# What we write: replies, notes and activities.
ADD_OURS = """
INSERT INTO messages (id, conversation_id, interaction_id, leg_id, seq, kind, direction,
  author_kind, author_id, text, html, subject, mail, quick_replies, attributes, activity, client_id,
  state, created_at)
VALUES (%(message)s, %(conversation)s, %(interaction)s, %(leg)s, %(seq)s, %(kind)s, %(direction)s,
  %(author_kind)s, %(author)s, %(text)s, %(html)s, %(subject)s, %(mail)s, %(quick_replies)s,
  %(attributes)s, %(activity)s, %(client_id)s, %(state)s, %(now)s)
"""
ADD_DELIVERY = """
INSERT INTO deliveries (message_id, conversation_id, channel_id, leg_id, seq, state,
  next_attempt_at)
VALUES (%(message)s, %(conversation)s, %(channel)s, %(leg)s, %(seq)s, 'queued', %(now)s)
"""
ADD_PROVIDER_ID = """
INSERT INTO provider_ids (channel_id, provider_id, message_id, conversation_id, leg_id)
VALUES (%(received_on)s, %(provider_id)s, %(message)s, %(conversation)s, %(leg)s)
"""
ADD_ATTACHMENT = """
INSERT INTO attachments (id, message_id, owner, name, content_type, size, sha256, content_id,
  inline, blob_key, state, channel_id, reference, next_attempt_at)
VALUES (%(id)s, %(message)s, %(owner)s, %(name)s, %(content_type)s, %(size)s, %(sha256)s,
  %(content_id)s, %(inline)s, %(blob_key)s, %(state)s, %(channel)s, %(reference)s, %(now)s)
"""
TIE_UPLOADS = """
UPDATE attachments SET message_id = %(message)s
WHERE id = ANY (%(uploads)s) AND owner = %(uploader)s AND message_id IS NULL RETURNING id
"""
ADD_CLAIM = """
INSERT INTO identities (id, contact_id, kind, value, display, last_seen_at, created_at)
VALUES (%(id)s, %(contact)s, %(kind)s, %(value)s, %(display)s, %(now)s, %(now)s)
ON CONFLICT DO NOTHING
"""
NAME_CONTACT = """
UPDATE contacts SET name = %(name)s, folded = %(folded)s, version = version + 1
WHERE id = %(contact)s AND name = ''
"""
# a name or an address came with the message: other conversations show it too
CONTACT_CHANGED = """
WITH changed AS (
  UPDATE contacts SET version = version + 1 WHERE id = %(contact)s RETURNING id, version
)
INSERT INTO events (id, type, aggregate_kind, aggregate_id, aggregate_version, actor_kind, actor_id,
  audience, audience_before, at, data)
SELECT %(event)s, 'ContactChanged', 'contact', id, version, 'contact', id, '{all,staff}',
  '{all,staff}', %(now)s, '{}'
FROM changed
"""
ADD_EVENT = """
INSERT INTO events (id, type, aggregate_kind, aggregate_id, aggregate_version, actor_kind, actor_id,
  audience, audience_before, at, data)
SELECT %(event)s, %(type)s, 'conversation', id, version, %(author_kind)s, %(author)s, %(audience)s,
  %(audience_before)s, %(now)s, %(data)s
FROM stands
"""
COUNT = """
INSERT INTO counters (key, n)
SELECT * FROM unnest(%(count_keys)s::text[], %(count_by)s::bigint[])
"""
_STANDING = frozenset({ADD_CONVERSATION, GO_ON})
