"""The HTTP application: the public API, the hot doors, the sockets and the pages."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from starlette.requests import HTTPConnection, Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wasl import accounts, flows
from wasl.accounts import SESSION_COOKIE
from wasl.accounts.api import router as accounts_router
from wasl.channels import KINDS, adapter_of
from wasl.channels.contract import HttpRequest
from wasl.contacts.api import router as contacts_router
from wasl.conversations import client
from wasl.conversations.api import router as conversations_router
from wasl.conversations.client_api import MAX_BODY, ClientApi
from wasl.conversations.contact_api import router as contact_router
from wasl.conversations.mention_api import router as mentions_router
from wasl.demo_doors import demo_doors
from wasl.flows.actions_api import router as flow_actions_router
from wasl.flows.api import router as flows_router
from wasl.flows.records_api import router as records_router
from wasl.infra.crypto import hash_token
from wasl.infra.errors import AppError, NotFound, TooLarge, Unavailable
from wasl.infra.limits import RateLimit
from wasl.infra.telemetry import metrics_page
from wasl.infra.web import HotDoors, Problem, install_problems, problem_of, serve
from wasl.realtime import Caller, ClientChanges, client_endpoint, desk_endpoint
from wasl.reporting.api import router as reporting_router
from wasl.reporting.whatif.api import router as what_if_router
from wasl.routing.api import router as routing_router
from wasl.routing.channels_api import router as channels_router
from wasl.routing.placing_api import router as placing_router
from wasl.routing.sla_api import router as sla_router

if TYPE_CHECKING:
    from wasl.main import Wasl

STATIC = Path(__file__).parent / "static"
ROUTERS: tuple[APIRouter, ...] = (
    accounts_router,
    contacts_router,
    contact_router,
    conversations_router,
    mentions_router,
    routing_router,
    placing_router,
    sla_router,
    channels_router,
    reporting_router,
    flow_actions_router,  # before the flows: "/flows/templates" is no flow's id
    flows_router,
    records_router,
    what_if_router,
)
MAX_HOOK_BODY = 5 * 1024 * 1024

_DESK_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def web_app(wasl: Wasl, changes: ClientChanges) -> ASGIApp:
    """The whole application of a process with the web role."""
    app = FastAPI(
        title="Wasl",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.database = wasl.database
    app.state.clock = wasl.clock
    app.state.blobs = wasl.blobs
    app.state.channels = wasl.channels
    app.state.sealer = wasl.sealer
    install_problems(app)
    for router in ROUTERS:
        serve(app, router)
    client_api = ClientApi(
        database=wasl.database,
        channels=wasl.channels,
        ingest=wasl.ingest,
        blobs=wasl.blobs,
        sealer=wasl.sealer,
        clock=wasl.clock,
        public_origin=wasl.public_origin,
        writes=RateLimit(burst=30, per_s=5),
        new_visitors=RateLimit(burst=60, per_s=1),
    )
    desk_socket = desk_endpoint(
        wasl.hub, wasl.ephemeral, wasl.connected, _authenticate(wasl), [wasl.public_origin]
    )
    hot = [
        WebSocketRoute("/api/v1/socket", desk_socket),
        WebSocketRoute("/client/v1/{public_key}/socket", client_endpoint(changes)),
        *client_api.routes(),
    ]
    app.router.routes += [
        *hot,
        Route("/hooks/{kind}/{public_key}", _hook(wasl), methods=["GET", "POST"]),
        *_ratings(wasl),
        Route("/healthz", _healthy),
        Route("/readyz", _ready(wasl)),
        Route("/metrics", _metrics),
        Mount("/assets", _Files("desk/assets")),
        *_pages(wasl, client_api),
    ]
    app.router.routes += demo_doors(demo=wasl.settings.demo)
    if wasl.settings.demo:
        from wasl.demo.pages import demo_routes

        app.router.routes += demo_routes(wasl)
    for folder in ("widget", "demo"):
        app.mount(f"/{folder}", _Files(folder), name=folder)
    return _Guard(HotDoors(hot, app))


# ── pages ────────────────────────────────────────────────────────────────────────────────────


class _Files(StaticFiles):
    """Built files; what has a hash in its name is kept for a year."""

    def __init__(self, folder: str) -> None:
        super().__init__(directory=STATIC / folder, check_dir=False)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        hashed = "assets/" in str(args[0])  # their names change with their content
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
        return response


def _pages(wasl: Wasl, client_api: ClientApi) -> list[Route]:
    async def desk(request: Request) -> Response:
        return _page("desk/index.html", {"Content-Security-Policy": _DESK_POLICY})

    async def frame(request: Request) -> Response:
        try:
            channel = await client_api.channel(request.path_params["public_key"])
        except AppError as error:
            return Problem(error)
        allowed = channel.config.allowed_origins
        ancestors = "*" if "*" in allowed else " ".join(["'self'", *allowed])
        return _page(
            "widget/frame.html",
            {
                "Content-Security-Policy": _DESK_POLICY.replace(
                    "frame-ancestors 'self'", f"frame-ancestors {ancestors}"
                )
            },
        )

    async def continued(request: Request) -> Response:
        """The whole page for a signed link: it is told whose channel it belongs to. A link that is
        not good leaves that open, and the page says so."""
        key = ""
        with contextlib.suppress(AppError):
            link = client.read_link(wasl.sealer, request.path_params["token"], wasl.clock.now())
            key = (await wasl.channels.by_id(link.channel_id)).public_key
        headers = {"Content-Security-Policy": _DESK_POLICY, "Referrer-Policy": "no-referrer"}
        page = STATIC / "widget/frame.html"
        if not page.exists():
            return _page("widget/frame.html", headers)
        named = 'name="wasl-channel" content="'
        html = page.read_text("utf-8").replace(f'{named}"', f'{named}{escape(key)}"')
        return HTMLResponse(html, headers={"Cache-Control": "no-store", **headers})

    async def root(request: Request) -> Response:
        return RedirectResponse("/desk/")

    return [
        Route("/", root),
        Route("/desk", root),
        Route("/desk/{path:path}", desk),
        Route("/widget/frame/{public_key}", frame),
        Route("/c/{token}", continued),
    ]


def _ratings(wasl: Wasl) -> list[Route]:
    """The page that takes a rating by signed link."""

    async def take(asked: flows.rating_links.Asked, score: int, comment: str) -> bool:
        async with wasl.database.transaction() as conn:
            return await flows.ratings.rate_by_link(
                conn, asked, score, comment, now=wasl.clock.now()
            )

    return flows.rating_links.rating_routes(wasl.sealer, wasl.clock.now, take)


def _page(name: str, headers: dict[str, str]) -> Response:
    path = STATIC / name
    if not path.exists():
        return Response("The pages are not built: run `make build`.\n", 503)
    return FileResponse(
        path, media_type="text/html", headers={"Cache-Control": "no-cache", **headers}
    )


# ── doors of providers ───────────────────────────────────────────────────────────────────────


def _hook(wasl: Wasl) -> Callable[[Request], Awaitable[Response]]:
    async def receive(request: Request) -> Response:
        try:
            return await _received(wasl, request)
        except Exception as error:
            known = problem_of(error)
            if known is None:
                raise
            return Problem(known)

    return receive


async def _received(wasl: Wasl, request: Request) -> Response:
    kind, public_key = request.path_params["kind"], request.path_params["public_key"]
    channel = await wasl.channels.by_public_key(public_key[:100]) if kind in KINDS else None
    if channel is None or channel.kind != kind:
        raise NotFound("channel_not_found")
    adapter: Any = adapter_of(kind)
    if not hasattr(adapter, "receive"):
        raise NotFound("channel_not_found")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_HOOK_BODY:
            raise TooLarge("body_too_large", limit=MAX_HOOK_BODY)
    received = await adapter.receive(
        channel,
        HttpRequest(
            method=request.method,
            path=request.url.path,
            headers={name.lower(): value for name, value in request.headers.items()},
            query=dict(request.query_params),
            body=bytes(body),
            now=wasl.clock.now(),
        ),
    )
    await wasl.ingest.take(channel, received.items)
    answer = received.answer
    return Response(answer.body, answer.status, media_type=answer.content_type)


# ── sockets ──────────────────────────────────────────────────────────────────────────────────


def _authenticate(wasl: Wasl) -> Callable[[HTTPConnection], Awaitable[Caller | None]]:
    async def authenticate(connection: HTTPConnection) -> Caller | None:
        authorization = connection.headers.get("authorization", "")
        token = connection.cookies.get(SESSION_COOKIE, "")
        async with wasl.database.transaction() as conn:
            if authorization.lower().startswith("bearer "):
                token = authorization[7:].strip()
                found = await accounts.principal_of_token(conn, token, now=wasl.clock.now())
            else:
                found = await accounts.principal_of_session(conn, token, now=wasl.clock.now())
        if found is None or not found.may(accounts.Permission.CONVERSATIONS_READ):
            return None
        return Caller(found.user_id, hash_token(token).hex())

    return authenticate


# ── health ───────────────────────────────────────────────────────────────────────────────────


async def _healthy(request: Request) -> Response:
    return JSONResponse({"ok": True})


def _ready(wasl: Wasl) -> Callable[[Request], Awaitable[Response]]:
    async def ready(request: Request) -> Response:
        try:
            async with asyncio.timeout(3), wasl.database.transaction() as conn:
                await conn.execute(text("SELECT 1"))
        except Exception as error:  # whatever it is, we are not ready
            return Problem(Unavailable("database_unavailable", reason=type(error).__name__))
        return JSONResponse({"ok": True})

    return ready


async def _metrics(request: Request) -> Response:
    body, content_type = metrics_page()
    return Response(body, headers={"Content-Type": content_type})


# ── around everything ────────────────────────────────────────────────────────────────────────


class _Guard:
    """Headers on every answer, and a bound on the bodies of JSON routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        bounded = path.startswith("/api/v1/") and not path.startswith("/api/v1/attachments")
        taken = 0
        began = time.perf_counter()

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if bounded and taken > 8 * MAX_BODY:
                raise TooLarge("body_too_large", limit=8 * MAX_BODY)
            return message

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                names = {name for name, _ in headers}
                for name, value in _HEADERS:
                    if name not in names:
                        headers.append((name, value))
                took_ms = (time.perf_counter() - began) * 1000
                headers.append((b"server-timing", f"app;dur={took_ms:.1f}".encode()))
            await send(message)

        await self._app(scope, counted, headed)


_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"microphone=(self), camera=(self), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin-allow-popups"),
)
