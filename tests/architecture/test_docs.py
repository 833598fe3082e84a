"""Settings, routes and documentation stay in step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inpoint.dialects.cloudflare import description as cloudflare
from inpoint.dialects.fastpix import description as fastpix
from inpoint.dialects.own import description as own
from inpoint.settings import Settings
from inpoint.wiring import Server

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/4-operate/settings.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"`INPOINT_{name.upper()}`" in text, name
        assert field.description, name
        assert field.description in text, name


def test_no_setting_is_documented_that_there_is_not() -> None:
    known = {f"INPOINT_{name.upper()}" for name in Settings.model_fields}
    for line in (ROOT / "docs/4-operate/settings.md").read_text().splitlines():
        if line.startswith("| `INPOINT_"):
            assert line.split("`")[1] in known


def test_every_route_is_documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPOINT_DATA", str(tmp_path))
    text = "\n".join(path.read_text() for path in (ROOT / "docs/3-api").glob("*.md"))
    schema = Server(Settings()).app().openapi()
    for path in schema["paths"]:
        assert f"`{path}`" in text, path


def test_every_operation_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPOINT_DATA", str(tmp_path))
    schema = Server(Settings()).app().openapi()
    told = {**fastpix.DESCRIPTION.operations, **cloudflare.DESCRIPTION.operations, **own.DESCRIPTION.operations}
    operations = {(method, path) for path, methods in schema["paths"].items() for method in methods}
    assert operations - set(told) == {("get", "/health")}
    assert set(told) <= operations
    assert "HTTPValidationError" not in str(schema)


def test_the_document_leaves_nothing_unsaid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPOINT_DATA", str(tmp_path))
    document = Server(Settings()).app().openapi()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert [one for one in operations if not one.get("summary") or not one.get("description")] == []
    told = [(one["operationId"], each) for one in operations for each in one.get("parameters", ())]
    assert [(where, each["name"]) for where, each in told if not each.get("description")] == []
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_dialects_share_no_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what one operation refers to is its own dialect's."""
    monkeypatch.setenv("INPOINT_DATA", str(tmp_path))
    document = Server(Settings()).app().openapi()
    schemas = set(document["components"]["schemas"])
    spaces = {
        "/api/": "Inpoint",
        "/v1/": "FastPix",
        "/{playback_id}": "FastPix",
        "/client/": "Stream",
        "/{shown}": "Stream",
    }
    assert all(name.startswith(tuple(spaces.values())) for name in schemas)
    for path, methods in document["paths"].items():
        space = next((one for start, one in spaces.items() if path.startswith(start)), "")
        named = set(re.findall(r"'#/components/schemas/(\w+)'", str(methods)))
        assert named <= schemas, path
        assert all(one.startswith(space) for one in named), path


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md"]:
        for part in page.read_text().split("](")[1:]:
            target = part.split(")")[0].split("#")[0]
            if target and "://" not in target:
                assert (page.parent / target).exists(), (page, target)


def test_the_changelog_begins_with_what_is_coming() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings
    assert headings[0] == "## Unreleased"
