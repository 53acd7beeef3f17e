"""Our own requests to addresses that somebody else chose: never into the private network.

Webhooks, link previews, remote images. `guarded_transport` is what a client uses; `check_url`
refuses early, when an address is saved.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

import httpx

from wasl.infra.errors import Forbidden, Invalid, Unavailable

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def check_url(url: str, *, allow_private: bool = False) -> None:
    """Refuses a URL that is not http(s), or whose host has an address that is not public.

    Raises Invalid("url"), Forbidden("url_private"), Unavailable("host_unknown").
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        raise Invalid("url") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Invalid("url")
    await _public_addresses(parsed.host, allow_private)


def guarded_transport(*, allow_private: bool = False) -> httpx.AsyncBaseTransport:
    """A transport that connects to the very address that was checked.

    A name that resolves to something else a moment later (DNS rebinding) gains nothing, and each
    hop of a redirect is checked.
    """
    return _GuardedTransport(allow_private)


class _GuardedTransport(httpx.AsyncBaseTransport):
    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        # connections are pooled by address, and one address may serve several names
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        addresses = await _public_addresses(name, self._allow_private)
        request.url = request.url.copy_with(host=addresses[0])  # the Host header is set already
        request.extensions = {**request.extensions, "sni_hostname": name}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _public_addresses(host: str, allow_private: bool) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable("host_unknown", host=host) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not allow_private and not all(map(_is_public, addresses)):
        raise Forbidden("url_private", host=host)
    return addresses


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return _is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return _is_public(str(inner))
        if ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast
