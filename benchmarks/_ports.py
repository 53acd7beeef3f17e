"""Ports for servers that bind them only later, in another process."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_LOWEST = 12_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port nobody listens on now, from below those that the system gives to connections.

    One that the system itself proposes (port 0) is one it may give to anybody's next connection,
    before the server that wants it has started.
    """
    above = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32_768
    while True:
        port = random.randrange(_LOWEST, max(above, _LOWEST + 10_000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
