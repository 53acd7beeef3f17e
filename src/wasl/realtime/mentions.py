"""Tells whoever a note names at once; kept nowhere: only those who are connected hear it."""

from __future__ import annotations

from collections.abc import Sequence

from wasl.infra.events import Event
from wasl.realtime.hub import Hub
from wasl.realtime.wire import frame


class Mentions:
    """A listener of the hub: `{"t":"mention","conversation","by"}` to the desks of the mentioned,
    if they may see the conversation."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        hub.listeners.append(self)

    async def happened(self, batch: Sequence[Event]) -> None:
        for e in batch:
            mentioned = set(e.data.get("mentions", ()))
            if not mentioned:
                continue
            told = frame("mention", conversation=e.aggregate_id, by=e.actor.id)
            for socket in list(self._hub.sockets):
                viewer = socket.viewer
                if (
                    str(viewer.user_id) in mentioned
                    and viewer.user_id != e.actor.id
                    and not viewer.keys.isdisjoint(e.audience)
                ):
                    socket.wire.push(told)

    def lost(self) -> None:
        """Nothing is kept here that could have gone wrong."""
