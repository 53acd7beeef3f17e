"""From weeks in the database to a comparison: what is read, what comes of it, and what is refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.reporting.whatif.weeks import (
    ACCEPT_S,
    HANDLING_S,
    MIDNIGHT,
    PATIENCE_S,
    beginning,
    centre,
)
from tests.signed_in import Clients, signed_in
from wasl.channels import KINDS
from wasl.channels.tables import channels
from wasl.infra.clock import TurnedClock
from wasl.infra.errors import Invalid, Unavailable
from wasl.infra.ids import new_id
from wasl.reporting.whatif import read_past, today_of
from wasl.reporting.whatif.api import router
from wasl.reporting.whatif.past import level_of
from wasl.reporting.whatif.proposals import MOST_KEPT, keep, propose
from wasl.reporting.whatif.running import outcomes, running
from wasl.reporting.whatif.tables import simulations
from wasl.routing.simulation import as_toml, read_scenario
from wasl.routing.tables import entry_rules


async def test_what_was_is_read(conn: AsyncConnection, clock: TurnedClock) -> None:
    queue_id = await centre(conn)
    past = await read_past(conn, weeks=4, now=clock.now())
    assert len(past.days) == 12
    assert past.enough
    counted = await conn.execute(
        text("SELECT count(*) FROM assignments WHERE queue_id = :id"), {"id": queue_id}
    )
    assert sum(one.came for one in past.came) == counted.scalar()
    met = await conn.execute(
        text(
            "SELECT avg((s.opened_at IS NOT NULL AND s.opened_at - a.enqueued_at <= '30 s')::int)"
            " FROM assignments a LEFT JOIN segments s USING (interaction_id)"
            " WHERE a.queue_id = :id"
        ),
        {"id": queue_id},
    )
    level = level_of(past, queue_id, "offered")
    assert level is not None
    assert level.value == pytest.approx(float(met.scalar() or 0))


async def test_it_is_a_scenario(conn: AsyncConnection, clock: TurnedClock) -> None:
    await centre(conn)
    past = await read_past(conn, weeks=4, now=clock.now())
    document = today_of(past)
    written = as_toml(document, "for people")
    assert tomllib.loads(written) == document
    scenario = read_scenario(written)
    assert (scenario.run.start_s, scenario.run.stretch_s) == (8 * 3600, 8 * 3600)
    (queue,), (arrivals,), (team,) = scenario.queues, scenario.arrivals, scenario.teams
    assert queue.accept_after_s == pytest.approx(ACCEPT_S)
    assert arrivals.handling.mean_s == pytest.approx(HANDLING_S, rel=0.1)
    assert arrivals.patience_s == pytest.approx(PATIENCE_S, rel=0.3)
    assert arrivals.target_s == 30
    assert len(arrivals.history) == 12
    assert (team.count, team.shifts) == (3, ((8 * 3600.0, 16 * 3600.0),))


async def test_last_weeks_only_and_whole_days(conn: AsyncConnection, clock: TurnedClock) -> None:
    await centre(conn, days=12)
    past = await read_past(conn, weeks=1, now=clock.now())
    assert past.days == [(MIDNIGHT - timedelta(days=n)).date() for n in range(7, 0, -1)]


async def test_a_queue_has_the_kind_of_its_channels(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    queue_id, _ = await beginning(conn)

    async def kind() -> str:
        (queue,) = (await read_past(conn, weeks=4, now=clock.now())).queues
        return queue.kind

    assert await kind() in KINDS
    made = {name: new_id() for name in ("web_chat", "web_chat 2", "email")}
    rows = [
        {"id": id_, "kind": name.split()[0], "name": name, "public_key": name}
        for name, id_ in made.items()
    ]
    await conn.execute(insert(channels), rows)
    assert await kind() == "web_chat"
    await conn.execute(insert(entry_rules).values(channel_id=made["email"], queue_id=queue_id))
    assert await kind() == "email"


@pytest.fixture
async def clients(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[tuple[Clients, UUID]]:
    async with signed_in(fresh_dsn, clock, router) as (database, made):
        async with database.transaction() as conn:
            queue_id = await centre(conn)
        yield made, queue_id


async def lines(client: Any, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.post("/simulation/run", json=body)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_comparison(clients: tuple[Clients, UUID]) -> None:
    made, queue_id = clients
    today = (await made["supervisor"].get("/simulation/today")).json()
    assert today["enough"] is True
    assert (today["agents"], today["days"]) == (3, 12)
    (queue,) = today["queues"]
    assert queue["target"]["within_s"] == 30
    more = [{"queue_id": str(queue_id), "by": 1}]
    body = {"queue_id": str(queue_id), "target_s": 60, "agents": more}
    *progress, last = await lines(made["supervisor"], body)
    shares = [one["done"] for one in progress]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    result = last["result"]
    level = result["measures"]["service_level_offered"]
    gain = level["change"]["value"]
    assert gain == pytest.approx(level["scenario"]["value"] - level["today"]["value"])
    assert level["change"]["low"] > 0
    assert 0 < result["looser"]["value"] < gain
    assert result["measures"]["abandon_rate"]["change"]["high"] < 0
    assert result["measures"]["occupancy"]["change"]["high"] < 0
    assert result["fit"]["past"] == pytest.approx(queue["levels"]["offered"])
    assert result["fit"]["inside"] is True
    assert len(result["runs_of"]["today"]) == result["runs"]
    assert running() == 0


async def test_a_change_is_proposed(clients: tuple[Clients, UUID]) -> None:
    made, queue_id = clients
    body = {"queue_id": str(queue_id), "target_s": 45}
    *_, last = await lines(made["supervisor"], body)
    run = f"/simulation/runs/{last['result']['id']}/propose"
    assert (await made["administrator"].get("/simulation/proposals")).json() == []
    assert (await made["administrator"].post(run, json={})).status_code == 404  # not their own
    assert (await made["supervisor"].post(run, json={"remark": " since May "})).status_code == 204
    (proposed,) = (await made["administrator"].get("/simulation/proposals")).json()
    assert (proposed["by"]["name"], proposed["remark"]) == ("supervisor", "since May")
    assert proposed["asked"]["target_s"] == 45
    assert proposed["result"]["measures"] == last["result"]["measures"]
    assert (await made["agent"].get("/simulation/proposals")).status_code == 403


async def test_older_simulations_are_forgotten(conn: AsyncConnection, clock: TurnedClock) -> None:
    by_id = new_id()
    first = await keep(conn, by_id, {}, {}, now=clock.now())
    await propose(conn, first, by_id, "", now=clock.now())
    for n in range(MOST_KEPT + 3):
        await keep(conn, by_id, {"n": n}, {}, now=clock.now() + timedelta(seconds=n))
    rows = (await conn.execute(select(simulations).order_by(simulations.c.at))).all()
    assert rows[0].id == first
    assert [row.asked["n"] for row in rows[1:]] == list(range(3, MOST_KEPT + 3))


async def test_no_change_makes_no_difference(clients: tuple[Clients, UUID]) -> None:
    made, _ = clients
    *_, last = await lines(made["administrator"], {})
    for name, row in last["result"]["measures"].items():
        assert row["change"]["value"] == pytest.approx(0, abs=1e-12), name
    assert last["result"]["looser"] is None


async def test_what_is_refused(clients: tuple[Clients, UUID]) -> None:
    made, _ = clients
    client = made["supervisor"]

    async def code(body: dict[str, Any], **more: Any) -> str:
        answer = await client.post("/simulation/run", json=body, **more)
        assert answer.status_code >= 400
        return str(answer.json()["code"])

    assert await code({"queue_id": str(new_id())}) == "queue_not_found"
    assert await code({"volume_percent": 301}) == "request_invalid"
    assert await code({"weeks": 13}) == "request_invalid"
    assert await code({"colour": 1}) == "request_invalid"
    assert await code({}, headers={"Idempotency-Key": "k"}) == "request_invalid"
    assert (await made["agent"].post("/simulation/run", json={})).status_code == 403
    assert (await made["agent"].get("/simulation/today")).status_code == 403


async def test_nothing_can_be_said_without_history(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (_, made):
        today = (await made["supervisor"].get("/simulation/today")).json()
        assert (today["enough"], today["agents"], today["expected"]) == (False, 0, [])
        for body in ({}, {"expected": []}):
            answer = await made["supervisor"].post("/simulation/run", json=body)
            code = "history_too_short" if not body else "queues_without_agents"
            assert answer.json()["code"] == code


@pytest.fixture
async def beginners(fresh_dsn: str, clock: TurnedClock) -> AsyncIterator[tuple[Clients, UUID]]:
    """A company with a queue and three agents, to whom nobody came yet."""
    async with signed_in(fresh_dsn, clock, router) as (database, made):
        async with database.transaction() as conn:
            queue_id, _ = await beginning(conn)
        yield made, queue_id


async def test_an_expected_day(beginners: tuple[Clients, UUID]) -> None:
    made, queue_id = beginners
    client = made["supervisor"]
    today = (await client.get("/simulation/today")).json()
    assert (today["enough"], today["agents"]) == (False, 3)
    assert today["queues"][0]["wrap_up_s"] == 30
    (expected,) = today["expected"]
    assert expected["queue_id"] == str(queue_id)
    busier = {**expected, "per_day": expected["per_day"] + 20}
    more = [{"queue_id": str(queue_id), "by": 1}]
    body = {"queue_id": str(queue_id), "expected": [busier], "agents": more}
    *_, last = await lines(client, body)
    result = last["result"]
    assert (result["history"], result["fit"]) == (None, None)
    level = result["measures"]["service_level_offered"]
    assert 0.2 < level["today"]["value"] < 0.97
    assert level["change"]["low"] > 0
    each = result["interactions"] / 2 / result["runs"]
    assert each == pytest.approx(busier["per_day"], rel=0.05)
    run = f"/simulation/runs/{result['id']}/propose"
    assert (await client.post(run, json={})).status_code == 204
    (proposed,) = (await client.get("/simulation/proposals")).json()
    assert proposed["asked"]["expected"] == [busier]


async def test_expectations_that_are_refused(beginners: tuple[Clients, UUID]) -> None:
    made, queue_id = beginners
    client = made["supervisor"]
    (fine,) = (await client.get("/simulation/today")).json()["expected"]

    async def code(*expected: dict[str, Any], **more: Any) -> str:
        body = {"expected": expected, **more}
        answer = await client.post("/simulation/run", json=body)
        assert answer.status_code >= 400
        return str(answer.json()["code"])

    assert await code(fine, fine) == "value_invalid"
    assert await code({**fine, "queue_id": str(new_id())}) == "queue_not_found"
    assert await code(fine, queue_id=str(new_id())) == "queue_not_found"
    assert await code() == "nobody_expected"
    assert await code({**fine, "per_day": 0}, queue_id=str(queue_id)) == "nobody_expected"
    assert await code({**fine, "per_day": 10_000}, volume_percent=300) == "simulation_too_large"
    for wrong in (
        {"per_day": -1},
        {"per_day": 10_001},
        {"per_day": None},
        {"shape": "mountain"},
        {"handling_s": 0},
        {"handling_s": 86_401},
        {"patience_s": 0},
        {"patience_s": 1e300},
        {"colour": 1},
    ):
        assert await code({**fine, **wrong}) == "request_invalid", wrong
    assert await code(*[fine] * 201) == "request_invalid"


async def test_with_history_nothing_is_assumed(clients: tuple[Clients, UUID]) -> None:
    made, _ = clients
    today = (await made["supervisor"].get("/simulation/today")).json()
    assert (today["enough"], today["expected"]) == (True, None)


async def test_who_leaves_ends_it(conn: AsyncConnection, clock: TurnedClock) -> None:
    await centre(conn, days=3)
    past = await read_past(conn, weeks=4, now=clock.now())
    endless = today_of(past, times=3_000)
    answers = [
        outcomes(endless, endless, queue=None, level="service_level_offered", seed=n)
        for n in range(3)
    ]
    for one in answers[:2]:
        assert (await anext(one))["done"] == 0
    with pytest.raises(Unavailable, match="simulation_busy"):
        await anext(answers[2])
    assert running() == 2
    for one in answers:
        await one.aclose()
    assert running() == 0


async def test_what_can_not_be_simulated_is_said(conn: AsyncConnection, clock: TurnedClock) -> None:
    await centre(conn, days=3)
    past = await read_past(conn, weeks=4, now=clock.now())
    other = outcomes(
        today_of(past, times=2),
        today_of(past, times=3),
        queue=None,
        level="service_level_offered",
        seed=1,
    )
    with pytest.raises(Invalid, match="simulation_invalid"):
        async for _ in other:
            pass
    assert running() == 0
