"""What the journeys find: nobody waits yet, the chat leads straight to people, nobody is asked for
a rating, and no clock runs out while a slow machine works."""

from __future__ import annotations

import httpx

from wasl.demo.company import MAIL_DOMAIN, PASSWORD

PATIENCE_S = 300


async def clear_floor(url: str) -> None:
    """The supervisor takes what waits and gives every queue long times."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60) as http:
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


async def _items(http: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    answer = await http.get(path)
    answer.raise_for_status()
    found = answer.json()
    items: list[dict[str, str]] = found["items"] if isinstance(found, dict) else found
    return items
