"""A real Dovecot of one's own: private folder, loopback ports, one password for every user."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from benchmarks._ports import free_port

from tests.adapters.email.peers import certificate

PASSWORD = "wasl-test"

_numbers = count(1)

_CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
mail_uid = {mail_user}
mail_gid = {mail_group}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
maildir_stat_dirs = no
auth_failure_delay = 0
mail_max_userip_connections = 500
default_process_limit = 600
default_client_limit = 4000
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
  }}
}}
service imap {{
  process_limit = 600
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox "پشتیبانی & more" {{
    auto = create
  }}
}}
"""


class Dovecot:
    """The running server. Mail is delivered by dropping files into a Maildir."""

    def __init__(
        self, folder: Path, imap: int, imaps: int, mail_user: str, trust: ssl.SSLContext
    ) -> None:
        self.folder = folder
        self.imap_port = imap
        self.imaps_port = imaps
        self.trust = trust  # for a client of this server
        self._mail_user = mail_user

    def user(self) -> str:
        """The name of a new, empty mailbox."""
        return f"user{next(_numbers)}@naranj.example"

    def deliver(self, user: str, *raws: bytes) -> None:
        """Puts mail into the user's INBOX, unread."""
        maildir = self.folder / "mail" / user
        for name in ("tmp", "new", "cur"):
            self._own_folder(maildir / name)
        for raw in raws:
            name = f"{time.time():.0f}.{next(_numbers):08d}.test"
            path = maildir / "tmp" / name
            path.write_bytes(raw)
            self._own(path)
            path.rename(maildir / "new" / name)

    def doveadm(self, *words: str) -> str:
        """Runs an administration command."""
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def _own_folder(self, path: Path) -> None:
        for each in (*reversed(path.parents), path):
            if self.folder in each.parents and not each.exists():
                each.mkdir(mode=0o770)
                self._own(each)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self._mail_user)
            os.chown(path, entry.pw_uid, entry.pw_gid)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Starts Dovecot and stops it afterwards. Needs Debian's dovecot-imapd."""
    binary = shutil.which("dovecot") or "/usr/sbin/dovecot"
    folder = Path(tempfile.mkdtemp(prefix="wasl-dovecot-"))
    folder.chmod(0o755)
    me = pwd.getpwuid(os.geteuid()).pw_name
    root = os.geteuid() == 0
    mail_user = "nobody" if root else me
    imap, imaps = free_port(), free_port()
    made = Dovecot(folder, imap, imaps, mail_user, certificate(folder)[1])
    made._own_folder(folder / "mail")
    (folder / "dovecot.conf").write_text(
        _CONFIG.format(
            folder=folder,
            imap=imap,
            imaps=imaps,
            mail_user=mail_user,
            mail_group=grp.getgrgid(pwd.getpwnam(mail_user).pw_gid).gr_name,
            internal_user="dovecot" if root else me,
            internal_group="dovecot" if root else grp.getgrgid(os.getegid()).gr_name,
            login_user="dovenull" if root else me,
            password=PASSWORD,
        ),
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [binary, "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for(imap, process, folder)
        yield made
    finally:
        process.terminate()
        process.wait(20)
        if process.stderr is not None:
            process.stderr.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Until the greeting is there; a server that ends instead is shown with its log."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            said = process.stderr.read().decode() if process.stderr else ""
            log = folder / "dovecot.log"
            raise RuntimeError(f"dovecot ended: {said}{log.read_text() if log.exists() else ''}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4):
                    return
        except OSError:
            time.sleep(0.02)  # there is nothing to wait on before the port is open
    raise RuntimeError("dovecot does not answer")
