"""Pure rules about people: the one form of an address, folding for search, names, merging."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wasl.letters import DIGITS, LETTERS, MARKS

LONGEST_NAME = 120
LONGEST_ADDRESS = 254
_LONGEST_PHONE = 64

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_PUNCTUATION = {ord(c): " " for c in "،؛؟«»"} | {ord("٪"): "%"}
_FOLDED = str.maketrans({**DIGITS, **LETTERS, **_PUNCTUATION})
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]{1,64}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class IdentityInvalid(ValueError):
    """This is no address of its kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Normalised:
    """An address in the one form in which it is compared, and as people read it."""

    value: str
    display: str


def normalise(kind: str, value: str, *, region: str = "") -> Normalised:
    """The one form of an address: E.164 for a phone, lower case and A-labels for e-mail.

    `region` (ISO 3166, "IR") says whose national numbers are meant. Raises IdentityInvalid.
    """
    if not _KIND.fullmatch(kind):
        raise IdentityInvalid(kind[:32])
    if kind == "phone":
        return _phone(value, region)
    if kind == "email":
        return _email(value)
    kept = value.strip()
    if not 0 < len(kept) <= LONGEST_ADDRESS or any(map(_is_hidden, kept)):
        raise IdentityInvalid(kind)
    return Normalised(kept, kept)


def fold(text: str) -> str:
    """The form in which text is searched: index and query go through this same function.

    A word written with ZWNJ folds into one word, so look for each word of a query by itself.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    plain = MARKS.sub("", decomposed).translate(_FOLDED)
    shown = "".join(" " if c.isspace() else c for c in plain if c.isspace() or not _is_unseen(c))
    return " ".join(unicodedata.normalize("NFC", shown).split())


def clean_name(text: str) -> str:
    """A person's name as it may be stored and shown: one line, nothing that turns other text."""
    bounded = unicodedata.normalize("NFC", text[: 4 * LONGEST_NAME])
    shown = (
        " " if c.isspace() else c
        for c in bounded
        if c.isspace() or c in (_ZWNJ, _ZWJ) or not _is_unseen(c)
    )
    name = " ".join("".join(shown).split())[:LONGEST_NAME]
    return name.strip(f" {_ZWNJ}{_ZWJ}")


_FIELDS = ("name", "locale", "time_zone", "company", "city", "preferred_channel", "team_id")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a merge filled in: names of fields, tags and keys of attributes, never their values."""

    fields: Sequence[str]
    tags: Sequence[str]
    attributes: Sequence[str]


def filled_by(base: Mapping[str, Any], other: Mapping[str, Any]) -> Filled:
    """What `base` lacks and `other` has: in a merge the base wins and blanks are filled."""
    return Filled(
        [field for field in _FIELDS if not base[field] and other[field]],
        [tag for tag in other["tags"] if tag not in base["tags"]],
        [key for key in other["attributes"] if key not in base["attributes"]],
    )


def merged_fields(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What changes in `base` when `other` is merged into it."""
    filled = filled_by(base, other)
    changes: dict[str, Any] = {field: other[field] for field in filled.fields}
    if filled.tags:
        changes["tags"] = [*base["tags"], *filled.tags]
    if filled.attributes:
        added = {key: other["attributes"][key] for key in filled.attributes}
        changes["attributes"] = {**base["attributes"], **added}
    return changes


def unmerged_fields(
    base: Mapping[str, Any], other: Mapping[str, Any], filled: Filled
) -> dict[str, Any]:
    """What changes in `base` when a merge is undone: only what is still as it was filled in."""
    changes: dict[str, Any] = {
        field: None if field == "team_id" else ""
        for field in filled.fields
        if base[field] == other[field]
    }
    tags = [tag for tag in base["tags"] if tag not in filled.tags]
    if len(tags) < len(base["tags"]):
        changes["tags"] = tags
    attributes = {
        key: value
        for key, value in base["attributes"].items()
        if key not in filled.attributes or value != other["attributes"].get(key)
    }
    if len(attributes) < len(base["attributes"]):
        changes["attributes"] = attributes
    return changes


# What an order may be while it becomes something else: nothing that has left is cancelled, and only
# what has arrived is returned.
_BECOMES: Mapping[str, frozenset[str]] = {
    "cancelled": frozenset({"placed", "paid"}),
    "returned": frozenset({"delivered"}),
}


def may_become(status: str, to: str) -> bool:
    """Whether an order of this status may become `to`; it may stay what it is."""
    return to in _BECOMES and (status == to or status in _BECOMES[to])


def _phone(value: str, region: str) -> Normalised:
    import phonenumbers  # a large library that most processes never need

    shown = "".join(c for c in value[: _LONGEST_PHONE + 1] if unicodedata.category(c) != "Cf")
    digits = shown.translate(DIGITS).strip()
    if len(value) > _LONGEST_PHONE or any(map(_is_hidden, digits)):
        raise IdentityInvalid("phone")
    if digits.startswith("00") and not region:
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, region.upper() or None)
    except phonenumbers.NumberParseException:
        raise IdentityInvalid("phone") from None
    if not phonenumbers.is_possible_number(number):
        raise IdentityInvalid("phone")
    return Normalised(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
    )


def _email(value: str) -> Normalised:
    if len(value) > 2 * LONGEST_ADDRESS:
        raise IdentityInvalid("email")
    local, at, domain = value.strip().rpartition("@")
    local = unicodedata.normalize("NFC", local).lower()
    if not at or not _LOCAL.fullmatch(local) or any(map(_is_hidden, local)):
        raise IdentityInvalid("email")
    if local[0] == "." or local[-1] == "." or ".." in local:
        raise IdentityInvalid("email")
    ascii_domain, shown_domain = _domain(domain)
    address = f"{local}@{ascii_domain}"
    if len(address.encode()) > LONGEST_ADDRESS or len(local.encode()) > 64:
        raise IdentityInvalid("email")
    return Normalised(address, f"{local}@{shown_domain}")


def _domain(domain: str) -> tuple[str, str]:
    import idna

    try:
        plain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise IdentityInvalid("email") from None
    if len(plain) > 253 or not all(_LABEL.fullmatch(label) for label in plain.split(".")):
        raise IdentityInvalid("email")
    try:
        return plain, idna.decode(plain)
    except (idna.IDNAError, UnicodeError):
        return plain, plain  # underscores, or a label that only looks encoded


def _is_hidden(character: str) -> bool:
    """Control and format characters, lone surrogates, line breaks: never part of an address."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")
