"""What is wrong with a flow here: in itself, and with what it names that stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from wasl import channels, routing
from wasl.flows import bookings, records
from wasl.flows.policy import (
    Assign,
    Book,
    Callback,
    ChangeRecord,
    Definition,
    HandOver,
    LookUp,
    Problem,
    Send,
    problems_of,
    runs_round,
)
from wasl.infra.errors import Invalid


async def problems_in(
    conn: AsyncConnection, key: str, flow: Definition, library: Mapping[str, Definition]
) -> list[Problem]:
    """What is wrong with a flow here: in itself, with the queues, calendars, channels and records
    it names, and the flows it runs."""
    found = problems_of(library)
    if runs_round(flow, key, library):
        found.append(Problem(None, "flow_runs_itself"))
    found += await _queues(conn, flow)
    found += await _calendars_and_channels(conn, flow)
    found += await _records(conn, flow)
    for name, step in flow.steps.items():
        if isinstance(step, HandOver) and step.requirements:
            try:
                routing.steps_of(step.requirements)
            except Invalid as error:
                found.append(Problem(name, error.code))
    return found


def shown_problem(problem: Problem) -> dict[str, Any]:
    """A problem as the API shows it."""
    return {
        "step": problem.step,
        "code": problem.code,
        "warning": problem.warning,
        "params": dict(problem.params),
    }


async def _queues(conn: AsyncConnection, flow: Definition) -> list[Problem]:
    named = {
        name: step.queue
        for name, step in flow.steps.items()
        if isinstance(step, HandOver | Callback | Assign) and step.queue
    }
    known = await routing.queue_names(conn, list(named.values())) if named else {}
    return [Problem(name, "queue_missing") for name, q in named.items() if q not in known]


async def _calendars_and_channels(conn: AsyncConnection, flow: Definition) -> list[Problem]:
    booked = {n: s.calendar for n, s in flow.steps.items() if isinstance(s, Book)}
    sent = {n: s.channel for n, s in flow.steps.items() if isinstance(s, Send)}
    known = await bookings.calendar_keys(conn) if booked else set()
    here = await channels.summaries(conn, list(sent.values())) if sent else {}
    return [
        *(Problem(n, "calendar_missing") for n, key in booked.items() if key not in known),
        *(Problem(n, "channel_missing") for n, id_ in sent.items() if id_ not in here),
    ]


async def _records(conn: AsyncConnection, flow: Definition) -> list[Problem]:
    named = _kinds(flow)
    fields = await records.fields_of(conn, set(named.values())) if named else {}
    found: list[Problem] = []
    for name, kind in named.items():
        step = flow.steps[name]
        if kind not in fields:
            found.append(Problem(name, "record_kind_missing", params={"kind": kind}))
        elif isinstance(step, ChangeRecord):
            unknown = sorted(step.values.keys() - set(fields[kind]))
            found += [Problem(name, "field_unknown", params={"name": one}) for one in unknown]
    return found


def _kinds(flow: Definition) -> dict[str, str]:
    """The kinds of records that a flow names, by step."""
    steps = flow.steps.items()
    looked = {n: s.kind for n, s in steps if isinstance(s, LookUp) and s.what == "record"}
    written = {n: s.kind for n, s in steps if isinstance(s, ChangeRecord)}
    return {**{name: kind for name, kind in looked.items() if kind}, **written}
