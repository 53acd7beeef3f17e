"""Secrets at rest, signed tokens and passwords.

Every key is derived from the one secret key, by purpose, so that none opens another's door.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import struct
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SEAL_VERSION = b"\x01"
_NONCE = 12
_MAC = 16
_REPLY_MAC = 8
_LONGEST_TOKEN = 4096
_LONGEST_PASSWORD = 1024
_REPLY_TOKEN = re.compile(r"[a-z2-7]{39}", re.ASCII)

# argon2 takes some 200 ms and 64 MB each: few at a time, off the event loop
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
_hasher = PasswordHasher()


class SealBroken(Exception):
    """These bytes were not sealed with this key, or were changed since."""


class Sealer:
    """Seals, signs and checks with keys derived from `secret_key`."""

    def __init__(self, secret_key: str) -> None:
        secret = secret_key.encode()
        self._cipher = AESGCM(_derived(secret, b"wasl seal"))
        self._signing = _derived(secret, b"wasl sign")
        self._replying = _derived(secret, b"wasl reply")

    def seal(self, plain: bytes) -> bytes:
        """Encrypts (AES-256-GCM); 29 bytes longer than what is given."""
        nonce = os.urandom(_NONCE)
        return _SEAL_VERSION + nonce + self._cipher.encrypt(nonce, plain, _SEAL_VERSION)

    def open(self, sealed: bytes) -> bytes:
        """What `seal` was given. Raises SealBroken."""
        version, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if version != _SEAL_VERSION or len(rest) < 16:
            raise SealBroken
        try:
            return self._cipher.decrypt(nonce, rest, version)
        except InvalidTag:
            raise SealBroken from None

    def sign(self, purpose: str, payload: bytes) -> str:
        """A URL-safe token that carries the payload, readable by anyone, good for this purpose."""
        return _text(self._mac(purpose, b"forever", payload) + payload)

    def verify(self, purpose: str, token: str) -> bytes | None:
        """The payload of a token of `sign`; None for anything else."""
        return self._opened(purpose, b"forever", token)

    def sign_until(self, purpose: str, payload: bytes, at: datetime) -> str:
        """Like `sign`, good until `at`; checked by `verify_until`."""
        dated = struct.pack(">q", int(at.timestamp())) + payload
        return _text(self._mac(purpose, b"until", dated) + dated)

    def verify_until(self, purpose: str, token: str, now: datetime) -> bytes | None:
        """The payload of a token of `sign_until` that has not run out; None for anything else."""
        dated = self._opened(purpose, b"until", token)
        if dated is None or now.timestamp() >= struct.unpack(">q", dated[:8])[0]:
            return None
        return dated[8:]

    def reply_token(self, conversation_id: UUID) -> str:
        """39 letters and digits for the local part of an address, where case is not kept."""
        raw = conversation_id.bytes + self._reply_mac(conversation_id)
        return base64.b32encode(raw).decode().rstrip("=").lower()

    def read_reply_token(self, token: str) -> UUID | None:
        """The id of a token of `reply_token`, in any case of letters; None for anything else."""
        folded = token.lower()
        if not _REPLY_TOKEN.fullmatch(folded):
            return None
        raw = base64.b32decode(folded.upper() + "=")
        id = UUID(bytes=raw[:16])
        genuine = hmac.compare_digest(raw[16:], self._reply_mac(id))
        # the last letter has spare bits: only the one spelling counts
        return id if genuine and self.reply_token(id) == folded else None

    def _mac(self, purpose: str, kind: bytes, payload: bytes) -> bytes:
        scope = purpose.encode()
        parts = struct.pack(">HH", len(scope), len(kind)) + scope + kind + payload
        return hmac.digest(self._signing, parts, hashlib.sha256)[:_MAC]

    def _reply_mac(self, id: UUID) -> bytes:
        return hmac.digest(self._replying, id.bytes, hashlib.sha256)[:_REPLY_MAC]

    def _opened(self, purpose: str, kind: bytes, token: str) -> bytes | None:
        if len(token) > _LONGEST_TOKEN:
            return None
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mac, payload = raw[:_MAC], raw[_MAC:]
        genuine = hmac.compare_digest(mac, self._mac(purpose, kind, payload))
        return payload if genuine and _text(raw) == token else None


def new_token(prefix: str) -> str:
    """A secret with 256 random bits; the prefix tells people (and scanners) what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> bytes:
    """What is kept of a token of `new_token`: 32 bytes. Its entropy makes a slow hash needless."""
    return hashlib.sha256(token.encode()).digest()


async def hash_password(password: str) -> str:
    """argon2id, with its parameters and salt in the text."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, _hasher.hash, password)


async def verify_password(hashed: str | None, password: str) -> bool:
    """Whether this is the password. Give None for an unknown account: it takes as long."""
    if len(password) > _LONGEST_PASSWORD:
        return False
    return await asyncio.get_running_loop().run_in_executor(_hashing, _matches, hashed, password)


def _matches(hashed: str | None, password: str) -> bool:
    try:
        return _hasher.verify(hashed or _nobodys_hash(), password) and hashed is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
