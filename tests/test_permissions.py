"""Every route of the API asks for one permission, and every role is really asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tests.signed_in import signed_in
from wasl.accounts import Permission, Role, permission_of
from wasl.accounts.permissions import PERMISSIONS
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.web_app import ROUTERS

# whoever is not signed in may ask for these
PUBLIC = {("POST", "/sign-in")}


def routes() -> list[tuple[str, str, APIRoute]]:
    """Method, path and route of all that the API has."""
    return [
        (method, route.path.removeprefix("/api/v1"), route)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def asked(dependant: Dependant) -> Iterator[Permission]:
    """The permissions that a route's dependencies ask for."""
    for dependency in dependant.dependencies:
        found = permission_of(dependency.call)
        if found is not None:
            yield found
        yield from asked(dependency)


def test_there_is_something_to_ask() -> None:
    assert len(routes()) > 50
    assert {(m, p) for m, p, _ in routes()} >= PUBLIC, (
        "a public route is gone: take it off the list"
    )


@pytest.mark.parametrize(
    ("method", "path", "route"), routes(), ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_route_asks_for_one_permission(method: str, path: str, route: APIRoute) -> None:
    wanted = set(asked(route.dependant))
    assert len(wanted) == (0 if (method, path) in PUBLIC else 1), wanted


async def test_every_role_on_every_route(fresh_dsn: str, clock: TurnedClock) -> None:
    everything = APIRouter()
    for router in ROUTERS:
        everything.routes += router.routes
    wrong: list[str] = []
    sealer = Sealer("only for tests, and long enough for it")
    async with signed_in(fresh_dsn, clock, everything, sealer=sealer) as (_, clients):
        for method, path, route in routes():
            if (method, path) in PUBLIC:
                continue
            (permission,) = set(asked(route.dependant))
            for role in ["nobody", *Role]:
                answered = await _asked_over_http(clients[role], method, path)
                may = role != "nobody" and permission in PERMISSIONS[Role(role)]
                expected = 401 if role == "nobody" else 403
                if (answered == expected) == may:
                    wrong.append(f"{role}: {method} {path} ({permission}) → {answered}")
    assert wrong == []


async def _asked_over_http(client: Any, method: str, path: str) -> int:
    """The status; 403 only for a missing permission, 500 for what got past the question."""
    there = re.sub(r"\{[^}]+\}", lambda _: str(uuid4()), path)
    body: dict[str, Any] = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
    try:
        answer = await client.request(method, there, **body)
    except AttributeError:  # this app has no blobs and no channels: it was let in
        return 500
    if answer.status_code == 403 and answer.json()["code"] != "not_permitted":
        return 200
    return int(answer.status_code)
