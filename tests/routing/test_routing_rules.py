"""Rules saved, obeyed by the router on a real database, and told to whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.routing.conftest import NAMES
from tests.routing.test_api import Desk, desk
from tests.routing.test_router import Floor, floor
from wasl.accounts.service import drop_team, put_team
from wasl.contacts.tables import contacts
from wasl.conversations import hooks
from wasl.infra.errors import Conflict, Invalid
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id
from wasl.reporting import boards_view
from wasl.routing import (
    By,
    accept_offer,
    add_queue,
    change_queue,
    decline_offer,
    drop_queue,
    pick,
    set_capacity,
    set_members,
    transfer,
)
from wasl.routing.agents import set_skills
from wasl.routing.explained import explained
from wasl.routing.policy import AFFINITY
from wasl.routing.tables import agents, routing_decisions

__all__ = ["desk", "floor"]  # fixtures

RETURNS = [
    {"requirement": {"skill": "returns", "least": 4}, "expires_after_s": 30},
    {"requirement": {"all": []}},
]


async def rule(floor: Floor, **values: Any) -> None:
    centre = floor.centre
    await floor.do(
        lambda conn: change_queue(conn, centre.queue_id, values, actor=SYSTEM, now=centre.now)
    )
    await floor.catch_up()


async def skilled(floor: Floor, user_id: Any, **skills: int) -> None:
    now = floor.centre.now
    await floor.do(lambda conn: set_skills(conn, user_id, skills, actor=SYSTEM, now=now))
    await floor.catch_up()


async def test_steps_relax_and_reasons_are_kept(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await rule(floor, steps=RETURNS)
    await skilled(floor, maryam, returns=3)
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == []
    await floor.turn(30)
    assert await floor.offers() == [(written, maryam)]
    rows = await floor.do(lambda conn: conn.execute(select(routing_decisions)))
    (kept,) = rows.all()
    assert (kept.kind, kept.user_id, kept.queue_id) == ("offered", maryam, centre.queue_id)
    assert {"code": "relaxed", "params": {"n": 1}} in kept.why


async def test_what_nobody_can_do_is_shown_at_once(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await rule(floor, steps=RETURNS)
    written = await floor.do(centre.contact_writes)
    other = await floor.do(centre.contact_writes)
    await floor.catch_up()
    matter = await floor.do(lambda conn: centre.conversation(conn, written))

    async def shown() -> list[dict[str, Any]]:
        (board,) = await floor.do(lambda conn: boards_view(conn, [centre.queue_id]))
        needs: list[dict[str, Any]] = board["needs"]
        return needs

    first = {
        "lacking": [{"name": "returns", "least": 4.0}],
        "away": 0,
        "waiting": 2,
        "waiting_since": centre.now,
        "conversation": {"id": written, "number": matter.number},
    }
    assert await shown() == [first]
    floor.router = floor.a_router()
    await floor.router.rebuild(1)
    before = floor.seq
    await floor.router.decide(1)
    assert await floor.happened() == [] and floor.seq == before  # as it was: nothing is told twice

    await floor.do(lambda conn: pick(conn, written, by=By(maryam), now=centre.now))
    await floor.catch_up()
    (left,) = await shown()
    assert (left["waiting"], left["conversation"]["id"]) == (1, other)
    await floor.turn(30)
    assert await shown() == []
    assert (other, maryam) in await floor.offers()


async def test_the_contacts_team_goes_first_for_a_while(floor: Floor) -> None:
    """As far as they belong to the queue; and not where it overflowed to."""
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    centre.clock.turn(60)
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza", capacity=1))
    outside = await floor.do(lambda conn: centre.agent(conn, "Sima", member=False))
    team_id = new_id()
    await floor.do(lambda conn: put_team(conn, team_id, "Gold", [reza, outside]))

    async def writes(conn: Any) -> Any:
        conversation_id = await centre.contact_writes(conn)
        contact_id = (await centre.conversation(conn, conversation_id)).contact_id
        of_team: dict[str, Any] = {"team_id": team_id}
        await conn.execute(update(contacts).where(contacts.c.id == contact_id).values(**of_team))
        return conversation_id

    first = await floor.do(writes)
    await floor.catch_up()
    assert await floor.offers() == [(first, reza)]  # though Maryam is idle for longer
    (kept,) = (await floor.do(lambda conn: conn.execute(select(routing_decisions)))).all()
    assert kept.why == [{"code": "team", "params": {}}]

    second = await floor.do(writes)  # waits for Reza, who is full
    await floor.catch_up()
    assert await floor.offers() == [(first, reza)]
    told = await floor.do(lambda conn: explained(conn, second, now=centre.now))
    assert told["why"] == [{"code": "waits_for_team", "params": {"agents": [str(reza)]}}]
    ((offer,),) = [await floor.do(centre.live_offers)]
    await floor.do(
        lambda conn: accept_offer(conn, offer.id, offer.epoch, agent_id=reza, now=centre.now)
    )
    await floor.catch_up()
    await floor.turn(AFFINITY.total_seconds())
    assert await floor.offers() == [(second, maryam)]

    await floor.do(lambda conn: drop_team(conn, team_id))
    third = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert (third, maryam) in await floor.offers()


async def test_what_is_asked_follows_the_contact(floor: Floor) -> None:
    centre = floor.centre
    vip = {"any": [{"skill": "vip"}, {"not": {"contact": "tag", "is": "vip"}}]}
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await rule(floor, steps=[{"requirement": vip}])

    async def a_vip_writes(conn: Any) -> Any:
        conversation_id = await centre.contact_writes(conn)
        contact_id = (await centre.conversation(conn, conversation_id)).contact_id
        await conn.execute(update(contacts).where(contacts.c.id == contact_id).values(tags=["vip"]))
        return conversation_id

    await floor.do(a_vip_writes)
    other = await floor.do(centre.contact_writes)
    await floor.catch_up()
    assert await floor.offers() == [(other, maryam)]
    sima = await floor.do(lambda conn: centre.agent(conn, "Sima"))
    await skilled(floor, sima, vip=1)
    assert len(await floor.offers()) == 2


async def test_what_overflows_is_in_the_other_queue_for_good(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam", member=False))
    other = await floor.do(
        lambda conn: add_queue(conn, {"names": NAMES}, actor=SYSTEM, now=centre.now)
    )
    back = {"queue_id": str(centre.queue_id), "after_s": 60}
    await floor.do(
        lambda conn: change_queue(conn, other, {"overflow": back}, actor=SYSTEM, now=centre.now)
    )
    await floor.catch_up()
    await rule(floor, overflow={"queue_id": str(other), "after_s": 60})
    with pytest.raises(Conflict, match="queue_in_use"):
        await floor.do(lambda conn: drop_queue(conn, other, actor=SYSTEM, now=centre.now))
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    await floor.turn(300)
    a = await floor.do(lambda conn: centre.assignment(conn, written))
    assert (a.state, a.queue_id, a.visited) == ("queued", other, [str(centre.queue_id)])
    await floor.do(lambda conn: set_members(conn, other, {maryam: 3}, actor=SYSTEM, now=centre.now))
    await floor.catch_up()
    assert await floor.offers() == [(written, maryam)]


async def test_auto_accept_gives_it_at_once(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await rule(floor, delivery="auto_accept")
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    a = await floor.do(lambda conn: centre.assignment(conn, written))
    assert (a.state, a.holder_id, a.epoch) == ("active", maryam, 2)
    assert len(await floor.do(lambda conn: centre.segments(conn, written))) == 1


async def test_missed_offers_are_counted_until_one_is_accepted(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    await rule(floor, no_answer_limit=2)
    await floor.do(centre.contact_writes)
    await floor.catch_up()

    async def standing() -> tuple[str, int]:
        row = (
            await floor.do(lambda conn: conn.execute(select(agents.c.presence, agents.c.missed)))
        ).one()
        return row.presence, row.missed

    await floor.turn(20)
    assert await standing() == ("available", 1)
    await floor.turn(60)
    (offer,) = await floor.do(centre.live_offers)
    await floor.do(
        lambda conn: accept_offer(conn, offer.id, offer.epoch, agent_id=maryam, now=centre.now)
    )
    await floor.catch_up()
    assert await standing() == ("available", 0)
    await floor.do(centre.contact_writes)
    await floor.catch_up()
    await floor.turn(20)
    assert await standing() == ("available", 1)
    await floor.turn(80)
    assert await standing() == ("away", 0)


async def test_a_transfer_waits_for_the_agent_it_names_as_long_as_it_says(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    written = await floor.do(centre.contact_writes)
    await floor.do(lambda conn: pick(conn, written, by=By(maryam), now=centre.now))
    reza = await floor.do(lambda conn: centre.agent(conn, "Reza", capacity=0))
    daniel = await floor.do(lambda conn: centre.agent(conn, "Daniel"))
    to_reza: dict[str, Any] = {"user_id": reza, "wait_s": 300, "by": By(maryam), "now": centre.now}
    await floor.do(lambda conn: transfer(conn, written, **to_reza))
    await floor.catch_up()
    await floor.turn(299)
    assert await floor.offers() == []
    capacity: dict[str, int] = {"web_chat": 1}
    await floor.do(lambda conn: set_capacity(conn, reza, capacity, actor=SYSTEM, now=centre.now))
    await floor.catch_up()
    assert await floor.offers() == [(written, reza)]
    (kept,) = (await floor.do(lambda conn: conn.execute(select(routing_decisions)))).all()
    assert kept.why == [{"code": "named_agent", "params": {}}]
    (offer,) = await floor.do(centre.live_offers)
    refused: dict[str, Any] = {"agent_id": reza, "now": centre.now}
    await floor.do(lambda conn: decline_offer(conn, offer.id, offer.epoch, **refused))
    await floor.catch_up()
    assert await floor.offers() == [(written, daniel)]


async def test_a_transfer_may_ask_for_a_skill(floor: Floor) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    written = await floor.do(centre.contact_writes)
    await floor.catch_up()
    (offer,) = await floor.do(centre.live_offers)
    await floor.do(
        lambda conn: accept_offer(conn, offer.id, offer.epoch, agent_id=maryam, now=centre.now)
    )
    await floor.do(lambda conn: centre.agent(conn, "Reza"))
    sima = await floor.do(lambda conn: centre.agent(conn, "Sima"))
    await skilled(floor, sima, **{"language:fa": 5})
    await floor.do(
        lambda conn: transfer(
            conn,
            written,
            queue_id=centre.queue_id,
            steps=[{"requirement": {"language": "fa", "least": 4}}],
            by=By(maryam),
            now=centre.now,
        )
    )
    await floor.catch_up()
    assert await floor.offers() == [(written, sima)]


SHRINKING = [
    {"requirement": {"skill": "a"}, "expires_after_s": 30},
    {"requirement": {"skill": "b"}},
]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"steps": SHRINKING}, "step_shrinks"),
        ({"steps": [{"requirement": {"skill": "a"}}, {"requirement": {"all": []}}]}, "step_never_ends"),
        ({"steps": [{"requirement": {"skil": "a"}}]}, "requirement_invalid"),
        ({"steps": [{"requirement": {"all": []}, "expires_after_s": 0}]}, "number_invalid"),
        ({"steps": [1]}, "steps_invalid"),
        ({"steps": RETURNS[:1] * 7}, "steps_invalid"),
        ({"hours": {"zone": "Mars/Phobos", "weekly": [[]] * 7}}, "zone_unknown"),
        ({"hours": {"zone": "../../etc/passwd", "weekly": [[]] * 7}}, "zone_unknown"),
        ({"hours": {"zone": "UTC", "weekly": [[]] * 6}}, "hours_invalid"),
        ({"hours": {"zone": "UTC", "weekly": [[["9:00", "17:00"]]] * 7}}, "hours_invalid"),
        ({"hours": {"zone": "UTC", "weekly": [[]] * 7, "holidays": [{"date": "x"}]}}, "hours_invalid"),
        ({"overflow": {"queue_id": "x", "after_s": 1}}, "overflow_invalid"),
        ({"overflow": {"queue_id": "0190a000-0000-7000-8000-000000000000"}}, "overflow_invalid"),
        ({"overflow": {"queue_id": "0190a000-0000-7000-8000-000000000000", "after_s": 9}}, "queue_not_found"),
    ],
)  # fmt: skip
async def test_rules_that_are_none_are_refused(
    floor: Floor, values: dict[str, Any], code: str
) -> None:
    centre = floor.centre
    with pytest.raises(Invalid) as refused:
        await floor.do(
            lambda conn: change_queue(conn, centre.queue_id, values, actor=SYSTEM, now=centre.now)
        )
    assert refused.value.code == code


@pytest.mark.parametrize("skills", [{"a": 6}, {"a": True}, {"": 1}, {"x:y": 1}, {"language:": 1}])
async def test_skills_that_are_none_are_refused(floor: Floor, skills: dict[str, Any]) -> None:
    centre = floor.centre
    maryam = await floor.do(lambda conn: centre.agent(conn, "Maryam"))
    with pytest.raises(Invalid):
        await floor.do(lambda conn: set_skills(conn, maryam, skills, actor=SYSTEM, now=centre.now))


async def test_the_rules_of_a_queue_through_the_api(desk: Desk) -> None:
    at = f"/queues/{desk.centre.queue_id}"
    hours = {
        "zone": "Asia/Tehran",
        "weekly": [[["09:00", "17:00"]]] * 5 + [[["22:00", "02:00"]], []],
        "holidays": [{"date": "2027-03-21", "spans": []}],
    }
    rules = {"strategy": "proficiency", "steps": RETURNS, "hours": hours, "no_answer_limit": 3}
    status, shown = await desk.call("sima", "PATCH", at, rules)
    assert status == 200
    assert {key: shown[key] for key in rules} == rules
    status, shown = await desk.call("sima", "PATCH", at, {"hours": None})
    assert (status, shown["hours"], shown["strategy"]) == (200, None, "proficiency")
    assert (await desk.call("sima", "PATCH", at, {"strategy": "loudest"}))[0] == 422
    assert (await desk.call("maryam", "PATCH", at, rules))[0] == 403
    skills = {"skills": {"returns": 5, "language:fa": 4}}
    status, agent = await desk.call("sima", "PUT", f"/agents/{desk.ids['reza']}/skills", skills)
    assert (status, agent["skills"]) == (200, skills["skills"])


async def test_why_not_me_and_why_so_long(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hooks.queues_of is not None
    first, second = await desk.writes(), await desk.writes()
    at = f"/queues/{desk.centre.queue_id}"
    assert (await desk.call("sima", "PATCH", at, {"steps": RETURNS}))[0] == 200
    skills = {"skills": {"returns": 4}}
    await desk.call("sima", "PUT", f"/agents/{desk.ids['reza']}/skills", skills)
    await desk.call("reza", "PUT", "/presence", {"presence": "away"})
    status, told = await desk.call("maryam", "GET", f"/conversations/{second}/routing")
    assert status == 200
    assert (told["state"], told["place"], told["expected_wait_s"]) == ("queued", 2, None)
    assert told["why"] == [{"code": "all_away", "params": {"n": 1}}]
    why = {agent["user"]["name"]: agent["why"]["code"] for agent in told["agents"]}
    assert why == {"maryam": "lacks_skill", "reza": "away"}
    await desk.offer(first, "maryam")
    status, told = await desk.call("maryam", "GET", f"/conversations/{first}/routing")
    assert [why["code"] for why in told["why"]] == ["offered"]
    assert [one["kind"] for one in told["decisions"]] == ["offered"]
