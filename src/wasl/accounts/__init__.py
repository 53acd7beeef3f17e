"""Users, roles, teams, sign-in, API tokens and the audit log. Knows who may do what."""

from wasl.accounts.auditing import audit, audited_since, last_audited, namings
from wasl.accounts.permissions import PERMISSIONS, Permission, Principal, Role
from wasl.accounts.service import (
    NAMED,
    add_user,
    names_of,
    principal_of_session,
    principal_of_token,
    principals,
    set_password,
    sign_out_everywhere,
    team_ref,
    teams_view,
    user_by_email,
    user_view,
    users_view,
)
from wasl.accounts.web import CSRF_COOKIE, SESSION_COOKIE, permission_of, principal, requires

__all__ = [
    "CSRF_COOKIE",
    "NAMED",
    "PERMISSIONS",
    "SESSION_COOKIE",
    "Permission",
    "Principal",
    "Role",
    "add_user",
    "audit",
    "audited_since",
    "last_audited",
    "names_of",
    "namings",
    "permission_of",
    "principal",
    "principal_of_session",
    "principal_of_token",
    "principals",
    "requires",
    "set_password",
    "sign_out_everywhere",
    "team_ref",
    "teams_view",
    "user_by_email",
    "user_view",
    "users_view",
]
