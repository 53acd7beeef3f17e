"""The router on a real database and the real event log, on a clock that the tests turn."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.routing.conftest import NAMES, Centre
from wasl.accounts.tables import users
from wasl.conversations import ConversationState, Placement, change, hooks
from wasl.conversations.merging import merge, unmerge
from wasl.infra.bus import LocalBus
from wasl.infra.clock import TurnedClock
from wasl.infra.database import Database, make_engine
from wasl.infra.errors import AppError, Conflict
from wasl.infra.event_reader import LiveReader
from wasl.infra.events import SYSTEM, Event, events, from_row
from wasl.infra.ids import new_id
from wasl.infra.leader import Leader, LostLeadership
from wasl.reporting.supervising import prioritise
from wasl.routing import (
    HELD,
    LEADER,
    By,
    Router,
    accept_offer,
    add_queue,
    agents_view,
    ask_callback,
    decline_offer,
    drop_queue,
    entry_rule,
    offers_of,
    pick,
    set_members,
    set_presence,
    set_status,
    transfer,
    wrap_up,
)
from wasl.routing.reading import touched_by
from wasl.routing.tables import assignments

Do = Callable[[AsyncConnection], Awaitable[Any]]


class Floor:
    """A centre whose steps commit, with a router that is stepped by hand."""

    def __init__(self, dsn: str, centre: Centre) -> None:
        self.bus = LocalBus()
        self.engine = make_engine(dsn, pool_size=8)
        self.database = Database(self.engine, self.bus.wake)
        self.centre = centre
        self.router = self.a_router()
        self.seq = 0

    def a_router(self) -> Router:
        return Router(self.database, self.centre.clock, lambda: LiveReader(self.engine, self.bus))

    async def do(self, step: Do) -> Any:
        async with self.database.transaction() as conn:
            return await step(conn)

    async def lead(self, term: int) -> None:
        """Makes `term` the newest one."""
        await self.do(
            lambda conn: conn.execute(
                text(
                    "INSERT INTO leaders VALUES ('router', :term, 'test', 0, now())"
                    " ON CONFLICT (name) DO UPDATE SET term = :term"
                ),
                {"term": term},
            )
        )

    async def happened(self) -> list[Event]:
        async with self.database.transaction() as conn:
            rows = await conn.execute(
                select(events).where(events.c.seq > self.seq).order_by(events.c.seq)
            )
            found = [from_row(row) for row in rows]
        self.seq = max((event.seq for event in found), default=self.seq)
        return found

    async def catch_up(self) -> None:
        """Until nothing new happens: what is decided is told to the engine as well."""
        while happened := await self.happened():
            await self.router.take(happened, 1)
            await self.router.decide(1)

    async def turn(self, by_s: float) -> None:
        """Lets time pass, with the router awake at each of its moments."""
        until = self.centre.now + timedelta(seconds=by_s)
        while (wake := self.router.engine.next_wake()) and wake <= until:
            self.centre.clock.turn((wake - self.centre.now).total_seconds())
            await self.router.decide(1)
            await self.catch_up()
        self.centre.clock.turn((until - self.centre.now).total_seconds())
        await self.router.decide(1)
        await self.catch_up()

    async def offers(self) -> list[tuple[UUID, UUID]]:
        """Live offers as (conversation, agent)."""
        live = await self.do(self.centre.live_offers)
        return [(offer.conversation_id, offer.user_id) for offer in live]

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Waits until something holds that commits bring about."""
        wakes = self.bus.subscribe("events")
        async with asyncio.timeout(60):
            while not await holds():
                await anext(wakes)


@pytest.fixture
async def floor(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[Floor]:
    floor = Floor(fresh_dsn, Centre(clock))
    await floor.do(lambda conn: floor.centre.open(conn, wrap_up_s=10))
    await floor.lead(1)
    await floor.router.rebuild(1)
    yield floor
    await floor.engine.dispose()


async def test_it_offers_at_once_and_a_missed_offer_goes_on(floor: Floor) -> None:
    """The whole of it: leadership, event log, engine, clock."""
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    centre.clock.turn(1)
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza"))
    dsn = floor.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    leading = asyncio.create_task(Leader(dsn, LEADER).run(floor.router.lead))
    written = await floor.do(centre.contact_writes)

    async def offered_to(agent_id: UUID) -> bool:
        return await floor.offers() == [(written, agent_id)]

    await floor.until(lambda: offered_to(maryam))
    centre.clock.turn(20)
    await floor.until(lambda: offered_to(reza))
    (offer,) = await floor.do(centre.live_offers)
    assert [why["code"] for why in offer.why] == ["idle", "member"]
    await floor.do(
        lambda conn: accept_offer(conn, offer.id, offer.epoch, agent_id=reza, now=centre.now)
    )
    conversation = await floor.do(lambda conn: centre.conversation(conn, written))
    assert (conversation.state, conversation.assignee_id) == ("active", reza)
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)


async def test_what_is_prioritised_while_it_waits_is_offered_first(floor: Floor) -> None:
    centre = floor.centre
    first = await floor.do(centre.contact_writes)
    centre.clock.turn(60)
    second = await floor.do(centre.contact_writes)
    await floor.catch_up()
    by = By(new_id(), manages=True)
    await floor.do(lambda conn: prioritise(conn, second, 1, by=by, now=centre.now))
    await floor.catch_up()
    lina = await floor.do(lambda conn: centre.agent(conn, "Lina", capacity=1))
    await floor.catch_up()
    assert await floor.offers() == [(second, lina)]
    (offer,) = await floor.do(centre.live_offers)
    await floor.do(
        lambda conn: decline_offer(conn, offer.id, offer.epoch, agent_id=lina, now=centre.now)
    )
    await floor.catch_up()
    assert await floor.offers() == [(first, lina)]


async def test_a_paused_leader_writes_nothing_after_it_resumes(floor: Floor) -> None:
    await floor.do(lambda conn: floor.centre.agent(conn, "Maryam"))
    await floor.do(floor.centre.contact_writes)
    happened = await floor.happened()
    await floor.lead(2)
    await floor.router.take(happened, 1)
    with pytest.raises(LostLeadership):
        await floor.router.decide(1)
    assert await floor.offers() == []
    successor = floor.a_router()
    await successor.rebuild(2)
    await successor.decide(2)
    assert len(await floor.offers()) == 1


async def test_what_the_database_refuses_is_looked_at_again(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam", capacity=1))
    first = await floor.do(centre.contact_writes)
    second = await floor.do(centre.contact_writes)
    happened = await floor.happened()
    await floor.router.take(happened, 1)
    # unknown to the engine yet: she has taken the second one by hand
    await floor.do(lambda conn: pick(conn, second, by=By(maryam), now=centre.now))
    await floor.router.decide(1)
    assert await floor.offers() == []
    await floor.do(lambda conn: set_status(conn, second, "pending", by=By(maryam), now=centre.now))
    await floor.catch_up()
    assert await floor.offers() == [(first, maryam)]


async def test_an_agent_who_goes_away_loses_the_offer_to_the_next(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == [(written, maryam)]
    centre.clock.turn(1)
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza"))
    await floor.do(lambda conn: set_presence(conn, maryam, "away", now=centre.now))
    await floor.catch_up()
    assert await floor.offers() == [(written, reza)]


async def test_a_transfer_waits_for_its_agent_and_then_for_anybody(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza", capacity=0))
    sara = await floor.do(lambda conn: centre.agent(conn, "Sara", available=False))
    written = await floor.do(centre.contact_writes)
    by = By(maryam)
    await floor.do(lambda conn: pick(conn, written, by=by, now=centre.now))
    await floor.do(lambda conn: transfer(conn, written, user_id=reza, by=by, now=centre.now))
    await floor.do(lambda conn: set_presence(conn, sara, "available", now=centre.now))
    await floor.catch_up()
    assert await floor.offers() == []
    await floor.turn(119)
    assert await floor.offers() == []
    await floor.turn(1)
    assert await floor.offers() == [(written, sara)]


async def test_spam_is_not_offered_and_what_is_merged_away_ends(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    spam = await floor.do(centre.contact_writes)
    merged = await floor.do(centre.contact_writes)
    target = await floor.do(centre.contact_writes)
    await floor.do(lambda conn: pick(conn, merged, by=By(maryam), now=centre.now))

    async def mark(conn: AsyncConnection) -> None:
        for conversation_id, values in ((spam, {"spam": True}), (merged, {"merged_into": target})):
            await change(
                conn, conversation_id, event="Marked", actor=SYSTEM, now=centre.now, values=values
            )

    await floor.do(mark)
    await floor.catch_up()
    assert await floor.offers() == [(target, maryam)]
    (segment,) = await floor.do(lambda conn: centre.segments(conn, merged))
    assert segment.end_reason == "merged"


async def test_what_is_no_longer_merged_goes_on_or_is_queued_again(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "entry", entry_rule)
    monkeypatch.setattr(hooks, "held", HELD)
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    merged = await floor.do(centre.contact_writes)
    target = await floor.do(centre.contact_writes)
    await floor.do(lambda conn: pick(conn, merged, by=By(maryam), now=centre.now))
    await floor.do(lambda conn: pick(conn, target, by=By(maryam), now=centre.now))

    async def join(conn: AsyncConnection) -> None:
        await conn.execute(
            text(
                "UPDATE conversations SET contact_id ="
                " (SELECT contact_id FROM conversations WHERE id = :target) WHERE id = :merged"
            ),
            {"target": target, "merged": merged},
        )
        await merge(conn, merged, target, by=SYSTEM, now=centre.now)

    async def part(conn: AsyncConnection) -> ConversationState:
        return await unmerge(conn, merged, by=SYSTEM, now=centre.now)

    # at once: its holder goes on with it
    await floor.do(join)
    parted = await floor.do(part)
    await floor.catch_up()
    assert (parted.state, parted.assignee_id, parted.interactions) == ("active", maryam, 1)
    assert (await floor.do(lambda conn: centre.assignment(conn, merged))).state == "active"

    # when routing has put it down it begins again, with whoever held it if they can
    await floor.do(join)
    await floor.catch_up()
    parted = await floor.do(part)
    assert (parted.state, parted.assignee_id, parted.interactions) == ("queued", None, 2)
    await floor.catch_up()
    assert await floor.offers() == [(merged, maryam)]


async def test_what_could_not_be_queued_when_it_came_in_is_queued_later(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam", member=False))
    await floor.do(lambda conn: drop_queue(conn, centre.queue_id, actor=SYSTEM, now=centre.now))
    early = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert (await floor.do(lambda conn: centre.conversation(conn, early))).state == "created"
    queue_id = await floor.do(
        lambda conn: add_queue(conn, {"names": NAMES}, actor=SYSTEM, now=centre.now)
    )
    await floor.do(
        lambda conn: set_members(conn, queue_id, {maryam: 3}, actor=SYSTEM, now=centre.now)
    )
    await floor.catch_up()
    assert await floor.offers() == [(early, maryam)]


@pytest.mark.parametrize("held", [False, True])
async def test_spam_is_taken_away_and_queued_once_it_is_none(floor: Floor, held: bool) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    written = await floor.do(centre.contact_writes)
    entered_at = centre.now
    await floor.catch_up()
    if held:
        await floor.do(lambda conn: pick(conn, written, by=By(maryam), now=centre.now))
    centre.clock.turn(5)

    async def mark(conn: AsyncConnection, spam: bool) -> None:
        await change(
            conn, written, event="ConversationMarkedSpam", actor=SYSTEM, now=centre.now,
            values={"spam": spam},
        )  # fmt: skip

    await floor.do(lambda conn: mark(conn, True))
    await floor.catch_up()
    assert await floor.offers() == []
    (agent,) = await floor.do(lambda conn: agents_view(conn, [maryam]))
    assert agent["state"] == "idle"
    await floor.do(lambda conn: mark(conn, False))
    await floor.catch_up()
    assert await floor.offers() == [(written, maryam)]
    a = await floor.do(lambda conn: centre.assignment(conn, written))
    assert a.enqueued_at == entered_at


async def test_what_came_in_as_spam_has_a_place_once_it_is_none(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    written = await floor.do(centre.contact_writes)

    async def as_ingest_leaves_spam(conn: AsyncConnection) -> None:
        await conn.execute(delete(assignments))
        await change(
            conn, written, event="ConversationMarkedSpam", actor=SYSTEM, now=centre.now,
            placement=Placement(None, None, "created"),
        )  # fmt: skip

    await floor.do(as_ingest_leaves_spam)
    await floor.catch_up()
    assert await floor.offers() == [(written, maryam)]


async def test_of_two_who_take_it_at_once_one_wins_and_the_other_is_told(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza", available=False))
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    (offer,) = await floor.do(centre.live_offers)
    outcomes = await asyncio.gather(
        floor.do(
            lambda conn: accept_offer(conn, offer.id, offer.epoch, agent_id=maryam, now=centre.now)
        ),
        floor.do(lambda conn: pick(conn, written, by=By(reza), now=centre.now)),
        return_exceptions=True,
    )
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert isinstance(refused, Conflict)
    conversation = await floor.do(lambda conn: centre.conversation(conn, written))
    winner = {maryam: "Maryam", reza: "Reza"}[conversation.assignee_id]
    assert refused.params == {"by": winner}
    assert len(await floor.do(lambda conn: centre.segments(conn, written))) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_rebuilt_engine_is_the_one_that_lived_through_the_day(
    floor: Floor, seed: int
) -> None:
    """Also: nobody is above capacity, and each interaction has one holder or one offer."""
    centre = floor.centre
    chance = random.Random(seed)  # noqa: S311 (not a secret)
    people = [await floor.do(lambda conn: centre.agent(conn, "A")) for _ in range(3)]
    matters: list[UUID] = []
    for _ in range(60):
        await step_of_the_day(floor, chance, people, matters)
        await floor.catch_up()
        rebuilt = floor.a_router()
        await rebuilt.rebuild(1)
        assert rebuilt.engine.decide(centre.now) == []
        assert rebuilt.engine.picture() == floor.router.engine.picture()
        await floor.do(nobody_is_above_capacity)


async def step_of_the_day(
    floor: Floor, chance: random.Random, people: list[UUID], matters: list[UUID]
) -> None:
    centre, now = floor.centre, floor.centre.now
    agent, matter = chance.choice(people), chance.choice(matters or [new_id()])
    by = By(agent, manages=True)
    live = await floor.do(centre.live_offers)
    kind = chance.choice(["web_chat", "email"])
    to = chance.choice(people)
    steps: dict[str, Do] = {
        "park": lambda c: set_status(c, matter, "pending", by=by, now=now),
        "resolve": lambda c: set_status(c, matter, "resolved", by=by, now=now),
        "wrap up": lambda c: wrap_up(c, matter, by=by, now=now),
        "pick": lambda c: pick(c, matter, by=by, now=now),
        "transfer": lambda c: transfer(c, matter, user_id=to, by=by, now=now),
        "queue": lambda c: transfer(c, matter, queue_id=centre.queue_id, by=by, now=now),
        "back": lambda c: set_presence(c, agent, "available", now=now),
        "away": lambda c: set_presence(c, agent, "away", now=now),
        "members": lambda c: set_members(
            c, centre.queue_id, {agent: 3, to: 4}, actor=SYSTEM, now=now
        ),
    }
    if live:
        offer = chance.choice(live)
        taker, epoch = offer.user_id, offer.epoch
        steps["accept"] = lambda c: accept_offer(c, offer.id, epoch, agent_id=taker, now=now)
        steps["decline"] = lambda c: decline_offer(c, offer.id, epoch, agent_id=taker, now=now)
    if matters:
        steps["write"] = lambda c: centre.writes_again(c, matter)
        steps["switch"] = lambda c: centre.writes_again(c, matter, switched=True, channel_kind=kind)
        steps["speak"] = lambda c: centre.speaks(c, matter, agent)
    what = chance.choice(["new", "time", *steps])
    if what == "new":
        matters.append(await floor.do(centre.contact_writes))
    elif what == "time":
        await floor.turn(chance.choice([1, 20, 60, 130]))
    else:
        try:
            await floor.do(steps[what])
        except AppError as refused:
            assert refused.status in (404, 409, 422)  # noqa: PT017 (a refusal is an outcome)


async def nobody_is_above_capacity(conn: AsyncConnection) -> None:
    """But for a contact's own switch to e-mail."""
    rows = await conn.execute(
        text(
            "SELECT a.user_id FROM agents a WHERE (a.capacity->>'web_chat')::int <"
            " (SELECT coalesce(sum(s.units), 0) FROM assignments s WHERE s.channel_kind = 'web_chat'"
            "  AND (s.state IN ('active','wrap_up') AND s.holder_id = a.user_id OR EXISTS"
            "   (SELECT FROM offers o WHERE o.interaction_id = s.interaction_id"
            "    AND o.state = 'offered' AND o.user_id = a.user_id)))"
        )
    )
    assert rows.all() == []
    twice = await conn.execute(
        text(
            "SELECT s.interaction_id FROM assignments s WHERE s.state IN ('active','offered') AND 1 <>"
            " (SELECT count(*) FROM segments g WHERE g.interaction_id = s.interaction_id"
            "   AND g.ended_at IS NULL) +"
            " (SELECT count(*) FROM offers o WHERE o.interaction_id = s.interaction_id"
            "   AND o.state = 'offered')"
        )
    )
    assert twice.all() == []


def test_events_say_what_to_look_at() -> None:
    at = datetime.fromisoformat("2026-11-21T09:00:00Z")
    interaction, agent, queue, member, user = (new_id() for _ in range(5))

    def event(kind: str, about: UUID, **data: Any) -> Event:
        return Event("Something", kind, about, 1, frozenset(), at, data=data)

    touched = touched_by(
        [
            event("conversation", new_id(), interaction_id=str(interaction)),
            event("conversation", new_id()),
            event("agent", agent),
            event("user", user),
            event("queue", queue, user_ids=[str(member)]),
            event("offer", new_id()),
            event("channel", new_id()),
        ]
    )
    assert touched.interactions == {interaction}
    assert touched.agents == {agent, user, member}
    assert touched.queues == {queue}


async def test_a_disabled_user_is_no_agent(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await floor.catch_up()

    async def disable(conn: AsyncConnection) -> None:
        await conn.execute(update(users).where(users.c.id == maryam).values(disabled=True))

    await floor.do(disable)
    await floor.router.take([Event("UserChanged", "user", maryam, 2, frozenset(), centre.now)], 1)
    await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == []


async def test_a_callback_is_offered_at_its_moment_and_before_those_who_came_later(
    floor: Floor,
) -> None:
    floor.centre.clock.turn(1)
    lina = await floor.do(lambda conn: floor.centre.agent(conn, "Lina", capacity=1))
    first = await floor.do(floor.centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == [(first, lina)]
    later = floor.centre.now + timedelta(seconds=300)
    await floor.do(
        lambda conn: ask_callback(
            conn,
            first,
            kind="email",
            address="sara@example.com",
            not_before=later,
            actor=SYSTEM,
            now=floor.centre.now,
        )
    )
    await floor.catch_up()
    assert await floor.offers() == []
    await floor.turn(299)
    assert await floor.offers() == []
    await floor.turn(1)
    assert await floor.offers() == [(first, lina)]
    shown = await floor.do(lambda conn: offers_of(conn, [lina]))
    assert shown[lina][0]["callback"]["address"] == "sara@example.com"
    assert {why["code"] for why in shown[lina][0]["why"]} >= {"callback"}
