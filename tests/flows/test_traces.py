"""What flows did in a conversation, as whoever may read it sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.flows.conftest import FlowCentre, open_centre
from tests.flows.test_automations import automate, everything, time_passes
from tests.flows.words import SHOP, flow, texts
from tests.signed_in import signed_in
from wasl import flows
from wasl.conversations import add_tags
from wasl.conversations.merging import merge
from wasl.conversations.speaking import open_conversation
from wasl.flows import traces
from wasl.flows.actions_api import router
from wasl.flows.policy import read, told_of
from wasl.flows.tables import flow_run_steps, flow_runs
from wasl.infra.clock import TurnedClock
from wasl.infra.events import SYSTEM
from wasl.infra.ids import new_id

ASSISTANT: dict[str, Any] = flow(
    {
        "hello": {
            "type": "say",
            "text": texts("Hello {{language}}", "سلام", "مرحبًا"),
            "next": "menu",
        },
        "menu": {
            "type": "menu",
            "text": texts("How can I help?"),
            "label": texts("Matter", "موضوع", "الموضوع"),
            "entries": [
                {"label": texts("My order", "سفارش من", "طلبي"), "next": "number"},
                {"label": texts("Pay by card"), "next": "card"},
            ],
        },
        "number": {
            "type": "ask",
            "text": texts("Your order number?"),
            "accept": "number",
            "save": "number",
            "next": "which",
        },
        "which": {
            "type": "branch",
            "cases": [{"when": "number > 1000", "next": "partner"}],
            "otherwise": "people",
        },
        "partner": {
            "type": "http",
            "method": "GET",
            "url": "https://erp.example/orders/{{number}}?key=hush",
            "save": {"state": "state"},
            "next": "people",
            "failed": "people",
        },
        "card": {"type": "ask", "accept": "card", "text": texts("Your card?"), "save": "card",
                 "next": "people"},
        "people": {"type": "handover", "text": texts("A colleague goes on.")},
    }
)  # fmt: skip
WAITS: dict[str, Any] = {
    "wait": {"type": "wait", "event": "ConversationTagged", "within_s": 600, "next": "end",
             "late": "remind"},
    "remind": {"type": "tag", "tags": ["late"], "next": "end"},
    "end": {"type": "end"},
}  # fmt: skip


def inputs(run: Any) -> list[tuple[str, dict[str, Any]]]:
    """Of each step that something came in at: its name and what that was."""
    return [(one["step"], one["input"]) for one in run["steps"] if one["input"] is not None]


def path(run: Any) -> list[tuple[str, str, float | None]]:
    return [(one["step"], one["way"], one["duration_s"]) for one in run["steps"]]


async def test_a_dialogue_and_an_automation_step_by_step(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        who = clients["supervisor"]
        async with database.transaction() as conn:
            centre = await open_centre(conn, clock, ASSISTANT)
            await automate(centre, "reminds", WAITS, {"on": "ConversationQueued"})
            await centre.says("hi", locale="fa")
            clock.turn(30)
            await centre.says("سفارش من")
            clock.turn(5)
            await centre.says("not that many")
            clock.turn(7)
            await centre.says("2042739481")
            run_id = (await centre.run()).id
        there = f"/conversations/{centre.conversation_id}/flow-runs"
        (run,) = (await who.get(there)).json()["items"]
        assert (run["status"], run["waiting"]["for"]) == ("running", "look_up")
        assert run["steps"][-1]["duration_s"] is None
        clock.turn(2)
        async with database.transaction() as conn:
            asked = text("SELECT n FROM flow_requests WHERE run_id = :run")
            n = await conn.scalar(asked, {"run": run_id})
            assert n is not None
            await flows.answered(conn, run_id, n, {"state": "packed"}, clock.now())
            centre.world.conn = conn
            await everything(centre)
            await time_passes(centre, 600)

        shown = (await who.get(there)).json()
        automation, dialogue = shown["items"]
        assert not shown["more"]
        assert (dialogue["kind"], dialogue["status"], dialogue["reason"]) == (
            "dialogue", "handed_over", "step",
        )  # fmt: skip
        assert (dialogue["flow"]["key"], dialogue["version"]) == ("shop", 1)
        assert dialogue["names"][""]["fa"] == "دستیار"
        assert path(dialogue) == [
            ("hello", "next", 0),
            ("menu", "asked", 30),
            ("menu", "entry_1", 0),
            ("number", "asked", 5),
            ("number", "again", 7),
            ("number", "next", 0),
            ("which", "case_1", 0),
            ("partner", "acts", 2),
            ("partner", "next", 0),
            ("people", "over", 0),
        ]
        hello, menu, chosen = dialogue["steps"][:3]
        assert hello["texts"]["en"] == "Hello …"
        assert menu["texts"]["ar"] == "الموضوع"
        assert chosen["taken"]["fa"] == "سفارش من"
        assert dialogue["steps"][6]["when"] == "number > 1000"
        assert [one["n"] for one in dialogue["steps"]] == list(range(1, 11))
        told = str(shown)
        assert "hush" not in told and "packed" not in told
        assert inputs(dialogue) == [
            ("hello", {"kind": "message", "text": "hi", "files": 0}),
            ("menu", {"kind": "message", "text": "سفارش من", "files": 0}),
            ("number", {"kind": "message", "text": "not that many", "files": 0}),
            ("number", {"kind": "message", "text": "2042739481", "files": 0}),
            ("partner", {"kind": "found"}),
        ]

        assert (automation["kind"], automation["started_by"]) == (
            "automation", "ConversationQueued",
        )  # fmt: skip
        assert automation["chain"] == ["reminds"]
        assert path(automation) == [
            ("wait", "waits", 600),
            ("wait", "late", 0),
            ("remind", "next", 0),
            ("end", "over", 0),
        ]
        assert automation["steps"][0]["event"] == "ConversationTagged"
        assert inputs(automation) == [
            ("wait", {"kind": "event", "event": "ConversationQueued"}),
            ("wait", {"kind": "moment"}),
        ]
        (one,) = (await who.get(f"{there}?run={automation['id']}")).json()["items"]
        assert one == automation


async def test_only_whoever_may_read_the_conversation(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            centre = await open_centre(conn, clock, SHOP)
            await centre.says("hi")
            run_id = (await centre.run()).id
        there = f"/conversations/{centre.conversation_id}/flow-runs"
        assert (await clients["administrator"].get(there)).status_code == 200
        assert (await clients["nobody"].get(there)).status_code == 401
        foreign = await clients["agent"].get(there)  # of no queue
        assert (foreign.status_code, foreign.json()["code"]) == (404, "conversation_not_found")
        who = clients["supervisor"]
        gone = await who.get(f"{there}?run={new_id()}")
        assert (gone.status_code, gone.json()["code"]) == (404, "run_not_found")
        assert (await who.get(f"{there}?run=x")).status_code == 422
        elsewhere = await who.get(f"/conversations/{new_id()}/flow-runs?run={run_id}")
        assert elsewhere.status_code == 404


async def test_what_is_left_out_is_said(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            centre = await open_centre(conn, clock, SHOP)
            await centre.says("hi")
            run = (await centre.run())._asdict()
            long_one = new_id()
            newer = [long_one, *(new_id() for _ in range(traces.MOST_RUNS))]
            for id_ in newer:
                clock.turn(1)
                more = {"id": id_, "state": None, "started_at": clock.now(), "status": "finished"}
                await conn.execute(insert(flow_runs).values({**run, **more}))
            step = {"flow": "", "step": "gone", "kind": "say", "way": "next", "at": clock.now()}
            await conn.execute(
                insert(flow_run_steps),
                [
                    {"run_id": long_one, "n": n, "detail": None, **step}
                    for n in range(1, traces.MOST_STEPS + 3)
                ],
            )
        there = f"/conversations/{centre.conversation_id}/flow-runs"
        who = clients["supervisor"]
        shown = (await who.get(there)).json()
        assert shown["more"]
        assert [one["id"] for one in shown["items"]] == [str(i) for i in reversed(newer)][:20]
        (one,) = (await who.get(f"{there}?run={long_one}")).json()["items"]
        assert one["cut"] and len(one["steps"]) == traces.MOST_STEPS
        assert one["steps"][0]["n"] == 3
        assert one["steps"][0]["texts"] == {}  # a step that its version does not have


async def test_what_was_merged_into_it_is_there(fresh_dsn: str, clock: TurnedClock) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            centre = await open_centre(conn, clock, SHOP)
            await centre.says("hi")
            first, run_id = centre.conversation_id, (await centre.run()).id
            into = await open_elsewhere(centre, conn, clock)
            await merge(conn, first, into, by=SYSTEM, now=clock.now())
        shown = await clients["supervisor"].get(f"/conversations/{into}/flow-runs")
        (run,) = shown.json()["items"]
        assert run["id"] == str(run_id)
        assert inputs(run) == [("menu", {"kind": "message", "text": "hi", "files": 0})]


async def test_what_came_in_is_read_from_where_it_stands(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            centre = await open_centre(conn, clock, SHOP)
            await centre.says("hello " * 100)
            await centre.says("2")
            await centre.says("4111 1111 1111 1111")
        who = clients["supervisor"]
        there = f"/conversations/{centre.conversation_id}/flow-runs"

        async def came() -> list[dict[str, Any]]:
            (run,) = (await who.get(there)).json()["items"]
            return [what for _, what in inputs(run)]

        hello, _, card = await came()
        assert hello["text"] == ("hello " * 100)[: traces.LONGEST_SAID]
        assert "1111" in card["text"] and "4111" not in card["text"]  # masked, as it is kept
        async with database.transaction() as conn:
            kept = await conn.execute(text("SELECT input::text FROM flow_run_steps"))
            assert not any("hello" in (one or "") for one in kept.scalars())

            await conn.execute(text("UPDATE messages SET text = 'to pay' WHERE text = '2'"))
            await conn.execute(
                text("UPDATE messages SET deleted_at = now() WHERE text LIKE 'hello %'")
            )
            await conn.execute(
                text(
                    "INSERT INTO attachments (id, message_id, owner, name, content_type, state)"
                    " SELECT gen_random_uuid(), id, 'channel:x', n, 'image/png', 'ready'"
                    " FROM messages, unnest(ARRAY['a.png', 'b.png']) AS n WHERE text LIKE '%1111'"
                )
            )
        assert await came() == [
            {"kind": "message"},
            {"kind": "message", "text": "to pay", "files": 0},
            {"kind": "message", "text": card["text"], "files": 2},
        ]
        async with database.transaction() as conn:
            centre.world.conn = conn
            await conn.execute(
                text("UPDATE messages SET conversation_id = :elsewhere WHERE text = 'to pay'"),
                {"elsewhere": await open_elsewhere(centre, conn, clock)},
            )
        assert (await came())[1] == {"kind": "message"}  # it stands on another timeline


async def open_elsewhere(centre: FlowCentre, conn: AsyncConnection, clock: TurnedClock) -> UUID:
    """Another conversation of the same contact."""
    elsewhere: UUID = await open_conversation(
        conn,
        contact_id=(await centre.stands()).contact_id,
        channel_id=centre.world.channel_ids["web_chat"],
        subject="",
        locale="en",
        now=clock.now(),
    )
    return elsewhere


async def test_an_event_that_was_waited_for_is_told_by_its_type(
    fresh_dsn: str, clock: TurnedClock
) -> None:
    async with signed_in(fresh_dsn, clock, router) as (database, clients):
        async with database.transaction() as conn:
            centre = await open_centre(conn, clock)
            await automate(centre, "reminds", WAITS, {"on": "ConversationQueued"})
            for words in ("hi", "I want to talk to a person"):
                await centre.says(words)
            seen = await everything(centre)
        async with database.transaction() as conn:
            centre.world.conn = conn
            await add_tags(conn, centre.conversation_id, ["vip"], actor=SYSTEM, now=clock.now())
            await everything(centre, seen)
        there = f"/conversations/{centre.conversation_id}/flow-runs"
        automation, dialogue = (await clients["supervisor"].get(there)).json()["items"]
        assert inputs(automation) == [
            ("wait", {"kind": "event", "event": "ConversationQueued"}),
            ("wait", {"kind": "event", "event": "ConversationTagged"}),
        ]
        assert inputs(dialogue)[-1][1]["text"] == "I want to talk to a person"


@given(
    st.sampled_from(["menu", "which", "people", "gone"]),
    st.one_of(st.text(max_size=20), st.from_regex("(entry|case)_[0-9]{1,3}\n?", fullmatch=True)),
    st.sampled_from(["", "other"]),
)
def test_every_way_of_every_step_is_told_or_left_out(step: str, way: str, flow_key: str) -> None:
    told = told_of({"": read(ASSISTANT)}, flow_key, step, way)
    assert not (told.taken and told.when)
    chosen = flow_key == "" and step == "menu" and way in ("entry_1", "entry_2")
    assert bool(told.taken) == chosen
    assert (told.when == "") == ((step, way, flow_key) != ("which", "case_1", ""))
