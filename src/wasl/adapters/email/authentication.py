"""Who really sent it: DKIM that we check ourselves, or the word of a server that we trust.

The From line proves nothing. A domain proves itself, and the domains below it: whoever may
publish keys for `example.com` controls `mail.example.com` too. (DMARC's relaxed alignment also
lets a subdomain speak for its parent; that needs a list of public suffixes and is not accepted.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from wasl.adapters.email.headers import Headers, parse_addresses

# Finds the TXT record of a DNS name; blocking, b"" or None when there is none.
TxtLookup = Callable[[bytes], bytes | None]

_MAX_SIGNATURES = 3
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dmarc|dkim)\s*=\s*pass\b(.*)$", re.I | re.S)
_PROPERTY = re.compile(r"\b(header\.(?:from|d|i))\s*=\s*\"?([^\s;\"]+)", re.I)


def verified_domains(raw: bytes, headers: Headers, lookup: TxtLookup) -> frozenset[str]:
    """Domains whose DKIM signature over this message, its From line included, is good.

    A signature over only the first part of the body (`l=`) proves nothing about the rest.
    Blocking: looks up DNS.
    """
    good = set()
    for index, value in enumerate(headers.all("dkim-signature")):
        if index >= _MAX_SIGNATURES:
            break
        tags = _tags(value)
        signed = [name.strip().lower() for name in tags.get("h", "").split(":")]
        if "l" in tags or "from" not in signed or not tags.get("d"):
            continue
        if _verify(raw, index, lookup):
            good.add(tags["d"].lower().rstrip("."))
    return frozenset(good)


def _verify(raw: bytes, index: int, lookup: TxtLookup) -> bool:
    import dkim  # type: ignore[import-untyped]  # ships no types; brings the whole of dnspython

    def record(name: bytes, timeout: int = 5) -> bytes | None:
        return lookup(name)

    try:
        return bool(dkim.DKIM(raw, minkey=1024).verify(index, dnsfunc=record))
    except Exception:
        # The library meets hostile bytes here; whatever it raises, nothing is proven.
        return False


def is_proven(
    headers: Headers, trusted_authserv_ids: Collection[str], own_verified: Collection[str]
) -> bool:
    """Whether this delivery proves the one address in From."""
    if sum(1 for _ in headers.all("from")) != 1:
        return False
    senders = parse_addresses(headers.first("from"))
    if len(senders) != 1:
        return False
    domain = senders[0][1].rpartition("@")[2]
    if any(is_aligned(domain, each) for each in own_verified):
        return True
    return _trusted_word(headers, trusted_authserv_ids, domain)


def _trusted_word(headers: Headers, trusted: Collection[str], domain: str) -> bool:
    """Only the topmost Authentication-Results counts: those below may have come with the mail."""
    value = _COMMENT.sub(" ", headers.first("authentication-results"))
    server, *results = value.split(";")
    authserv_id = server.split()[0].lower() if server.split() else ""
    if authserv_id not in {each.strip().lower() for each in trusted}:
        return False
    for result in results[:50]:
        match = _RESULT.match(result)
        if match is None:
            continue
        named = {key.lower(): each.lower().rstrip(".") for key, each in _PROPERTY.findall(match[2])}
        if match[1].lower() == "dmarc":
            if named.get("header.from", domain) == domain:
                return True
            continue
        signer = named.get("header.d") or named.get("header.i", "").rpartition("@")[2]
        if is_aligned(domain, signer):
            return True
    return False


def is_aligned(domain: str, signer: str) -> bool:
    """Whether `signer` may speak for `domain`: the same, or a parent of at least two labels."""
    domain, signer = domain.lower().rstrip("."), signer.lower().rstrip(".")
    return "." in signer and (domain == signer or domain.endswith("." + signer))


def _tags(value: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in value.split(";")[:40])
    return {key.strip().lower(): re.sub(r"\s+", "", text) for key, equals, text in pairs if equals}
