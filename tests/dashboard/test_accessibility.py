"""An audit of every page, by axe: nothing serious, in light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Open
from tests.server import Server

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[1] / "browser/node_modules/axe-core/axe.min.js"
PAGES = {
    "sign in": "", "library": "", "add": "", "media": "/media/{id}", "clips": "/media/{id}/clips?ranges=1-2,0.5-1",
    "made": "/media/{id}/made", "events": "/media/{id}/events", "tokens": "/settings/tokens",
    "keys": "/settings/keys", "webhooks": "/settings/webhooks", "watermarks": "/settings/watermarks",
    "storage": "/settings/storage",
}  # fmt: skip


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def audit(page: Page) -> list[str]:
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_serious(width: int, visit: Open, server: Server, imported: Callable[[str], dict[str, Any]]) -> None:
    media = imported("tiny-30")["id"]
    server.clip(media, 0.5, 1.5)
    wrong: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page = visit(
            path.format(id=media), signed_in=name != "sign in", bypass_csp=True,
            viewport={"width": width, "height": 800}, reduced_motion="reduce",
        )  # fmt: skip
        expect(page.get_by_role("heading").first).to_be_visible()
        if name == "add":
            page.get_by_role("button", name="Add videos").click()
        if name == "clips":
            expect(page.get_by_role("slider", name="Start")).to_be_visible()
        page.add_script_tag(path=AXE)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)
            if found := audit(page):
                wrong[f"{name}, {scheme}"] = found
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, (name, overflow)
        page.close()
    assert wrong == {}, "\n".join(f"{name}: {one}" for name, found in wrong.items() for one in found)
