"""The desk's routes on conversations, messages, attachments and canned responses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from wasl import channels, contacts
from wasl.accounts import Permission, Principal, requires
from wasl.channels import adapter_of
from wasl.conversations import attachments as files
from wasl.conversations import canned, html, mentions, receipts, views, whole
from wasl.conversations.client_api import download, receive_upload
from wasl.conversations.merging import merge, unmerge
from wasl.conversations.reach import reply_options
from wasl.conversations.service import add_note, change, owner_of, set_priority, set_tags
from wasl.conversations.speaking import Reply, open_conversation, send_message
from wasl.conversations.tables import attachments, conversations, messages
from wasl.conversations.views import Viewer, viewer_of, visible
from wasl.infra.blobs import Blobs
from wasl.infra.errors import Conflict, NotFound
from wasl.infra.events import Actor
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("conversations")

Reader = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_READ))]
Speaker = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_REPLY))]
Steward = Annotated[Principal, Depends(requires(Permission.CONVERSATIONS_MANAGE))]
Editor = Annotated[Principal, Depends(requires(Permission.CANNED_MANAGE))]


async def viewer(conn: Conn, who: Reader) -> Viewer:
    """The principal with their queues."""
    return await viewer_of(conn, who)


TheViewer = Annotated[Viewer, Depends(viewer)]
Text = Annotated[str, Field(max_length=200_000)]
Address = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]
Files = Annotated[list[UUID], Field(max_length=20)]


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewMessage(Body):
    channel_id: UUID
    identity_id: UUID | None = None
    text: Text = ""
    html: Text = ""
    subject: Annotated[str, Field(max_length=500)] = ""
    cc: Annotated[list[Address], Field(max_length=50)] = []
    bcc: Annotated[list[Address], Field(max_length=50)] = []
    attachment_ids: Files = []
    quick_replies: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=80)]], Field(max_length=10)
    ] = []
    client_id: Annotated[str, Field(min_length=1, max_length=64)]


class NewConversation(Body):
    contact_id: UUID
    channel_id: UUID
    identity_id: UUID | None = None
    text: Text
    subject: Annotated[str, Field(max_length=500)] = ""
    attachment_ids: Files = []


class NewNote(Body):
    text: Annotated[str, Field(max_length=20_000)] = ""
    attachment_ids: Files = []
    mentions: Annotated[list[UUID], Field(max_length=50)] = []


class ReadTo(Body):
    seq: Annotated[int, Field(ge=0)]


class Tags(Body):
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=30)]


class PriorityBody(Body):
    priority: Annotated[int, Field(ge=0, le=3)]


class SpamBody(Body):
    spam: bool


class MergeBody(Body):
    into: UUID


class CannedTexts(Body):
    en: Annotated[str, Field(max_length=5000)] = ""
    fa: Annotated[str, Field(max_length=5000)] = ""
    ar: Annotated[str, Field(max_length=5000)] = ""


class Canned(Body):
    short: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    text: CannedTexts


async def _message(conn: Conn, message_id: UUID) -> dict[str, Any]:
    return views.public((await views.messages_by_ids(conn, [message_id]))[message_id])


async def _shown(conn: Conn, conversation_id: UUID, who: Principal | Viewer) -> dict[str, Any]:
    seen_by = who if isinstance(who, Viewer) else await viewer_of(conn, who)
    return whole.for_viewer(await whole.full(conn, conversation_id), seen_by)


def _actor(who: Principal) -> Actor:
    return Actor("agent", who.user_id)


@router.get("/conversations")
async def list_conversations(
    conn: Conn,
    who: TheViewer,
    view: str = "mine",
    queue: UUID | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """A page of a view."""
    page = await views.list_view(conn, view, who, queue_id=queue, query=q, after=after, limit=limit)
    return {**page, "items": [views.public(row) for row in page["items"]]}


@router.get("/counts")
async def read_counts(conn: Conn, who: TheViewer) -> Any:
    """How many stand in each view."""
    return await views.counts(conn, who)


@router.post("/conversations", status_code=201)
async def begin(body: NewConversation, conn: Conn, who: Speaker, clock: TheClock) -> Any:
    """Writes to a contact first."""
    now = clock.now()
    contact = await contacts.view(conn, body.contact_id)
    conversation_id = await open_conversation(
        conn,
        contact_id=contact["id"],
        channel_id=body.channel_id,
        subject=body.subject,
        locale=contact["locale"],
        now=now,
    )
    message = NewMessage(
        channel_id=body.channel_id,
        identity_id=body.identity_id,
        text=body.text,
        subject=body.subject,
        attachment_ids=body.attachment_ids,
        client_id=str(conversation_id),
    )
    await _send(conn, conversation_id, message, who, now)
    return await _shown(conn, conversation_id, who)


@router.get("/conversations/{conversation_id}")
async def read_conversation(conversation_id: UUID, conn: Conn, who: TheViewer) -> Any:
    """One conversation."""
    await visible(conn, conversation_id, who)
    return await _shown(conn, conversation_id, who)


@router.get("/conversations/{conversation_id}/timeline")
async def read_timeline(
    conversation_id: UUID,
    conn: Conn,
    who: TheViewer,
    before: int | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """Earlier messages, oldest first."""
    await visible(conn, conversation_id, who)
    items = await views.timeline(conn, conversation_id, before=before, limit=limit)
    more = len(items) == limit and items[0]["seq"] > 1
    return {"items": items, "next": items[0]["seq"] if more else None}


@router.get("/conversations/{conversation_id}/reply-options")
async def read_reply_options(conversation_id: UUID, conn: Conn, who: TheViewer) -> Any:
    """On which channels the contact can be reached, and why not on the others."""
    await visible(conn, conversation_id, who)
    return await reply_options(conn, conversation_id)


@router.post("/conversations/{conversation_id}/messages", status_code=202)
async def speak(
    conversation_id: UUID, body: NewMessage, conn: Conn, who: Speaker, clock: TheClock
) -> Any:
    """Sends a message to the contact; the channel may be another one than before."""
    await visible(conn, conversation_id, await viewer_of(conn, who))
    message_id = await _send(conn, conversation_id, body, who, clock.now())
    return await _message(conn, message_id)


async def _send(
    conn: Conn, conversation_id: UUID, body: NewMessage, who: Principal, now: datetime
) -> UUID:
    """What the page offered is asked again: it may have changed since."""
    options = await reply_options(conn, conversation_id)
    option = next((o for o in options if o["channel"]["id"] == body.channel_id), None)
    if option is None:
        raise Conflict("reply_not_allowed", reason="channel_off")
    if not option["allowed"]:
        raise Conflict("reply_not_allowed", reason=option["code"])
    kind = option["channel"]["kind"]
    return await send_message(
        conn,
        conversation_id,
        Reply(
            channel_id=body.channel_id,
            channel_kind=kind,
            capabilities=adapter_of(kind).capabilities,
            identity_id=body.identity_id or option["identity"]["id"],
            text=body.text,
            html=html.sanitised(body.html) if body.html else "",
            subject=body.subject,
            cc=body.cc,
            bcc=body.bcc,
            attachment_ids=body.attachment_ids,
            quick_replies=body.quick_replies,
            client_id=body.client_id,
        ),
        author=_actor(who),
        now=now,
    )


@router.post("/conversations/{conversation_id}/notes", status_code=201)
async def note(
    conversation_id: UUID, body: NewNote, conn: Conn, who: Speaker, clock: TheClock
) -> Any:
    """Writes a private note."""
    await visible(conn, conversation_id, await viewer_of(conn, who))
    message_id = await add_note(
        conn,
        conversation_id,
        author=_actor(who),
        text=body.text,
        now=clock.now(),
        mentions=body.mentions,
        attachment_ids=body.attachment_ids,
    )
    return await _message(conn, message_id)


@router.post("/conversations/{conversation_id}/read", status_code=204)
async def read(
    conversation_id: UUID, body: ReadTo, conn: Conn, who: TheViewer, clock: TheClock
) -> None:
    """One has seen what names them up to here; the conversation's agent has read the rest too."""
    await visible(conn, conversation_id, who)
    me, now = who.principal.user_id, clock.now()
    await mentions.read_in(conn, conversation_id, me, seq=body.seq, now=now)
    assignee = (
        await conn.execute(
            select(conversations.c.assignee_id).where(conversations.c.id == conversation_id)
        )
    ).scalar_one()
    if assignee == me:
        await receipts.mark_read(conn, conversation_id, body.seq, by=_actor(who.principal), now=now)


@router.put("/conversations/{conversation_id}/tags")
async def tag(conversation_id: UUID, body: Tags, conn: Conn, who: Speaker, clock: TheClock) -> Any:
    """Sets the tags."""
    await visible(conn, conversation_id, await viewer_of(conn, who))
    await set_tags(conn, conversation_id, body.tags, actor=_actor(who), now=clock.now())
    return await _shown(conn, conversation_id, who)


@router.put("/conversations/{conversation_id}/priority")
async def prioritise(
    conversation_id: UUID, body: PriorityBody, conn: Conn, who: Speaker, clock: TheClock
) -> Any:
    """Sets the priority: 0 normal to 3 urgent."""
    await visible(conn, conversation_id, await viewer_of(conn, who))
    await set_priority(conn, conversation_id, body.priority, actor=_actor(who), now=clock.now())
    return await _shown(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/spam")
async def mark_spam(
    conversation_id: UUID, body: SpamBody, conn: Conn, who: Steward, clock: TheClock
) -> Any:
    """Marks as spam, or takes that back."""
    return await _changed(
        conn, conversation_id, who, clock, "ConversationMarkedSpam", spam=body.spam
    )


async def _changed(
    conn: Conn, conversation_id: UUID, who: Principal, clock: TheClock, event: str, **values: Any
) -> Any:
    await visible(conn, conversation_id, await viewer_of(conn, who))
    await change(
        conn, conversation_id, event=event, actor=_actor(who), now=clock.now(), values=values
    )
    return await _shown(conn, conversation_id, who)


@router.post("/conversations/{conversation_id}/merge")
async def merge_into(
    conversation_id: UUID, body: MergeBody, conn: Conn, who: Steward, clock: TheClock
) -> Any:
    """Moves this conversation's timeline into another of the same contact."""
    seen_by = await viewer_of(conn, who)
    await visible(conn, conversation_id, seen_by)
    await visible(conn, body.into, seen_by)
    await merge(conn, conversation_id, body.into, by=_actor(who), now=clock.now())
    return await _shown(conn, body.into, who)


@router.post("/conversations/{conversation_id}/unmerge")
async def take_out_again(conversation_id: UUID, conn: Conn, who: Steward, clock: TheClock) -> Any:
    """Undoes a merge, as long as nothing was said since."""
    await visible(conn, conversation_id, await viewer_of(conn, who))
    await unmerge(conn, conversation_id, by=_actor(who), now=clock.now())
    return await _shown(conn, conversation_id, who)


async def _message_visible(conn: Conn, message_id: UUID, who: Viewer) -> Any:
    row = (await conn.execute(select(messages).where(messages.c.id == message_id))).first()
    if row is None:
        raise NotFound("message_not_found")
    await visible(conn, row.conversation_id, who)
    return row


@router.post("/messages/{message_id}/retry")
async def retry(message_id: UUID, conn: Conn, who: Speaker, clock: TheClock) -> Any:
    """Sends a failed message again."""
    await _message_visible(conn, message_id, await viewer_of(conn, who))
    await receipts.retry(conn, message_id, now=clock.now())
    return await _message(conn, message_id)


@router.post("/messages/{message_id}/discard")
async def discard(message_id: UUID, conn: Conn, who: Speaker, clock: TheClock) -> Any:
    """Takes a failed message off."""
    await _message_visible(conn, message_id, await viewer_of(conn, who))
    await receipts.discard(conn, message_id, by=_actor(who), now=clock.now())
    return await _message(conn, message_id)


@router.get("/messages/{message_id}/html", response_class=HTMLResponse)
async def message_html(
    message_id: UUID, conn: Conn, who: TheViewer, images: bool = False
) -> Response:
    """A mail's HTML as a page of its own, for a sandboxed frame; remote images on request."""
    row = await _message_visible(conn, message_id, who)
    inline = {
        file.content_id: f"/api/v1/attachments/{file.id}?inline=1"
        for file in await conn.execute(
            select(attachments.c.id, attachments.c.content_id).where(
                attachments.c.message_id == message_id, attachments.c.content_id != ""
            )
        )
    }
    page, held_back = html.document(row.html, language="und", inline=inline, remote_images=images)
    return HTMLResponse(
        page,
        headers={
            "Content-Security-Policy": html.WITH_REMOTE_IMAGES
            if images
            else html.CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "X-Images-Held-Back": "1" if held_back else "0",
        },
    )


@router.post("/attachments", status_code=201)
async def upload(request: Request, who: Speaker) -> Any:
    """Takes a file for a message or note to come: the raw body, its name as `?name=`."""
    blobs: Blobs = request.app.state.blobs
    stored = await receive_upload(request, blobs)
    try:
        async with request.app.state.database.transaction() as conn:
            return await files.add_upload(conn, stored, owner=owner_of(_actor(who)))
    except BaseException:
        await files.drop_blobs(blobs, [stored])
        raise


@router.get("/attachments/{attachment_id}")
async def fetch_attachment(
    attachment_id: UUID, request: Request, conn: Conn, who: TheViewer, inline: bool = False
) -> Response:
    """A file's bytes; images may be shown inline, all else is a download."""
    row = await files.found(conn, attachment_id)
    if row.conversation_id is not None:
        await visible(conn, row.conversation_id, who)
    elif row.owner != owner_of(_actor(who.principal)):
        raise NotFound("attachment_not_found")
    return download(row, request.app.state.blobs, inline=inline)


@router.get("/canned-responses")
async def list_canned(conn: Conn, who: Reader) -> Any:
    """Canned responses by their short name."""
    return await canned.canned_views(conn)


@router.post("/canned-responses", status_code=201)
async def add_canned(body: Canned, conn: Conn, who: Editor) -> Any:
    """Adds one; Conflict when the short name is taken."""
    return await canned.add_canned(conn, body.model_dump())


@router.patch("/canned-responses/{canned_id}")
async def change_canned(canned_id: UUID, body: Canned, conn: Conn, who: Editor) -> Any:
    """Changes one."""
    return await canned.change_canned(conn, canned_id, body.model_dump())


@router.delete("/canned-responses/{canned_id}", status_code=204)
async def drop_canned(canned_id: UUID, conn: Conn, who: Editor) -> None:
    """Removes one."""
    await canned.drop_canned(conn, canned_id)


@router.get("/channels-to-write-on")
async def writable_channels(conn: Conn, who: Reader) -> Any:
    """The enabled channels on which we may write first, for a new conversation."""
    shown = []
    for channel in await channels.views(conn):
        capabilities = adapter_of(channel["kind"]).capabilities
        if channel["enabled"] and capabilities.starts_conversations:
            shown.append(
                {
                    "id": channel["id"],
                    "kind": channel["kind"],
                    "name": channel["name"],
                    "identity_kind": channel["identity_kind"],
                    "subject": capabilities.subject,
                }
            )
    return shown
