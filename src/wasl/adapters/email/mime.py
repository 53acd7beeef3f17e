"""A MIME entity as a tree of parts that point into the raw bytes: one pass per level, bounded.

Attachments are decoded, never unpacked.
"""

from __future__ import annotations

import binascii
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wasl.adapters.email.charsets import decode_bytes
from wasl.adapters.email.headers import (
    MAX_HEADER_BYTES,
    Headers,
    clean_line,
    parse_headers,
    parse_parameters,
)

MAX_DEPTH = 20
MAX_PARTS = 400
_MAX_FALSE_BOUNDARIES = 10_000
_BITE = 256 * 1024  # a multiple of four
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}")
_PATH = re.compile(r'[/\\:*?"<>|]+')


@dataclass(slots=True)
class Part:
    """One entity: its fields and either children or a body."""

    raw: bytes
    start: int
    end: int
    headers: Headers
    content_type: str = "text/plain"
    params: Mapping[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    children: list[Part] = field(default_factory=list)

    @property
    def main_type(self) -> str:
        return self.content_type.partition("/")[0]

    @property
    def content_id(self) -> str:
        return clean_line(self.headers.first("content-id").strip("<> "), 200)

    def body(self) -> bytes:
        """The bytes after the transfer encoding is undone as far as it can be."""
        data = self.raw[self.start : self.end]
        encoding = self.headers.first("content-transfer-encoding").strip().strip("\"'").lower()
        if encoding == "base64":
            return _from_base64(data)
        if encoding in ("quoted-printable", "quotedprintable", "quoted printable"):
            return binascii.a2b_qp(data)
        return data

    def text(self) -> str:
        """The body as text by its declared charset, or the best guess."""
        return decode_bytes(self.body(), self.params.get("charset", ""))

    def walk(self) -> Iterator[Part]:
        """This part and everything below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    parts: int = MAX_PARTS


def parse(raw: bytes) -> Part:
    """The tree of a message. Never raises; beyond the limits a part is kept unopened."""
    return _entity(raw, 0, len(raw), 0, _Budget(), "text/plain")


def fields_of(raw: bytes) -> bytes:
    """The fields of a message without its body."""
    return raw[: _header_end(raw, 0, len(raw))[0]]


def _entity(raw: bytes, start: int, end: int, depth: int, budget: _Budget, default: str) -> Part:
    budget.parts -= 1
    body_start, header_end = _header_end(raw, start, end)
    headers = parse_headers(raw[start:header_end])
    content_type, params = parse_parameters(headers.first("content-type"))
    if not _MEDIA_TYPE.fullmatch(content_type):
        content_type = default if not content_type else "text/plain"
    disposition, disposition_params = parse_parameters(headers.first("content-disposition"))
    part = Part(raw, body_start, end, headers, content_type, params, disposition)
    part.filename = _filename(disposition_params.get("filename") or params.get("name", ""))
    if depth < MAX_DEPTH:
        if part.main_type == "multipart":
            _open_multipart(part, depth, budget)
        elif content_type in ("message/rfc822", "message/global"):
            _open_message(part, depth, budget)
    return part


def _header_end(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """(where the body starts, where the fields end); the first empty line parts them."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return start + (1 if raw[start] == 10 else 2), start
    limit = min(end, start + MAX_HEADER_BYTES)
    found = (limit, limit)
    for mark in (b"\n\r\n", b"\n\n", b"\r\r"):
        at = raw.find(mark, start, limit)
        if at >= 0:
            found, limit = (at + len(mark), at), at
    return found


def _open_multipart(part: Part, depth: int, budget: _Budget) -> None:
    boundary = part.params.get("boundary", "").encode("utf-8", "replace").rstrip()
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    if not boundary or len(boundary) > 250:
        return
    for start, end in _sections(part.raw, part.start, part.end, b"--" + boundary):
        if budget.parts <= 0:
            break
        part.children.append(_entity(part.raw, start, end, depth + 1, budget, default))


def _sections(raw: bytes, start: int, end: int, mark: bytes) -> Iterator[tuple[int, int]]:
    """Where the sections between boundary lines lie; an unclosed last one counts."""
    at = start if raw.startswith(mark, start, end) else _after_newline(raw, mark, start, end)
    begin, misses = -1, 0
    while at >= 0:
        after = at + len(mark)
        line_end = raw.find(b"\n", after, end)
        rest = raw[after : min(end if line_end < 0 else line_end, after + 200)].strip()
        if rest not in (b"", b"--"):
            misses += 1
            if misses > _MAX_FALSE_BOUNDARIES:
                break
        else:
            if begin >= 0:
                yield begin, _before_newline(raw, begin, at)
            if rest or line_end < 0:
                return
            begin = line_end + 1
        at = _after_newline(raw, mark, after, end)
    if begin >= 0:
        yield begin, end


def _after_newline(raw: bytes, mark: bytes, start: int, end: int) -> int:
    at = raw.find(b"\n" + mark, max(start - 1, 0), end)
    return at + 1 if at >= 0 else -1


def _before_newline(raw: bytes, begin: int, at: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if at - 1 >= begin and raw[at - 1] == 10:
        at -= 1
    if at - 1 >= begin and raw[at - 1] == 13:
        at -= 1
    return max(at, begin)


def _open_message(part: Part, depth: int, budget: _Budget) -> None:
    if budget.parts <= 0:
        return
    encoding = part.headers.first("content-transfer-encoding").strip().lower()
    if encoding in ("base64", "quoted-printable"):
        inner = part.body()
        part.children.append(_entity(inner, 0, len(inner), depth + 1, budget, "text/plain"))
    else:
        child = _entity(part.raw, part.start, part.end, depth + 1, budget, "text/plain")
        part.children.append(child)


def _from_base64(data: bytes) -> bytes:
    """Lenient: foreign bytes are dropped, pieces glued together after padding are decoded apart.

    In bites, because each call holds the interpreter, and other mail waits meanwhile.
    """
    letters = b"".join(bite.translate(None, _NOT_BASE64) for bite in _bites(data))
    out: list[bytes] = []
    for piece in letters.strip(b"=").split(b"=", 1_000):
        piece = piece.replace(b"=", b"")
        if len(piece) % 4 == 1:
            piece = piece[:-1]
        piece += b"=" * (-len(piece) % 4)
        out += [binascii.a2b_base64(bite) for bite in _bites(piece)]
    return b"".join(out)


def _bites(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _BITE] for at in range(0, len(data), _BITE))


def _filename(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1]
    return _PATH.sub("_", clean_line(base, 150)).strip(". ")


def default_filename(content_type: str, number: int) -> str:
    """A name for a part that brought none: "attachment-2.pdf"."""
    return f"attachment-{number}{mimetypes.guess_extension(content_type) or '.bin'}"
