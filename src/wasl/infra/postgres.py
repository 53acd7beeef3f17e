"""An embedded PostgreSQL server and its life: made, started, shared, found again, stopped.

The first process that starts it makes the cluster and launches the server in a session of its own;
later ones attach; the last one to stop stops the server. A server whose processes were all killed
is found again by its pid file, once that pid is proven to be a server of this very folder.

    <data_dir>/postgres/
      data/       the cluster
      run/        the unix socket, the only door (no TCP)
      password    of the role `wasl`, mode 0600; authentication is SCRAM
      guard       flock, held while starting or stopping
      attached    flock, shared by every attached process
      server-X/   a copy of the server's programs, where its user could not reach the installed ones
      server.log
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from wasl.infra.postgres_binaries import OLDEST_MAJOR, machine_binaries, major_of, wheel_binaries

_ROLE = "wasl"
_SPACE_NEEDED = 200 * 1024 * 1024
_LOG_LIMIT = 10 * 1024 * 1024
_SOCKET_PATH_LIMIT = 90  # of the folder; the kernel allows 107 with "/.s.PGSQL.5432"
_STOP_WITHIN_S = 60.0

_SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# servers that outlive our interest in them: Python would complain about a forgotten child
_left_running: list[subprocess.Popen[bytes]] = []


@atexit.register
def _forget_the_ended() -> None:
    for process in _left_running:
        process.poll()


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class PostgresFailed(Exception):
    """The embedded server can't be had; the message is one line that says what to do."""


class EmbeddedPostgres:
    """One cluster under `data_dir`.

    `binaries` (a folder with `initdb` and `postgres`) is chosen by itself unless given;
    `server_settings` are added to the server's command line.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Path | None = None,
        server_settings: Mapping[str, str] | None = None,
    ) -> None:
        self._home = data_dir.absolute() / "postgres"
        self._data = self._home / "data"
        self._binaries = binaries
        self._settings = {**_SERVER_SETTINGS, **(server_settings or {})}
        self._attached: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._user: pwd.struct_passwd | None = None

    def start(self, say: Callable[[str], None]) -> str:
        """Starts the server or attaches to the running one; returns its DSN.

        `say` is told what takes long. Raises PostgresFailed.
        """
        if self._attached is not None:
            return self._dsn()
        try:
            make_folders(self._home)
            self._user = _server_user(self._data)
            with self._guarded():
                attached = os.open(self._home / "attached", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(attached, fcntl.LOCK_SH)
                    self._have_server(say)
                except BaseException:
                    os.close(attached)
                    raise
                self._attached = attached
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise PostgresFailed(f"no space left on the disk of {self._home}") from error
            raise PostgresFailed(f"{error.strerror}: {error.filename or self._home}") from error
        return self._dsn()

    def stop(self) -> None:
        """Detaches, and stops the server when nobody else is attached."""
        if self._attached is None:
            return
        with self._guarded():
            try:
                fcntl.flock(self._attached, fcntl.LOCK_EX | fcntl.LOCK_NB)
                last = True
            except BlockingIOError:
                last = False
            if last:
                self._shut_down()
            if self._process is not None and self._process.poll() is None:
                _left_running.append(self._process)
            self._process = None
            os.close(self._attached)
            self._attached = None

    def revive(self, say: Callable[[str], None]) -> None:
        """Starts the server again if it died while we were attached. Raises PostgresFailed."""
        with self._guarded():
            if self._attached is not None:
                self._have_server(say)

    # ── making and starting ──────────────────────────────────────────────────────────────────

    def _have_server(self, say: Callable[[str], None]) -> None:
        if self._await_running(say):
            return
        fresh = not self._data.exists()
        if fresh:
            self._make_cluster(say)
        self._launch(say)
        if fresh:
            self._check_trigrams()

    def _make_cluster(self, say: Callable[[str], None]) -> None:
        free = shutil.disk_usage(self._home).free
        if free < _SPACE_NEEDED:
            raise PostgresFailed(
                f"no space left: {self._home} has {free >> 20} MB free, "
                f"a database needs {_SPACE_NEEDED >> 20} MB"
            )
        self._check_reach()
        binaries, major = self._choose_binaries()
        say(f"Making a PostgreSQL {major} database in {self._home}")
        password = secrets.token_urlsafe(24)
        _write_private(self._home / "password", password)
        self._give(self._home / "password")  # it guards nothing that its user does not own
        # the rename makes it whole or absent, whatever interrupts this
        unfinished = self._home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C"]
            if major >= 17
            else ["--lc-collate=C.UTF-8"]
        )
        self._run(
            [
                *(str(binaries / "initdb"), "-D", str(unfinished), "-U", _ROLE, "-E", "UTF8"),
                *("--auth=scram-sha-256", f"--pwfile={self._home / 'password'}"),
                *(*locale, "--lc-ctype=C.UTF-8", "--lc-messages=C", "--no-instructions"),
            ],
        )
        self._run(
            [str(binaries / "postgres"), "--single", "-D", str(unfinished), "postgres"],
            f"CREATE DATABASE {_ROLE}\n",
        )
        unfinished.rename(self._data)

    def _launch(self, say: Callable[[str], None]) -> None:
        self._check_reach()
        binaries, _ = self._choose_binaries()
        run = self._run_folder()
        run.mkdir(mode=0o700, exist_ok=True)
        self._check_owner(run)
        self._forget_foreign_pid()
        log = self._home / "server.log"
        settings = {**self._settings, "unix_socket_directories": str(run)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("ab") as out:
            if out.tell() > _LOG_LIMIT:
                out.truncate(0)
            began = out.seek(0, os.SEEK_END)
            # a session of its own: a terminal's Ctrl-C must reach us, not the server
            self._process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self._data), *options],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                umask=0o077,
                cwd="/",
                **self._identity(),
            )
        if not self._await_running(say):
            raise PostgresFailed(f"PostgreSQL did not start: {_reason(log, began)}")

    def _await_running(self, say: Callable[[str], None]) -> bool:
        """Whether a server of this cluster runs; waits while it starts, recovers or stops."""
        began = said = time.monotonic()
        while True:
            launching = self._process is not None and self._process.poll() is None
            pid, status = self._pid_file()
            if pid and self._is_ours(pid):
                if status == "ready":
                    return True
            elif not launching:
                return False
            if time.monotonic() - said > 5:
                said = time.monotonic()
                say(f"Waiting for PostgreSQL: {status or 'starting'} ({said - began:.0f} s)")
            time.sleep(0.005)

    def _shut_down(self) -> None:
        pid, _ = self._pid_file()
        if not pid or not self._is_ours(pid):
            return
        until = time.monotonic() + _STOP_WITHIN_S
        os.kill(pid, signal.SIGINT)  # "fast": disconnects clients, writes a checkpoint
        while self._pid_file()[0] == pid and self._is_ours(pid):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGQUIT)  # "immediate": the next start recovers
                until += _STOP_WITHIN_S
            time.sleep(0.005)
        if self._process is not None:
            self._process.wait()

    def _check_trigrams(self) -> None:
        """With a wrong locale the trigrams of Arabic are silently empty: search finds nothing."""
        import psycopg

        with psycopg.connect(self._dsn()) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            row = connection.execute("SELECT cardinality(show_trgm('سلام'))").fetchone()
            connection.rollback()
        if not row or not row[0]:
            self._shut_down()
            shutil.rmtree(self._data)
            raise PostgresFailed("this PostgreSQL can't index Arabic: it lacks the locale C.UTF-8")

    # ── whose server is it ───────────────────────────────────────────────────────────────────

    def _pid_file(self) -> tuple[int, str]:
        """The recorded pid (0: none) and status ("starting", "ready", "stopping", …)."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting"
        except (OSError, ValueError, IndexError):
            return 0, ""

    def _is_ours(self, pid: int) -> bool:
        """Whether the pid is a server of this folder: a pid alone may have been given anew."""
        if Path("/proc/self/cwd").exists():
            with suppress(OSError):  # the server works in its data folder; a zombie has no folder
                return os.path.samefile(f"/proc/{pid}/cwd", self._data)
            return False
        shown = subprocess.run(
            ["/bin/ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return f"-D {self._data}" in shown.stdout

    def _forget_foreign_pid(self) -> None:
        """Removes a stale pid file whose pid now belongs to a stranger; the server would refuse."""
        pid, _ = self._pid_file()
        if pid and not self._is_ours(pid):
            (self._data / "postmaster.pid").unlink()
            (self._run_folder() / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    # ── users and reach ──────────────────────────────────────────────────────────────────────

    def _identity(self) -> _Identity:
        """How a child of ours becomes the server's user (nothing, unless we are root)."""
        if self._user is None:
            return {}
        return _become(self._user)

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _check_owner(self, folder: Path) -> None:
        """A folder in a shared place may have been put there by somebody else."""
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), self._server_uid()):
            raise PostgresFailed(f"{folder} belongs to somebody else; remove it")
        self._give(folder)

    def _server_uid(self) -> int:
        return self._user.pw_uid if self._user else os.geteuid()

    def _check_reach(self) -> None:
        if self._user is not None and not reachable(self._home, self._user):
            raise PostgresFailed(
                f"PostgreSQL runs as {self._user.pw_name}, who can't reach {self._home}: "
                f"choose another WASL_DATA_DIR, such as /var/lib/wasl"
            )

    def _choose_binaries(self) -> tuple[Path, int]:
        """The folder of the server's programs and their major version.

        A new cluster prefers what the machine has; an existing one follows its PG_VERSION.
        """
        try:
            wanted = int((self._data / "PG_VERSION").read_text())
        except FileNotFoundError:
            wanted = None
        candidates = (
            [self._binaries] if self._binaries else [*machine_binaries(), *wheel_binaries()]
        )
        for folder in candidates:
            if (major := major_of(folder)) and wanted in (None, major):
                return self._within_reach(folder), major
        if wanted:
            raise PostgresFailed(
                f"{self._data} was made by PostgreSQL {wanted}, which is not on this machine: "
                f"install it (Debian: postgresql-{wanted})"
            )
        raise PostgresFailed(
            f"no PostgreSQL {OLDEST_MAJOR} or newer here: install one, or set DATABASE_URL"
        )

    def _within_reach(self, binaries: Path) -> Path:
        """The programs, or a copy of them where the server's user can run it."""
        if self._user is None or reachable(binaries / "postgres", self._user):
            return binaries
        whole = binaries.parent
        mark = (binaries / "postgres").stat()
        name = hashlib.sha256(f"{whole} {mark.st_size} {mark.st_mtime_ns}".encode()).hexdigest()[:8]
        copy, inner = self._home / f"server-{name}", Path(whole.parent.name, whole.name)
        if not copy.exists():
            for old in self._home.glob("server-*"):
                shutil.rmtree(old)
            unfinished = self._home / "server.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            package = whole.parent
            make_folders((unfinished / inner).parent)
            shutil.copytree(whole, unfinished / inner, ignore=shutil.ignore_patterns("include"))
            # a wheel keeps the libraries that its programs need beside the package
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, unfinished / libraries.name)
            unfinished.rename(copy)
        return copy / inner / "bin"

    # ── small things ─────────────────────────────────────────────────────────────────────────

    def _run(self, command: list[str], given: str = "") -> None:
        done = subprocess.run(
            command,
            input=given,
            text=True,
            capture_output=True,
            check=False,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            **self._identity(),
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
            reason = next((line for line in lines if "error" in line or "FATAL" in line), lines[-1])
            raise PostgresFailed(f"{Path(command[0]).name} failed: {reason}")

    def _run_folder(self) -> Path:
        run = self._home / "run"
        # a socket's address is short, and libpq splits it at commas
        if len(os.fsencode(run)) <= _SOCKET_PATH_LIMIT and "," not in str(run):
            return run
        name = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"wasl-{name}"

    def _dsn(self) -> str:
        password = (self._home / "password").read_text().strip()
        return f"postgresql://{_ROLE}:{password}@/{_ROLE}?host={quote(str(self._run_folder()), '')}"

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with (self._home / "guard").open("a") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield


def make_folders(path: Path) -> None:
    """Makes the folder and its missing parents, open to passing through whatever the umask is."""
    if not path.exists():
        make_folders(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o711)


def reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether this user can go to the path and execute it (enter it, for a folder)."""
    test = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        check=False,
        cwd="/",
        **_become(user),
    )
    return test.returncode == 0


def unprivileged_user() -> pwd.struct_passwd:
    """The user that the server runs as when we are root (PostgreSQL refuses to run as root)."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresFailed(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody"
    )


def _become(user: pwd.struct_passwd) -> _Identity:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _server_user(data: Path) -> pwd.struct_passwd | None:
    """The user to become for the server: the cluster's owner; None when that is ourselves."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() == 0:
        return pwd.getpwuid(owner) if owner else unprivileged_user()
    if owner not in (None, os.geteuid()):
        raise PostgresFailed(f"{data} belongs to another user (uid {owner}): start as that user")
    return None


def _reason(log: Path, began: int) -> str:
    """The server's own last words, in one line."""
    with log.open("rb") as lines:
        lines.seek(began)
        said = lines.read().decode(errors="replace").splitlines()
    if any("No space left" in line for line in said):
        return f"no space left on the disk of {log.parent}"
    worst = [line for line in said if re.search(r"\b(FATAL|PANIC|could not)\b", line)]
    return f"{(worst or said or ['no reason given'])[-1].strip()} (see {log})"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
