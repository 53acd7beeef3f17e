"""Verbs on users, sign-ins, tokens and teams; the caller commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl.accounts.permissions import Principal, Role
from wasl.accounts.tables import api_tokens, sign_ins, team_members, teams, users
from wasl.infra.crypto import hash_password, hash_token, new_token, verify_password
from wasl.infra.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated
from wasl.infra.events import Event, append
from wasl.infra.ids import new_id

TRIES = 8
LOCK = timedelta(minutes=5)
SIGNED_IN_FOR = timedelta(days=14)
MIN_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in: the cookie's value and whose it is."""

    token: str
    user_id: UUID


def fold_email(address: str) -> str:
    """The form in which users' addresses are compared."""
    return address.strip().casefold()


async def add_user(
    conn: AsyncConnection,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    locale: str = "en",
    calendar: str = "gregory",
    digits: str = "latn",
) -> UUID:
    """Makes a user; Conflict("email_taken") when the address has one."""
    _check_password(password)
    user_id = new_id()
    try:
        async with conn.begin_nested():
            await conn.execute(
                insert(users).values(
                    id=user_id,
                    email=fold_email(email),
                    name=name.strip(),
                    role=role.value,
                    password_hash=await hash_password(password),
                    locale=locale,
                    calendar=calendar,
                    digits=digits,
                )
            )
    except IntegrityError:
        raise Conflict("email_taken", email=email) from None
    await _user_changed(conn, user_id, "UserAdded", 1, now)
    return user_id


async def change_user(
    conn: AsyncConnection, user_id: UUID, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Writes a user's fields. The last administrator stays one; whoever is disabled or has
    another password is signed out everywhere."""
    if values.get("role", "administrator") != "administrator" or values.get("disabled"):
        await _keep_an_administrator(conn, user_id)
    row = (
        await conn.execute(
            update(users)
            .where(users.c.id == user_id)
            .values(**values, version=users.c.version + 1)
            .returning(users.c.version)
        )
    ).first()
    if row is None:
        raise NotFound("user_not_found")
    ended: list[bytes] = []
    if values.get("disabled") or "password_hash" in values:
        gone = await conn.execute(
            delete(sign_ins).where(sign_ins.c.user_id == user_id).returning(sign_ins.c.token_hash)
        )
        ended = list(gone.scalars())
    await _user_changed(conn, user_id, "UserChanged", row.version, now, ended)


async def set_password(
    conn: AsyncConnection, user_id: UUID, new: str, *, old: str | None = None, now: datetime
) -> None:
    """Sets a password and ends all sign-ins; with `old`, only when that one is right."""
    _check_password(new)
    kept = (
        await conn.execute(select(users.c.password_hash).where(users.c.id == user_id))
    ).scalar_one_or_none()
    if old is not None and not (await verify_password(kept, old)):
        raise Invalid("password_wrong", field="old")
    await change_user(
        conn,
        user_id,
        {"password_hash": await hash_password(new), "failed_sign_ins": 0, "locked_until": None},
        now=now,
    )


async def find_sign_in(conn: AsyncConnection, email: str, *, now: datetime) -> Any:
    """The user's row for a sign-in attempt, or None; TooMany while locked."""
    row = (
        await conn.execute(
            select(users).where(users.c.email == fold_email(email), ~users.c.disabled)
        )
    ).first()
    if row is not None and row.locked_until is not None and row.locked_until > now:
        raise TooMany("sign_in_locked", after_s=int((row.locked_until - now).total_seconds()) + 1)
    return row


async def refuse_sign_in(conn: AsyncConnection, user_id: UUID | None, *, now: datetime) -> int:
    """Counts a wrong password; the tries left (the same for an unknown address)."""
    if user_id is None:
        return TRIES - 1
    failed = (
        await conn.execute(
            update(users)
            .where(users.c.id == user_id)
            .values(failed_sign_ins=users.c.failed_sign_ins + 1)
            .returning(users.c.failed_sign_ins)
        )
    ).scalar_one()
    if failed >= TRIES:
        await conn.execute(
            update(users)
            .where(users.c.id == user_id)
            .values(failed_sign_ins=0, locked_until=now + LOCK)
        )
    return max(0, TRIES - int(failed))


async def sign_in(conn: AsyncConnection, user_id: UUID, *, now: datetime) -> SignedIn:
    """Opens a sign-in for a user whose password was right."""
    token = new_token("s")
    await conn.execute(
        update(users).where(users.c.id == user_id).values(failed_sign_ins=0, locked_until=None)
    )
    await conn.execute(
        insert(sign_ins).values(
            token_hash=hash_token(token),
            user_id=user_id,
            created_at=now,
            expires_at=now + SIGNED_IN_FOR,
        )
    )
    return SignedIn(token, user_id)


async def sign_out(conn: AsyncConnection, token: str, *, now: datetime) -> None:
    """Ends one sign-in."""
    user_id = (
        await conn.execute(
            delete(sign_ins)
            .where(sign_ins.c.token_hash == hash_token(token))
            .returning(sign_ins.c.user_id)
        )
    ).scalar_one_or_none()
    if user_id is not None:
        await _signed_out(conn, user_id, [hash_token(token)], now)


async def sign_out_everywhere(conn: AsyncConnection, user_id: UUID, *, now: datetime) -> int:
    """Ends every browser's sign-in of a user, and with them their sockets; how many there were.
    API tokens stay good."""
    gone = await conn.execute(
        delete(sign_ins).where(sign_ins.c.user_id == user_id).returning(sign_ins.c.token_hash)
    )
    hashes = list(gone.scalars())
    if hashes:
        await _signed_out(conn, user_id, hashes, now)
    return len(hashes)


async def principal_of_session(
    conn: AsyncConnection, token: str, *, now: datetime
) -> Principal | None:
    """Whose sign-in this is, while it lasts."""
    row = (
        await conn.execute(
            select(users.c.id, users.c.name, users.c.role)
            .join(sign_ins, sign_ins.c.user_id == users.c.id)
            .where(
                sign_ins.c.token_hash == hash_token(token),
                sign_ins.c.expires_at > now,
                ~users.c.disabled,
            )
        )
    ).first()
    return Principal(row.id, row.name, Role(row.role)) if row else None


async def principal_of_token(
    conn: AsyncConnection, token: str, *, now: datetime
) -> Principal | None:
    """Whose API token this is, while it lasts; notes its use at most once a minute."""
    row = (
        await conn.execute(
            select(
                users.c.id,
                users.c.name,
                users.c.role,
                api_tokens.c.id.label("token_id"),
                api_tokens.c.last_used_at,
            )
            .join(api_tokens, api_tokens.c.user_id == users.c.id)
            .where(
                api_tokens.c.token_hash == hash_token(token),
                (api_tokens.c.expires_at.is_(None)) | (api_tokens.c.expires_at > now),
                ~users.c.disabled,
            )
        )
    ).first()
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at > timedelta(minutes=1):
        await conn.execute(
            update(api_tokens).where(api_tokens.c.id == row.token_id).values(last_used_at=now)
        )
    return Principal(row.id, row.name, Role(row.role), via="token")


async def add_api_token(
    conn: AsyncConnection, user_id: UUID, name: str, *, expires_at: datetime | None, now: datetime
) -> tuple[UUID, str]:
    """Makes a token; its text is given once and only its hash is kept."""
    token, token_id = new_token("wasl"), new_id()
    await conn.execute(
        insert(api_tokens).values(
            id=token_id,
            user_id=user_id,
            name=name,
            token_hash=hash_token(token),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token_id, token


async def drop_api_token(
    conn: AsyncConnection, user_id: UUID, token_id: UUID, *, now: datetime
) -> None:
    """Takes one's own token back."""
    token_hash = (
        await conn.execute(
            delete(api_tokens)
            .where(api_tokens.c.id == token_id, api_tokens.c.user_id == user_id)
            .returning(api_tokens.c.token_hash)
        )
    ).scalar_one_or_none()
    if token_hash is None:
        raise NotFound("api_token_not_found")
    await _signed_out(conn, user_id, [token_hash], now)


async def user_by_email(conn: AsyncConnection, email: str) -> UUID | None:
    """The user with this address: a colleague who writes by mail."""
    found: UUID | None = (
        await conn.execute(
            select(users.c.id).where(users.c.email == fold_email(email), ~users.c.disabled)
        )
    ).scalar_one_or_none()
    return found


async def principals(conn: AsyncConnection, user_ids: Iterable[UUID]) -> list[Principal]:
    """The principals of users who may sign in."""
    rows = await conn.execute(
        select(users.c.id, users.c.name, users.c.role).where(
            users.c.id.in_(list(user_ids)), ~users.c.disabled
        )
    )
    return [Principal(row.id, row.name, Role(row.role)) for row in rows]


# For the hot paths of others: one statement joins it.
NAMED = "SELECT id, name, disabled FROM users"


async def names_of(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of users by id."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    rows = await conn.execute(select(users.c.id, users.c.name).where(users.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


async def user_view(conn: AsyncConnection, user_id: UUID) -> dict[str, Any]:
    """A user as the API shows them; NotFound("user_not_found")."""
    found = await users_view(conn, [user_id])
    if not found:
        raise NotFound("user_not_found")
    return found[0]


async def users_view(conn: AsyncConnection, ids: list[UUID] | None = None) -> list[dict[str, Any]]:
    """Users as the API shows them, by name."""
    query = select(users).order_by(users.c.name, users.c.id)
    if ids is not None:
        query = query.where(users.c.id.in_(ids))
    rows = (await conn.execute(query)).all()
    in_teams: dict[UUID, list[dict[str, Any]]] = {}
    members = await conn.execute(
        select(team_members.c.user_id, teams.c.id, teams.c.name)
        .join(teams, teams.c.id == team_members.c.team_id)
        .order_by(teams.c.name)
    )
    for member in members:
        in_teams.setdefault(member.user_id, []).append({"id": member.id, "name": member.name})
    return [
        {
            "id": row.id,
            "name": row.name,
            "email": row.email,
            "role": row.role,
            "locale": row.locale,
            "calendar": row.calendar,
            "digits": row.digits,
            "theme": row.theme,
            "signature": row.signature,
            "disabled": row.disabled,
            "teams": in_teams.get(row.id, []),
        }
        for row in rows
    ]


async def put_team(
    conn: AsyncConnection, team_id: UUID, name: str, member_ids: Iterable[UUID]
) -> None:
    """Makes or changes a team with exactly these members."""
    await conn.execute(
        upsert(teams)
        .values(id=team_id, name=name)
        .on_conflict_do_update(index_elements=["id"], set_={"name": name})
    )
    await conn.execute(delete(team_members).where(team_members.c.team_id == team_id))
    rows = [{"team_id": team_id, "user_id": user_id} for user_id in set(member_ids)]
    if rows:
        await conn.execute(insert(team_members), rows)


async def drop_team(conn: AsyncConnection, team_id: UUID) -> None:
    """Removes a team; its members stay."""
    await conn.execute(delete(teams).where(teams.c.id == team_id))


async def teams_view(conn: AsyncConnection) -> list[dict[str, Any]]:
    """Teams with their members."""
    rows = await conn.execute(
        select(teams.c.id, teams.c.name, users.c.id.label("user_id"), users.c.name.label("user"))
        .outerjoin(team_members, team_members.c.team_id == teams.c.id)
        .outerjoin(users, users.c.id == team_members.c.user_id)
        .order_by(teams.c.name, users.c.name)
    )
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        team = found.setdefault(row.id, {"id": row.id, "name": row.name, "members": []})
        if row.user_id is not None:
            team["members"].append({"id": row.user_id, "name": row.user})
    return list(found.values())


async def team_ref(conn: AsyncConnection, team_id: UUID) -> dict[str, Any] | None:
    """{id, name} of a team; None when there is none."""
    row = (
        await conn.execute(select(teams.c.id, teams.c.name).where(teams.c.id == team_id))
    ).first()
    return None if row is None else {"id": row.id, "name": row.name}


def csrf_token(session_token: str) -> str:
    """The value that a browser must send back in a header; useless without the cookie."""
    return hashlib.sha256(b"csrf:" + session_token.encode()).hexdigest()[:32]


def refused(tries_left: int) -> Unauthenticated:
    """The refusal of a sign-in; never says which of the two was wrong."""
    return Unauthenticated("sign_in_refused", tries_left=tries_left)


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= 200:
        raise Invalid("password_length", field="password", least=MIN_PASSWORD, most=200)


async def _keep_an_administrator(conn: AsyncConnection, user_id: UUID) -> None:
    others = await conn.execute(
        text(
            "SELECT id FROM users WHERE role = 'administrator' AND NOT disabled"
            " ORDER BY id FOR UPDATE"
        )
    )
    left = {row.id for row in others} - {user_id}
    was = (await conn.execute(select(users.c.role).where(users.c.id == user_id))).scalar()
    if was == "administrator" and not left:
        raise Conflict("last_administrator")


async def _signed_out(
    conn: AsyncConnection, user_id: UUID, hashes: Iterable[bytes], now: datetime
) -> None:
    version = (
        await conn.execute(select(users.c.version).where(users.c.id == user_id))
    ).scalar_one()
    await _user_changed(conn, user_id, "UserSignedOut", version, now, hashes)


async def _user_changed(
    conn: AsyncConnection,
    user_id: UUID,
    what: str,
    version: int,
    now: datetime,
    ended: Iterable[bytes] = (),
) -> None:
    """Tells of it; `ended` are the hashes of the sign-ins and tokens that are good no more."""
    hashes = [token_hash.hex() for token_hash in ended]
    await append(
        conn,
        Event(
            type=what,
            aggregate_kind="user",
            aggregate_id=user_id,
            aggregate_version=version,
            audience=frozenset({f"user:{user_id}", "all", "staff"}),
            at=now,
            data={"ended_sign_ins": hashes} if hashes else {},
        ),
    )
