from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from wasl.infra.telemetry import configure_logging, masked, metrics_page


@pytest.fixture
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    root.handlers = []
    yield
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("from maryam.k+x@example.com today", "from *@example.com today"),
        ("<a@b.ir>, c@d.ir", "<*@b.ir>, *@d.ir"),
        ("call +98 21 1234 5678 back", "call # back"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "#"),
        ("card 6037 9911 2222 3333", "card #"),
        ("(555) 123-4567", "#"),
        ("at 2026-11-21T09:00:00Z", "at 2026-11-21T09:00:00Z"),
        ("10.20.30.40:8300 in 12.5 ms", "10.20.30.40:8300 in 12.5 ms"),
        ("0193b3c4-1234-7000-8000-123456789012", "0193b3c4-1234-7000-8000-123456789012"),
    ],
)
def test_messages_name_nobody(message: str, shown: str) -> None:
    assert masked(message) == shown


@pytest.mark.usefixtures("_logging_restored")
def test_lines_are_json_without_personal_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    structlog.get_logger("wasl").info("sent to a@b.ir", text="secret", queue="sales", count=3)
    logging.getLogger("library").warning("refused %s", "c@d.ir")
    try:
        raise ValueError("no such contact: +98 912 000 0000")
    except ValueError:
        logging.getLogger("library").exception("failed")
    ours, theirs, failure = map(json.loads, capsys.readouterr().err.splitlines())
    assert ours["event"] == "sent to *@b.ir"
    assert (ours["queue"], ours["count"]) == ("sales", 3)
    assert "text" not in ours
    assert theirs["event"] == "refused *@d.ir"
    assert "no such contact: #" in failure["exception"]


@pytest.mark.usefixtures("_logging_restored")
def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("console", "warning")
    structlog.get_logger("wasl").info("quiet")
    structlog.get_logger("wasl").warning("وصل", queue="sales")
    assert "quiet" not in (shown := capsys.readouterr().err)
    assert "وصل" in shown
    assert "sales" in shown


def test_the_numbers_page() -> None:
    page, content_type = metrics_page()
    assert b"python_info" in page
    assert content_type.startswith("text/plain")
