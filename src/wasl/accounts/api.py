"""Sign-in, one's own profile and tokens, users, teams, audit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from wasl.accounts import service
from wasl.accounts.auditing import audit, audit_view
from wasl.accounts.permissions import PERMISSIONS, Permission, Principal, Role
from wasl.accounts.tables import api_tokens
from wasl.accounts.web import CSRF_COOKIE, SESSION_COOKIE, requires
from wasl.infra.crypto import verify_password
from wasl.infra.database import Database
from wasl.infra.events import Actor
from wasl.infra.ids import new_id
from wasl.infra.web import Conn, TheClock, api_router

router = api_router("accounts")

Self = Annotated[Principal, Depends(requires(Permission.SELF))]
UsersManager = Annotated[Principal, Depends(requires(Permission.USERS_MANAGE))]
Colleague = Annotated[Principal, Depends(requires(Permission.AGENTS_READ))]
Auditor = Annotated[Principal, Depends(requires(Permission.AUDIT_READ))]

Locale = Literal["en", "fa", "ar"]
Calendar = Literal["gregory", "persian", "islamic-umalqura"]
Digits = Literal["latn", "arabext", "arab"]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Password = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class SignIn(Body):
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=200)]


class ProfileChange(Body):
    name: Name | None = None
    locale: Locale | None = None
    calendar: Calendar | None = None
    digits: Digits | None = None
    theme: Literal["system", "light", "dark"] | None = None
    signature: Annotated[str, Field(max_length=2000)] | None = None


class PasswordChange(Body):
    old: Password
    new: Password


class NewPassword(Body):
    password: Password


class NewUser(Body):
    email: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    name: Name
    role: Role
    password: Password
    locale: Locale = "en"


class UserChange(Body):
    name: Name | None = None
    role: Role | None = None
    disabled: bool | None = None


class Team(Body):
    name: Name
    members: Annotated[list[UUID], Field(max_length=1000)] = []


class NewToken(Body):
    name: Name
    expires_at: datetime | None = None


async def _me(conn: Conn, who_id: UUID, csrf: str) -> dict[str, Any]:
    user = await service.user_view(conn, who_id)
    granted = sorted(permission.value for permission in PERMISSIONS[Role(user["role"])])
    return {"user": user, "permissions": granted, "csrf": csrf}


@router.post("/sign-in")
async def sign_in(body: SignIn, request: Request, response: Response, clock: TheClock) -> Any:
    """Signs a user in and sets the cookies. The password is checked outside any transaction."""
    database: Database = request.app.state.database
    now = clock.now()
    async with database.transaction() as conn:
        row = await service.find_sign_in(conn, body.email, now=now)
    right = await verify_password(row.password_hash if row else None, body.password)
    async with database.transaction() as conn:
        if row is None or not right:
            left = await service.refuse_sign_in(conn, row.id if row else None, now=now)
            refusal = service.refused(left)
        else:
            refusal = None
            opened = await service.sign_in(conn, row.id, now=now)
            me = await _me(conn, row.id, service.csrf_token(opened.token))
    if refusal is not None:
        raise refusal
    secure = request.url.scheme == "https"
    age = int(service.SIGNED_IN_FOR.total_seconds())
    response.set_cookie(
        SESSION_COOKIE, opened.token, max_age=age, httponly=True, samesite="lax", secure=secure
    )
    response.set_cookie(CSRF_COOKIE, me["csrf"], max_age=age, samesite="lax", secure=secure)
    return me


@router.post("/sign-out", status_code=204)
async def sign_out(
    request: Request, response: Response, who: Self, conn: Conn, clock: TheClock
) -> None:
    """Ends this browser's sign-in."""
    token = request.cookies.get(SESSION_COOKIE, "")
    await service.sign_out(conn, token, now=clock.now())
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)


@router.get("/me")
async def me(request: Request, who: Self, conn: Conn) -> Any:
    """Who is signed in and what they may do."""
    return await _me(conn, who.user_id, service.csrf_token(request.cookies.get(SESSION_COOKIE, "")))


@router.patch("/me")
async def change_me(
    body: ProfileChange, request: Request, who: Self, conn: Conn, clock: TheClock
) -> Any:
    """Changes one's own profile."""
    values = body.model_dump(exclude_none=True)
    if values:
        await service.change_user(conn, who.user_id, values, now=clock.now())
    return await me(request, who, conn)


@router.post("/me/password", status_code=204)
async def change_password(body: PasswordChange, who: Self, conn: Conn, clock: TheClock) -> None:
    """Sets one's own password; every sign-in ends."""
    await service.set_password(conn, who.user_id, body.new, old=body.old, now=clock.now())


@router.get("/users")
async def list_users(who: Colleague, conn: Conn) -> Any:
    """All users."""
    return await service.users_view(conn)


@router.post("/users", status_code=201)
async def add_user(body: NewUser, who: UsersManager, conn: Conn, clock: TheClock) -> Any:
    """Adds a user."""
    user_id = await service.add_user(conn, **body.model_dump(), now=clock.now())
    await audit(
        conn,
        Actor("agent", who.user_id),
        "user.add",
        "user",
        user_id,
        after={"role": body.role.value},
    )
    return await service.user_view(conn, user_id)


@router.patch("/users/{user_id}")
async def change_user(
    user_id: UUID, body: UserChange, who: UsersManager, conn: Conn, clock: TheClock
) -> Any:
    """Changes a user's name or role, or disables them."""
    before = await service.user_view(conn, user_id)
    given = body.model_dump(exclude_none=True, mode="json")
    values = {key: value for key, value in given.items() if value != before[key]}
    if values:
        await service.change_user(conn, user_id, values, now=clock.now())
        said = values.keys() - {"name"}  # nobody's old name is kept
        await audit(
            conn,
            Actor("agent", who.user_id),
            "user.change",
            "user",
            user_id,
            before={key: before[key] for key in said},
            after={"fields": sorted(values), **{key: values[key] for key in said}},
        )
    return await service.user_view(conn, user_id)


@router.post("/users/{user_id}/password", status_code=204)
async def reset_password(
    user_id: UUID, body: NewPassword, who: UsersManager, conn: Conn, clock: TheClock
) -> None:
    """Gives a user a new password; their sign-ins end."""
    await service.set_password(conn, user_id, body.password, now=clock.now())
    await audit(conn, Actor("agent", who.user_id), "user.password", "user", user_id)


@router.get("/teams")
async def list_teams(who: Colleague, conn: Conn) -> Any:
    """Teams with their members."""
    return await service.teams_view(conn)


@router.post("/teams", status_code=201)
async def add_team(body: Team, who: UsersManager, conn: Conn) -> Any:
    """Adds a team."""
    await service.put_team(conn, new_id(), body.name, body.members)
    return await service.teams_view(conn)


@router.patch("/teams/{team_id}")
async def change_team(team_id: UUID, body: Team, who: UsersManager, conn: Conn) -> Any:
    """Changes a team's name and members."""
    await service.put_team(conn, team_id, body.name, body.members)
    return await service.teams_view(conn)


@router.delete("/teams/{team_id}", status_code=204)
async def drop_team(team_id: UUID, who: UsersManager, conn: Conn) -> None:
    """Removes a team."""
    await service.drop_team(conn, team_id)


@router.get("/api-tokens")
async def list_tokens(who: Self, conn: Conn) -> Any:
    """One's own API tokens, without their texts."""
    rows = await conn.execute(
        select(
            api_tokens.c.id,
            api_tokens.c.name,
            api_tokens.c.created_at,
            api_tokens.c.expires_at,
            api_tokens.c.last_used_at,
        )
        .where(api_tokens.c.user_id == who.user_id)
        .order_by(api_tokens.c.created_at)
    )
    return [row._asdict() for row in rows]


@router.post("/api-tokens", status_code=201)
async def add_token(body: NewToken, who: Self, conn: Conn, clock: TheClock) -> Any:
    """Makes a token with one's own permissions; its text is shown this once."""
    token_id, token = await service.add_api_token(
        conn, who.user_id, body.name, expires_at=body.expires_at, now=clock.now()
    )
    await audit(conn, Actor("agent", who.user_id), "api_token.add", "api_token", token_id)
    return {"id": token_id, "token": token}


@router.delete("/api-tokens/{token_id}", status_code=204)
async def drop_token(token_id: UUID, who: Self, conn: Conn, clock: TheClock) -> None:
    """Takes a token back at once."""
    await service.drop_api_token(conn, who.user_id, token_id, now=clock.now())


@router.get("/audit")
async def read_audit(
    who: Auditor,
    conn: Conn,
    after: int | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Who did what, newest first."""
    rows = await audit_view(conn, before_seq=after, limit=limit + 1)
    return {"items": rows[:limit], "next": rows[limit - 1]["seq"] if len(rows) > limit else None}
