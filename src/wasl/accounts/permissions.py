"""What a role may do: the only place that decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Permission(StrEnum):
    """One thing a principal may do; every route names one."""

    SELF = "self"  # one's own profile, presence and tokens
    CONVERSATIONS_READ = "conversations.read"  # one's own and those of one's queues
    CONVERSATIONS_READ_ALL = "conversations.read_all"
    CONVERSATIONS_REPLY = "conversations.reply"
    CONVERSATIONS_MANAGE = "conversations.manage"  # merge, spam, take over from others
    CONTACTS_READ = "contacts.read"
    CONTACTS_WRITE = "contacts.write"
    AGENTS_READ = "agents.read"
    ROUTING_MANAGE = "routing.manage"
    FLOWS_MANAGE = "flows.manage"
    CHANNELS_READ = "channels.read"
    CHANNELS_MANAGE = "channels.manage"
    USERS_MANAGE = "users.manage"
    CANNED_MANAGE = "canned.manage"
    AUDIT_READ = "audit.read"


class Role(StrEnum):
    """A named set of permissions."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


_AGENT = frozenset(
    {
        Permission.SELF,
        Permission.CONVERSATIONS_READ,
        Permission.CONVERSATIONS_REPLY,
        Permission.CONTACTS_READ,
        Permission.CONTACTS_WRITE,
        Permission.AGENTS_READ,
        Permission.CHANNELS_READ,
    }
)
_SUPERVISOR = _AGENT | {
    Permission.CONVERSATIONS_READ_ALL,
    Permission.CONVERSATIONS_MANAGE,
    Permission.ROUTING_MANAGE,
    Permission.FLOWS_MANAGE,
    Permission.CANNED_MANAGE,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMINISTRATOR: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request. `via` is "session" (a browser's sign-in) or "token"."""

    user_id: UUID
    name: str
    role: Role
    via: str = "session"

    @property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS[self.role]

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
