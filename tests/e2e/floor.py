"""What the journeys find: nobody waits yet, the chat leads straight to people, nobody is asked for
a rating, and no clock runs out while a slow machine works."""

from __future__ import annotations

import httpx

from wasl.demo.company import MAIL_DOMAIN, PASSWORD
from wasl.infra.ids import new_id

PATIENCE_S = 300


class Floor:
    """What the supervisor does for the journeys, by the API."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60)
        self._since = ""

    async def clear(self) -> None:
        """Takes what waits and gives every queue long times."""
        http = self._http
        answer = await http.post(
            "/sign-in", json={"email": f"nora@{MAIL_DOMAIN}", "password": PASSWORD}
        )
        answer.raise_for_status()
        http.headers["X-CSRF-Token"] = answer.json()["csrf"]
        for queue in await _items(http, "/queues"):
            changed = await http.patch(
                f"/queues/{queue['id']}",
                json={"offer_timeout_s": PATIENCE_S, "wrap_up_s": PATIENCE_S},
            )
            changed.raise_for_status()
        for channel in await _items(http, "/channels"):
            led = await http.put(f"/channels/{channel['id']}/flow", json={"flow_id": None})
            led.raise_for_status()
        for automation in await _items(http, "/automations"):
            rests = await http.put(f"/automations/{automation['flow_id']}", json={"active": False})
            rests.raise_for_status()
        for row in await _items(http, "/conversations?view=unassigned"):
            (await http.post(f"/conversations/{row['id']}/pick")).raise_for_status()
        self._since = str(new_id())

    async def park_what_came(self) -> None:
        """Parks what a journey has left open, so that the next one's agents have room."""
        for row in await _items(self._http, "/conversations?view=all"):
            if row["id"] > self._since and row["status"] == "open":  # ids grow with time
                parked = await self._http.post(
                    f"/conversations/{row['id']}/status", json={"status": "pending"}
                )
                parked.raise_for_status()

    async def close(self) -> None:
        await self._http.aclose()


async def _items(http: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    answer = await http.get(path)
    answer.raise_for_status()
    found = answer.json()
    items: list[dict[str, str]] = found["items"] if isinstance(found, dict) else found
    return items
