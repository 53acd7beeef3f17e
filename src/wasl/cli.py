"""The command `wasl`. Imports only what the chosen command needs, so that it answers at once."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from wasl.imports import import_server, leave_out_what_is_not_needed
from wasl.simulate_arguments import take_arguments, written_past

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from wasl.infra.postgres import EmbeddedPostgres
    from wasl.infra.settings import Settings

_Command = Callable[[argparse.Namespace], int]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

ROLES = ("web", "worker", "router")
_OLDEST_PYTHON = (3, 11)


class Refusal(Exception):
    """A reason not to go on, in words for the operator; the command ends with status 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0 fine, 1 a finding, 2 it could not run."""
    if sys.version_info < _OLDEST_PYTHON:
        print(f"wasl: Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
        return 2
    chosen = _parser().parse_args(arguments)
    run: _Command = chosen.run
    # whoever stops us before the server runs gets the same orderly end as by Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    leave_out_what_is_not_needed()
    from wasl.infra.errors import AppError
    from wasl.infra.postgres import PostgresFailed
    from wasl.infra.settings import SettingsWrong

    try:
        return run(chosen)
    except (Refusal, PostgresFailed, SettingsWrong) as error:
        for line in str(error).splitlines():
            print(f"wasl: {line}", file=sys.stderr)
    except AppError as error:
        told = " ".join(f"{name}={value}" for name, value in error.params.items())
        print(f"wasl: {error.code} {told}".rstrip(), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"wasl: {_os_error(error)}", file=sys.stderr)
    except Exception as error:
        reason = _told_by_database(error)
        if reason is None:
            raise
        print(f"wasl: {reason}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wasl", description="The omnichannel contact centre that companies run themselves."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: _Command, purpose: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=purpose, description=purpose)
        added.set_defaults(run=run)
        return added

    serve = command("serve", _serve, "Run the server.")
    serve.add_argument(
        "--role",
        type=_roles,
        default=frozenset(ROLES),
        help=f"only these roles, with commas between: {', '.join(ROLES)}",
    )
    command("demo", _demo, "Run the server with a company to look around in.")
    command("migrate", _migrate, "Bring the database to this version.")

    user = commands.add_parser("user", help="Make and mend accounts.")
    actions = user.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="Add an account; asks for the password.")
    add.add_argument("email")
    add.add_argument("--name", default="", help="as colleagues see it")
    add.add_argument(
        "--role", default="administrator", help="administrator (default), supervisor, agent"
    )
    add.set_defaults(run=_user_add)
    passwd = actions.add_parser("passwd", help="Give an account a new password; asks for it.")
    passwd.add_argument("email")
    passwd.set_defaults(run=_user_passwd)
    actions.add_parser("list", help="List the accounts.").set_defaults(run=_user_list)

    simulate = command("simulate", _simulate, "Try out a centre: what would happen if.")
    take_arguments(simulate)

    command("doctor", _doctor, "Look for what would keep the server from working.")
    bench = command("bench", _bench, "Measure, and compare with what is to be reached.")
    bench.add_argument("ids", nargs="*", metavar="ID", help="only these measurements")
    bench.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    return parser


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not roles or roles - set(ROLES):
        raise argparse.ArgumentTypeError(f"give some of {', '.join(ROLES)}, not {text!r}")
    return roles


# ── serve, demo, migrate ─────────────────────────────────────────────────────────────────────


def _serve(chosen: argparse.Namespace) -> int:
    gc.disable()  # until the server is imported
    with ExitStack() as stack:
        settings = _with_database(_settings(), stack, meanwhile=import_server)
        _run_server(settings, chosen.role, stack)
    return 0


def _demo(chosen: argparse.Namespace) -> int:
    from wasl.demo import SIGN_INS

    gc.disable()  # until the server is imported
    settings = _settings().model_copy(update={"demo": True})

    def welcome() -> None:
        widths = [max(len(row[i]) for row in SIGN_INS) for i in range(2)]
        print(f"\n  Wasl is at {settings.public_url}\n")
        for email, password, role in SIGN_INS:
            print(f"  {email:{widths[0]}}  {password:{widths[1]}}  {role}")
        print("\n  Ctrl-C stops it.\n", flush=True)

    with ExitStack() as stack:
        _run_server(_with_database(settings, stack), frozenset(ROLES), stack, welcome)
    return 0


def _migrate(chosen: argparse.Namespace) -> int:
    with ExitStack() as stack:
        _with_database(_settings(), stack)
    print("The database is at this version.")
    return 0


def _settings() -> Settings:
    from wasl.infra.settings import load_settings

    return load_settings()


def _with_database(
    settings: Settings, stack: ExitStack, meanwhile: Callable[[], None] = lambda: None
) -> Settings:
    """The settings with the address of a database that answers and is migrated.

    Starts the embedded server when no other is named; the stack stops it. `meanwhile` is done
    while that one starts.
    """
    from wasl.migrations import upgrade

    if settings.database_url is None:
        from concurrent.futures import ThreadPoolExecutor

        from wasl.infra.postgres import EmbeddedPostgres

        server = EmbeddedPostgres(settings.data_dir)
        stack.callback(server.stop)
        with ThreadPoolExecutor(1) as beside:
            starting = beside.submit(server.start, _say)
            meanwhile()
            dsn = starting.result()
        _keep_running(server, stack)
        settings = settings.model_copy(update={"database_url": dsn, "database_url_direct": dsn})
    direct = settings.database_url_direct
    assert direct is not None  # noqa: S101  # follows database_url, see Settings
    _check_answers(direct)
    upgrade(direct)
    return settings


def _keep_running(server: EmbeddedPostgres, stack: ExitStack) -> None:
    """Looks every second whether the embedded server lives, and starts it again if not."""
    from threading import Event, Thread

    from wasl.infra.postgres import PostgresFailed

    ended = Event()

    def watch() -> None:
        while not ended.wait(1.0):
            try:
                server.revive(_say)
            except (PostgresFailed, OSError) as error:  # its last processes may still be ending
                _say(f"wasl: {error}")

    Thread(target=watch, daemon=True, name="postgres").start()
    stack.callback(ended.set)


def _check_answers(dsn: str) -> None:
    import psycopg

    try:
        psycopg.connect(dsn, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise Refusal(f"DATABASE_URL: the database does not answer: {_first_line(error)}") from None


def _run_server(
    settings: Settings,
    roles: frozenset[str],
    stack: ExitStack,
    welcome: Callable[[], None] | None = None,
) -> None:
    """Runs until a signal. The first SIGINT or SIGTERM ends it in order, a second one at once.

    `welcome` is called when the web role answers.
    """
    import asyncio

    import uvloop

    from wasl.infra.telemetry import configure_logging

    import_server()  # also where no database had to be started meanwhile
    from wasl.main import serve

    configure_logging(settings.log_format, settings.log_level)
    if "web" in roles:
        _check_port(settings.host, settings.port)

    async def until_told() -> None:
        serving = asyncio.ensure_future(serve(settings, roles))
        welcoming = asyncio.ensure_future(_welcome(settings, welcome)) if welcome else None
        told = False

        def tell() -> None:
            nonlocal told
            if told:
                stack.close()
                os._exit(130)
            told = True
            serving.cancel()
            _say("\nStopping. Once more to stop at once.")

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, tell)
        try:
            await serving
        except asyncio.CancelledError:
            if not told:
                raise
        finally:
            if welcoming:
                welcoming.cancel()

    uvloop.run(until_told())


async def _welcome(settings: Settings, welcome: Callable[[], None]) -> None:
    import asyncio
    from contextlib import suppress

    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(settings.host, settings.port)
            writer.close()
            return welcome()
        await asyncio.sleep(0.05)


def _check_port(host: str, port: int) -> None:
    import errno
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refusal(
                    f"port {port} on {host} is taken; stop what uses it, or set WASL_PORT"
                ) from None
            raise Refusal(f"WASL_HOST={host}, WASL_PORT={port}: {error.strerror}") from None


def _say(line: str) -> None:
    with suppress(OSError):  # nobody may read it any more
        print(line, file=sys.stderr, flush=True)


def _os_error(error: OSError) -> str:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left on the disk{f' of {error.filename}' if error.filename else ''}"
    named = f"{error.filename}: " if error.filename else ""
    return f"{named}{error.strerror or error}"


def _told_by_database(error: BaseException) -> str | None:
    """One line about a database that can't go on, wherever in an error it stands; else None."""
    import psycopg

    told = None
    for one in _all_in(error):
        if isinstance(one, psycopg.errors.DiskFull):
            return f"no space left on the disk of the database: {_first_line(one)}"
        if isinstance(one, psycopg.OperationalError):
            told = f"the database does not answer any more: {_first_line(one)}"
    return told


def _all_in(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _all_in(one)
    if error.__cause__ is not None:
        yield from _all_in(error.__cause__)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


# ── accounts ─────────────────────────────────────────────────────────────────────────────────


def _user_add(chosen: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from wasl.accounts import Role, add_user

    role = _one_of(Role, chosen.role)
    password = _asked_password()

    async def add(conn: AsyncConnection) -> None:
        await add_user(
            conn,
            email=chosen.email,
            name=chosen.name or chosen.email.partition("@")[0],
            role=role,
            password=password,
            now=datetime.now(UTC),
        )

    _in_transaction(add)
    print(f"{chosen.email} can sign in now.")
    return 0


def _user_passwd(chosen: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from wasl.accounts import set_password, user_by_email

    password = _asked_password()

    async def change(conn: AsyncConnection) -> None:
        user_id = await user_by_email(conn, chosen.email)
        if user_id is None:
            raise Refusal(f"no account has the address {chosen.email}")
        await set_password(conn, user_id, password, now=datetime.now(UTC))

    _in_transaction(change)
    print(f"{chosen.email} has a new password; its earlier sign-ins have ended.")
    return 0


def _user_list(chosen: argparse.Namespace) -> int:
    from wasl.accounts import users_view

    for user in _in_transaction(users_view):
        print(f"{user['email']}\t{user['role']}\t{user['name']}")
    return 0


def _in_transaction(work: Callable[[AsyncConnection], Awaitable[_T]]) -> _T:
    """Does the work in one transaction of the configured database, which is started if need be."""
    import asyncio

    from wasl.infra.database import Database, make_engine

    with ExitStack() as stack:
        dsn = _with_database(_settings(), stack).database_url
        assert dsn is not None  # noqa: S101  # `_with_database` has set it

        async def connected() -> _T:
            engine = make_engine(dsn, pool_size=1)
            try:
                async with Database(engine).transaction() as conn:
                    return await work(conn)
            finally:
                await engine.dispose()

        return asyncio.run(connected())


def _one_of(choices: type[_E], text: str) -> _E:
    try:
        return choices(text)
    except ValueError:
        allowed = ", ".join(choices)
        raise Refusal(f"{text!r} is not one of {allowed}") from None


def _asked_password() -> str:
    """The password: asked twice at a terminal, else the first line of standard input."""
    import getpass

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise Refusal("the two passwords differ")
    return first


# ── simulate ─────────────────────────────────────────────────────────────────────────────────


def _simulate(chosen: argparse.Namespace) -> int:
    from wasl.routing.simulation import ScenarioInvalid, try_files

    if chosen.from_history == (chosen.scenario is not None):
        raise Refusal("give a scenario's file, or --from-history")
    if chosen.from_history:
        print(_in_transaction(partial(written_past, chosen)), end="")
        return 0
    try:
        told = try_files(
            chosen.scenario,
            chosen.against,
            chosen.seed,
            page=chosen.html,
            language=chosen.language,
            json=chosen.json,
        )
    except ScenarioInvalid as error:
        raise Refusal(str(error)) from None
    print(told)
    return 0


# ── doctor, bench ────────────────────────────────────────────────────────────────────────────


def _doctor(chosen: argparse.Namespace) -> int:
    from wasl.doctor import examine

    return examine()


def _bench(chosen: argparse.Namespace) -> int:
    import importlib.util

    sys.path.insert(0, os.getcwd())
    if importlib.util.find_spec("benchmarks") is None:
        raise Refusal("there is no folder benchmarks here; run this in a checkout")
    from benchmarks import run_all

    return run_all(chosen.ids, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
