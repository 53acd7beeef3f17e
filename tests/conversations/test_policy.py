"""Threading, counting, masking and receipts: the pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.conversations.policy import (
    COUNTED_VIEWS,
    REOPEN_WINDOW,
    Arrival,
    Belongs,
    Matter,
    Standing,
    clean_text,
    count_changes,
    counted_in,
    mask_cards,
    next_state,
    preview_of,
    tally_of,
    whom_it_belongs_to,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SARA, OMAR = uuid4(), uuid4()
MAIL, CHAT = uuid4(), uuid4()
M1, M2 = uuid4(), uuid4()


def matter(id: UUID = M1, *, on: UUID = CHAT, contact: UUID = SARA, **more: Any) -> Matter:
    values: dict[str, Any] = {
        "open": True,
        "resolved_at": None,
        "newest_channel_id": on,
        "channel_ids": frozenset({on}),
    }
    return Matter(conversation_id=id, contact_id=contact, **(values | more))


def resolved(ago: timedelta, **more: Any) -> Matter:
    return matter(open=False, resolved_at=NOW - ago, **more)


def arrival(**given: Any) -> Arrival:
    values: dict[str, Any] = {
        "channel_id": MAIL,
        "has_threads": True,
        "proven": True,
        "internal": False,
        "spam": False,
        "automatic": False,
        "referenced": None,
        "owner_id": SARA,
        "claimant_id": None,
        "matters": (),
    }
    return Arrival(**(values | given))


@dataclass(frozen=True)
class Case:
    name: str
    arrival: Arrival
    belongs: Belongs
    conversation: UUID | None = None
    contact: UUID | None = None
    merge: UUID | None = None
    suggested: UUID | None = None


CASES = [
    Case("a reference names its conversation", arrival(referenced=matter(on=MAIL)),
         Belongs.JOIN, M1, SARA),
    Case("a reference wins over another open matter",
         arrival(referenced=matter(M2, on=MAIL), matters=[matter()]), Belongs.JOIN, M2, SARA),
    Case("a stranger's reference threads in; the contact stays who it was",
         arrival(referenced=matter(on=MAIL), owner_id=OMAR), Belongs.JOIN, M1, SARA),
    Case("a spoofed sender with a reference joins, as it would for a stranger",
         arrival(referenced=matter(on=MAIL), proven=False), Belongs.JOIN, M1, SARA),
    Case("a spoofed sender without one proves nothing: new contact, owner suggested",
         arrival(proven=False, matters=[matter()]), Belongs.OPEN, None, None, M1, SARA),
    Case("unproven again from the same claim: the claimant's new matter",
         arrival(proven=False, claimant_id=OMAR, owner_id=None), Belongs.OPEN, None, OMAR),
    Case("proven, nothing open", arrival(), Belongs.OPEN, None, SARA),
    Case("proven, one matter on another channel: mail joins the chat",
         arrival(matters=[matter(on=CHAT)]), Belongs.JOIN, M1, SARA),
    Case("proven, one matter on the same threaded channel: a new thread is a new matter",
         arrival(matters=[matter(on=MAIL)]), Belongs.OPEN, None, SARA, M1),
    Case("a matter that moved from mail to chat: a new mail thread is a new matter",
         arrival(matters=[matter(on=CHAT, channel_ids=frozenset({MAIL, CHAT}))]),
         Belongs.OPEN, None, SARA, M1),
    Case("the same channel without threads goes on",
         arrival(channel_id=CHAT, has_threads=False, matters=[matter(on=CHAT)]),
         Belongs.JOIN, M1, SARA),
    Case("chat joins the one matter on mail",
         arrival(channel_id=CHAT, has_threads=False, matters=[matter(on=MAIL)]),
         Belongs.JOIN, M1, SARA),
    Case("two open matters elsewhere: nobody guesses",
         arrival(channel_id=CHAT, has_threads=False, matters=[matter(on=MAIL), matter(M2, on=MAIL)]),
         Belongs.OPEN, None, SARA, M1),
    Case("two open matters, one of them here and without threads: it goes on here",
         arrival(channel_id=CHAT, has_threads=False, matters=[matter(on=MAIL), matter(M2, on=CHAT)]),
         Belongs.JOIN, M2, SARA),
    Case("resolved within the window, referenced: it reopens",
         arrival(referenced=resolved(timedelta(days=2), on=MAIL)), Belongs.REOPEN, M1, SARA),
    Case("resolved long ago, referenced: a new matter, the old one suggested",
         arrival(referenced=resolved(REOPEN_WINDOW + timedelta(seconds=1), on=MAIL)),
         Belongs.OPEN, None, SARA, M1),
    Case("a colleague's mail on a thread is a note",
         arrival(internal=True, owner_id=None, referenced=matter(on=MAIL)), Belongs.NOTE, M1, SARA),
    Case("a colleague who writes to support without a reference is a contact like others",
         arrival(internal=True, owner_id=None), Belongs.OPEN),
    Case("spam without a reference opens a matter of its own and joins nothing",
         arrival(spam=True, channel_id=CHAT, has_threads=False, matters=[matter(on=MAIL)]),
         Belongs.OPEN, None, SARA),
    Case("spam never reopens", arrival(spam=True, referenced=resolved(timedelta(days=1))),
         Belongs.OPEN, None, SARA),
    Case("an auto-reply is recorded on its thread", arrival(automatic=True, referenced=matter()),
         Belongs.RECORD, M1, SARA),
    Case("an auto-reply never reopens",
         arrival(automatic=True, referenced=resolved(timedelta(days=1))), Belongs.RECORD, M1, SARA),
    Case("an auto-reply to nothing is ignored", arrival(automatic=True), Belongs.IGNORE),
    Case("a new proven identity is a new contact", arrival(owner_id=None), Belongs.OPEN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_whom_a_message_belongs_to(case: Case) -> None:
    verdict = whom_it_belongs_to(case.arrival, NOW)
    assert verdict.belongs is case.belongs
    assert verdict.conversation_id == case.conversation
    assert verdict.contact_id == case.contact
    assert verdict.merge_suggestion == case.merge
    assert verdict.contact_suggestion == case.suggested


matters = st.builds(
    matter,
    st.uuids(),
    on=st.sampled_from([MAIL, CHAT]),
)
arrivals = st.builds(
    arrival,
    channel_id=st.sampled_from([MAIL, CHAT]),
    has_threads=st.booleans(),
    proven=st.booleans(),
    internal=st.booleans(),
    spam=st.booleans(),
    automatic=st.booleans(),
    referenced=st.one_of(
        st.none(),
        matters,
        st.builds(resolved, st.timedeltas(timedelta(0), timedelta(days=30))),
    ),
    owner_id=st.sampled_from([None, SARA]),
    claimant_id=st.sampled_from([None, OMAR]),
    matters=st.lists(matters, max_size=3),
)


@given(arrivals)
def test_an_unproven_sender_never_gets_at_a_verified_contact(a: Arrival) -> None:
    verdict = whom_it_belongs_to(a, NOW)
    if not a.proven and a.referenced is None and a.owner_id is not None:
        assert verdict.contact_id != a.owner_id


@given(arrivals)
def test_spam_and_automatic_mail_wake_nothing(a: Arrival) -> None:
    verdict = whom_it_belongs_to(a, NOW)
    if a.automatic:
        assert verdict.belongs in (Belongs.RECORD, Belongs.IGNORE)
    if a.spam:
        assert verdict.belongs is not Belongs.REOPEN


@given(arrivals)
def test_joining_names_a_conversation_and_opening_names_none(a: Arrival) -> None:
    verdict = whom_it_belongs_to(a, NOW)
    opens = verdict.belongs in (Belongs.OPEN, Belongs.IGNORE)
    assert (verdict.conversation_id is None) == opens


QUEUES = [uuid4(), uuid4()]
USERS = [uuid4(), uuid4()]
standings = st.builds(
    Standing,
    status=st.sampled_from(["open", "pending", "snoozed", "resolved"]),
    spam=st.booleans(),
    assignee_id=st.sampled_from([None, *USERS]),
    queue_id=st.sampled_from([None, *QUEUES]),
    state=st.sampled_from(["created", "queued", "offered", "active", "parked", "completed"]),
)


@given(st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), standings)), max_size=30))
def test_counters_kept_by_changes_equal_a_fresh_count(
    steps: list[tuple[int, Standing | None]],
) -> None:
    kept: dict[str, int] = {}
    world: dict[int, Standing | None] = {}
    for which, after in steps:
        for key, by in count_changes(world.get(which), after).items():
            kept[key] = kept.get(key, 0) + by
        world[which] = after
    alive = [s for s in world.values() if s is not None]
    for user in USERS:
        for member_of in ([], QUEUES[:1], QUEUES):
            tally = tally_of(user, frozenset(member_of), False)
            shown = tally.counts(kept)
            for view in COUNTED_VIEWS:
                entitled = [s for s in alive if s.assignee_id == user or s.queue_id in member_of]
                assert shown[view] == sum(f"org/{view}" in counted_in(s) for s in entitled)
            assert set(tally.keys) >= {f"user:{user}/all"}


@given(st.text(max_size=300))
def test_clean_text_can_always_be_stored(text: str) -> None:
    cleaned = clean_text(text, limit=200)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned and "\u202e" not in cleaned and len(cleaned) <= 200


def test_lone_surrogates_and_overrides_are_harmless() -> None:
    assert clean_text("a\ud800b\u202egpj.exe\x00\r\nc", limit=99) == "a?bgpj.exe\nc"


def test_card_numbers_are_masked_in_any_digits() -> None:
    assert mask_cards("my card is 4111 1111 1111 1111, ok") == "my card is •••• •••• •••• 1111, ok"
    assert mask_cards("۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱") == "••••••••••••۱۱۱۱"
    assert mask_cards("order 4111111111111112") == "order 4111111111111112"


@given(st.text(alphabet="0123456789 -x۴۱", max_size=60))
def test_masking_keeps_length_and_everything_but_digits(text: str) -> None:
    masked = mask_cards(text)
    assert len(masked) == len(text)
    assert all(a == b or (a == "•" and b.isdecimal()) for a, b in zip(masked, text, strict=True))


@given(st.lists(st.sampled_from(["sent", "delivered", "read", "failed"]), max_size=8))
def test_receipts_never_take_a_delivery_back(told: list[str]) -> None:
    state, reached = "queued", False
    for receipt in told:
        state = next_state(state, receipt)
        reached = reached or receipt in ("delivered", "read")
        assert not (reached and state in ("queued", "sent", "failed"))


def test_preview_is_one_short_line() -> None:
    assert preview_of("a\n\n b   c") == "a b c"
    assert len(preview_of("x" * 5000)) == 160
