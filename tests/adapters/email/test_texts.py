"""Every word that people may see exists in English, Persian and Arabic."""

from __future__ import annotations

import re
from pathlib import Path

from wasl.adapters import email
from wasl.adapters.email.config import Config
from wasl.adapters.email.texts import TEXTS
from wasl.channels.contract import ErrorKind

SOURCES = Path(str(email.__file__)).parent
ARABIC_SCRIPT = re.compile("[\u0600-\u06ff]")


def test_the_form_is_complete_and_nothing_is_left_over() -> None:
    schema = Config.model_json_schema()
    keys = set()
    for model in (schema, *schema["$defs"].values()):
        for field in model["properties"].values():
            keys |= {field["title"], field["description"]}
    assert keys == {key for key in TEXTS if key.startswith("channel.")}


def test_every_code_has_words() -> None:
    check = (SOURCES / "check.py").read_text("utf-8")
    steps = set(re.findall(r'_(?:record_)?step\(\s*"([a-z_]+)"', check))
    assert {f"check.email.{code}" for code in steps} == {
        key for key in TEXTS if key.startswith("check.")
    }
    mailbox = (SOURCES / "mailbox.py").read_text("utf-8")
    states = set(re.findall(r'(?:False|True), "([a-z_]+)"', mailbox))
    states |= {f"imap_{kind}" for kind in (ErrorKind.CREDENTIALS, ErrorKind.TEMPORARY)}
    assert {f"channel_state.{code}" for code in states} == {
        key for key in TEXTS if key.startswith("channel_state.")
    }


def test_all_languages_are_written() -> None:
    for key, (english, persian, arabic) in TEXTS.items():
        assert english.isascii() or "…" in english, key
        assert persian, key
        assert arabic, key
        if english not in ("HTML",):
            assert ARABIC_SCRIPT.search(persian), key
            assert ARABIC_SCRIPT.search(arabic), key
        assert not re.search("[يك]", persian), key
        assert not re.search("[یکپچگ]", arabic), key
