"""Bytes of unknown honesty to text: declared charset first, then the best guess. Never raises."""

from __future__ import annotations

import codecs
import re

# Labels that mail programs write for something else than Python understands by them.
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "windows-874": "cp874",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-arabic": "mac-arabic",
}
# Codecs that are no charset of mail, smuggle markup (UTF-7) or take quadratic time (IDNA).
_REFUSED = re.compile(
    r"utf.?7|.*utf7|unicode.?(1.1.)?(utf.?7|escape)|raw.?unicode.?escape|idna|punycode|undefined"
    r"|mbcs|oem|palmos|charmap"
)
_NAME = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,39}")

# The letters that make up most of a running text, per eight-bit charset worth guessing.
_GUESSES = (
    ("cp1256", frozenset("اليمنوهترببسدعفقكکگپچشحخجةأإىئءصضطظغزذثژ،؟")),
    ("iso-8859-6", frozenset("اليمنوهترببسدعفقكشحخجةأإىئءصضطظغزذث،؟")),
    ("cp1251", frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфОЕАИНТСРВЛКМДП")),
)
_FREQUENT = {
    "cp1256": frozenset("اليمنوهتر"),
    "iso-8859-6": frozenset("اليمنوهتر"),
    "cp1251": frozenset("оеаинтсрв"),
}
_GUESS_BYTES = 16_384


def decode_bytes(data: bytes, charset: str = "") -> str:
    """Text of `data`. Valid multi-byte UTF-8 wins over any declared eight-bit charset, because
    that does not happen by chance; a declared charset that does not fit is guessed anew."""
    if data.isascii() and not _is_shifted(charset):
        return data.decode("ascii")
    name = _codec(charset)
    if name is None or not _is_wide(name):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if name is not None and name != "ascii":
        try:
            return data.decode(name)
        except (UnicodeError, LookupError, ValueError):
            if _is_wide(name):
                return data.decode(name, "replace")
    return _guess(data)


def _codec(charset: str) -> str | None:
    label = charset.strip().strip("\"'").lower()
    if not _NAME.fullmatch(label) or _REFUSED.fullmatch(label):
        return None
    try:
        info = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    if _REFUSED.fullmatch(info.name) or not getattr(info, "_is_text_encoding", True):
        return None
    return info.name


def _is_wide(name: str) -> bool:
    """Charsets whose valid text may look like UTF-8 or ASCII by chance."""
    return name.startswith(("utf-16", "utf-32", "iso2022", "hz"))


def _is_shifted(charset: str) -> bool:
    """Charsets that write other scripts in seven bits (or need every byte)."""
    return charset.lower().startswith(("iso-2022", "hz", "utf-16", "utf-32"))


def _guess(data: bytes) -> str:
    as_utf8 = data.decode("utf-8", "replace")
    wrong = as_utf8.count("\ufffd")
    right = sum(1 for char in as_utf8[:_GUESS_BYTES] if char > "\x7f" and char != "\ufffd")
    if wrong <= right // 8:
        return as_utf8
    sample = data[:_GUESS_BYTES]
    best, best_score = "cp1252", 0.5
    for name, letters in _GUESSES:
        score = _likeness(sample.decode(name, "replace"), letters, _FREQUENT[name])
        if score > best_score:
            best, best_score = name, score
    return data.decode(best, "replace")


def _likeness(text: str, letters: frozenset[str], frequent: frozenset[str]) -> float:
    """Share of foreign characters that are letters beside letters, plus the share of frequent ones.

    Accents of western languages stand alone between ASCII letters, so they do not count.
    """
    foreign = beside = common = 0
    previous = ""
    for char in text:
        if char > "\x7f":
            foreign += 1
            if char in letters:
                common += char in frequent
                beside += previous in letters
        previous = char
    if foreign < 2:
        return 0.0
    return (beside + common) / (1.6 * foreign)
