from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.infra.crypto import (
    SealBroken,
    Sealer,
    hash_password,
    hash_token,
    new_token,
    verify_password,
)

SEALER = Sealer("a secret key that is long enough for us")
OTHER = Sealer("another secret key, long enough as well")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_only_with_its_key(plain: bytes) -> None:
    sealed = SEALER.seal(plain)
    assert SEALER.open(sealed) == plain
    assert sealed != SEALER.seal(plain)
    with pytest.raises(SealBroken):
        OTHER.open(sealed)


@given(st.binary(max_size=60), st.data())
def test_a_changed_seal_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(plain))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        SEALER.open(bytes(sealed))


@given(st.binary(max_size=60))
def test_anything_else_does_not_open(noise: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.open(noise)


@given(st.binary(max_size=100))
def test_a_token_is_good_for_its_purpose_and_key(payload: bytes) -> None:
    token = SEALER.sign("csat", payload)
    assert SEALER.verify("csat", token) == payload
    assert SEALER.verify("sign_in", token) is None
    assert OTHER.verify("csat", token) is None
    assert SEALER.verify_until("csat", token, NOON) is None


@given(st.text(max_size=80))
def test_no_text_is_a_token(noise: str) -> None:
    assert SEALER.verify("csat", noise) is None
    assert SEALER.verify_until("csat", noise, NOON) is None
    assert SEALER.read_reply_token(noise) is None


@given(st.binary(max_size=20), st.data())
def test_no_letter_of_a_token_can_change(payload: bytes, data: st.DataObject) -> None:
    token = SEALER.sign("csat", payload)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_=+/ \n").filter(lambda new: new != token[at]))
    assert SEALER.verify("csat", token[:at] + letter + token[at + 1 :]) is None


def test_a_dated_token_runs_out() -> None:
    token = SEALER.sign_until("csat", b"it", NOON)
    assert SEALER.verify_until("csat", token, NOON - timedelta(seconds=1)) == b"it"
    assert SEALER.verify_until("csat", token, NOON) is None
    assert SEALER.verify("csat", token) is None


@given(st.uuids())
def test_a_reply_token_survives_an_address(id: UUID) -> None:
    token = SEALER.reply_token(id)
    assert len(token) <= 40
    assert token == token.lower()
    assert len(f"reply+{token}") <= 64
    assert SEALER.read_reply_token(token.upper()) == id
    assert OTHER.read_reply_token(token) is None


@given(st.uuids(), st.data())
def test_no_letter_of_a_reply_token_can_change(id: UUID, data: st.DataObject) -> None:
    token = SEALER.reply_token(id)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcdz27ı").filter(lambda new: new != token[at]))
    assert SEALER.read_reply_token(token[:at] + letter + token[at + 1 :]) is None


def test_tokens_are_new_each_time_and_kept_as_hashes() -> None:
    one, two = new_token("wasl"), new_token("wasl")
    assert one.startswith("wasl_")
    assert one != two
    assert hash_token(one) == hash_token(one) != hash_token(two)
    assert len(hash_token(one)) == 32


async def test_passwords() -> None:
    hashed = await hash_password("رمز عبور")
    assert hashed.startswith("$argon2id$")
    assert await verify_password(hashed, "رمز عبور")
    assert not await verify_password(hashed, "رمز")
    assert not await verify_password(None, "رمز عبور")
    assert not await verify_password("not a hash", "رمز عبور")
    assert not await verify_password(hashed, "x" * 5000)
