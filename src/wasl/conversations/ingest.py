"""What comes in, in one transaction: idempotency, contact, threading, message, counters, event.

The hot path: two round trips to the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.channels.contract import InboundMessage, Taken
from wasl.contacts import clean_name, fold, normalise
from wasl.conversations import sql
from wasl.conversations.facts import Facts, Source, read_facts
from wasl.conversations.hooks import Entered, Placement, Said, hooks
from wasl.conversations.html import sanitised
from wasl.conversations.policy import (
    Arrival,
    Belongs,
    Standing,
    Verdict,
    audience,
    clean_text,
    count_changes,
    mask_cards,
    moves,
    preview_of,
    whom_it_belongs_to,
)
from wasl.infra.database import wake_after_commit
from wasl.infra.errors import Invalid
from wasl.infra.events import TOPIC
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_together

MAX_SUBJECT = 500
MAX_FOLDED = 200_000


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attachment whose bytes are in the blob store already, or a reference to fetch."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    blob_key: str | None
    content_id: str = ""
    inline: bool = False
    reference: Mapping[str, Any] | None = None


@dataclass(slots=True)
class _Plan:
    """The rows to write: steps of one statement and its parameters, and what follows it."""

    values: dict[str, Any]
    steps: list[str] = field(default_factory=list)
    claims: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before: Standing | None = None
    after: Standing | None = None
    flow_run_id: UUID | None = None
    placed: Sequence[Statement] = ()


async def take_message(
    conn: AsyncConnection,
    source: Source,
    item: InboundMessage,
    *,
    now: datetime,
    named: Sequence[UUID] = (),
    attachments: Sequence[StoredAttachment] = (),
    client_id: str | None = None,
    uploads: Sequence[UUID] = (),
    uploader: str = "",
    commits: bool = False,
) -> Taken:
    """Takes one inbound message; the same provider id again changes nothing. With `commits` the
    transaction may have ended with it.

    `named` are the conversations that the message names with a token that was checked already,
    `uploads` attachments that `uploader` has put up before: Invalid when one is not theirs.
    """
    facts = await read_facts(conn, source, item, named)
    if facts.earlier is not None:
        return facts.earlier
    verdict = whom_it_belongs_to(
        Arrival(
            channel_id=source.channel_id,
            has_threads=source.capabilities.threads,
            proven=item.proven,
            internal=facts.user_id is not None,
            spam=item.spam,
            automatic=item.automatic,
            referenced=facts.referenced,
            owner_id=facts.owner_id,
            claimant_id=facts.claimant_id,
            matters=facts.matters,
        ),
        now,
    )
    if verdict.belongs is Belongs.IGNORE:
        return Taken()
    plan = _message_plan(source, item, facts, now, attachments, client_id)
    plan.values.update(uploads=list(uploads), uploader=uploader)
    plan.values["attachments"] += len(uploads)
    if verdict.belongs is Belongs.OPEN:
        await _plan_opening(conn, plan, source, item, facts, verdict)
    else:
        await _plan_joining(conn, plan, source, item, facts, verdict)
    if item.profile and verdict.belongs is not Belongs.NOTE:
        _plan_profile(plan, item, source)
    told = plan.claims or not {sql.ADD_IDENTITY, sql.VERIFY_IDENTITY}.isdisjoint(plan.steps)
    if told and sql.ADD_CONTACT not in plan.steps:
        values = {key: plan.values[key] for key in ("contact", "now")}
        plan.claims.append((sql.CONTACT_CHANGED, {**values, "event": new_id()}))
    commits = commits and plan.flow_run_id is None
    seq, read = await _write(conn, plan, source, attachments, commits=commits)
    if plan.flow_run_id is not None:
        await hooks.hear(conn, _said(plan, plan.flow_run_id, read))
    return Taken(plan.values["message"], plan.values["conversation"], seq=seq)


def _said(plan: _Plan, flow_run_id: UUID, read: Sequence[list[Any]]) -> Said:
    values = plan.values
    return Said(
        flow_run_id,
        values["conversation"],
        values["message"],
        values["text"],
        values["locale"],
        values["now"],
        values["attachments"],
        read,
    )


def _message_plan(
    source: Source,
    item: InboundMessage,
    facts: Facts,
    now: datetime,
    attachments: Sequence[StoredAttachment],
    client_id: str | None,
) -> _Plan:
    text = clean_text(item.text, limit=source.capabilities.max_text_chars)
    mail = None
    if source.capabilities.subject:
        mail = Jsonb(
            {
                "from": source.display,
                "to": [clean_text(a.value, limit=254) for a in item.to[:100]],
                "cc": [clean_text(a.value, limit=254) for a in item.cc[:100]],
            }
        )
    values: dict[str, Any] = {
        "now": now,
        "message": new_id(),
        "event": new_id(),
        "channel": source.channel_id,
        "provider_id": item.provider_id,
        "thread": item.thread_key[:500],
        "text": text,
        "folded_text": clean_text(item.folded_text, limit=MAX_FOLDED),
        "html": sanitised(item.html) if item.html else "",
        "subject": clean_text(item.subject, limit=MAX_SUBJECT).replace("\n", " "),
        "preview": preview_of(text),
        "mail": mail,
        "attributes": dict(item.attributes),
        "attachments": len(attachments),
        "client_id": client_id,
        "kind": source.identity_kind,
        "value": source.value,
        "display": source.display,
        "locale": item.locale[:16],
        "message_kind": "message",
        "preview_kind": "message",
        "direction": "in",
        "author_kind": "contact",
        "type": "MessageReceived",
        "counts": 1,
        "said_kinds": [],
        "said": [],
    }
    return _Plan(values)


def _identify(
    plan: _Plan, item: InboundMessage, source: Source, facts: Facts, contact_id: UUID | None
) -> UUID:
    """Plans the sender's contact and identity rows; the contact's id."""
    values = plan.values
    name = clean_name(item.profile.get("name", "") or item.sender.name)
    if contact_id is None:
        contact_id = new_id()
        values.update(name=name, folded=fold(name))
        plan.steps.append(sql.ADD_CONTACT)
        known = None
    else:
        known = facts.own_id if contact_id == facts.owner_id else facts.claim_id
    newly_proven = item.proven and facts.owner_id is None
    values.update(contact=contact_id, identity=known or new_id(), verified=newly_proven)
    values["by"] = source.kind if newly_proven else ""
    if known is None:
        plan.steps.append(sql.ADD_IDENTITY)
    else:
        plan.steps.append(sql.VERIFY_IDENTITY if newly_proven else sql.SEE_IDENTITY)
    return contact_id


def _plan_profile(plan: _Plan, item: InboundMessage, source: Source) -> None:
    """What the contact says of themself: claims, never proofs. What can't be read is left out."""
    values = plan.values
    region = item.profile.get("region", "")
    for kind in ("email", "phone"):
        try:
            address = normalise(kind, item.profile.get(kind, ""), region=region)
        except Invalid:
            continue
        claim = {"id": new_id(), "contact": values["contact"], "now": values["now"]}
        claim |= {"kind": kind, "value": address.value, "display": address.display}
        plan.claims.append((sql.ADD_CLAIM, claim))
        values["said_kinds"].append(kind)
        values["said"].append(address.value)
    name = clean_name(item.profile.get("name", ""))
    if name:
        named = {"contact": values["contact"], "name": name, "folded": fold(name)}
        plan.claims.append((sql.NAME_CONTACT, named))


async def _plan_opening(
    conn: AsyncConnection,
    plan: _Plan,
    source: Source,
    item: InboundMessage,
    facts: Facts,
    verdict: Verdict,
) -> None:
    contact_id = _identify(plan, item, source, facts, verdict.contact_id)
    values = plan.values
    values.update(
        conversation=new_id(),
        interaction=new_id(),
        leg=new_id(),
        ordinal=1,
        author=contact_id,
        spam=item.spam,
        merge=verdict.merge_suggestion,
        suggested=verdict.contact_suggestion,
        type="ConversationOpened",
    )
    placement = None
    if not item.spam:
        placement = await hooks.entry(
            conn,
            Entered(
                conversation_id=values["conversation"],
                interaction_id=values["interaction"],
                contact_id=contact_id,
                channel_id=source.channel_id,
                channel_kind=source.kind,
                units=source.capabilities.capacity_units,
                priority=0,
                born=True,
                switched=False,
                state="created",
                owed=False,
                last_agent_id=None,
                now=values["now"],
                flow_version_id=facts.flow_version_id,
            ),
        )
    _place(plan, placement or Placement(None, None, "created"), status="open", spam=item.spam)
    if source.capabilities.client_api:
        # the contact's own clients do not know of the conversation yet
        values["audience"] += [f"contact:{contact_id}", f"sender:{source.value}"]
    values["audience_before"] = values["audience"]
    plan.steps += [sql.ADD_CONVERSATION, sql.ADD_INTERACTION, sql.ADD_LEG]


async def _plan_joining(
    conn: AsyncConnection,
    plan: _Plan,
    source: Source,
    item: InboundMessage,
    facts: Facts,
    verdict: Verdict,
) -> None:
    values = plan.values
    row, held = facts.named, facts.held
    if row is None or row.id != verdict.conversation_id:
        of = {"conversation": verdict.conversation_id}
        (row,), holding = await run_together(conn, (sql.LOCK_CONVERSATION, of), (hooks.held, of))
        held = holding[0] if holding else None
    wakes = verdict.belongs in (Belongs.JOIN, Belongs.REOPEN)
    # it may have been resolved since the facts were read
    reopens = wakes and row.status == "resolved"
    awaiting = None
    if reopens:
        awaiting = await hooks.awaits(conn, row.id, values["text"], values["now"])
    if awaiting is not None:
        wakes, reopens = False, False
    switched = wakes and source.channel_id != row.channel_id
    new_leg = wakes and (switched or reopens or row.leg_id is None)
    values.update(
        conversation=row.id,
        contact=row.contact_id,
        interaction=new_id() if reopens else row.interaction_id,
        ordinal=row.interactions + 1,
        born=int(reopens),
        earlier_leg=row.leg_id,
        leg=new_id() if new_leg else row.leg_id,
        status="open" if wakes else row.status,
        counts=int(wakes),
    )
    _author(plan, item, source, facts, verdict, row)
    if not wakes:
        values["channel"] = row.channel_id
    if row.expects_sensitive:
        _mask(plan)
    now_placed = Placement(
        row.assignee_id, row.queue_id, row.state, row.due_at, row.due_total_s, row.due_warn_at
    )
    if wakes and not row.spam:
        placement = await hooks.entry(
            conn,
            Entered(
                conversation_id=row.id,
                interaction_id=values["interaction"],
                contact_id=row.contact_id,
                channel_id=source.channel_id,
                channel_kind=source.kind,
                units=source.capabilities.capacity_units,
                priority=row.priority,
                born=reopens,
                switched=switched,
                state=row.state,
                owed=row.due_at is not None,
                last_agent_id=row.assignee_id,
                now=values["now"],
                flow_version_id=facts.flow_version_id,
                held=None if reopens else held,
            ),
        )
        now_placed = placement or now_placed
    plan.flow_run_id = awaiting
    joined = frozenset(row.joined)
    plan.before = Standing(row.status, row.spam, row.assignee_id, row.queue_id, row.state, joined)
    values["audience_before"] = sorted(audience(row.assignee_id, row.queue_id, joined))
    _place(plan, now_placed, status=values["status"], spam=row.spam, joined=joined)
    if reopens:
        values["type"] = "ConversationReopened"
        plan.steps.append(sql.ADD_INTERACTION)
    elif switched:
        values["type"] = "ConversationContinued"
    plan.steps.append(sql.GO_ON)
    plan.steps += [sql.ADD_LEG, sql.END_LEG] if new_leg else [sql.COUNT_ON_LEG]


def _author(
    plan: _Plan, item: InboundMessage, source: Source, facts: Facts, verdict: Verdict, row: Any
) -> None:
    """Who wrote it: the contact, a colleague by mail, or somebody else on the contact's thread."""
    values = plan.values
    if verdict.belongs is Belongs.NOTE:
        values.update(message_kind="note", preview_kind="note", direction=None, html="")
        values.update(author_kind="agent", author=facts.user_id, type="NoteAdded")
        values["identity"] = None
        return
    known = facts.owner_id if item.proven else None
    sender_id = known or facts.claimant_id
    if sender_id == row.contact_id or (facts.owner_id == row.contact_id):
        values["identity"] = facts.own_id if facts.owner_id == row.contact_id else facts.claim_id
        values["author"] = row.contact_id
        plan.steps.append(sql.SEE_IDENTITY)
    else:
        values.update(identity=None, author=None)
        values["attributes"]["sender"] = clean_name(item.sender.name) or source.display
    if not item.proven:
        values["attributes"]["unproven"] = True


def _mask(plan: _Plan) -> None:
    """Hides card numbers before anything is written."""
    for key in ("text", "preview", "folded_text", "subject"):
        plan.values[key] = mask_cards(plan.values[key])
    plan.values["html"] = ""


def _place(
    plan: _Plan,
    placement: Placement,
    *,
    status: str,
    spam: bool,
    joined: frozenset[UUID] = frozenset(),
) -> None:
    values = plan.values
    if placement.masks:
        _mask(plan)
    plan.flow_run_id = placement.flow_run_id or plan.flow_run_id
    plan.placed = placement.steps
    values.update(
        assignee=placement.assignee_id,
        queue=placement.queue_id,
        state=placement.state,
        due_at=placement.due_at,
        due_total_s=placement.due_total_s,
        due_warn_at=placement.due_warn_at,
        audience=sorted(audience(placement.assignee_id, placement.queue_id, joined)),
    )
    plan.after = Standing(
        status, spam, placement.assignee_id, placement.queue_id, placement.state, joined
    )


async def _write(
    conn: AsyncConnection,
    plan: _Plan,
    source: Source,
    attachments: Sequence[StoredAttachment],
    *,
    commits: bool,
) -> tuple[int, Sequence[list[Any]]]:
    """The message's place on the timeline, and what is read for the flow run that hears it."""
    values = plan.values
    values["data"] = Jsonb(
        {
            "message_ids": [str(values["message"])],
            "interaction_id": str(values["interaction"]),
            "leg_id": str(values["leg"]) if values["leg"] else None,
            "state": values["state"],
            "moved": moves(values["type"], stands=plan.before == plan.after),
        }
    )
    values["attributes"] = Jsonb(values["attributes"])
    hour = values["now"].strftime("%Y%m%d%H")
    changes = count_changes(plan.before, plan.after)
    changes[f"channel:{source.channel_id}:{hour}"] = 1
    values.update(count_keys=list(changes), count_by=list(changes.values()))
    # the channel that received it, also for a note on another channel's conversation
    values["received_on"] = source.channel_id
    steps = (*plan.steps, sql.ADD_MESSAGE, sql.ADD_PROVIDER_ID, sql.ADD_EVENT, sql.COUNT)
    stored = [
        (
            sql.ADD_ATTACHMENT,
            {
                "id": a.id,
                "message": values["message"],
                "owner": f"channel:{source.channel_id}",
                "name": a.name,
                "content_type": a.content_type,
                "size": a.size,
                "sha256": a.sha256,
                "content_id": a.content_id,
                "inline": a.inline,
                "blob_key": a.blob_key,
                "state": "ready" if a.blob_key else "pending",
                "channel": source.channel_id,
                "reference": Jsonb(dict(a.reference)) if a.reference is not None else None,
                "now": values["now"],
            },
        )
        for a in attachments
    ]
    tied = [(sql.TIE_UPLOADS, values)] if values["uploads"] else []
    hearing = hooks.hearing(plan.flow_run_id) if plan.flow_run_id is not None else ()
    written = await run_together(
        conn,
        *tied,
        (sql.written_together(steps), values),
        *plan.claims,
        *plan.placed,
        *stored,
        *hearing,
        commits=commits and not values["uploads"],  # which may turn out to be another one's
    )
    if values["uploads"] and len(written[0]) != len(values["uploads"]):
        raise Invalid("attachment_not_found", field="attachment_ids")
    wake_after_commit(conn, TOPIC)
    if any(a.reference is not None for a in attachments):
        wake_after_commit(conn, "attachments")
    return int(written[len(tied)][0].seq), written[len(written) - len(hearing) :]
