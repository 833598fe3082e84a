"""A conversation in each dialect, with a server of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.examples import fastpix, own, stream
from tests.examples.recorder import Recorder
from tests.media import write_picture
from tests.server import TOKEN, Server, file_server

DIALECTS = Path(__file__).parents[2] / "inpoint/dialects"
FILES = {name: DIALECTS / name / "examples.json" for name in ("fastpix", "cloudflare", "own")}
_VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nGuten Tag\n"


def conversation(name: str, folder: Path, source: Path) -> dict[str, Any]:
    """What is said in a dialect, by operation."""
    (source.parent / "german.vtt").write_text(_VTT)
    image, sent = folder / "logo.png", source.read_bytes()
    write_picture(image, 120, 60)
    home = folder / name
    home.mkdir()
    with file_server(source.parent) as files:
        server = Server(home, INPOINT_FILL="none").start()
        addresses = {server.url: "https://video.example.com", files: "https://media.example.com",
                     source.name: "all-hands.mp4", TOKEN[0]: "TOKEN-ID"}  # fmt: skip
        say, url = Recorder(server.client, addresses), f"{files}/{source.name}"
        try:
            if name == "fastpix":
                fastpix.talk(say, url, sent)
            elif name == "own":
                own.talk(say, sent)
            else:
                bearer = {"Authorization": f"Bearer {TOKEN[1]}"}
                with httpx.Client(base_url=server.url, headers=bearer, timeout=30) as say.client:
                    stream.talk(say, url, sent, url, image.read_bytes())
        finally:
            server.end()
    return say.said
