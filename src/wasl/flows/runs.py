"""Runs: what a contact says moves one, in the transaction that takes the message.

A message, what the run says to it, the run's new state and its timer are one commit: a crash
leaves all of it or nothing, and the message that comes again moves the run once. Every verb runs
under the conversation's row lock.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb
from sqlalchemy import insert, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, conversations, routing
from wasl.conversations import Entered, Placement, Reply, Said
from wasl.flows import effects, traces, waits
from wasl.flows.libraries import library_of
from wasl.flows.outside import outside
from wasl.flows.policy import (
    Asked,
    AskedOutside,
    Finish,
    Found,
    GiveToPeople,
    Happened,
    Heard,
    Input,
    Library,
    Moment,
    Moved,
    NotAFlow,
    NoteThis,
    RateThis,
    SayThis,
    SetStatus,
    State,
    TagThis,
    Taken,
    advance,
    begin,
    language_of,
    said_in,
    shown_on,
)
from wasl.flows.rating_links import Asked as AskedRating
from wasl.flows.tables import flow_runs
from wasl.infra.errors import Conflict
from wasl.infra.events import Actor, Cause, Event, caused_by
from wasl.infra.ids import new_id
from wasl.infra.statements import Statement, run_together
from wasl.infra.timers import SET_OR_CANCEL, Handler, Timer, cancel_timer, set_or_cancel

log = logging.getLogger(__name__)

MOMENT = "flows.moment"  # timer kind; its key is the run
SUBSCRIBER = "flows"

# The version that a channel's new conversations run; nothing where it leads to a queue.
LEADS_TO = """
SELECT v.id FROM flow_channels c
JOIN flows f ON f.id = c.flow_id
JOIN flow_versions v ON v.flow_id = f.id AND v.number = f.published
WHERE c.channel_id = %(channel)s
"""


async def entry(conn: AsyncConnection, entered: Entered) -> Placement | None:
    """The entry rule of conversations: a channel leads to its flow, else to routing's queues."""
    if entered.born and entered.flow_version_id and entered.last_agent_id is None:
        return await _begin(conn, entered, entered.flow_version_id)
    held = entered.held
    if held is not None and held.holder_kind == "flow" and entered.state == "created":
        return await _held_by(conn, held.holder_id, held.flow_version_id)
    return await routing.entry_rule(conn, entered)


# Who has a conversation's interaction, with the version of a flow run that has it.
HELD = f"""
SELECT held.*, run.version_id AS flow_version_id
FROM ({routing.HELD}) AS held LEFT JOIN flow_runs run ON run.id = held.holder_id
"""  # noqa: S608  # our constants


async def _begin(conn: AsyncConnection, entered: Entered, version_id: UUID) -> Placement:
    run_id = new_id()
    await routing.give_to_flow(conn, entered, run_id)
    await conn.execute(
        insert(flow_runs).values(
            id=run_id,
            version_id=version_id,
            conversation_id=entered.conversation_id,
            interaction_id=entered.interaction_id,
            started_at=entered.now,
        )
    )
    return await _held_by(conn, run_id, version_id)


async def _held_by(conn: AsyncConnection, run_id: UUID, version_id: UUID) -> Placement:
    try:
        library = await library_of(conn, version_id)
        masks = any(flow.expects_card for flow in library.values())
    except NotAFlow:  # `hear` fails on it too, and people go on
        masks = True
    return Placement(None, None, "created", flow_run_id=run_id, masks=masks)


def hearing(run_id: UUID) -> Sequence[Statement]:
    """Takes a run for a move that `hear` makes, or undoes."""
    return (_SET_APART, {}), (_TAKE, {"run": run_id})


async def hear(conn: AsyncConnection, said: Said) -> None:
    """Moves the run that hears a message. When it fails, people go on: the message is kept."""
    files = await _files_of(conn, said) if said.attachments else ()
    heard = Heard(str(said.message_id), said.text, files)
    _, taken = said.read
    if not await _moves(conn, said.flow_run_id, taken, heard, said.now, locale=said.locale):
        await _fail(conn, said.flow_run_id, said.conversation_id, said.now)


async def _files_of(conn: AsyncConnection, said: Said) -> tuple[str, ...]:
    shown = await conversations.messages_by_ids(conn, [said.message_id])
    attached = shown[said.message_id]["attachments"] if said.message_id in shown else ()
    return tuple(str(one["name"]) for one in attached)


async def answered(
    conn: AsyncConnection,
    run_id: UUID,
    n: int,
    values: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """A partner or an engine has said what a run asked; None when that is of no use."""
    await _go_on(conn, run_id, Found(values, of=n), now)


async def time_is_up(conn: AsyncConnection, timer: Timer, now: datetime) -> None:
    """Moves a run whose moment has come."""
    await _go_on(conn, UUID(timer.key), Moment(), now)


async def _go_on(conn: AsyncConnection, run_id: UUID, given: Input, now: datetime) -> None:
    """Moves a run by something else than words, unless somebody else speaks by now."""
    row = (await conn.execute(select(flow_runs).where(flow_runs.c.id == run_id))).first()
    if row is None or row.status != "running":
        return
    conversation = await conversations.lock(conn, row.conversation_id)
    if row.holds and await routing.flow_holding(conn, conversation.interaction_id) != run_id:
        await end_run(conn, run_id, "taken_over", "", now)
        return
    _, taken = await run_together(conn, *hearing(run_id))
    if not await _moves(conn, run_id, taken, given, now):
        await _fail(conn, run_id, row.conversation_id, now)


async def hear_of(conn: AsyncConnection, run_id: UUID, happened: Happened, now: datetime) -> None:
    """Moves a run that waits for such an event, if it is the one."""
    await _go_on(conn, run_id, happened, now)


def timer_handlers() -> Mapping[str, Handler]:
    """What the timer loop calls for our timers."""
    return {MOMENT: time_is_up}


async def follow(conn: AsyncConnection, happened: Sequence[Event]) -> None:
    """Ends the runs of conversations that somebody else has taken: a subscriber of the log."""
    moved_at = {
        e.aggregate_id: e.at
        for e in happened
        if e.aggregate_kind == "conversation" and e.actor.kind in ("agent", "system")
    }
    if not moved_at:
        return
    (rows,) = await run_together(conn, (_RUNNING, {"conversations": list(moved_at)}))
    for row in rows:
        if await routing.flow_holding(conn, row.interaction_id) != row.id:
            await cancel_timer(conn, MOMENT, str(row.id))
            await end_run(conn, row.id, "taken_over", "", moved_at[row.conversation_id])


_RUNNING = """
SELECT id, interaction_id, conversation_id FROM flow_runs
WHERE conversation_id = ANY (%(conversations)s) AND status = 'running' AND holds
"""


# ── one move ─────────────────────────────────────────────────────────────────────────────────


async def start_aside(
    conn: AsyncConnection,
    run_id: UUID,
    said: Heard,
    values: Mapping[str, Any],
    now: datetime,
    *,
    locale: str = "",
) -> None:
    """Begins an automation's run, under the conversation's lock; its failure is its own."""
    _, taken = await run_together(conn, *hearing(run_id))
    if not await _moves(conn, run_id, taken, said, now, locale=locale, values=values):
        await end_run(conn, run_id, "failed", "error", now)


async def _moves(
    conn: AsyncConnection,
    run_id: UUID,
    taken: Sequence[Any],
    given: Input,
    now: datetime,
    *,
    locale: str = "",
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Moves the run that is `taken` (see `hearing`), under the conversation's lock. False: it
    failed, and has changed nothing."""
    try:
        if taken:
            await _move(conn, taken[0], given, now, locale=locale, values=values)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble: all of it comes again
    except Exception:
        log.exception("flow run %s failed", run_id)
        await run_together(conn, (_UNDO, {}))
        return False
    return True


async def _move(
    conn: AsyncConnection,
    row: Any,
    given: Input,
    now: datetime,
    *,
    locale: str,
    values: Mapping[str, Any] | None,
) -> None:
    library = await library_of(conn, row.version_id)
    move = _Move(conn, row, library, given, now)
    with caused_by(Cause(row.cause, tuple(row.chain)) if row.cause else None):
        if row.state is not None:
            await move.make(advance(library, msgspec.convert(row.state, State), given, now))
        elif isinstance(given, Heard):
            languages = library[""].languages
            told = locale.split("-")[0].lower()
            language = told if told in languages else language_of(given.text, among=languages)
            language = language or languages[0]
            await move.make(begin(library, given, language=language, now=now, values=values))


class _Move:
    """One move of a run: its outputs become messages, notes and the run's end."""

    def __init__(
        self, conn: AsyncConnection, row: Any, library: Library, given: Input, now: datetime
    ) -> None:
        self.conn = conn
        self.run_id: UUID = row.id
        self.conversation_id: UUID = row.conversation_id
        self.interaction_id: UUID = row.interaction_id
        self.channel_id: UUID = row.channel_id
        self.channel_kind: str = row.channel_kind
        self.holds: bool = row.holds
        self.waited = bool(row.state and row.state.get("event"))
        self.library = library
        self.given = given
        self.begins = row.state is None
        self.now = now
        self.actor = Actor("flow", self.run_id)
        self.unwritten: list[Statement] = []  # of the last word said, until something follows

    async def make(self, moved: Moved) -> None:
        trace: list[Taken] = list(moved.trace)
        while True:
            asked = await self._put_out(moved)
            if asked is None:
                break
            await self._write_out()
            here = self._here(moved.state.language)
            if isinstance(asked, AskedOutside):
                await effects.ask_outside(here, asked)
                break
            found = Found(await effects.found_for(here, asked))
            moved = advance(self.library, moved.state, found, self.now)
            trace += moved.trace
        await self._keep(moved.state, trace)

    def _here(self, language: str) -> effects.Here:
        return effects.Here(
            conn=self.conn,
            run_id=self.run_id,
            conversation_id=self.conversation_id,
            holds=self.holds,
            language=language,
            name=said_in(self.library[""].name, language, ()),
            now=self.now,
        )

    async def _put_out(self, moved: Moved) -> Asked | None:
        here = self._here(moved.state.language)
        name = here.name
        asked: Asked | None = None
        for output in moved.outputs:
            await self._write_out()
            if isinstance(output, SayThis):
                await self._say(output, moved.state.language, name)
            elif isinstance(output, NoteThis):
                await self._note(output.text, name)
            elif isinstance(output, TagThis):
                await self._tag(output.tags)
            elif isinstance(output, RateThis):
                await effects.take_rating(here, output)
            elif isinstance(output, SetStatus):
                await effects.set_status(here, output.to)
            elif isinstance(output, GiveToPeople):
                if output.summary and self.holds:
                    await self._note(output.summary, name)
                await self._give(output, here)
            elif isinstance(output, Finish):
                await self._finish(name)
            else:
                asked = output
        return asked

    async def _say(self, output: SayThis, language: str, name: str) -> None:
        capabilities = channels.adapter_of(self.channel_kind).capabilities
        shown = shown_on(
            capabilities,
            output,
            language=language,
            rating_link=lambda scale: self._rating_link(scale, language),
        )
        _, self.unwritten = await conversations.saying(
            self.conn,
            self.conversation_id,
            Reply(
                channel_id=self.channel_id,
                channel_kind=self.channel_kind,
                capabilities=capabilities,
                identity_id=None,
                text=shown.text,
                html=shown.html,
                quick_replies=shown.buttons,
                client_id=f"{self.run_id}:{output.n}",
                author_name=name,
                aside=not self.holds,
            ),
            author=self.actor,
            now=self.now,
        )

    async def _write_out(self, *more: Statement) -> None:
        writes, self.unwritten = [*self.unwritten, *more], []
        if writes:
            await run_together(self.conn, *writes)

    def _rating_link(self, scale: int, language: str) -> str:
        asked = AskedRating(self.conversation_id, self.interaction_id, self.run_id, scale, language)
        return outside.rating_link(asked, self.now)

    async def _note(self, text: str, name: str) -> None:
        if text.strip():
            await conversations.add_note(
                self.conn,
                self.conversation_id,
                author=self.actor,
                text=text,
                now=self.now,
                author_name=name,
            )

    async def _tag(self, tags: Sequence[str]) -> None:
        await conversations.add_tags(
            self.conn, self.conversation_id, tags, actor=self.actor, now=self.now
        )

    async def _finish(self, name: str) -> None:
        if self.holds:
            await routing.end_flow_for_good(
                self.conn, self.conversation_id, self.run_id, name=name, now=self.now
            )
        await end_run(self.conn, self.run_id, "finished", "", self.now)

    async def _give(self, output: GiveToPeople, here: effects.Here) -> None:
        if not self.holds:
            if output.reason == "step":
                await routing.put_by_automation(
                    self.conn,
                    self.conversation_id,
                    self.run_id,
                    queue_id=output.queue,
                    agent_id=output.agent,
                    now=self.now,
                )
            status = "handed_over" if output.reason == "step" else "failed"
            await end_run(self.conn, self.run_id, status, output.reason, self.now)
            return
        await routing.end_flow_in_queue(
            self.conn,
            self.conversation_id,
            self.run_id,
            queue_id=output.queue,
            priority=output.priority,
            steps=output.requirements,
            agent_id=output.agent,
            now=self.now,
        )
        if output.call is not None:
            await effects.call_back(here, output.call)
        await end_run(self.conn, self.run_id, "handed_over", output.reason, self.now)

    async def _keep(self, state: State, trace: Sequence[Taken]) -> None:
        """Writes the run's state, its trace and its next moment."""
        over = state.waiting == "over"
        writes: list[Statement] = []
        if trace:
            trigger = self.library[""].trigger if self.begins else None
            came = traces.came_in(self.given, trigger.on if trigger else None)
            writes.append(traces.noting(self.run_id, trace, came, self.now))
        if not over:
            kept = {"run": self.run_id, "state": Jsonb(msgspec.to_builtins(state))}
            writes.append((_KEEP, kept))
        if self.waited or state.event:
            await self._write_out()
            writes += await waits.changed(self._here(state.language), state.event)
        moment = None if over else state.moment
        timer = set_or_cancel(self.conn, MOMENT, str(self.run_id), moment, self.now)
        writes += [(f"WITH {SET_OR_CANCEL} SELECT", timer), (_DONE, {})]
        await self._write_out(*writes)


_SET_APART = "SAVEPOINT move"
_DONE = "RELEASE SAVEPOINT move"
_UNDO = "ROLLBACK TO SAVEPOINT move"
# With the channel that its words go by: that of the conversation, which is locked.
_TAKE = f"""
SELECT r.*, channel.id AS channel_id, channel.kind AS channel_kind
FROM flow_runs r JOIN conversations c ON c.id = r.conversation_id
  JOIN ({channels.SUMMARY}) channel ON channel.id = c.channel_id
WHERE r.id = %(run)s AND r.status = 'running' FOR UPDATE OF r
"""  # noqa: S608  # our constant
_KEEP = "UPDATE flow_runs SET state = %(state)s WHERE id = %(run)s"


async def end_run(
    conn: AsyncConnection, run_id: UUID, status: str, reason: str, at: datetime
) -> None:
    """Ends a run that is running; nothing that was told stays in it, and it waits for nothing."""
    ended = {"run": run_id, "status": status, "reason": reason, "at": at}
    await run_together(conn, (_STOP_WAITING, ended), (_END, ended))


_STOP_WAITING = "DELETE FROM flow_waits WHERE run_id = %(run)s"
_END = """
UPDATE flow_runs SET status = %(status)s, reason = %(reason)s, state = NULL, ended_at = %(at)s
WHERE id = %(run)s AND status = 'running'
"""


async def _fail(conn: AsyncConnection, run_id: UUID, conversation_id: UUID, now: datetime) -> None:
    """People go on where a run can't."""
    await cancel_timer(conn, MOMENT, str(run_id))
    if not await conn.scalar(select(flow_runs.c.holds).where(flow_runs.c.id == run_id)):
        await end_run(conn, run_id, "failed", "error", now)
        return
    try:
        await routing.end_flow_in_queue(conn, conversation_id, run_id, queue_id=None, now=now)
    except Conflict:
        await end_run(conn, run_id, "taken_over", "", now)
        return
    await end_run(conn, run_id, "failed", "error", now)
