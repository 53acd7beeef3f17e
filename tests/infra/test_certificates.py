"""The mail server's certificate: from the settings to STARTTLS, and renewed while it runs."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.adapters.email.peers import certificate
from tests.journeys.centre import SECRET
from tests.realtime.replay import until
from wasl.infra.certificates import keep_renewed, server_context
from wasl.infra.clock import TurnedClock
from wasl.infra.settings import Settings
from wasl.main import Wasl, _open_mail_servers


def shown_to(address: tuple[str, int], trusting: ssl.SSLContext) -> bytes | None:
    """The certificate that a mail server shows after STARTTLS."""
    with smtplib.SMTP(*address, timeout=20) as smtp:
        smtp.starttls(context=trusting)
        assert isinstance(smtp.sock, ssl.SSLSocket)
        return smtp.sock.getpeercert(binary_form=True)


async def test_the_mail_port_offers_starttls_with_the_certificate_of_the_settings(
    fresh_dsn: str, tmp_path: Path
) -> None:
    _, trusting = certificate(tmp_path)
    wasl = Wasl(
        Settings.model_validate(
            {
                "data_dir": tmp_path,
                "secret_key": SECRET,
                "database_url": fresh_dsn,
                "smtp_listen": "127.0.0.1:0",
                "smtp_certificate": tmp_path / "cert.pem",
                "smtp_key": tmp_path / "key.pem",
            }
        )
    )
    async with AsyncExitStack() as stack:
        await _open_mail_servers(wasl, stack)
        assert wasl.mail_arrives_at is not None
        shown = await asyncio.to_thread(shown_to, wasl.mail_arrives_at, trusting)
        assert shown == ssl.PEM_cert_to_DER_cert((tmp_path / "cert.pem").read_text())
    await wasl.close()


async def test_a_renewed_certificate_is_shown_within_the_hour(
    tmp_path: Path, clock: TurnedClock
) -> None:
    certificate(tmp_path)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    context = server_context(cert, key)
    keeping = asyncio.create_task(keep_renewed(context, cert, key, clock))

    async def shown() -> bytes | None:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context) as server:
            address = server.sockets[0].getsockname()
            _, writer = await asyncio.open_connection(*address, ssl=anybody)
            found: bytes | None = writer.get_extra_info("ssl_object").getpeercert(True)
            writer.close()
            return found

    async def an_hour_later() -> None:
        await until(lambda: bool(clock._sleepers))
        clock.turn(3600)
        await until(lambda: bool(clock._sleepers))

    first = await shown()
    # half written: what there is goes on
    key.write_text("not yet")
    await an_hour_later()
    assert await shown() == first
    certificate(tmp_path)
    await an_hour_later()
    assert await shown() == ssl.PEM_cert_to_DER_cert(cert.read_text()) != first
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    certificate(tmp_path)
    key = (tmp_path / "key.pem").read_bytes()
    certificate(tmp_path)
    (tmp_path / "other.pem").write_bytes(key)
    with pytest.raises(ValueError, match="key values mismatch"):
        server_context(tmp_path / "cert.pem", tmp_path / "other.pem")
