"""House rules that no general linter knows. Prints findings; status 1 when there are any."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 500
# an identity's kind and a channel's kind share words: these hold an identity's
IDENTITY_HOLDERS = {"identity", "address", "sender", "recipient"}
# they watch processes, which tell nobody when they change
MAY_SLEEP = {"src/wasl/infra/postgres.py", "tests/adapters/email/dovecot.py"}

# the composition root and what stands beside it may reach into every feature
ROOTS = {"main", "cli", "demo", "doctor", "migrations", "web_app", "desk_scopes", "contact_side"}
OPEN_MODULES = {"wasl.accounts.web", "wasl.channels.contract"}

Finding = tuple[int, str]


def main() -> int:
    kinds = channel_kinds()
    findings = 0
    for folder in ("src", "tests", "tools", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            source = path.read_text(encoding="utf-8")
            tree = ast.parse(source, name)
            for line, words in sorted({*look(name, source, tree, kinds)}):
                findings += 1
                print(f"{name}:{line}: {words}")
    for words in (*unlocked(), *paths_of_urls()):
        findings += 1
        print(words)
    print(f"house rules: {findings or 'no'} findings")
    return 1 if findings else 0


def paths_of_urls() -> Iterator[str]:
    """A URL's path is no file's: a folder with a blank in its name would be looked for as %20."""
    for folder, folders, names in os.walk(ROOT / "frontend"):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist")]
        for name in names:
            path = Path(folder, name)
            if path.suffix not in (".ts", ".mjs"):
                continue
            if "import.meta.url).pathname" in path.read_text(encoding="utf-8"):
                yield f"{path.relative_to(ROOT)}: use fileURLToPath"


def look(name: str, source: str, tree: ast.Module, kinds: set[str]) -> Iterator[Finding]:
    lines = source.splitlines()
    if len(lines) > LONGEST_FILE and name.startswith("src/") and "/migrations/" not in name:
        yield LONGEST_FILE, f"{len(lines)} lines: split it by concern"
    for number, line in enumerate(lines, 1):
        if re.search(r"#\s*type:\s*ignore\b(?!.*#.*\w)(?!\[[\w,-]+\]\s+#)", line):
            yield number, "a type error is silenced without saying why"
    in_feature = name.startswith("src/wasl/") and not re.match(
        r"src/wasl/(adapters|simulators|contacts)/", name
    )
    for node in ast.walk(tree):
        if in_feature:
            yield from kind_comparisons(node, kinds)
        if isinstance(node, ast.Call):
            yield from calls(name, node)
        if isinstance(node, ast.ImportFrom) and node.module and name.startswith("src/wasl/"):
            yield from imports(name, node, node.module)
        if name.startswith("tests/") and isinstance(node, ast.Attribute):
            if node.attr in ("skip", "skipif", "xfail") and "pytest" in ast.unparse(node):
                yield node.lineno, "a test is skipped"


def imports(name: str, node: ast.ImportFrom, module: str) -> Iterator[Finding]:
    own = name.removeprefix("src/wasl/").partition("/")[0].removesuffix(".py")
    parts = module.split(".")
    if parts[0] != "wasl" or len(parts) < 3 or own in ROOTS or module in OPEN_MODULES:
        return
    if parts[1] not in (own, "infra"):
        yield node.lineno, f"import from wasl.{parts[1]}, not from inside it"


def calls(name: str, node: ast.Call) -> Iterator[Finding]:
    called = ast.unparse(node.func)
    if called.endswith(".commit") and name.endswith("service.py"):
        yield node.lineno, "a service never commits: its caller does"
    if called == "time.sleep" and name not in MAY_SLEEP:
        yield node.lineno, "time.sleep: wait for the event instead"
    waits = called == "asyncio.sleep" and not (
        node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
    )
    # crashes come at moments of the real clock, and nobody tells of them
    if waits and name.startswith("tests/") and not name.startswith("tests/hard_days/"):
        yield node.lineno, "a test sleeps: wait for the event, or turn the clock"


def kind_comparisons(node: ast.AST, kinds: set[str]) -> Iterator[Finding]:
    sides: list[ast.AST]
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
    elif isinstance(node, ast.Match):
        sides = [node.subject, *(p for case in node.cases for p in ast.walk(case.pattern))]
    else:
        return
    texts = {
        part.value
        for side in sides
        for part in ast.walk(side)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    if texts & kinds and any(is_channel_kind(side) for side in sides):
        yield node.lineno, "a channel kind is compared by name: ask its Capabilities"


def is_channel_kind(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ("kind", "channel_kind")
    if isinstance(node, ast.Attribute):
        holder = ast.unparse(node.value).rpartition(".")[2]
        return node.attr in ("kind", "channel_kind") and holder not in IDENTITY_HOLDERS
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        holder = ast.unparse(node.value).rpartition(".")[2]
        return node.slice.value == "channel_kind" or (
            node.slice.value == "kind" and "channel" in holder
        )
    return False


def unlocked() -> Iterator[str]:
    """Dependencies that no lock pins: `make lock` was forgotten."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for lock, wanted in {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": project["optional-dependencies"]["dev"],
    }.items():
        pinned = set(re.findall(r"^([\w-]+)(?:\[|==)", (ROOT / lock).read_text(), re.MULTILINE))
        for requirement in wanted:
            name = re.match(r"[\w-]+", requirement)
            if name and name[0].lower().replace("_", "-") not in pinned:
                yield f"{lock}: {name[0]} is missing; run make lock"


def channel_kinds() -> set[str]:
    """The kinds that the registry names, read without running it."""
    tree = ast.parse((ROOT / "src/wasl/channels/registry.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "KINDS":
            return set(ast.literal_eval(node.value))  # type: ignore[arg-type]  # it has a value
    raise SystemExit("src/wasl/channels/registry.py has no KINDS")


if __name__ == "__main__":
    sys.exit(main())
