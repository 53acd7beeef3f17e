"""The demo's doors: pages with the contacts in them, mailboxes, and nothing without the demo."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from tests.adapters.email.peers import Sink, smtp_sink
from tests.journeys.centre import SECRET
from wasl import channels
from wasl.accounts import Role, add_user
from wasl.conversations import client
from wasl.demo.company import COLLEAGUES, GUESTS, PASSWORD
from wasl.demo.pages import MAX_FILES_BYTES, demo_routes
from wasl.demo.starting import demo_world
from wasl.infra.settings import Settings
from wasl.main import Wasl

PAGE = '<!doctype html><script type="application/json" id="demo">null</script><p>Naranj</p>'


def unseeded(dsn: str, data_dir: Path) -> Wasl:
    return Wasl(
        Settings.model_validate(
            {"data_dir": data_dir, "secret_key": SECRET, "database_url": dsn, "demo": True}
        )
    )


@pytest.fixture
async def wasl(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Wasl]:
    """The people and their mail server around a company that is somebody else's; our own roles
    do not run."""
    wasl = unseeded(fresh_dsn, tmp_path)
    await wasl.bus.start()
    async with wasl.database.transaction() as conn:
        now = wasl.clock.now()
        await add_user(
            conn, email="a@b.example", name="A", role=Role.AGENT, password="long enough", now=now
        )
    async with demo_world(wasl) as wasl.mail_world:
        yield wasl
    await wasl.close()


def pages_of(wasl: Wasl, folder: Path) -> httpx.AsyncClient:
    """The demo's doors; one of the two pages is built."""
    built = folder / "static" / "demo"
    built.mkdir(parents=True)
    (built / "shop.html").write_text(PAGE)
    app = Starlette(routes=demo_routes(wasl, folder / "static"))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest.fixture
async def http(wasl: Wasl, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with pages_of(wasl, tmp_path) as http:
        yield http


@pytest.fixture
async def sink(wasl: Wasl) -> AsyncIterator[Sink]:
    """Takes the mail to us in place of our own server."""
    async with smtp_sink() as sink:
        wasl.mail_arrives_at = ("127.0.0.1", sink.port)
        yield sink


def a_mail(**more: Any) -> dict[str, Any]:
    return {"who": "sara", "to": "support@naranj.example", "subject": "s", "text": "t", **more}


async def test_the_company_is_there_once_and_its_people_are_known(
    fresh_dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wasl = unseeded(fresh_dsn, tmp_path)
    await wasl.bus.start()
    async with demo_world(wasl) as wasl.mail_world, pages_of(wasl, tmp_path) as http:
        await check_pages(wasl, http)
        async with wasl.database.transaction() as conn:
            before = await channels.views(conn)
    assert "what waits now" in capsys.readouterr().err

    # a second start makes nothing anew, and sends through the new port
    async with demo_world(wasl) as again:
        assert capsys.readouterr().err == ""
        async with wasl.database.transaction() as conn:
            after = await channels.views(conn)
    ports = [c["config"]["smtp"]["port"] for c in after if "smtp" in c["config"]]
    assert ports == [again.port, again.port]
    changed = {
        c["name"] for c, was in zip(after, before, strict=True) if c["version"] != was["version"]
    }
    assert changed == {"Support", "Invoices"}
    await wasl.close()


async def check_pages(wasl: Wasl, http: httpx.AsyncClient) -> None:
    answer = await http.get("/demo/shop")
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    written = re.search(r'id="demo">(.*?)</script>', answer.text)
    assert written is not None
    facts = json.loads(written[1])
    assert [each["id"] for each in facts["identities"]] == [guest.key for guest in GUESTS]
    assert (facts["support_email"], facts["desk_url"]) == (
        "support@naranj.example",
        "/desk/?embed=1",
    )
    # a signed identity opens the very contact whose orders and mails are known
    channel = await wasl.channels.by_public_key(facts["channel"])
    assert channel is not None
    sara = dict(facts["identities"][0])
    assert sara.pop("locale") == "fa"
    async with wasl.database.transaction() as conn:
        visitor = await client.visitor_of_host(
            conn, channel, client.HostIdentity(**sara), now=wasl.clock.now()
        )
        assert await client.contact_of(conn, visitor) == {
            "name": "سارا منصوری",
            "email": "sara@example.com",
        }
        assert await client.current(conn, visitor) is not None
    assert (await http.get("/demo/other-side")).status_code == 503  # that page is not built
    signs = (await http.get("/demo/sign-ins")).json()
    assert [(s["email"], s["password"]) for s in signs] == [(p.email, PASSWORD) for p in COLLEAGUES]


async def test_a_contact_writes_with_a_file(http: httpx.AsyncClient, sink: Sink) -> None:
    data = base64.b64encode(b"\x89PNG....").decode()
    file = {"name": 'a/"b\n.png', "content_type": "image/png; x=y", "base64": data}
    answer = await http.post("/demo/mail", json=a_mail(attachments=[file]))
    assert answer.status_code == 201, answer.text
    assert len(sink.mails) == 1
    (shown,) = (await http.get("/demo/mail", params={"who": "sara"})).json()["items"]
    assert shown == answer.json()
    assert (shown["folder"], shown["from"]) == ("sent", "سارا منصوری <sara@example.com>")
    (attached,) = shown["attachments"]
    assert (attached["name"], attached["size"]) == ("a__b_.png", 8)
    fetched = await http.get(attached["url"])
    assert fetched.content == b"\x89PNG...."
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["content-type"] == "application/octet-stream"
    other = attached["url"].replace("who=sara", "who=omar")
    assert (await http.get(other)).status_code == 404

    assert (await http.post("/demo/start-over", json={"who": "sara"})).status_code == 204
    assert (await http.get("/demo/mail?who=sara")).json() == {"items": []}


async def test_a_designed_mail_is_shown_in_a_cage(wasl: Wasl, http: httpx.AsyncClient) -> None:
    assert wasl.mail_world is not None
    raw = b"Content-Type: text/html\r\n\r\n<head></head><script>alert(1)</script><b>bold</b>"
    await wasl.mail_world.mailbox("sara@example.com").keep("inbox", raw)
    (shown,) = (await http.get("/demo/mail?who=sara")).json()["items"]
    page = await http.get(shown["html_url"])
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert "script-src" not in policy
    assert '<head><base target="_blank" />' in page.text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (a_mail(who="nobody"), 404, "contact_not_found"),
        (a_mail(text="  "), 422, "text_empty"),
        (a_mail(to="a@b.example\r\nBcc: c@d.example"), 422, "request_invalid"),
        (a_mail(to="<a@b.example>"), 422, "request_invalid"),
        (a_mail(in_reply_to="<a b@c>"), 422, "request_invalid"),
        (a_mail(references=["x\r\ny"]), 422, "request_invalid"),
        (a_mail(text="x" * 100_001), 422, "request_invalid"),
        (a_mail(bcc="x"), 422, "request_invalid"),
        (
            a_mail(attachments=[{"name": "a", "content_type": "", "base64": "%"}]),
            422,
            "request_invalid",
        ),
        (
            a_mail(
                attachments=[
                    {
                        "name": "a",
                        "content_type": "",
                        "base64": "A" * (MAX_FILES_BYTES // 3 * 4 + 8),
                    }
                ]
            ),
            413,
            "attachment_too_large",
        ),
        ([], 422, "request_invalid"),
    ],
)
async def test_what_is_wrong_is_not_sent(
    http: httpx.AsyncClient, sink: Sink, body: Any, status: int, code: str
) -> None:
    answer = await http.post("/demo/mail", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sink.mails == []


async def test_a_subject_stays_one_line(http: httpx.AsyncClient, sink: Sink) -> None:
    body = a_mail(subject="a\r\nBcc: x@y.example", text="nul \x00 and \ud800")
    answer = await http.post(
        "/demo/mail", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    # a lone surrogate is no JSON text
    assert answer.status_code == 422
    body["text"] = "nul \x00"
    assert (await http.post("/demo/mail", json=body)).json()["subject"] == "a Bcc: x@y.example"
    ((_, recipients, raw),) = sink.mails
    assert recipients == ["support@naranj.example"]
    assert b"\r\nBcc" not in raw
    assert b"\x00" not in raw


async def test_other_sites_and_strangers_are_refused(http: httpx.AsyncClient) -> None:
    plain = await http.post("/demo/mail", content=json.dumps(a_mail()))
    assert plain.status_code == 422
    for path in ("/demo/mail", "/demo/mail/events", f"/demo/mail/{uuid4()}/html"):
        assert (await http.get(path)).json()["code"] == "contact_not_found"
    for path in (f"{uuid4()}/html", "x/html", f"{uuid4()}/attachments/0"):
        assert (await http.get(f"/demo/mail/{path}?who=sara")).json()["code"] == "mail_not_found"
    answer = await http.post("/demo/mail", json=a_mail())
    assert (answer.status_code, answer.json()["code"]) == (503, "mail_not_taken_now")
    for _ in range(30):
        answer = await http.post("/demo/start-over", json={"who": "sara"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
