"""``python -m tests.examples``: writes the examples anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.examples.conversations import FILES, conversation
from tests.examples.recorder import written
from tests.media import make, recipe

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        source = make(recipe("tiny-30"), Path(folder))
        for name, file in FILES.items():
            file.write_text(written(conversation(name, Path(folder), source)))
