"""Who makes a request, and whether they may: dependencies for every feature's routes."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from wasl.accounts.permissions import Permission, Principal
from wasl.accounts.service import csrf_token, principal_of_session, principal_of_token
from wasl.infra.errors import Forbidden, Unauthenticated
from wasl.infra.web import Conn, TheClock

SESSION_COOKIE = "wasl_session"
CSRF_COOKIE = "wasl_csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def principal(request: Request, conn: Conn, clock: TheClock) -> Principal:
    """The principal by bearer token or by cookie; writes by cookie need the CSRF header."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        found = await principal_of_token(conn, authorization[7:].strip(), now=clock.now())
    else:
        token = request.cookies.get(SESSION_COOKIE, "")
        found = await principal_of_session(conn, token, now=clock.now()) if token else None
        if found is not None and request.method not in _SAFE:
            given = request.headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(given.encode(), csrf_token(token).encode()):
                raise Forbidden("csrf_refused")
    if found is None:
        raise Unauthenticated("not_signed_in")
    return found


def requires(permission: Permission) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only those through who have the permission."""

    async def check(who: Annotated[Principal, Depends(principal)]) -> Principal:
        if not who.may(permission):
            raise Forbidden("not_permitted", permission=permission.value)
        return who

    check.permission = permission  # type: ignore[attr-defined]  # read by the route × role test
    return check


def permission_of(dependency: Any) -> Permission | None:
    """The permission that a dependency made by `requires` asks for."""
    found = getattr(dependency, "permission", None)
    return found if isinstance(found, Permission) else None
