"""Access tokens for XOAUTH2, refreshed when they are about to end."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx

from wasl.adapters.email.config import OAuth2
from wasl.channels.contract import ChannelError, ErrorKind
from wasl.infra.clock import Clock

_EARLY_S = 60.0
_TIMEOUT_S = 20.0


class AccessTokens:
    """Keeps one access token per refresh token, in memory only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._lock = asyncio.Lock()

    async def token(self, grant: OAuth2) -> str:
        """A token that is good for a minute at least. Raises CREDENTIALS or TEMPORARY."""
        key = (grant.client_id, grant.refresh_token.get_secret_value())
        async with self._lock:
            token, ends = self._known.get(key, ("", self._clock.now()))
            if token and ends > self._clock.now():
                return token
            token, lasts_s = await self._refresh(grant)
            ends = self._clock.now() + timedelta(seconds=lasts_s - _EARLY_S)
            self._known[key] = (token, ends)
            return token

    def forget(self, grant: OAuth2) -> None:
        """Drops a token that a server has refused."""
        self._known.pop((grant.client_id, grant.refresh_token.get_secret_value()), None)

    async def _refresh(self, grant: OAuth2) -> tuple[str, float]:
        form = {
            "grant_type": "refresh_token",
            "client_id": grant.client_id,
            "client_secret": grant.client_secret.get_secret_value(),
            "refresh_token": grant.refresh_token.get_secret_value(),
            "scope": grant.scope,
        }
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False) as http:
                answer = await http.post(
                    grant.token_url, data={key: value for key, value in form.items() if value}
                )
        except httpx.HTTPError as error:
            raise ChannelError(ErrorKind.TEMPORARY, f"token endpoint: {error!r}") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise ChannelError(ErrorKind.TEMPORARY, f"token endpoint: HTTP {answer.status_code}")
        try:
            found = answer.json()
            token, lasts_s = found.get("access_token"), float(found.get("expires_in", 3600))
        except (ValueError, AttributeError, TypeError) as error:
            raise ChannelError(ErrorKind.TEMPORARY, "token endpoint: not JSON") from error
        if answer.status_code != 200 or not isinstance(token, str) or not token:
            code = str(found.get("error", ""))[:100]
            raise ChannelError(ErrorKind.CREDENTIALS, f"token refused: {code}")
        return token, lasts_s


def xoauth2(user: str, token: str) -> str:
    """The initial response of SASL XOAUTH2, before base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"
