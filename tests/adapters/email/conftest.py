"""One Dovecot for the tests of a process; every test takes mailboxes of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.email import dovecot as servers
from tests.adapters.email.fake_host import FakeHost


@pytest.fixture(scope="session")
def dovecot() -> Iterator[servers.Dovecot]:
    with servers.dovecot() as running:
        yield running


@pytest.fixture
async def host() -> FakeHost:
    return FakeHost()
