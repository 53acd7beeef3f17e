"""Settings of an e-mail channel. Titles and descriptions are keys that the edge translates."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from wasl.adapters.email.headers import valid_address

KEY = "channel.email"


def titled(key: str, **more: Any) -> Any:
    """A form field: its title is `channel.email.<key>`, its description the same with `.help`."""
    return Field(title=f"{KEY}.{key}", description=f"{KEY}.{key}.help", **more)


def _address(value: str) -> str:
    address = valid_address(value)
    if not address:
        raise ValueError("not an e-mail address, expected name@example.com")
    return address


def _line(value: str) -> str:
    if any(char < " " or char == "\x7f" for char in value):
        raise ValueError("line breaks and control characters are not allowed")
    return value.strip()


EmailAddress = Annotated[str, AfterValidator(_address)]
Line = Annotated[str, AfterValidator(_line), Field(max_length=255)]
Security = Literal["tls", "starttls", "none"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OAuth2(_Strict):
    """A refresh token for XOAUTH2 (Google, Microsoft)."""

    client_id: Line = titled("oauth2.client_id")
    client_secret: SecretStr = titled("oauth2.client_secret", default=SecretStr(""))
    refresh_token: SecretStr = titled("oauth2.refresh_token")
    token_url: Line = titled(
        "oauth2.token_url", pattern=r"^https://|^http://(127\.0\.0\.1|localhost)[:/]"
    )
    scope: Line = titled("oauth2.scope", default="")


class Server(_Strict):
    """A mail server to sign in to; without a user nobody signs in."""

    host: Line = titled("server.host", min_length=1)
    port: int = titled("server.port", ge=1, le=65535)
    security: Security = titled("server.security", default="tls")
    user: Line = titled("server.user", default="")
    password: SecretStr = titled("server.password", default=SecretStr(""))
    oauth2: OAuth2 | None = titled("server.oauth2", default=None)


class Dkim(_Strict):
    """A key to sign with, for servers that do not sign themselves."""

    selector: Line = titled("dkim.selector", pattern=r"^[A-Za-z0-9._-]{1,63}$")
    private_key: SecretStr = titled("dkim.private_key", json_schema_extra={"format": "multiline"})


class Signature(_Strict):
    """Below every message in one language; the text is made from the HTML when it is empty."""

    text: str = titled("signature.text", default="", max_length=4_000)
    html: str = titled("signature.html", default="", max_length=20_000)


class Signatures(_Strict):
    """One signature per language of the contact."""

    en: Signature = titled("signature.en", default=Signature())
    fa: Signature = titled("signature.fa", default=Signature())
    ar: Signature = titled("signature.ar", default=Signature())


class Config(_Strict):
    """An address of ours: where its mail is fetched or received, and how we send."""

    address: EmailAddress = titled("address")
    display_name: Line = titled("display_name", default="")
    aliases: tuple[EmailAddress, ...] = titled("aliases", default=(), max_length=50)
    receive: Literal["imap", "smtp", "none"] = titled("receive", default="imap")
    imap: Server | None = titled("imap", default=None)
    folder: Line = titled("folder", default="INBOX", min_length=1)
    smtp: Server | None = titled("smtp", default=None)
    reply_domain: Line = titled(
        "reply_domain", default="", pattern=r"^$|^[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$"
    )
    dkim: Dkim | None = titled("dkim", default=None)
    signature: Signatures = titled("signature", default=Signatures())
    trusted_authserv_ids: tuple[Line, ...] = titled(
        "trusted_authserv_ids", default=(), max_length=20
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.receive == "imap" and self.imap is None:
            raise ValueError("imap: needed when mail is fetched by IMAP")
        return self

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def own_addresses(self) -> frozenset[str]:
        """Everything that is ours, lower-case."""
        return frozenset(each.lower() for each in (self.address, *self.aliases))

    @property
    def reply_token_domain(self) -> str:
        """Where `reply+<token>@` arrives: our own server takes it for every address of the domain;
        a fetched mailbox only when `reply_domain` says that it is delivered there. Else ""."""
        return self.reply_domain or (self.domain if self.receive == "smtp" else "")
