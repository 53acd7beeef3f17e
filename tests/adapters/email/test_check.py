"""The connection test and the settings form."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from tests.adapters.email.dovecot import PASSWORD, Dovecot
from tests.adapters.email.peers import dkim_key, smtp_sink
from wasl.adapters.email import ADAPTER
from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.config import Config
from wasl.channels.contract import Channel, CheckStep
from wasl.channels.registry import adapter_of


def settings(dovecot: Dovecot, user: str, port: int, **changes: Any) -> Config:
    values: dict[str, Any] = {
        "address": user,
        "imap": {
            "host": "127.0.0.1",
            "port": dovecot.imap_port,
            "security": "none",
            "user": user,
            "password": PASSWORD,
        },
        "smtp": {"host": "127.0.0.1", "port": port, "security": "none"},
    }
    return Config.model_validate(values | changes)


async def steps_of(config: Config, records: dict[bytes, bytes] | None = None) -> list[CheckStep]:
    adapter = EmailAdapter(lookup=(records or {}).get)
    return list(await adapter.check(Channel(uuid4(), "email", "c", config)))


async def test_everything_in_order(dovecot: Dovecot) -> None:
    user = dovecot.user()
    key = dkim_key("s1._domainkey.naranj.example")
    records = key.records | {
        b"naranj.example": b"v=spf1 mx -all",
        b"_dmarc.naranj.example": b"v=DMARC1; p=reject",
    }
    async with smtp_sink(forward=lambda raw: dovecot.deliver(user, raw)) as sink:
        config = settings(
            dovecot, user, sink.port, dkim={"selector": "s1", "private_key": key.private}
        )
        steps = await steps_of(config, records)
    assert [step.code for step in steps] == [
        "email.imap_sign_in",
        "email.imap_folder",
        "email.smtp_sign_in",
        "email.round_trip",
        "email.spf",
        "email.dkim",
        "email.dmarc",
    ]
    assert all(step.ok for step in steps), steps
    assert steps[3].seconds > 0


async def test_missing_records_are_warnings_with_the_cure(dovecot: Dovecot) -> None:
    user = dovecot.user()
    key = dkim_key("s1._domainkey.naranj.example")
    async with smtp_sink(forward=lambda raw: dovecot.deliver(user, raw)) as sink:
        config = settings(
            dovecot, user, sink.port, dkim={"selector": "s1", "private_key": key.private}
        )
        steps = {step.code: step for step in await steps_of(config)}
    for code in ("email.spf", "email.dkim", "email.dmarc"):
        assert not steps[code].ok
        assert steps[code].warning
    assert steps["email.spf"].cure == 'naranj.example. TXT "v=spf1 mx ~all"'
    cure = steps["email.dkim"].cure
    assert cure.startswith('s1._domainkey.naranj.example. TXT "v=DKIM1; k=rsa; p=')
    published = "".join(cure.split('"')[1::2])
    assert published.encode() == key.records[b"s1._domainkey.naranj.example"]


async def test_a_wrong_password_and_a_missing_folder(dovecot: Dovecot) -> None:
    user = dovecot.user()
    async with smtp_sink(user="x", password="y") as sink:
        good = settings(dovecot, user, sink.port)
        assert good.imap is not None
        wrong = good.imap.model_dump() | {"password": "wrong"}
        ill = settings(dovecot, user, sink.port, imap=wrong)
        steps = await steps_of(ill)
        assert [(step.code, step.ok) for step in steps[:2]] == [
            ("email.imap_sign_in", False),
            ("email.smtp_sign_in", True),
        ]
        steps = await steps_of(settings(dovecot, user, sink.port, folder="Nowhere"))
        folder = next(step for step in steps if step.code == "email.imap_folder")
        assert not folder.ok
        assert "INBOX" in folder.cure.split("\n")
        refused = {"host": "127.0.0.1", "port": sink.port, "security": "none", "user": "x"}
        steps = await steps_of(settings(dovecot, user, 1, smtp=refused | {"password": "n"}))
        smtp = next(step for step in steps if step.code == "email.smtp_sign_in")
        assert not smtp.ok
        assert not smtp.warning


def test_the_form_has_keys_for_every_field() -> None:
    schema = Config.model_json_schema()
    models = [schema, *schema["$defs"].values()]
    fields = [(name, field) for model in models for name, field in model["properties"].items()]
    assert len(fields) > 20
    for name, field in fields:
        assert field["title"].startswith("channel.email."), name
        assert field["description"] == f"{field['title']}.help", name
    secret = schema["$defs"]["Server"]["properties"]["password"]
    assert (secret["format"], secret["writeOnly"]) == ("password", True)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "nobody"},
        {"address": "a@b.example\r\nBcc: c@d.example"},
        {"display_name": "x\r\nBcc: y@z.example"},
        {"imap": None},
        {"imap": {"host": "", "port": 993}},
        {"imap": {"host": "h", "port": 0}},
        {"imap": {"host": "h", "port": 1, "unknown": 1}},
        {"reply_domain": "no domain"},
        {"dkim": {"selector": "a b", "private_key": "x"}},
        {
            "imap": {
                "host": "h",
                "port": 1,
                "oauth2": {"client_id": "a", "refresh_token": "b", "token_url": "http://x.example"},
            }
        },
    ],
)
def test_wrong_settings_are_refused(change: dict[str, Any]) -> None:
    values = {"address": "a@b.example", "imap": {"host": "h", "port": 993}}
    Config.model_validate(values)
    with pytest.raises(ValidationError):
        Config.model_validate(values | change)


def test_secrets_are_not_shown() -> None:
    smtp = {"host": "h", "port": 1, "password": "hush"}
    config = Config.model_validate({"address": "a@b.example", "receive": "none", "smtp": smtp})
    assert "hush" not in repr(config)


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("help@naranj.example", True),
        ("HELP@Naranj.Example", True),
        ("help+orders@naranj.example", True),
        ("a+b@naranj.example", True),
        ("reply+token@naranj.example", True),
        ("reply@naranj.example", False),
        ("reply+token@other.example", False),
        ("nobody@naranj.example", False),
        ("", False),
    ],
)
def test_which_addresses_a_channel_receives(address: str, wanted: bool) -> None:
    config = Config(address="help@naranj.example", aliases=("a+b@naranj.example",), receive="smtp")
    assert ADAPTER.receives(Channel(uuid4(), "email", "c", config), address) is wanted


def test_a_fetched_channel_receives_nothing_by_smtp() -> None:
    config = Config(address="help@naranj.example", receive="none")
    assert not ADAPTER.receives(Channel(uuid4(), "email", "c", config), "help@naranj.example")


def test_the_registry_knows_it() -> None:
    assert id(adapter_of("email")) == id(ADAPTER)
    assert ADAPTER.capabilities.identity_kind == "email"
