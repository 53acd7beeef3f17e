"""What comes in, on a real database."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.conversations.conftest import World
from wasl.accounts import Role, add_user
from wasl.conversations import change, close_interaction, hooks, rows, sql, timeline
from wasl.infra.events import SYSTEM
from wasl.infra.statements import BY_INDEX

VISITOR = str(uuid4())


async def test_a_first_message_makes_contact_conversation_interaction_leg_and_event(
    world: World,
) -> None:
    taken = await world.take("email", "Sara@Example.com", "Where is A-20418?", name="Sara")
    assert taken.conversation_id is not None and not taken.duplicate
    row = await world.one("SELECT * FROM conversations")
    assert (row.id, row.seq, row.unread, row.interactions) == (taken.conversation_id, 1, 1, 1)
    assert row.status == "open" and row.preview == "Where is A-20418?"
    identity = await world.one("SELECT * FROM identities")
    assert identity.value == "Sara@example.com".lower() and not identity.verified
    event = await world.one("SELECT * FROM events")
    assert event.type == "ConversationOpened" and event.aggregate_version == 1
    assert event.audience == ["all"]
    for said in ("A-20418", "Sara", "example.com"):
        assert said not in str(event), "events hold no bodies, names or addresses"
    assert await world.scalar("SELECT sum(n) FROM counters WHERE key = 'org/all'") == 1
    shown = (await rows(world.conn, [taken.conversation_id]))[taken.conversation_id]
    assert shown["contact"]["name"] == "Sara" and shown["preview"]["direction"] == "in"


async def test_the_same_delivery_five_times_is_one_message(world: World) -> None:
    first = await world.take("email", "sara@example.com", provider_id="<1@x>")
    for _ in range(4):
        again = await world.take("email", "sara@example.com", provider_id="<1@x>")
        assert again.duplicate and again.message_id == first.message_id
    assert await world.scalar("SELECT count(*) FROM messages") == 1
    assert await world.scalar("SELECT count(*) FROM events") == 1


async def test_chat_goes_on_and_mail_of_the_proven_person_joins_it(world: World) -> None:
    chat = await world.take("web_chat", VISITOR, "Hi", proven=True)
    more = await world.take("web_chat", VISITOR, "Are you there?", proven=True)
    assert more.conversation_id == chat.conversation_id
    contact = await world.scalar("SELECT contact_id FROM conversations")
    await world.conn.exec_driver_sql(
        "INSERT INTO identities (id, contact_id, kind, value, display, verified)"
        " SELECT gen_random_uuid(), contact_id, 'email', 'sara@example.com', 'sara@example.com',"
        " true FROM conversations"
    )
    mail = await world.take("email", "sara@example.com", "By mail now", proven=True)
    assert mail.conversation_id == chat.conversation_id
    legs = (await world.conn.exec_driver_sql("SELECT * FROM legs ORDER BY opened_at, id")).all()
    assert [leg.channel_id for leg in legs] == [
        world.channel_ids["web_chat"],
        world.channel_ids["email"],
    ]
    assert legs[0].closed_at is not None and legs[1].closed_at is None
    assert await world.scalar("SELECT count(DISTINCT interaction_id) FROM legs") == 1
    assert await world.scalar("SELECT count(*) FROM contacts") == 1
    assert contact == await world.scalar("SELECT contact_id FROM conversations")


async def test_a_spoofed_sender_gets_nowhere(world: World) -> None:
    real = await world.take("email", "sara@example.com", "Mine", proven=True)
    fake = await world.take("email", "sara@example.com", "Also mine?", proven=False)
    assert fake.conversation_id != real.conversation_id
    contacts = await world.scalar("SELECT count(DISTINCT contact_id) FROM conversations")
    assert contacts == 2
    suggested = await world.scalar(
        "SELECT contact_suggestion FROM conversations WHERE id = :id", id=fake.conversation_id
    )
    assert suggested == await world.scalar(
        "SELECT contact_id FROM conversations WHERE id = :id", id=real.conversation_id
    )


async def test_who_says_a_known_address_is_theirs_is_only_suggested(world: World) -> None:
    await world.take("email", "sara@example.com", "Mine", proven=True)
    sara = await world.scalar("SELECT contact_id FROM conversations")
    chat = await world.take(
        "web_chat", VISITOR, "Hi", proven=True, profile={"email": "Sara@Example.com"}
    )
    row = await world.one("SELECT * FROM conversations WHERE id = :id", id=chat.conversation_id)
    assert row.contact_id != sara and row.contact_suggestion == sara
    other = await world.take(
        "web_chat", str(uuid4()), "Hi", proven=True, profile={"email": "new@example.com"}
    )
    assert (
        await world.scalar(
            "SELECT contact_suggestion FROM conversations WHERE id = :id", id=other.conversation_id
        )
        is None
    )


async def test_a_reply_token_reopens_within_the_window_with_a_new_interaction(
    world: World,
) -> None:
    first = await world.take("email", "sara@example.com", proven=True)
    assert first.conversation_id is not None
    interaction = await world.scalar("SELECT interaction_id FROM conversations")
    await close_interaction(world.conn, interaction, now=world.clock.now())
    await change(
        world.conn,
        first.conversation_id,
        event="ConversationResolved",
        actor=SYSTEM,
        now=world.clock.now(),
        values={"status": "resolved"},
        activity=("status", {"status": "resolved"}),
    )
    world.clock.turn(timedelta(days=2).total_seconds())
    again = await world.take(
        "email", "sara@example.com", "Once more", proven=True, named=(first.conversation_id,)
    )
    assert again.conversation_id == first.conversation_id
    row = await world.one("SELECT * FROM conversations")
    assert row.status == "open" and row.interactions == 2 and row.resolved_at is None
    assert row.interaction_id != interaction
    world.clock.turn(timedelta(days=30).total_seconds())
    await change(
        world.conn,
        first.conversation_id,
        event="ConversationResolved",
        actor=SYSTEM,
        now=world.clock.now() - timedelta(days=20),
        values={"status": "resolved"},
    )
    later = await world.take(
        "email", "sara@example.com", "Much later", proven=True, named=(first.conversation_id,)
    )
    assert later.conversation_id != first.conversation_id
    suggestion = await world.scalar(
        "SELECT merge_suggestion FROM conversations WHERE id = :id", id=later.conversation_id
    )
    assert suggestion == first.conversation_id


async def test_a_colleague_by_mail_writes_a_note(world: World) -> None:
    await add_user(
        world.conn,
        email="daniel@naranj.example",
        name="Daniel Roth",
        role=Role.AGENT,
        password="long enough",
        now=world.clock.now(),
    )
    first = await world.take("email", "sara@example.com", proven=True)
    assert first.conversation_id is not None
    await world.take(
        "email", "daniel@naranj.example", "Ask the depot", named=(first.conversation_id,)
    )
    shown = await timeline(world.conn, first.conversation_id)
    assert [m["kind"] for m in shown] == ["message", "note"]
    assert shown[1]["author"]["name"] == "Daniel Roth"


async def test_hostile_text_is_kept_harmless(world: World) -> None:
    taken = await world.take(
        "email",
        "x@example.com",
        "a\x00b\ud800\u202etxt.exe",
        name="\u202eeve\x00" + "n" * 1_000_000,
        html="<script>alert(1)</script><img src=x onerror=alert(2)><p style='position:fixed'>hi",
        subject="one\r\nBcc: all@example.com",
    )
    assert taken.conversation_id is not None
    (message,) = await timeline(world.conn, taken.conversation_id)
    assert message["text"] == "ab?txt.exe"
    assert "\n" not in message["subject"]
    html = await world.scalar("SELECT html FROM messages")
    assert "script" not in html and "onerror" not in html and "position" not in html
    name = await world.scalar("SELECT name FROM contacts")
    assert len(name) <= 120 and "\u202e" not in name


async def test_sensitive_input_is_masked_before_it_is_kept(world: World) -> None:
    first = await world.take("web_chat", VISITOR, "Hi", proven=True)
    await world.conn.exec_driver_sql("UPDATE legs SET expects_sensitive = true")
    await world.take("web_chat", VISITOR, "my card: 4111 1111 1111 1111", proven=True)
    kept = await world.scalar(
        "SELECT string_agg(text, ' ') FROM messages WHERE conversation_id = :id",
        id=first.conversation_id,
    )
    assert "4111" not in kept and "•••• •••• •••• 1111" in kept


async def test_facts_do_not_read_all_of_a_channel(world: World) -> None:
    """Also by a plan that was made when there was next to nothing, as connections keep them."""
    names = ("kind", "value", "channel", "provider_id", "named", "visitor", "known", "references",
             "thread")  # fmt: skip
    types = "text, text, uuid, text, uuid[], text, bool, text[], text"
    places = {name: f"${number}" for number, name in enumerate(names, 1)}
    taken = await world.take("email", "maryam@example.com")
    run = world.conn.exec_driver_sql
    await run("SET LOCAL plan_cache_mode = force_generic_plan")
    await run(BY_INDEX)  # as every transaction that begins with hot statements
    query = sql.facts(hooks.leads_to) % {f"{name}": place for name, place in places.items()}
    await run(f"PREPARE facts ({types}) AS {query}")
    channel = world.channel_ids["email"]
    given = (
        f"'email', 'sara@example.com', '{channel}', '<new@x>', '{{}}', NULL, NULL,"
        " ARRAY['<7@x>'], 'thread 7'"
    )

    async def blocks() -> int:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE facts ({given})"
        (found,) = (await run(explained)).scalar_one()
        return int(found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"])

    before = await blocks()  # with whatever other tests have left behind in the tables
    await run(
        "INSERT INTO provider_ids (channel_id, provider_id, message_id, conversation_id)"
        f" SELECT '{channel}', '<' || n || '@x>', gen_random_uuid(), gen_random_uuid()"
        " FROM generate_series(1, 5000) AS n"
    )
    await run(
        "INSERT INTO legs (id, conversation_id, interaction_id, channel_id, identity_id,"
        f" thread_key, opened_at) SELECT gen_random_uuid(), '{taken.conversation_id}',"
        f" gen_random_uuid(), '{channel}', gen_random_uuid(), 'thread ' || n, now()"
        " FROM generate_series(1, 5000) AS n"
    )
    assert await blocks() < before + 40
