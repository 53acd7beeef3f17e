"""Addresses, folding, names and merging, without a database."""

from __future__ import annotations

import unicodedata
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.contacts.policy import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    IdentityInvalid,
    clean_name,
    filled_by,
    fold,
    may_become,
    merged_fields,
    normalise,
    unmerged_fields,
)

_SCRIPT = st.text(
    st.sampled_from("يىئكةأإآؤءـ\u200cَّ٠١۲۳علیرضاكريمAbcÉüİß٬٫ ٪\u0640\ufefb\u2066\u202e\x00\n")
)
_ANY = st.one_of(st.text(), _SCRIPT)


@pytest.mark.parametrize(
    ("kind", "given_value", "region", "value", "display"),
    [
        ("phone", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "IR", "+989121234567", "+98 912 123 4567"),
        ("phone", "٠٥٠١٢٣٤٥٦٧", "sa", "+966501234567", "+966 50 123 4567"),
        ("phone", "0098 912-123-4567", "", "+989121234567", "+98 912 123 4567"),
        ("phone", "\u202a+966 (50) 123 4567\u202c", "", "+966501234567", "+966 50 123 4567"),
        ("phone", "+44 20 7946 0018", "IR", "+442079460018", "+44 20 7946 0018"),
        ("email", " Sara@Example.COM ", "", "sara@example.com", "sara@example.com"),
        ("email", "a+b.c@xn--mgbh0fb.xn--kgbechtv", "", None, "a+b.c@مثال.إختبار"),
        ("email", "علی@مثال.إختبار", "", "علی@xn--mgbh0fb.xn--kgbechtv", "علی@مثال.إختبار"),
        ("email", "x@under_score.example", "", "x@under_score.example", None),
        ("external", " CRM-42 ", "", "CRM-42", "CRM-42"),
    ],
)
def test_an_address_has_one_form(
    kind: str, given_value: str, region: str, value: str | None, display: str | None
) -> None:
    found = normalise(kind, given_value, region=region)
    assert value is None or found.value == value
    assert display is None or found.display == display


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", ""),
        ("phone", "0912 123 4567"),  # national, and nobody says of which country
        ("phone", "+98"),
        ("phone", "BANK"),
        ("phone", "+1" * 200),
        ("email", "nobody"),
        ("email", "@example.com"),
        ("email", "a@"),
        ("email", "a@b\r\nBcc: x@example.com"),
        ("email", "a\nb@example.com"),
        ("email", "a b@example.com"),
        ("email", "a,b@example.com"),
        ("email", "<a@example.com>"),
        ("email", ".a@example.com"),
        ("email", "a..b@example.com"),
        ("email", "a@-example.com"),
        ("email", "a@example..com"),
        ("email", "a@[127.0.0.1]"),
        ("email", "a\u202e@example.com"),
        ("email", "a" * 65 + "@example.com"),
        ("email", "a@" + "b" * 63 + ("." + "c" * 63) * 4),
        ("external", "   "),
        ("external", "x" * 255),
        ("external", "a\x00b"),
        ("external", "a\ud800b"),
        ("No Kind", "x"),
    ],
)
def test_what_is_no_address_is_refused(kind: str, value: str) -> None:
    with pytest.raises(IdentityInvalid):
        normalise(kind, value)


@given(st.sampled_from(["phone", "email", "external"]), st.text(max_size=300))
def test_any_text_is_refused_or_stays_as_it_became(kind: str, text: str) -> None:
    try:
        found = normalise(kind, text, region="IR")
    except IdentityInvalid:
        return
    assert 0 < len(found.value) <= LONGEST_ADDRESS
    assert normalise(kind, found.value) == found
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Cf") for c in found.value)


@given(st.emails())
def test_the_case_of_an_address_tells_nobody_apart(address: str) -> None:
    try:
        found = normalise("email", address)
    except IdentityInvalid:
        return  # quoted local parts and address literals
    assert normalise("email", address.upper()).value == found.value


@pytest.mark.parametrize(
    "spellings",
    [
        ("علی کریمی", "علي كريمي", "عَلِي كـريمي"),
        ("فاطمه", "فاطمة"),
        ("آذر", "اذر", "أذر"),
        ("علی‌رضا", "علیرضا"),
        ("سفارش ۱۲۳", "سفارش ١٢٣", "سفارش 123"),
        ("José  ÜNAL", "jose unal"),
        ("ﻻﻟﻪ", "لاله"),
    ],
)
def test_spellings_of_one_word_fold_alike(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1


@given(_ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert "\x00" not in once
    once.encode()  # no lone surrogate is left


@given(_ANY)
def test_a_name_is_one_clean_line(text: str) -> None:
    name = clean_name(text)
    assert len(name) <= LONGEST_NAME
    assert clean_name(name) == name
    assert not any(
        unicodedata.category(c) in ("Cc", "Cs") or "\u202a" <= c <= "\u202e" for c in name
    )
    name.encode()


def test_a_persian_name_keeps_its_joiner() -> None:
    assert clean_name(" \u202eعلی\u200cرضا\x00\n کریمی\u2066 ") == "علی\u200cرضا کریمی"


_FIELDS = st.fixed_dictionaries(
    {
        **{
            field: st.sampled_from(["", "a", "b"])
            for field in ("name", "locale", "time_zone", "company", "city", "preferred_channel")
        },
        "team_id": st.sampled_from([None, UUID(int=1), UUID(int=2)]),
        "tags": st.lists(st.sampled_from(["vip", "shop", "late"]), unique=True),
        "attributes": st.dictionaries(st.sampled_from(["x", "y"]), st.integers()),
    }
)


@given(_FIELDS, _FIELDS)
def test_in_a_merge_the_base_wins_and_blanks_are_filled(
    base: dict[str, Any], other: dict[str, Any]
) -> None:
    changes = merged_fields(base, other)
    merged = {**base, **changes}
    for field in ("name", "locale", "time_zone", "company", "city", "preferred_channel", "team_id"):
        assert merged[field] == (base[field] or other[field])
    assert set(merged["tags"]) == {*base["tags"], *other["tags"]}
    assert merged["attributes"] == {**other["attributes"], **base["attributes"]}
    assert merged_fields(merged, other) == {}
    assert {**merged, **unmerged_fields(merged, other, filled_by(base, other))} == base


def test_undoing_a_merge_leaves_what_was_changed_since() -> None:
    blank = {"name": "", "locale": "", "time_zone": "", "preferred_channel": "", "team_id": None}
    base = {**blank, "city": "", "company": "", "tags": ["a"], "attributes": {}}
    other = {**blank, "city": "Yazd", "company": "Z", "tags": ["b"], "attributes": {"x": 1, "y": 2}}
    merged = {**base, **merged_fields(base, other)}
    since = {**merged, "city": "Shiraz", "tags": ["a", "b", "c"], "attributes": {"x": 1, "y": 3}}
    assert unmerged_fields(since, other, filled_by(base, other)) == {
        "company": "",
        "tags": ["a", "c"],
        "attributes": {"y": 3},
    }


STATUSES = ("placed", "paid", "shipped", "out_for_delivery", "delivered", "returned", "cancelled")


@pytest.mark.parametrize(
    ("to", "of"),
    [
        ("cancelled", {"placed", "paid", "cancelled"}),  # it has not left
        ("returned", {"delivered", "returned"}),
        ("shipped", set()),  # nobody's wish
        ("delivered", set()),
    ],
)
def test_what_an_order_may_become(to: str, of: set[str]) -> None:
    assert {status for status in (*STATUSES, "lost") if may_become(status, to)} == of
