"""The contact's client API over HTTP (docs/client-api.md): a hot door, so Starlette and msgspec."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID, uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from wasl.channels import Channels, adapter_of
from wasl.channels.contract import Address, Channel, InboundMessage
from wasl.conversations import attachments, client, receipts
from wasl.conversations.continuing import continue_by_mail, mail_channel
from wasl.conversations.hooks import hooks
from wasl.conversations.host import Ingest
from wasl.conversations.ingest import StoredAttachment
from wasl.conversations.policy import clean_text
from wasl.conversations.service import lock
from wasl.infra.blobs import Blobs
from wasl.infra.clock import Clock
from wasl.infra.crypto import Sealer
from wasl.infra.database import Database
from wasl.infra.errors import Forbidden, Invalid, NotFound, TooLarge, Unavailable
from wasl.infra.events import Actor
from wasl.infra.limits import RateLimit
from wasl.infra.web import Problem, problem_of

T = TypeVar("T")

MAX_BODY = 128 * 1024
Locale = Literal["en", "fa", "ar", ""]
Short = msgspec.Meta(max_length=254)


class IdentifyBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /visitor."""

    token: str = ""
    link: str = ""
    identity: client.HostIdentity | None = None
    locale: Locale = ""


class PreChat(msgspec.Struct, forbid_unknown_fields=True):
    """What the contact says of themself before the chat."""

    name: str = ""
    email: str = ""
    phone: str = ""
    topic: str = ""


class Page(msgspec.Struct, forbid_unknown_fields=True):
    """Where the contact writes from."""

    url: str = ""
    title: str = ""


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /messages."""

    client_id: UUID
    text: str = ""
    attachment_ids: tuple[UUID, ...] = ()
    pre_chat: PreChat | None = None
    page: Page | None = None
    locale: Locale = ""


class ReadBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /read."""

    seq: int


class OfflineBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /offline: becomes an e-mail conversation."""

    email: str
    text: str
    name: str = ""
    locale: Locale = ""
    client_id: UUID | None = None


class ContinueBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /continue: the conversation goes on by e-mail."""

    email: str


class CallbackBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /callback: the contact leaves the queue and keeps the place."""

    address: str
    kind: str = "phone"
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientApi:
    """The routes and what they need. `public_origin` is where our own widget frame lives."""

    database: Database
    channels: Channels
    ingest: Ingest
    blobs: Blobs
    sealer: Sealer
    clock: Clock
    public_origin: str
    writes: RateLimit
    new_visitors: RateLimit

    def routes(self) -> list[Route]:
        """Routes under /client/v1/{public_key}."""
        at = "/client/v1/{public_key}"
        table: list[tuple[str, str, Callable[[Request, Channel], Awaitable[Response]]]] = [
            ("GET", "/config", self.config),
            ("POST", "/visitor", self.visitor),
            ("GET", "/timeline", self.timeline),
            ("POST", "/messages", self.message),
            ("POST", "/attachments", self.upload),
            ("GET", "/attachments/{attachment_id}", self.download),
            ("POST", "/read", self.read),
            ("POST", "/offline", self.offline),
            ("POST", "/continue", self.go_on_by_mail),
            ("POST", "/callback", self.ask_callback),
            ("POST", "/callback/done", self.take_back_callback),
        ]
        return [
            Route(at + path, self._door(handle), methods=[method, "OPTIONS"])
            for method, path, handle in table
        ]

    def _door(
        self, handle: Callable[[Request, Channel], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def run(request: Request) -> Response:
            headers: dict[str, str] = {}
            try:
                channel = await self.channel(request.path_params["public_key"])
                headers = self._cors(request, channel)
                if request.method == "OPTIONS":
                    return Response(status_code=204, headers=headers)
                response = await handle(request, channel)
            except Exception as error:
                known = problem_of(error)
                if known is None:
                    raise
                response = Problem(known)
            response.headers.update(headers)
            return response

        return run

    async def channel(self, public_key: str) -> Channel:
        """The channel of a public key whose contacts have clients of their own."""
        found = await self.channels.by_public_key(public_key[:100])
        if found is None or not adapter_of(found.kind).capabilities.client_api:
            raise NotFound("channel_not_found")
        return found

    def _cors(self, request: Request, channel: Channel) -> dict[str, str]:
        """Pages of allowed origins may call; apps send no origin; our own frame always may."""
        origin = request.headers.get("origin")
        if origin is None or origin == self.public_origin:
            return {}
        if origin == f"{request.url.scheme}://{request.headers.get('host', '')}":
            return {}
        allowed = channel.config.allowed_origins
        if origin not in allowed and "*" not in allowed:
            raise Forbidden("origin_not_allowed")
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        }

    def who(self, request: Request, channel: Channel) -> client.Visitor:
        """The visitor of the bearer token."""
        token = request.headers.get("authorization", "")[7:] or request.query_params.get(
            "token", ""
        )
        return client.visitor_of(self.sealer, channel, token, self.clock.now())

    # ── routes ───────────────────────────────────────────────────────────────────────────────

    async def config(self, request: Request, channel: Channel) -> Response:
        """What the client needs to draw itself."""
        capabilities = adapter_of(channel.kind).capabilities
        async with self.database.transaction() as conn:
            online = await hooks.is_staffed(conn, channel.id)
            by_mail = await mail_channel(conn, channel) is not None
        config = channel.config
        return _json(
            {
                "name": channel.name,
                "greeting": config.greeting.model_dump(),
                "languages": ["en", "fa", "ar"],
                "pre_chat": [f.model_dump() for f in config.pre_chat],
                "quick_start": [{"text": t.model_dump()} for t in config.quick_start],
                "online": online,
                "by_mail": by_mail,
                "callbacks": config.callbacks,
                "region": config.region,
                "expected_reply": {"code": "minutes" if online else "hours"},
                "accent": config.accent,
                "limits": {
                    "text_chars": capabilities.max_text_chars,
                    "file_bytes": attachments.MAX_UPLOAD,
                },
            }
        )

    async def visitor(self, request: Request, channel: Channel) -> Response:
        """Says who the client belongs to: a kept token, the host's signature, a signed link."""
        body = await _body(request, IdentifyBody)
        now = self.clock.now()
        conversation = None
        async with self.database.transaction() as conn:
            if body.identity is not None:
                visitor = await client.visitor_of_host(conn, channel, body.identity, now=now)
                if body.token:
                    earlier = client.visitor_of(self.sealer, channel, body.token, now)
                    await client.bring_along(conn, earlier, visitor, now=now)
            elif body.link:
                link = client.read_link(self.sealer, body.link, now)
                visitor, conversation = await client.visitor_of_link(conn, link, now=now)
            elif body.token:
                visitor = client.visitor_of(self.sealer, channel, body.token, now)
            else:
                self.new_visitors.take(_address(request), now)
                visitor = client.new_visitor(channel)
            conversation = conversation or await client.current(conn, visitor)
            answer = {
                "token": client.token_for(self.sealer, visitor, now),
                "visitor_id": visitor.id,
                "verified": visitor.known,
                "contact": await client.contact_of(conn, visitor),
                "conversation": conversation and await client.conversation_view(conn, conversation),
            }
        return _json(answer)

    async def timeline(self, request: Request, channel: Channel) -> Response:
        """Earlier messages."""
        visitor = self.who(request, channel)
        before = _number(request, "before")
        limit = min(_number(request, "limit") or 50, 100)
        async with self.database.transaction() as conn:
            return _json(
                await client.client_timeline(
                    conn, visitor, now=self.clock.now(), before=before, limit=limit
                )
            )

    async def message(self, request: Request, channel: Channel) -> Response:
        """Takes a message; 201 after the commit."""
        visitor = self.who(request, channel)
        body = await _body(request, MessageBody)
        now = self.clock.now()
        self.writes.take(str(visitor.id), now)
        if len(body.attachment_ids) > 10:
            raise Invalid("too_many_attachments", field="attachment_ids", limit=10)
        words = client.Words(
            client_id=body.client_id,
            text=body.text,
            attachment_ids=body.attachment_ids,
            profile=msgspec.to_builtins(body.pre_chat) if body.pre_chat else None,
            page=msgspec.to_builtins(body.page) if body.page else None,
            locale=body.locale,
        )
        async with self.database.transaction() as conn:
            answer = await client.say(conn, channel, visitor, words, now=now)
        return _json(answer, status=201)

    async def upload(self, request: Request, channel: Channel) -> Response:
        """Takes a file for a message to come."""
        visitor = self.who(request, channel)
        self.writes.take(str(visitor.id), self.clock.now())
        stored = await receive_upload(request, self.blobs)
        try:
            async with self.database.transaction() as conn:
                shown = await attachments.add_upload(conn, stored, owner=f"visitor:{visitor.id}")
        except BaseException:
            await attachments.drop_blobs(self.blobs, [stored])
            raise
        return _json(shown, status=201)

    async def download(self, request: Request, channel: Channel) -> Response:
        """One of the visitor's files."""
        visitor = self.who(request, channel)
        async with self.database.transaction() as conn:
            row = await attachments.found(conn, _uuid(request.path_params["attachment_id"]))
            if not await client.may_fetch(conn, visitor, row):
                raise NotFound("attachment_not_found")
        return download(row, self.blobs, inline=request.query_params.get("inline") == "1")

    async def read(self, request: Request, channel: Channel) -> Response:
        """The contact has read up to here."""
        visitor = self.who(request, channel)
        body = await _body(request, ReadBody)
        async with self.database.transaction() as conn:
            conversation = await client.current(conn, visitor)
            if conversation is not None:
                await receipts.contact_read(
                    conn, conversation, body.seq, now=self.clock.now(), seen_on=channel.id
                )
        return Response(status_code=204)

    async def offline(self, request: Request, channel: Channel) -> Response:
        """Nobody is there: what the contact leaves becomes an e-mail conversation."""
        body = await _body(request, OfflineBody)
        self.new_visitors.take(_address(request), self.clock.now())
        text = clean_text(body.text, limit=20_000).strip()
        if not text:
            raise Invalid("text_empty", field="text")
        async with self.database.transaction() as conn:
            by_mail = await mail_channel(conn, channel)
        if by_mail is None:
            raise Unavailable("no_mail_channel")
        item = InboundMessage(
            provider_id=f"offline:{body.client_id or uuid4()}",
            sender=Address("email", body.email, body.name),
            text=text,
            locale=body.locale,
            profile={"name": body.name},
            attributes={"form": "offline"},
        )
        await self.ingest.take(await self.channels.by_id(by_mail), [item])
        return Response(status_code=202)

    async def go_on_by_mail(self, request: Request, channel: Channel) -> Response:
        """Sends the contact a mail that continues the conversation."""
        visitor = self.who(request, channel)
        body = await _body(request, ContinueBody)
        self.writes.take(str(visitor.id), self.clock.now())
        async with self.database.transaction() as conn:
            conversation = await client.current(conn, visitor)
            if conversation is None:
                raise NotFound("conversation_not_found")
            await continue_by_mail(conn, channel, conversation, body.email, now=self.clock.now())
        return Response(status_code=202)

    async def ask_callback(self, request: Request, channel: Channel) -> Response:
        """The contact, who waits, is to be called when their turn comes."""
        visitor = self.who(request, channel)
        body = await _body(request, CallbackBody)
        now = self.clock.now()
        self.writes.take(str(visitor.id), now)
        if body.not_before is not None and body.not_before.tzinfo is None:
            raise Invalid("callback_time_invalid", field="not_before")
        if not channel.config.callbacks:
            raise Forbidden("callbacks_off")
        async with self.database.transaction() as conn:
            conversation = await client.current(conn, visitor)
            if conversation is None:
                raise NotFound("conversation_not_found")
            await hooks.ask_callback(
                conn,
                conversation,
                kind=body.kind,
                address=body.address,
                region=str(channel.config.region),
                not_before=body.not_before,
                actor=Actor("contact", (await lock(conn, conversation)).contact_id),
                now=now,
            )
            return _json(await client.standing_view(conn, conversation, now=now))

    async def take_back_callback(self, request: Request, channel: Channel) -> Response:
        """The contact is not to be called after all, and goes on waiting."""
        visitor = self.who(request, channel)
        now = self.clock.now()
        self.writes.take(str(visitor.id), now)
        async with self.database.transaction() as conn:
            conversation = await client.current(conn, visitor)
            if conversation is None:
                raise NotFound("conversation_not_found")
            contact = Actor("contact", (await lock(conn, conversation)).contact_id)
            await hooks.take_back_callback(conn, conversation, actor=contact, now=now)
            return _json(await client.standing_view(conn, conversation, now=now))


async def _body(request: Request, shape: type[T]) -> T:
    """A bounded, validated JSON body."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise TooLarge("body_too_large", limit=MAX_BODY)
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid("request_invalid", reason=str(error)[:200]) from None


async def receive_upload(request: Request, blobs: Blobs) -> StoredAttachment:
    """Streams a raw body to the blob store under the name of `?name=`."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > attachments.MAX_UPLOAD:
        raise TooLarge("attachment_too_large", limit=attachments.MAX_UPLOAD)

    async def chunks() -> AsyncIterator[bytes]:
        async for chunk in request.stream():
            yield chunk

    try:
        return await attachments.store(
            blobs,
            chunks(),
            name=request.query_params.get("name", ""),
            declared=request.headers.get("content-type", ""),
            limit=attachments.MAX_UPLOAD,
        )
    except TooLarge:
        raise TooLarge("attachment_too_large", limit=attachments.MAX_UPLOAD) from None


def download(row: Any, blobs: Blobs, *, inline: bool) -> Response:
    """Streams an attachment; Conflict while it is still being fetched."""
    if row.state != "ready":
        raise NotFound("attachment_not_ready")
    return StreamingResponse(
        blobs.open(row.blob_key), headers=attachments.download_headers(row, inline=inline)
    )


def _json(body: Any, status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(body),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise NotFound("attachment_not_found") from None


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
