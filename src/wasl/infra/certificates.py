"""The certificate of a server of ours: read at the start, read again when it was renewed."""

from __future__ import annotations

import logging
import ssl
from datetime import timedelta
from pathlib import Path

from wasl.infra.clock import Clock

_LOOK_EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)


def load_chain(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    """Reads a PEM chain and its key, which may be in the same file; new connections have it.

    ValueError says what is wrong with the files.
    """
    try:
        # an encrypted key is refused: nobody is there to be asked for its passphrase
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        reason = (error.reason or "no certificate and key").lower().replace("_", " ")
        raise ValueError(f"PEM files of a certificate and its key: {reason}") from None
    except OSError as error:
        raise ValueError(f"files that can be read: {error.strerror}") from None


def server_context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """TLS for a server. Raises as `load_chain`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    load_chain(context, certificate, key)
    return context


async def keep_renewed(
    context: ssl.SSLContext, certificate: Path, key: Path | None, clock: Clock
) -> None:
    """Reads the files again every hour, until cancelled; files that are wrong change nothing."""
    while True:
        await clock.sleep_until(clock.now() + _LOOK_EVERY)
        try:
            server_context(certificate, key)  # a chain without its key would half replace the old
            load_chain(context, certificate, key)
        except ValueError as error:
            log.warning("the certificate can't be read again: %s", error)
