"""Logs and numbers about ourselves.

No log line names a person: fields that are known to be personal are dropped, addresses and long
numbers in messages are masked, in our own lines and in those of libraries.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PERSONAL = frozenset(
    ("text", "html", "body", "email", "phone", "name", "address", "subject", "token", "password")
)
_MAIL = re.compile(r"[^\s@<>\"',;:()]+@([^\s@<>\"',;:()]+)")
_NUMBER = re.compile(
    r"""(?<![\w-])(?:
        \+\d(?:[ .()-]{0,2}\d){6,}          # +98 21 1234 5678
      | \(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}     # (555) 123-4567
      | \d(?:[ ]?\d){7,}                    # 09123456789, a card, an account
    )(?![\w-])""",
    re.VERBOSE,
)
_CHATTY = ("httpx", "httpcore", "botocore", "mail.log", "procrastinate")


def masked(message: str) -> str:
    """The message without mail addresses (their domain stays) and without long numbers."""
    return _NUMBER.sub("#", _MAIL.sub(r"*@\1", message))


def drop_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: drops personal fields, masks every other text."""
    return {
        key: masked(value) if isinstance(value, str) else value
        for key, value in event.items()
        if key not in PERSONAL
    }


def configure_logging(form: str = "console", level: str = "info") -> None:
    """Sends every log line to standard error, as text for people ("console") or as JSON."""
    shared: Sequence[Processor] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        drop_personal,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def metrics_page() -> tuple[bytes, str]:
    """Every metric of this process in Prometheus' text form, and its content type."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return generate_latest(), CONTENT_TYPE_LATEST
