"""Ratings on a real database: in a dialogue, after an agent, by signed link; late and doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.words import RATED
from wasl import flows
from wasl.flows import automations, rating_links, ratings
from wasl.flows.templates import SATISFACTION
from wasl.infra.clock import TurnedClock
from wasl.infra.crypto import Sealer
from wasl.infra.events import from_row
from wasl.routing import By, set_status


async def follow(conn: AsyncConnection, since: int = 0) -> int:
    """The automations take what happened since; where they stand then."""
    rows = (
        await conn.execute(
            text("SELECT * FROM events WHERE seq > :since ORDER BY seq"), {"since": since}
        )
    ).all()
    await automations.follow(conn, [from_row(row) for row in rows])
    return rows[-1].seq if rows else since


async def rating(centre: FlowCentre) -> Any:
    return await centre.world.one(
        "SELECT * FROM ratings WHERE conversation_id = :id", id=centre.conversation_id
    )


async def activities(centre: FlowCentre) -> list[dict[str, Any]]:
    rows = await centre.conn.execute(
        text(
            "SELECT activity FROM messages WHERE conversation_id = :id AND kind = 'activity'"
            " AND activity->>'code' LIKE 'rated%' ORDER BY seq"
        ),
        {"id": centre.conversation_id},
    )
    return [row.activity for row in rows]


async def test_a_flow_is_rated_at_its_end(conn: AsyncConnection, clock: TurnedClock) -> None:
    centre = await open_centre(conn, clock, RATED)
    await centre.says("سلام", locale="fa")
    row = await centre.world.one(
        "SELECT quick_replies FROM messages WHERE conversation_id = :id AND direction = 'out'",
        id=centre.conversation_id,
    )
    assert row.quick_replies == ["۱", "۲", "۳", "۴", "۵"]
    await centre.says("۴")
    kept = await rating(centre)
    assert (kept.score, kept.scale, kept.comment, kept.agent_id) == (4, 5, "", None)
    assert kept.version_id is not None
    assert await activities(centre) == [
        {"code": "rated", "params": {"score": 4, "scale": 5, "comment": ""}}
    ]
    assert (await centre.stands()).status == "resolved"
    found = await flows.statistics(conn, centre.flow_id, 1)
    assert found["ratings"] == {"count": 1, "average": 4.0}
    shown = await ratings.summary(conn, days=30, now=clock.now())
    assert (shown["count"], shown["average"], shown["scores"]) == (1, 4.0, {"4": 1})
    assert [one["key"] for one in shown["flows"]] == ["shop"]


async def served(conn: AsyncConnection, clock: TurnedClock) -> tuple[FlowCentre, int]:
    """An agent has resolved a chat, and the contact has been asked for a rating."""
    centre = await open_centre(conn, clock)
    flow_id = await flows.add_flow(conn, "csat", flows.definition_of(SATISFACTION), now=clock.now())
    await flows.publish(conn, flow_id, version=1, by=None, now=clock.now())
    await centre.says("human", locale="en")
    user_id = await centre.agent()
    await centre.picks(user_id)
    seq = await follow(conn)
    by = By(user_id)
    await set_status(conn, centre.conversation_id, "resolved", by=by, now=clock.now())
    seq = await follow(conn, seq)
    return centre, seq


async def test_an_agent_is_rated_after_the_conversation_and_nothing_reopens(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre, _ = await served(conn, clock)
    assert (await centre.heard())[-1][1].startswith("How was our help today?")
    assert (await centre.stands()).status == "resolved"
    await centre.says("5", named=(centre.conversation_id,))
    kept = await rating(centre)
    stands = await centre.stands()
    assert (kept.score, kept.agent_id) == (5, stands.assignee_id)
    assert (stands.status, stands.interactions) == ("resolved", 1)
    assert (await centre.heard())[-1][1].startswith("Thank you. Would you like to tell us more?")
    await centre.says("Maryam was kind", named=(centre.conversation_id,))
    assert (await rating(centre)).comment == "Maryam was kind"
    assert [one["code"] for one in await activities(centre)] == ["rated", "rated_comment"]
    assert (await centre.stands()).status == "resolved"
    await centre.says("5", named=(centre.conversation_id,))  # nobody asks any more
    assert (await centre.stands()).status == "open"
    assert (await rating(centre)).comment == "Maryam was kind"
    shown = await ratings.summary(conn, days=30, now=clock.now())
    assert [(one["name"], one["average"]) for one in shown["agents"]] == [("Maryam", 5.0)]


@pytest.mark.parametrize("words", ["5 parcels are missing", "it broke again", "human", "6"])
async def test_what_is_no_rating_is_a_new_matter(
    conn: AsyncConnection, clock: TurnedClock, words: str
) -> None:
    centre, _ = await served(conn, clock)
    await centre.says(words, named=(centre.conversation_id,))
    stands = await centre.stands()
    assert (stands.status, stands.interactions) == ("open", 2)
    assert await centre.world.scalar("SELECT count(*) FROM ratings") == 0
    run = await centre.world.one("SELECT status FROM flow_runs WHERE NOT holds")
    assert run.status == "finished"


async def test_a_question_in_the_comment_is_a_new_matter(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre, _ = await served(conn, clock)
    await centre.says("2", named=(centre.conversation_id,))
    await centre.says("Where is my money?", named=(centre.conversation_id,))
    assert (await centre.stands()).status == "open"
    assert ((await rating(centre)).score, (await rating(centre)).comment) == (2, "")


async def test_a_rating_that_comes_too_late_is_a_new_matter(
    conn: AsyncConnection, clock: TurnedClock
) -> None:
    centre, _ = await served(conn, clock)
    clock.turn(2 * 86_400)
    await centre.timer_fires()
    await centre.says("5", named=(centre.conversation_id,))
    assert (await centre.stands()).status == "open"
    assert await centre.world.scalar("SELECT count(*) FROM ratings") == 0


@pytest.fixture
def sealer() -> Iterator[Sealer]:
    """Signs the links of this test."""
    made, before = Sealer("only for tests, and long enough for it"), flows.outside.rating_link
    flows.outside.rating_link = lambda asked, now: rating_links.link_token(made, asked, now)
    yield made
    flows.outside.rating_link = before


async def test_a_mail_has_a_link_instead_of_buttons(
    conn: AsyncConnection, clock: TurnedClock, sealer: Sealer
) -> None:
    centre = await open_centre(conn, clock, RATED)
    await flows.lead_channel(conn, centre.world.channel_ids["email"], centre.flow_id)
    taken = await centre.world.take("email", "sara@example.com", "hello", locale="fa")
    assert taken.conversation_id is not None
    centre.conversation_id = taken.conversation_id
    said, _, token = (await centre.heard())[0][1].partition("\n")
    assert said == "چطور بود؟"

    async def take(asked: rating_links.Asked, score: int, comment: str) -> bool:
        return await ratings.rate_by_link(conn, asked, score, comment, now=clock.now())

    app = Starlette(routes=rating_links.rating_routes(sealer, clock.now, take))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wasl.test") as client:
        page = await client.get(f"/r/{token}")
        assert page.status_code == 200 and 'dir="rtl"' in page.text and "۵" in page.text
        assert await centre.world.scalar("SELECT count(*) FROM ratings") == 0  # looking rates not
        for wrong in ("", "score=0", "score=6", "score=x", urlencode({"score": "٣"})):
            assert (await client.post(f"/r/{token}", content=wrong)).status_code == 422
        assert (await client.post(f"/r/{token}", content=b"x" * 20_000)).status_code == 413
        done = await client.post(f"/r/{token}", content=urlencode({"score": 3, "comment": "خوب"}))
        assert done.status_code == 200 and "ممنونیم" in done.text
        assert (await client.post(f"/r/{token}", content="score=1")).status_code == 409
        assert (await client.get(f"/r/{token[:-2]}xx")).status_code == 404
        kept = await rating(centre)
        assert (kept.score, kept.comment) == (3, "خوب")
        clock.turn(timedelta(days=31).total_seconds())
        assert (await client.get(f"/r/{token}")).status_code == 404
