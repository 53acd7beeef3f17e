"""Users, roles, teams, sign-in, API tokens and the audit log. Knows who may do what."""

from wasl.accounts.permissions import PERMISSIONS, Permission, Principal, Role
from wasl.accounts.service import (
    add_user,
    audit,
    names_of,
    principal_of_session,
    principal_of_token,
    user_by_email,
    user_view,
)

__all__ = [
    "PERMISSIONS",
    "Permission",
    "Principal",
    "Role",
    "add_user",
    "audit",
    "names_of",
    "principal_of_session",
    "principal_of_token",
    "user_by_email",
    "user_view",
]
