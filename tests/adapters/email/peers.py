"""The other side, on loopback: an SMTP server that can be told what to answer, a token endpoint,
certificates."""

from __future__ import annotations

import asyncio
import base64
import datetime
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Sink:
    """Keeps what it is sent. `answers` replaces the reply to MAIL, an RCPT address or DATA;
    `cut_at` ends the connection there instead ("RCPT", "DATA")."""

    port: int = 0
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    cut_at: str = ""
    user: str = ""
    password: str = ""
    token: str = ""
    forward: Callable[[bytes], None] = lambda raw: None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.cut_at == "RCPT":
            cut(server)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        if self.cut_at == "DATA":
            cut(server)
            return "250 OK"
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("2"):
            self.mails.append((envelope.mail_from or "", list(envelope.rcpt_tos), raw))
            self.forward(raw)
        return answer

    async def auth_XOAUTH2(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, args: list[str]
    ) -> AuthResult:
        said = base64.b64decode(args[1]).decode()
        good = said == f"user={self.user}\x01auth=Bearer {self.token}\x01\x01"
        return AuthResult(success=good, handled=good)


def cut(server: SMTP) -> None:
    """Ends the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


@asynccontextmanager
async def smtp_sink(tls: ssl.SSLContext | None = None, **settings: Any) -> AsyncIterator[Sink]:
    """A running sink; with `tls` it offers STARTTLS."""
    sink = Sink(**settings)

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            sink.user.encode(),
            sink.password.encode(),
        )
        return AuthResult(success=good, handled=False)

    def make() -> SMTP:
        return SMTP(
            sink,
            hostname="sink.example",
            enable_SMTPUTF8=True,
            tls_context=tls,
            authenticator=authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class TokenEndpoint:
    """An OAuth2 token endpoint: counts its calls, answers with `status` and `answer`."""

    url: str = ""
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(
        default_factory=lambda: {"access_token": "token-1", "expires_in": 3600}
    )


@asynccontextmanager
async def token_endpoint() -> AsyncIterator[TokenEndpoint]:
    """A running token endpoint."""
    endpoint = TokenEndpoint()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        endpoint.forms.append(parse_qs((await reader.readexactly(length)).decode()))
        body = json.dumps(endpoint.answer).encode()
        writer.write(
            f"HTTP/1.1 {endpoint.status} X\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    try:
        yield endpoint
    finally:
        server.close()
        await server.wait_closed()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server's context, context of a client that trusts it) for 127.0.0.1."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(pem(key))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert_path, key_path)
    return server, ssl.create_default_context(cafile=str(cert_path))


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


@dataclass(frozen=True)
class DkimKey:
    """A signing key and the DNS that publishes it."""

    private: str
    records: dict[bytes, bytes]

    def lookup(self, name: bytes) -> bytes | None:
        return self.records.get(name.rstrip(b"."))


def dkim_key(name: str) -> DkimKey:
    """A key published at `name` ("selector._domainkey.domain")."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    return DkimKey(pem(key).decode(), {name.encode(): record})
