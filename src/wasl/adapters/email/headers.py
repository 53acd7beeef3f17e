"""Header fields as they come: bounded, lenient, never raising.

Values are parsed before their encoded words are decoded, so that an encoded `<`, comma or line
break can never become structure.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from wasl.adapters.email.charsets import decode_bytes

MAX_HEADER_BYTES = 2 * 1024 * 1024
MAX_FIELDS = 1_000
MAX_VALUE = 16_384
MAX_ADDRESSES = 100
MAX_MESSAGE_IDS = 100
NAME_CHARS = 120
SUBJECT_CHARS = 500

_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]{0,20}:")
# C0/C1 controls, lone surrogates, noncharacters and overrides of direction.
_UNSAFE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff"
)
_UNSEEN = re.compile(f"[{_UNSAFE}]")
# In a name or a subject, marks that turn the direction of what follows have no place either.
_UNSEEN_IN_LINE = re.compile(f"[{_UNSAFE}\u202a-\u202c\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_WORD_GAP = re.compile(r"(\?=)[ \t\r\n]{1,80}(?==\?)")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_BARE_ID = re.compile(r"[^<>\s,;()]{1,200}@[^<>\s,;()]{1,50}")
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]\x00-\x20]{1,64}@[^\s@<>\"(),;:\\]{1,253}")


@dataclass(slots=True)
class Headers:
    """The fields of one entity in their order; names are lower-case."""

    fields: list[tuple[str, str]] = field(default_factory=list)

    def first(self, name: str) -> str:
        """The topmost value of a field, undecoded, or ""."""
        return next(self.all(name), "")

    def all(self, name: str) -> Iterator[str]:
        """Every value of a field from the top."""
        return (value for key, value in self.fields if key == name)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def parse_headers(block: bytes) -> Headers:
    """Fields of a header block; lines that are none are passed over, what is too long is cut."""
    headers = Headers()
    name, lines = "", [b""]

    def close() -> None:
        if name:
            headers.fields.append((name, decode_bytes(_shortened(b" ".join(lines)))))

    for raw_line in block[:MAX_HEADER_BYTES].replace(b"\r", b"\n").split(b"\n"):
        line = raw_line.replace(b"\0", b"")
        if not line:
            continue
        if line[:1] in b" \t":
            lines.append(line.strip(b" \t"))
            continue
        match = _FIELD.match(line)
        if match is None:
            continue
        close()
        if len(headers.fields) >= MAX_FIELDS:
            return headers
        name, lines = match[1].decode("ascii").lower(), [line[match.end() :].strip(b" \t")]
    close()
    return headers


def _shortened(value: bytes) -> bytes:
    """Both ends of an overlong value: an address stands behind its name."""
    return value if len(value) <= MAX_VALUE else value[: MAX_VALUE - 2_000] + value[-2_000:]


def clean_line(text: str, limit: int) -> str:
    """One safe line: no controls, no direction overrides, no lone surrogates, single spaces."""
    return _SPACE.sub(" ", _UNSEEN_IN_LINE.sub("", text[: limit * 8])).strip()[:limit].strip()


def clean_text(text: str) -> str:
    """Safe text of several lines; ends of lines become \\n."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def decode_words(value: str) -> str:
    """RFC 2047 encoded words to text; neighbours of one charset are joined as bytes first, because
    programs cut letters in two. Broken words stay as they are."""
    value = _WORD_GAP.sub(r"\1", value)
    out: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for match in _ENCODED_WORD.finditer(value):
        data = _word_bytes(match[2], match[3])
        charset = match[1].split("*")[0].lower()
        if data is None:
            continue
        if match.start() != end or charset != pending_charset:
            if pending:
                out.append(decode_bytes(pending, pending_charset))
            out.append(value[end : match.start()])
            pending = b""
        pending, pending_charset, end = pending + data, charset, match.end()
    if pending:
        out.append(decode_bytes(pending, pending_charset))
    out.append(value[end:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes | None:
    if not text.isascii():
        return None
    if encoding in "qQ":
        return binascii.a2b_qp(text.replace(" ", "_").encode(), header=True)
    data = text.replace(" ", "").rstrip("=").encode()
    try:
        return binascii.a2b_base64(data[: len(data) - (len(data) % 4 == 1)] + b"==")
    except binascii.Error:
        return None


def parse_addresses(value: str) -> list[tuple[str, str]]:
    """(name, address) pairs of an address list; groups are flattened, what is no address is left
    out. The domain is lower-cased."""
    found: list[tuple[str, str]] = []
    for phrase, angle in _mailboxes(value[:MAX_VALUE]):
        text = angle if angle is not None else phrase
        address = valid_address(text)
        if not address:
            continue
        name = clean_line(decode_words(phrase), NAME_CHARS) if angle is not None else ""
        found.append((name, address))
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def valid_address(text: str) -> str:
    """`text` as an address with a lower-case domain, or "" when it is none."""
    text = _UNSEEN_IN_LINE.sub("", text.strip().strip("<>").strip())
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        return ""
    local, domain = text.rsplit("@", 1)
    domain = domain.lower().rstrip(".")
    if not domain or ".." in domain or local.startswith("=?"):
        return ""
    return f"{local}@{domain}"


def _mailboxes(value: str) -> Iterator[tuple[str, str | None]]:
    """Splits an address list by one pass: (words outside of <>, what is inside of <> or None)."""
    words: list[str] = []
    angle: list[str] | None = None
    quoted = escaped = inside = False
    depth = 0
    for char in value:
        if escaped:
            escaped = False
            if not depth:
                words.append(char)
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif depth:
            depth += (char == "(") - (char == ")")
        elif inside and angle is not None:
            if char == ">":
                inside = False
            else:
                angle.append(char)
        elif char == '"':
            quoted = not quoted
        elif quoted:
            words.append(char)
        elif char == "(":
            depth = 1
        elif char == "<":
            angle, inside = [], True
        elif char == ":":
            words.clear()
        elif char in ",;":
            yield "".join(words).strip(), None if angle is None else "".join(angle)
            words, angle = [], None
        else:
            words.append(char)
    if words or angle is not None:
        yield "".join(words).strip(), None if angle is None else "".join(angle)


def parse_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """A structured value and its parameters: RFC 2231 pieces joined, encoded words tolerated."""
    pieces = list(_semicolons(value[:MAX_VALUE]))
    main = _SPACE.sub("", pieces[0]).lower() if pieces else ""
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in pieces[1:100]:
        key, equals, text = piece.partition("=")
        key, text = key.strip().lower(), text.strip()
        if not equals or not key:
            continue
        if "*" not in key:
            plain.setdefault(key, text)
            continue
        name, _, rest = key.partition("*")
        number = rest.rstrip("*")
        if number and not (number.isascii() and number.isdigit() and len(number) < 4):
            continue
        extended.setdefault(name, {})[int(number or 0)] = (
            rest in ("", "*") or rest[-1] == "*",
            text,
        )
    params = {key: decode_words(text) for key, text in plain.items()}
    for name, sections in extended.items():
        params[name] = _join_sections(sections)
    return main, params


def _join_sections(sections: Mapping[int, tuple[bool, str]]) -> str:
    charset, data = "", b""
    for index, number in enumerate(sorted(sections)):
        encoded, text = sections[number]
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "replace")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode_bytes(data, charset)


def _semicolons(value: str) -> Iterator[str]:
    """Splits at semicolons outside of quotes and takes the quotes and comments away."""
    part: list[str] = []
    quoted = escaped = False
    depth = 0
    for char in value:
        if escaped:
            part.append(char)
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            part.append(char)
        elif char == "(":
            depth += 1
        elif depth:
            depth -= char == ")"
        elif char == ";":
            yield "".join(part)
            part = []
        else:
            part.append(char)
    yield "".join(part)


def parse_message_ids(value: str) -> list[str]:
    """Message-IDs without their brackets, in order, each once; bare ones are accepted."""
    found = _MESSAGE_ID.findall(value) or _BARE_ID.findall(value)
    return list(dict.fromkeys(clean_line(each, 250) for each in found))[-MAX_MESSAGE_IDS:]


def parse_date(value: str, now: datetime) -> datetime | None:
    """The Date field in UTC; None when absent, broken, or absurd (far past, over a day ahead)."""
    try:
        at = parsedate_to_datetime(value[:200])
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if datetime(1990, 1, 1, tzinfo=UTC) <= at <= now + timedelta(days=1) else None
