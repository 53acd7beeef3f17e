"""A contact takes a conversation from their chat to their mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, contacts
from wasl.channels import adapter_of
from wasl.channels.contract import Channel
from wasl.conversations.policy import code_of
from wasl.conversations.service import lock
from wasl.conversations.speaking import Reply, send_message
from wasl.conversations.tables import conversations
from wasl.infra.errors import NotFound, Unavailable
from wasl.infra.events import SYSTEM

# what Wasl itself writes to a contact, in the contact's language
_GO_ON = {
    "en": "We go on here. Just reply to this mail: it belongs to your conversation {number}, and"
    " nothing has to be said twice.",
    "fa": "گفتگو از همین‌جا ادامه دارد. کافی است به همین ایمیل پاسخ دهید: این ایمیل به گفتگوی"
    " {number} شما تعلق دارد و لازم نیست چیزی را دوباره بگویید.",
    "ar": "نُكمل من هنا. يكفي أن تردّ على هذه الرسالة: فهي جزء من محادثتك {number}، ولا حاجة"
    " إلى تكرار أي شيء.",
}
_SUBJECT = {
    "en": "Your conversation {number}",
    "fa": "گفتگوی شما {number}",
    "ar": "محادثتك {number}",
}


async def mail_channel(conn: AsyncConnection, channel: Channel) -> UUID | None:
    """The channel on which a chat goes on by mail: the one that is set, else the first with
    subjects and threads."""
    wanted = str(getattr(channel.config, "email_channel_id", "") or "")
    first = None
    for shown in await channels.views(conn):
        capabilities = adapter_of(shown["kind"]).capabilities
        if not (shown["enabled"] and capabilities.subject and capabilities.threads):
            continue
        if str(shown["id"]) == wanted:
            return UUID(wanted)
        first = first or shown["id"]
    return first


async def continue_by_mail(
    conn: AsyncConnection, channel: Channel, conversation_id: UUID, email: str, *, now: datetime
) -> UUID:
    """Sends the mail that the contact can answer: same interaction, another leg. Its message id."""
    channel_id = await mail_channel(conn, channel)
    if channel_id is None:
        raise Unavailable("no_mail_channel")
    shown = (await channels.views(conn, [channel_id]))[0]
    row = (
        await conn.execute(
            select(
                conversations.c.contact_id,
                conversations.c.number,
                conversations.c.locale,
                conversations.c.subject,
            ).where(conversations.c.id == conversation_id)
        )
    ).first()
    if row is None:
        raise NotFound("conversation_not_found")
    capabilities = adapter_of(shown["kind"]).capabilities
    await lock(conn, conversation_id)  # before the contact, as everywhere
    identity_id = await contacts.claim(
        conn, row.contact_id, capabilities.identity_kind, email, now=now
    )
    language = row.locale if row.locale in _GO_ON else "en"
    number = code_of(row.number, 1)
    return await send_message(
        conn,
        conversation_id,
        Reply(
            channel_id=channel_id,
            channel_kind=shown["kind"],
            capabilities=capabilities,
            identity_id=identity_id,
            text=_GO_ON[language].format(number=number),
            subject=row.subject or _SUBJECT[language].format(number=number),
        ),
        author=SYSTEM,
        now=now,
    )
