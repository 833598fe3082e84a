"""Every kind of source: all of it and random clips, each rendition frame by frame, by another decoder, and sound.

The seed is printed: always the same, unless INPOINT_SEED says another; INPOINT_CLIPS says how many clips of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kinds import KINDS
from tests.kinds.judged import judged, row
from tests.kinds.kind import Workshop
from tests.kinds.page import PAGE
from tests.media import Recipe
from tests.server import Server

SEED = os.environ.get("INPOINT_SEED") or "2026-11-27"
CLIPS = int(os.environ.get("INPOINT_CLIPS") or 1)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_plays_and_is_cut(
    server: Server, files: str, source: Callable[[Recipe], Path], sources: Path, name: str
) -> None:
    print(f"INPOINT_SEED={SEED}")
    seen = judged(server, files, Workshop(source, sources), KINDS[name], CLIPS, SEED)
    assert row(KINDS[name], seen) in PAGE.read_text().splitlines()


def test_the_page_has_no_other_kinds() -> None:
    rows = [line.split(" | ")[0] for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    assert [one.removeprefix("| ") for one in rows if one != "| kind"] == list(KINDS)
