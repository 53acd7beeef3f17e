"""One websocket for the desk and one for the contact's own client: snapshots, then changes.

Owns no table. `Hub` reads the event log at once and pushes what changed to those who may see it;
`main` tells it by `Family` which scopes there are and how their entities are read.
"""

from wasl.realtime.client_socket import (
    ClientChanges,
    ContactSide,
    News,
    Visitor,
    client_endpoint,
)
from wasl.realtime.connected import Connected
from wasl.realtime.desk_socket import Caller, desk_endpoint
from wasl.realtime.ephemeral import Ephemeral
from wasl.realtime.hub import Hub
from wasl.realtime.mentions import Mentions
from wasl.realtime.scopes import Entity, Family, Part, Personal, Shows, Viewer

__all__ = [
    "Caller",
    "ClientChanges",
    "Connected",
    "ContactSide",
    "Entity",
    "Ephemeral",
    "Family",
    "Hub",
    "Mentions",
    "News",
    "Part",
    "Personal",
    "Shows",
    "Viewer",
    "Visitor",
    "client_endpoint",
    "desk_endpoint",
]
