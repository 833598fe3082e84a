"""The import table of the layout, held: `a ← b` means that b may import a."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2] / "inpoint"

BASE = {"model", "errors"}
STAGES = ["ingest", "encodings", "clips", "playback"]
WEB = {"fastapi", "starlette"}
LOG = {"structlog"}
READERS = {"babel", "maxminddb", "python_multipart"}

#: Package or module → what it may import from Inpoint, and from others.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "model": ({"errors", "model"}, set()),
    "errors": (set(), set()),
    "ports": (BASE, set()),
    "ingest": (BASE | {"ports"}, LOG),
    "encodings": (BASE | {"ports", "ingest"}, LOG),
    "clips": (BASE | {"ports", "ingest", "encodings"}, LOG),
    "playback": (BASE | {"ports", "ingest", "encodings", "clips"}, set()),
    "engine": (BASE | {"ports"}, LOG | {"av"}),
    "storage": (BASE | {"ports"}, LOG | {"obstore"}),
    "database": (BASE | {"ports"}, LOG | {"sqlalchemy", "alembic"}),
    "jobs": (BASE | {"ports"}, LOG | {"dbos"}),
    "web": (BASE | {"ports"}, LOG | WEB | {"httpx", "ssrfguard", "jwt", "cryptography", *READERS}),
    "delivery": (BASE | {"ports", "web", *STAGES}, LOG | WEB),
    "dialects": (BASE | {"ports", "web", "delivery", *STAGES}, LOG | WEB),
    "dashboard": (BASE | {"ports", "web"}, WEB),
    "testing": (BASE | {"ports"}, set()),
    "clock": (set(), set()),
    "logs": (set(), LOG),
    # The edges of the program: what starts it, and what speaks to a running one.
    "settings": (set(), {"pydantic", "pydantic_settings"}),
    "serving": (set(), {"fastapi", "granian"}),
    "remote": ({"errors"}, {"httpx"}),
}
ANYTHING = {"wiring", "cli", "doctor", "__main__", "__init__"}

#: The files of `jobs` that know the stages: which steps a job has, and what is looked after as time passes.
KNOW_THE_STAGES = {"jobs/workflows.py", "jobs/upkeep.py"}


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
        if str(path.relative_to(ROOT)) in KNOW_THE_STAGES:
            ours = ours | set(STAGES)
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
                assert name.split(".")[2] == own, path


def test_no_vendor_is_named_outside_dialects() -> None:
    allowed = {"dialects", "wiring", "settings"}
    for path in modules():
        if room(path) not in allowed:
            text = path.read_text().lower()
            assert "fastpix" not in text, path
            assert "cloudflare" not in text, path


def test_the_heart_stands_on_the_model_alone() -> None:
    for name in ("model/timeline.py", "playback/hls.py", "playback/dash.py", "clips/plan.py"):
        for one in imports(ROOT / name):
            top = one.partition(".")[0]
            inside = one.startswith(("inpoint.model", "inpoint.errors", "inpoint.playback"))
            assert top in sys.stdlib_module_names or inside, (name, one)


def test_no_module_without_a_noun() -> None:
    names = {path.stem for path in modules()}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


def test_files_are_small_enough_to_read() -> None:
    for path in modules():
        assert len(path.read_text().splitlines()) <= 400, path
