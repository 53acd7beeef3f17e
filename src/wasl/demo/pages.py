"""The demo's pages: a shop with the widget, and the other side, where one is a demo contact."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from wasl import channels
from wasl.conversations.client import HostIdentity, signature_of
from wasl.demo.company import COLLEAGUES, GUESTS, MAIL_DOMAIN, PASSWORD, Guest
from wasl.demo.seed import identity_secret
from wasl.infra.errors import Invalid, NotFound, TooLarge, TooMany, Unavailable
from wasl.infra.limits import RateLimit
from wasl.infra.web import Problem, problem_of
from wasl.simulators.mail_world import File, Letter, MailWorld
from wasl.simulators.mailbox import Mail, Mailbox

if TYPE_CHECKING:
    from wasl.main import Wasl

T = TypeVar("T")
Handle = Callable[[Request], Awaitable[Response]]

STATIC = Path(__file__).parents[1] / "static"
SIGNED_FOR = timedelta(days=1)
MAX_FILES_BYTES = 18 * 1024 * 1024
MAX_BODY = MAX_FILES_BYTES * 4 // 3 + 512 * 1024
MOST_STREAMS = 64
ALIVE_EVERY_S = 20.0

_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_PLACE = re.compile(r'(<script\b[^>]*\bid="demo"[^>]*>)[^<]*(</script>)')
_FILE_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")

Id = Annotated[str, Meta(pattern=r"^<[!-;=?-~]{1,500}>$")]
Who = Annotated[str, Meta(max_length=40)]


class MailFile(Struct, forbid_unknown_fields=True):
    """A file of a mail to send; `base64` may be cut into lines."""

    name: Annotated[str, Meta(max_length=200)]
    content_type: Annotated[str, Meta(max_length=200)]
    base64: str


class MailBody(Struct, forbid_unknown_fields=True):
    """POST /demo/mail."""

    who: Who
    to: Annotated[
        str, Meta(max_length=254, pattern=r"^[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[A-Za-z0-9.-]+$")
    ]
    subject: Annotated[str, Meta(max_length=500)] = ""
    text: Annotated[str, Meta(max_length=100_000)] = ""
    in_reply_to: Id | None = None
    references: Annotated[list[Id], Meta(max_length=50)] = []
    attachments: Annotated[list[MailFile], Meta(max_length=10)] = []


class StartOver(Struct, forbid_unknown_fields=True):
    """POST /demo/start-over."""

    who: Who


def demo_routes(wasl: Wasl, static: Path = STATIC) -> list[Route]:
    """The routes under /demo; they exist only where the demo runs. `static` holds built pages."""
    world = wasl.mail_world
    if world is None:
        raise ValueError("the demo's mail world has to run first")
    return _Demo(wasl, world, static).routes()


class _Demo:
    def __init__(self, wasl: Wasl, world: MailWorld, static: Path) -> None:
        self._wasl = wasl
        self._static = static
        self._world = world
        self._writes = RateLimit(burst=30, per_s=1)
        self._streams = 0

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Handle]] = [
            ("GET", "/demo/shop", self.shop),
            ("GET", "/demo/other-side", self.other_side),
            ("GET", "/demo/sign-ins", self.sign_ins),
            ("GET", "/demo/mail", self.mails),
            ("POST", "/demo/mail", self.send),
            ("GET", "/demo/mail/events", self.events),
            ("GET", "/demo/mail/{mail_id}/html", self.html),
            ("GET", "/demo/mail/{mail_id}/attachments/{number}", self.attachment),
            ("POST", "/demo/start-over", self.start_over),
        ]
        return [Route(path, _door(handle), methods=[method]) for method, path, handle in table]

    # ── pages ────────────────────────────────────────────────────────────────────────────────

    async def shop(self, request: Request) -> Response:
        """The shop with the widget."""
        return await self._page("shop.html")

    async def other_side(self, request: Request) -> Response:
        """A contact's phone beside the desk."""
        return await self._page("other-side.html")

    async def sign_ins(self, request: Request) -> Response:
        """With which the desk can be entered."""
        return _json(
            [
                {"email": p.email, "password": PASSWORD, "role": p.role, "name": p.name}
                for p in COLLEAGUES
            ]
        )

    async def _page(self, name: str) -> Response:
        path = self._static / "demo" / name
        if not path.exists():
            return Response("The pages are not built: run `make build`.\n", 503)
        written = msgspec.json.encode(await self._facts()).decode().replace("<", "\\u003c")
        page, places = _PLACE.subn(
            lambda place: place[1] + written + place[2], path.read_text("utf-8"), count=1
        )
        if not places:
            raise Unavailable("page_broken", page=name)
        return Response(
            page,
            media_type="text/html",
            headers={"Cache-Control": "no-store", "Content-Security-Policy": _POLICY},
        )

    async def _facts(self) -> dict[str, Any]:
        """What the pages are told: as the shop's own server would tell of who is signed in."""
        async with self._wasl.database.transaction() as conn:
            shown = await channels.views(conn)
        by_clients = (
            c["public_key"]
            for c in shown
            if c["enabled"] and channels.adapter_of(c["kind"]).capabilities.client_api
        )
        secret = identity_secret(self._wasl.sealer)
        return {
            "channel": next(by_clients, ""),
            "identities": [_identity(guest, secret, self._wasl.clock.now()) for guest in GUESTS],
            "support_email": f"support@{MAIL_DOMAIN}",
            "desk_url": "/desk/?embed=1",
            "start_over": True,
        }

    # ── mail ─────────────────────────────────────────────────────────────────────────────────

    async def mails(self, request: Request) -> Response:
        """A contact's mailbox."""
        guest = _guest(request.query_params.get("who", ""))
        mails = self._world.mailbox(guest.email).mails()
        return _json({"items": [_shown(mail, guest) for mail in mails]})

    async def send(self, request: Request) -> Response:
        """Sends a contact's mail to us; 201 once our server has taken it."""
        body = await _body(request, MailBody)
        guest = _guest(body.who)
        self._writes.take(guest.key, self._wasl.clock.now())
        if not (body.text.strip() or body.attachments):
            raise Invalid("text_empty", field="text")
        letter = Letter(
            to=body.to,
            subject=" ".join(_writable(body.subject).split()),
            text=_writable(body.text),
            in_reply_to=body.in_reply_to or "",
            references=body.references,
            files=_files(body.attachments),
        )
        return _json(_shown(await self._world.send(guest.email, letter), guest), 201)

    async def events(self, request: Request) -> Response:
        """Tells of every new mail (server-sent events named "mail")."""
        mailbox = self._world.mailbox(_guest(request.query_params.get("who", "")).email)
        if self._streams >= MOST_STREAMS:
            raise TooMany("too_many_streams", limit=MOST_STREAMS, after_s=10)
        return StreamingResponse(
            self._news(mailbox),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _news(self, mailbox: Mailbox) -> AsyncIterator[bytes]:
        self._streams += 1
        try:
            with mailbox.watching() as news:
                yield b": here\n\n"
                while True:
                    try:
                        mail = await asyncio.wait_for(news.get(), ALIVE_EVERY_S)
                    except TimeoutError:
                        yield b": here\n\n"
                        continue
                    told = msgspec.json.encode({"id": mail.id, "folder": mail.folder})
                    yield b"event: mail\ndata: " + told + b"\n\n"
        finally:
            self._streams -= 1

    async def html(self, request: Request) -> Response:
        """A mail as it was designed, for a sandboxed frame; nothing is loaded from elsewhere, and
        its links open beside it."""
        _, mail = self._mail(request)
        if not mail.html:
            raise NotFound("mail_not_found")
        return Response(
            _HEAD.sub(lambda head: f'{head[0]}<base target="_blank" />', mail.html, count=1),
            media_type="text/html",
            headers={"Cache-Control": "no-store", "Content-Security-Policy": _MAIL_POLICY},
        )

    async def attachment(self, request: Request) -> Response:
        """A file of a mail; always a download."""
        mailbox, mail = self._mail(request)
        number = request.path_params["number"]
        if not re.fullmatch(r"[0-9]{1,4}", number, re.ASCII):
            raise NotFound("attachment_not_found")
        file, data = await mailbox.attachment(mail.id, int(number))
        return Response(
            data,
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(_named(file.name))}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "no-store",
            },
        )

    async def start_over(self, request: Request) -> Response:
        """Empties a contact's mailbox; what we know of the contact stays."""
        body = await _body(request, StartOver)
        guest = _guest(body.who)
        self._writes.take(guest.key, self._wasl.clock.now())
        self._world.mailbox(guest.email).clear()
        return Response(status_code=204)

    def _mail(self, request: Request) -> tuple[Mailbox, Mail]:
        mailbox = self._world.mailbox(_guest(request.query_params.get("who", "")).email)
        try:
            mail_id = UUID(request.path_params["mail_id"])
        except ValueError:
            raise NotFound("mail_not_found") from None
        return mailbox, mailbox.mail(mail_id)


def _identity(guest: Guest, secret: str, now: datetime) -> dict[str, Any]:
    unsigned = HostIdentity(
        id=guest.key,
        exp=int((now + SIGNED_FOR).timestamp()),
        signature="",
        name=guest.name,
        email=guest.email,
    )
    return {
        "id": unsigned.id,
        "name": unsigned.name,
        "email": unsigned.email,
        "exp": unsigned.exp,
        "signature": signature_of(secret, unsigned),
        "locale": guest.locale,
    }


def _guest(who: str) -> Guest:
    for guest in GUESTS:
        if guest.key == who:
            return guest
    raise NotFound("contact_not_found")


def _shown(mail: Mail, guest: Guest) -> dict[str, Any]:
    at = f"/demo/mail/{mail.id}"
    return {
        "id": mail.id,
        "folder": mail.folder,
        "from": mail.from_,
        "to": mail.to,
        "reply_to": mail.reply_to,
        "subject": mail.subject,
        "date": mail.at,
        "text": mail.text,
        "html_url": f"{at}/html?who={guest.key}" if mail.html else None,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "attachments": [
            {
                "name": _named(file.name),
                "size": file.size,
                "url": f"{at}/attachments/{number}?who={guest.key}",
            }
            for number, file in enumerate(mail.attachments)
        ],
    }


def _files(given: list[MailFile]) -> list[File]:
    files, left = [], MAX_FILES_BYTES
    for each in given:
        try:
            data = base64.b64decode("".join(each.base64.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Invalid("request_invalid", field="attachments", reason="base64") from None
        left -= len(data)
        if left < 0:
            raise TooLarge("attachment_too_large", limit=MAX_FILES_BYTES)
        declared = each.content_type.partition(";")[0].strip().lower()
        known = _TYPE.fullmatch(declared) is not None
        files.append(
            File(_named(each.name), declared if known else "application/octet-stream", data)
        )
    return files


def _named(name: str) -> str:
    """A file's name that is safe in a header and in a folder."""
    return _FILE_NAME.sub("_", name)[:150].strip(" .") or "file"


def _writable(text: str) -> str:
    """Without NUL and what cannot be encoded."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


async def _body(request: Request, shape: type[T]) -> T:
    """A bounded JSON body. Only as JSON: other sites cannot send that without asking first."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Invalid("request_invalid", reason="application/json is expected")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise TooLarge("body_too_large", limit=MAX_BODY)
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid("request_invalid", reason=str(error)[:200]) from None


def _json(body: Any, status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(body),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


def _door(handle: Handle) -> Handle:
    async def run(request: Request) -> Response:
        try:
            return await handle(request)
        except Exception as error:
            known = problem_of(error)
            if known is None:
                raise
            return Problem(known)

    return run
