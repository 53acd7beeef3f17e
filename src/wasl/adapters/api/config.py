"""Settings of an API channel. Titles and descriptions are keys that the edge translates."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

SHORTEST_SECRET = 16
_HELP = "channel.api"


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError("https://host/path") from None
    wrong = parts.username or parts.password or parts.fragment or port == 0
    if parts.scheme not in ("http", "https") or not parts.hostname or wrong:
        raise ValueError("https://host/path")
    if any(c <= " " or c == "\x7f" for c in value):
        raise ValueError("https://host/path")
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if not SHORTEST_SECRET <= len(value.get_secret_value()) <= 200:
        raise ValueError(f"{SHORTEST_SECRET} to 200 characters")
    return value


class Config(BaseModel):
    """Where messages are delivered, and what signs both ways."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        json_schema_extra={"title": _HELP},
    )

    deliver_url: Annotated[str, AfterValidator(_web_address)] = Field(
        title=f"{_HELP}.deliver_url", description=f"{_HELP}.deliver_url.help", max_length=2000
    )
    secret: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        title=f"{_HELP}.secret", description=f"{_HELP}.secret.help"
    )
    identity_kind: str = Field(
        "external",
        title=f"{_HELP}.identity_kind",
        description=f"{_HELP}.identity_kind.help",
        pattern=r"^[a-z][a-z0-9_]{0,31}$",
    )
    proves_identity: bool = Field(
        False, title=f"{_HELP}.proves_identity", description=f"{_HELP}.proves_identity.help"
    )
    # whose national phone numbers are meant, when the identities are phones
    region: str = Field(
        "",
        title=f"{_HELP}.region",
        description=f"{_HELP}.region.help",
        pattern=r"^([A-Z]{2})?$",
    )
