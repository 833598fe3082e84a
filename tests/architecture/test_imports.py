"""The import table of the layout, held: `a ← b` means that b may import a."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2] / "inpoint"

BASE = {"model", "errors"}
INSIDE = BASE | {"ports"}
WEB = {"fastapi", "starlette"}
LOG = {"structlog", "cachetools"}
READERS = {"babel", "maxminddb", "python_multipart"}

#: Package or module → what it may import from Inpoint, and from others.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    # What is so, and what follows from it: no effects, nothing but the standard library.
    "errors": (set(), set()),
    "model": ({"errors"}, {"langcodes"}),
    "presentation": (BASE, set()),
    "ports": ({"model"}, set()),
    # The data's way: each stage may ask those above it.
    "shelf": (INSIDE, LOG),
    "making": (INSIDE | {"shelf", "presentation"}, LOG),
    "imports": (INSIDE | {"shelf", "making"}, LOG),
    "clips": (INSIDE | {"shelf", "making"}, LOG),
    "background": (INSIDE | {"shelf", "making", "clips"}, LOG),
    # The one door, and what stands before it.
    "desk": (INSIDE | {"shelf", "making", "imports", "clips", "background"}, LOG),
    "web": (INSIDE, LOG | WEB | {"httpx", "ssrfguard", "jwt", "cryptography", "pydantic", "pydantic_core", *READERS}),
    "delivery": (INSIDE | {"shelf", "making", "presentation", "web"}, LOG | WEB),
    "dialects": (BASE | {"desk", "delivery", "web"}, LOG | WEB | {"pydantic"}),
    "dashboard": (BASE, WEB),
    # What does it: one folder a port.
    "engine": (INSIDE, LOG | {"av", "pydantic", "webvtt"}),
    "storage": (INSIDE, LOG | {"obstore"}),
    "database": (INSIDE, LOG | {"sqlalchemy", "alembic"}),
    "jobs": (INSIDE, LOG | {"dbos"}),
    "clock": (set(), set()),
    "testing": (INSIDE | {"jobs"}, set()),
    # The edges of the program: what starts it, and what speaks to a running one.
    "logs": (set(), LOG),
    "settings": (set(), {"pydantic", "pydantic_settings"}),
    "serving": (set(), {"fastapi", "granian"}),
    "remote": ({"errors"}, {"httpx"}),
}
ANYTHING = {"wiring", "cli", "doctor", "__main__", "__init__"}

STAGES = {"making", "imports", "clips", "background", "desk"}
#: The file of `jobs` that knows the stages: which steps a job has.
KNOWS_THE_STAGES = "jobs/workflows.py"


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py"))


def room(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.append(node.module or "")
    return found


def test_every_import_is_in_the_table() -> None:
    wrong = []
    for path in modules():
        here = room(path)
        if here in ANYTHING:
            continue
        ours, theirs = ALLOWED[here]
        if str(path.relative_to(ROOT)) == KNOWS_THE_STAGES:
            ours = ours | STAGES
        for name in imports(path):
            top, _, rest = name.partition(".")
            if top == "inpoint":
                inside = rest.partition(".")[0]
                if inside and inside != here and inside not in ours:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            elif top not in sys.stdlib_module_names and top not in theirs:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_dialects_do_not_know_each_other() -> None:
    for path in (ROOT / "dialects").rglob("*.py"):
        own = path.relative_to(ROOT / "dialects").parts[0]
        for name in imports(path):
            if name.startswith("inpoint.dialects."):
                assert name.split(".")[2] in (own, "house"), path


def test_no_module_without_a_noun() -> None:
    names = {path.stem for path in modules()}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


def test_files_are_small_enough_to_read() -> None:
    for path in modules():
        assert len(path.read_text().splitlines()) <= 420, path


def classes() -> list[tuple[Path, ast.ClassDef]]:
    return [
        (path, node)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]


def test_one_name_is_one_thing() -> None:
    where = defaultdict(list)
    for path, node in classes():
        where[node.name].append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}


def test_rows_are_not_put_together_by_inheritance() -> None:
    of = {node.name: [base.id for base in node.bases if isinstance(base, ast.Name)] for _, node in classes()}

    def depth(name: str) -> int:
        return 1 + max(map(depth, of[name]), default=0) if name in of else 0

    for path, node in classes():
        if room(path) == "database":
            assert depth(node.name) <= 2, (path, node.name)


def test_a_query_is_read_by_its_declared_type() -> None:
    passed_on = {"web/query.py", "dialects/cloudflare/viewings.py", "dialects/fastpix/viewings.py"}
    read = {str(path.relative_to(ROOT)) for path in modules() if "query_params" in path.read_text()}
    assert read <= passed_on


#: Words that vendors made, and we would say otherwise; their dialects translate them.
VENDORS_WORDS = re.compile(
    r"fastpix|cloudflare|\btus\b|[\"'](standard|pro|premium)[\"']|upperRight|upperLeft|lowerRight|lowerLeft|creatorId"
    r"|\bcreator_id\b|playbackId|\bmp4Support|maxResolution|uploadExpiry|scheduledDeletion|requireSignedURLs",
    re.IGNORECASE,
)


#: What reads the rows of earlier releases, which spoke them.
OLDER = re.compile(r"database/(older\.py|migrations/)")


def test_the_core_speaks_no_vendors_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in modules()
        if room(path) not in {"dialects", "wiring", "settings", "cli"} and not OLDER.search(str(path))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if VENDORS_WORDS.search(line)
    ]
    assert not found, "\n".join(found)


#: What does a port's work says no more than the port.
TOOLS = {"engine", "storage", "database", "jobs", "testing", "clock", "web"}


def test_what_is_public_says_what_it_is() -> None:
    assert list(lacking()) == []


def lacking() -> Iterator[str]:
    """Public classes and functions without a sentence."""
    ports = {
        method.name
        for path in (ROOT / "ports").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for method in functions(node)
    }
    for path in modules():
        if "migrations" in path.parts:
            continue  # each says once what it changes
        tree = ast.parse(path.read_text())
        nodes = [one for one in tree.body if isinstance(one, ast.ClassDef) and not one.name.startswith("_")]
        told = ports if room(path) in TOOLS else set()
        for node in (*nodes, *functions(tree), *chain.from_iterable(map(functions, nodes))):
            if node.name not in told and not ast.get_docstring(node):
                yield f"{path.relative_to(ROOT)}: {node.name}"


def functions(of: ast.Module | ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The public ones."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in of.body if isinstance(node, kinds) and not node.name.startswith("_")]
