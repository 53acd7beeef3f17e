"""Who types where: passed on at once over the bus, never stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

TOPIC = "typing"


class TypingEvent(msgspec.Struct, frozen=True):
    """Somebody began or stopped typing in a conversation. `kind` is contact or agent."""

    conversation_id: UUID
    kind: str
    id: UUID | None
    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class TypingNews:
    """Publishes typing; `publish` is the bus's."""

    publish: Callable[[str, bytes], None]

    def contact_types(self, conversation_id: UUID, on: bool) -> None:
        self._say(TypingEvent(conversation_id, "contact", None, "", on))

    def agent_types(self, conversation_id: UUID, user_id: UUID, name: str, on: bool) -> None:
        self._say(TypingEvent(conversation_id, "agent", user_id, name, on))

    def _say(self, news: TypingEvent) -> None:
        self.publish(TOPIC, msgspec.json.encode(news))
