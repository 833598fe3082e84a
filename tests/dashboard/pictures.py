"""``make pictures``: the documentation's pictures, of a server with videos that are painted here."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import Page, expect

from tests.acceptance import browsers
from tests.media import write_picture
from tests.server import TOKEN, Server, file_server
from tests.stream import Stream

FOLDER = Path(__file__).parents[2] / "docs/pictures"
SIZE, RATE, SHOT = (1280, 720), 30, 4  # a shot's seconds
#: Sky above and below, hills, sun: red, green, blue.
SCENES = (
    ((30, 40, 90), (240, 150, 90), (40, 50, 60), (255, 230, 160)),
    ((90, 170, 230), (220, 240, 250), (70, 130, 70), (255, 250, 210)),
    ((20, 20, 50), (70, 60, 120), (15, 20, 35), (230, 230, 250)),
    ((250, 190, 160), (255, 235, 200), (150, 90, 90), (255, 120, 80)),
    ((60, 110, 120), (190, 220, 200), (30, 80, 80), (250, 240, 180)),
)


def painted(scenes: tuple[Any, ...]) -> Iterator[np.ndarray]:
    """A sun that crosses hills, scene by scene."""
    width, height = SIZE
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    for number, (top, bottom, hill, sun) in enumerate(scenes):
        share = (down / height)[..., None]
        sky = np.array(top) * (1 - share) + np.array(bottom) * share
        ridge = height * (0.72 + 0.08 * np.sin(across / (140 + 30 * number) + number) + 0.04 * np.sin(across / 60))
        for frame in range(SHOT * RATE):
            at = frame / (SHOT * RATE)
            x, y = width * (0.15 + 0.7 * at), height * (0.62 - 0.4 * np.sin(np.pi * at))
            shown = np.where(((across - x) ** 2 + (down - y) ** 2 < 62**2)[..., None], sun, sky)
            yield np.where((down > ridge)[..., None], hill, shown).astype(np.uint8)


def write(path: Path, scenes: tuple[Any, ...]) -> None:
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": "60"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio: Any = file.add_stream("aac", rate=48_000, layout="stereo")
        for number, pixels in enumerate(painted(scenes)):
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
            picture.pts = number
            file.mux(video.encode(picture))
        file.mux(video.encode(None))
        times = np.arange(len(scenes) * SHOT * 48_000) / 48_000
        speech = np.abs(np.sin(times * 1.7)) * np.abs(np.sin(times * 7.3)) * (np.sin(times * 0.9) > -0.75)
        tone = (0.5 * speech * np.random.default_rng(1).uniform(-1, 1, len(times))).astype(np.float32)
        for at in range(0, len(tone), 1024):
            part = np.ascontiguousarray(np.stack([tone[at : at + 1024]] * 2))
            heard = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            heard.sample_rate, heard.pts = 48_000, at
            file.mux(audio.encode(heard))
        file.mux(audio.encode(None))


def library(server: Server, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A few videos, a clip, and what settings show; returns the video that is shown, and the clip of another."""
    made = []
    with file_server(folder) as files:
        for number, title in enumerate(("Harbour walk", "Keynote, evening", "Match of the day")):
            write(folder / f"{number}.mp4", (*SCENES[number:], *SCENES[:number]))
            made.append(server.wait(server.create(f"{files}/{number}.mp4", title=title)["id"]))
    server.client.post("/api/v1/webhooks", json={"url": "https://example.com/hooks/videos"})
    server.client.post("/v1/iam/signing-keys")
    server.client.post("/api/v1/tokens", json={"scope": "read", "email": "ada@example.com"})
    with Stream(server) as stream:
        write_picture(folder / "mark.png")
        stream.ask("POST", "/watermarks", files={"file": (folder / "mark.png").read_bytes()})
    asked = {"start": 3, "end": 9.5, "title": "The best bit"}
    clip = server.client.post(f"/api/v1/media/{made[1]['id']}/clips", json=asked).json()
    for media in made:
        server.wait_fill_ended(media["id"])
    return made[2], clip


def pages(shown: str, source: str) -> dict[str, str]:
    """Name of the picture → path."""
    settings = ("tokens", "keys", "webhooks", "watermarks", "storage")
    return {
        "media": f"/media/{shown}",
        "clips": f"/media/{source}/made",
        "events": f"/media/{shown}/events",
        **{f"settings-{name}": f"/settings/{name}" for name in settings},
    }


def take(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)  # pictures come
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browsers.chromium() as browser:
        server = Server(Path(folder)).start()
        shown, clip = library(server, Path(folder))
        context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 860})
        page = context.new_page()
        page.goto("/dashboard")
        take(page, "sign-in")
        context.request.post(f"{server.url}/api/v1/session", data={"id": TOKEN[0], "secret": TOKEN[1]})
        page.goto("/dashboard")
        expect(page.get_by_role("listitem")).to_have_count(4)
        take(page, "library")
        page.get_by_role("button", name="Add videos").click()
        take(page, "add-videos")
        for name, path in pages(shown["id"], clip["source"]).items():
            page.goto(f"/dashboard{path}")
            take(page, name)
        page.goto(f"/dashboard/media/{shown['id']}/clips?ranges=4-10.5,13-15")
        page.wait_for_timeout(2000)
        page.get_by_role("button", name="Whole video").click()
        take(page, "create-clips")
        server.end()


if __name__ == "__main__":
    main()
