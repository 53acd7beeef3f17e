"""What lies in the contacts' mailboxes when the demo begins: the mails of the matters that are
open, with the ids under which we know them, so that an answer to one finds its conversation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from wasl.adapters.email.wire_out import encode
from wasl.conversations.delivery import Delivery
from wasl.conversations.receipts import remember_provider_ids
from wasl.demo.company import GUESTS
from wasl.simulators.mail_world import Letter, MailWorld, compose

if TYPE_CHECKING:
    from wasl.main import Wasl

_MAILS = text(
    "SELECT m.id AS message_id, m.conversation_id, m.leg_id, m.direction, m.subject, m.text,"
    " m.created_at, m.seq, l.channel_id, i.value AS address,"
    " (SELECT p.provider_id FROM provider_ids p WHERE p.message_id = m.id LIMIT 1) AS provider_id"
    " FROM messages m JOIN legs l ON l.id = m.leg_id"
    " JOIN channels h ON h.id = l.channel_id AND h.kind = 'email'"
    " JOIN conversations c ON c.id = m.conversation_id AND c.status <> 'resolved'"
    " JOIN identities i ON i.id = l.identity_id"
    " WHERE m.kind = 'message' AND i.value = ANY (:addresses) ORDER BY m.created_at, m.id"
)


async def fill_mailboxes(wasl: Wasl, world: MailWorld) -> None:
    """Puts the mails that were said to have gone to and fro where a contact finds them."""
    names = {guest.email: guest.name for guest in GUESTS}
    await wasl.find_chat_channel()
    async with wasl.database.transaction() as conn:
        mails = (await conn.execute(_MAILS, {"addresses": list(names)})).all()
    for mail in mails:
        mailbox = world.mailbox(mail.address)
        if mail.direction == "in":
            raw = await _theirs(wasl, mail, names[mail.address])
            await mailbox.keep("sent", raw, at=mail.created_at)
        else:
            await mailbox.keep("inbox", await _ours(wasl, mail), at=mail.created_at)


async def _theirs(wasl: Wasl, mail: Any, name: str) -> bytes:
    channel = await wasl.channels.by_id(mail.channel_id)
    letter = Letter(channel.config.address, mail.subject, mail.text)
    id_ = f"<{mail.provider_id}>"
    return await asyncio.to_thread(compose, mail.address, name, letter, mail.created_at, id_)


async def _ours(wasl: Wasl, mail: Any) -> bytes:
    delivery = Delivery(
        wasl.database, wasl.channels, wasl.blobs, wasl.sealer, wasl.clock, wasl.continue_url
    )
    channel, outbound = await delivery.compose(mail)
    encoded = await asyncio.to_thread(encode, outbound, channel.config, [], mail.created_at)
    async with wasl.database.transaction() as conn:
        await remember_provider_ids(
            conn,
            [encoded.provider_id],
            channel_id=mail.channel_id,
            message_id=mail.message_id,
            conversation_id=mail.conversation_id,
            leg_id=mail.leg_id,
        )
    return encoded.raw
