"""Test sources: every frame carries its own number, every sample tells its own place.

A frame's number is written as 16 large black or white squares; the sound is a noise that never repeats, so that
matching a stretch of it against the original finds its place to the sample.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np

BITS = 16
AUDIO_BASE = 48_000
FIRST, SECOND = 7, 8  # seeds of the noises


@dataclass(frozen=True)
class Recipe:
    """A source to make. ``times`` are the frames' times in milliseconds if they are not at a constant rate."""

    name: str
    codec: str = "libx264"
    container: str = "mp4"
    rate: Fraction = Fraction(30)
    frames: int = 300
    width: int = 640
    height: int = 360
    pixels: str = "yuv420p"
    audio: tuple[str, int] | None = ("aac", 48_000)
    layout: str = "stereo"
    options: dict[str, str] = field(default_factory=dict)
    times: Sequence[int] | None = None
    cues: Sequence[tuple[int, int, str]] = ()
    #: Degrees counter-clockwise that a player must turn the stored pictures by.
    rotation: int = 0
    #: Language of a second soundtrack, another noise (seed SECOND).
    second: str | None = None
    #: Seconds of sound, if not as long as the picture.
    sound_seconds: int | None = None

    @property
    def file(self) -> str:
        return f"{self.name}.{self.container}"

    def frame_at(self, rate: Fraction, number: int) -> int:
        """The source frame that is shown at frame ``number`` of a grid of ``rate``: the last one that is due."""
        if self.times is None:
            return number
        due = Fraction(number) / rate * 1000
        return max(n for n, time in enumerate(self.times) if time - self.times[0] <= due + Fraction(1, 2))


def picture(number: int, width: int, height: int) -> Any:
    """A grey picture: a moving texture with the number's bits on top, the highest first."""
    y, x = np.mgrid[0:height, 0:width]
    canvas = ((x * 3 + y * 2 + number * 5) % 96 + 80).astype(np.uint8)
    cell, rows = width // (BITS // 2), height // 4
    for bit in range(BITS):
        value = 235 if number >> (BITS - 1 - bit) & 1 else 16
        top = height // 4 + (bit // 8) * rows
        left = (bit % 8) * cell
        canvas[top + 4 : top + rows - 4, left + 4 : left + cell - 4] = value
    return canvas


def read_number(grey: np.ndarray) -> int:
    """The number of a decoded picture of any size. Raises ValueError if a square is neither black nor white."""
    height, width = grey.shape
    number = 0
    for bit in range(BITS):
        middle_y = height / 4 + (bit // 8) * height / 4 + height / 8
        middle_x = (bit % 8 + 0.5) * width / 8
        patch = grey[int(middle_y) - 2 : int(middle_y) + 3, int(middle_x) - 2 : int(middle_x) + 3]
        level = float(patch.mean())
        if 90 < level < 160:
            raise ValueError(f"bit {bit} is grey: {level}")
        number = number << 1 | (level > 125)
    return number


def noise(samples: int, rate: int, seed: int = FIRST) -> np.ndarray:
    """The sound at a rate: the same band-limited noise whatever the rate, up to 4 kHz."""
    count = samples * AUDIO_BASE // rate + AUDIO_BASE
    white = np.random.default_rng(seed).standard_normal(count).astype(np.float32)
    spectrum = np.fft.rfft(white)
    frequencies = np.fft.rfftfreq(count, 1 / AUDIO_BASE)
    spectrum[(frequencies > 4000) | (frequencies < 100)] = 0
    sound = np.fft.irfft(spectrum, count)
    if rate != AUDIO_BASE:
        at = np.arange(samples) * AUDIO_BASE / rate
        return (np.interp(at, np.arange(count), sound) * 0.4).astype(np.float32)
    return (sound[:samples] * 0.4).astype(np.float32)


def make(recipe: Recipe, folder: Path) -> Path:
    """Make the recipe's file, once."""
    path = folder / recipe.file
    with (folder / f"{recipe.file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # sessions that run at once share the folder
        if path.exists():
            return path
        _make(recipe, path)
        # SVT-AV1, run as root, leaves its caller at real-time priority; a browser started later would inherit that.
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return path


def _make(recipe: Recipe, path: Path) -> None:
    part = path.with_name(f"part-{recipe.file}")
    with av.open(str(part), "w") as out:
        video: Any = out.add_stream(recipe.codec, rate=recipe.rate)
        turned = recipe.rotation in (90, 270)
        stored_size = (recipe.height, recipe.width) if turned else (recipe.width, recipe.height)
        video.width, video.height, video.pix_fmt = *stored_size, recipe.pixels
        video.options = dict(recipe.options)
        base = Fraction(1, 1000) if recipe.times is not None else 1 / recipe.rate
        video.codec_context.time_base = base
        sound: Any = None
        if recipe.audio:
            sound = out.add_stream(recipe.audio[0], rate=recipe.audio[1], layout=recipe.layout)
            if recipe.audio[0].startswith("wma"):
                sound.bit_rate = 128_000
        for number in range(recipe.frames):
            grey = picture(number, recipe.width, recipe.height)
            stored = np.ascontiguousarray(np.rot90(grey, -recipe.rotation // 90))
            frame = av.VideoFrame.from_ndarray(stored, format="gray").reformat(format=recipe.pixels)
            frame.pts = recipe.times[number] if recipe.times is not None else number
            frame.time_base = base
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if sound is not None and recipe.audio:
            _write_sound(out, sound, recipe)
    if recipe.cues:
        _add_cues(part, recipe.cues)
    if recipe.rotation:
        _remux(part, ["-display_rotation:v:0", str(recipe.rotation)], ["-c", "copy"])
    if recipe.second:
        _add_second(part, recipe.frames / recipe.rate, recipe.second)
    part.rename(path)


def ffmpeg(*arguments: str | Path) -> None:
    """The judges' build makes what ours can't."""
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def _add_cues(path: Path, cues: Sequence[tuple[int, int, str]]) -> None:
    def clock(at: int) -> str:
        return f"{at // 3_600_000:02d}:{at // 60_000 % 60:02d}:{at // 1000 % 60:02d},{at % 1000:03d}"

    text = path.with_suffix(".srt")
    blocks = [f"{n}\n{clock(start)} --> {clock(end)}\n{words}\n" for n, (start, end, words) in enumerate(cues, 1)]
    text.write_text("\n".join(blocks))
    _remux(path, [], ["-i", text, "-map", "0", "-map", "1", "-c", "copy", "-metadata:s:s:0", "language=eng"])


def _add_second(path: Path, seconds: Fraction, language: str) -> None:
    raw = path.with_suffix(".f32")
    raw.write_bytes(noise(int(seconds * AUDIO_BASE), AUDIO_BASE, SECOND).tobytes())
    _remux(
        path, [],
        ["-f", "f32le", "-ar", str(AUDIO_BASE), "-ac", "1", "-i", raw, "-map", "0", "-map", "1", "-c", "copy",
         "-c:a:1", "aac", "-ac:a:1", "2", "-metadata:s:a:1", f"language={language}"],
    )  # fmt: skip


def _remux(path: Path, before: Sequence[str], after: Sequence[str | Path]) -> None:
    """Write a file anew by ffmpeg, with arguments before and after its input."""
    plain = path.with_name("plain-" + path.name)
    path.rename(plain)
    ffmpeg(*before, "-i", plain, *after, path)


def _write_sound(out: av.container.OutputContainer, stream: Any, recipe: Recipe) -> None:
    assert recipe.audio is not None
    rate = recipe.audio[1]
    seconds = recipe.times[-1] / 1000 if recipe.times is not None else recipe.frames / recipe.rate
    samples = int((recipe.sound_seconds or seconds) * rate)
    _encode_sound(out, stream, noise(samples, rate), rate, recipe.layout)


def _encode_sound(
    out: av.container.OutputContainer, stream: Any, sound: np.ndarray, rate: int, layout: str = "stereo"
) -> None:
    fifo = av.AudioFifo()
    frame = av.AudioFrame.from_ndarray(np.stack([sound, sound]), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts = rate, 0
    frame.time_base = Fraction(1, rate)
    resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
    for part in resampler.resample(frame):
        fifo.write(part)
    size = stream.codec_context.frame_size or 1024
    while (block := fifo.read(size, partial=True)) is not None:
        out.mux(stream.encode(block))
    out.mux(stream.encode(None))


def write_noise(path: Path, codec: str, rate: int, seconds: int, seed: int) -> None:
    """A file of sound alone."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(codec, rate=rate, layout="stereo")
        _encode_sound(out, stream, noise(seconds * rate, rate, seed), rate)


def write_picture(path: Path, width: int = 40, height: int = 40) -> None:
    """A PNG of pure green."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 1], pixels[..., 3] = 255, 255
    with av.open(str(path), "w", format="image2") as out:
        stream: Any = out.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, "rgba"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgba")))
        out.mux(stream.encode(None))


#: Frames, and seconds.
SHOTS = (40, 200, 410, 411, 690)
SILENT = ((Fraction(6), Fraction(8)), (Fraction(20), Fraction(21)))


def write_shots(path: Path) -> None:
    """Thirty seconds of plain pictures that change at SHOTS, and a tone that stops in SILENT (seconds)."""
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "60", "bf": "2"})
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        audio: Any = file.add_stream("aac", rate=48_000, layout="stereo")
        shades = (40, 200, 90, 230, 20, 150)
        for number in range(750):
            frame = av.VideoFrame(320, 180, "yuv420p")
            shade = shades[sum(number >= shot for shot in SHOTS)]
            for plane, value in zip(frame.planes, (shade, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts = number
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        times = np.arange(750 * 1920) / 48_000
        tone = 0.3 * np.sin(2 * np.pi * 440 * times)
        for start, end in SILENT:
            tone[int(start * 48_000) : int(end * 48_000)] = 0
        for at in range(0, len(tone), 1024):
            part = np.ascontiguousarray(np.stack([tone[at : at + 1024]] * 2), dtype=np.float32)
            heard = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            heard.sample_rate, heard.pts = 48_000, at
            file.mux(audio.encode(heard))
        file.mux(audio.encode(None))


def jittered(frames: int, seed: int) -> list[int]:
    """Times in milliseconds as a phone or a meeting recorder makes them: 20 to 60 ms apart."""
    steps = np.random.default_rng(seed).integers(20, 60, frames - 1)
    return [0, *np.cumsum(steps).tolist()]


#: Sources of the kinds that must be right: codec, container, rate, sound, GOPs open and long.
RECIPES = (
    Recipe("h264-30", options={"g": "60", "bf": "3", "preset": "ultrafast", "crf": "20"}, width=1280, height=720),
    Recipe(
        "h264-23976-open", rate=Fraction(24000, 1001), frames=360, container="mkv", audio=("aac", 44_100),
        options={"x264-params": "keyint=250:open-gop=1:bframes=3:scenecut=0", "preset": "ultrafast"},
        cues=((1000, 3500, "one"), (4000, 6000, "two"), (5500, 9000, "three")),
    ),
    Recipe(
        "hevc-25", codec="libx265", container="mkv", rate=Fraction(25), frames=250, audio=("libopus", 48_000),
        options={"x265-params": "log-level=none:keyint=50:pools=1", "preset": "ultrafast"},
    ),
    Recipe(
        "vp9-30", codec="libvpx-vp9", container="webm", audio=("libopus", 48_000),
        options={"cpu-used": "8", "deadline": "realtime", "g": "90", "b": "1M", "auto-alt-ref": "1",
                 "lag-in-frames": "16"},
    ),
    Recipe(
        "av1-24", codec="libsvtav1", rate=Fraction(24), frames=240, audio=("aac", 48_000),
        options={"preset": "8", "g": "72", "crf": "25", "svtav1-params": "lp=2"},
    ),
    Recipe(
        "h264-5994-pcm", container="mov", rate=Fraction(60000, 1001), frames=420, audio=("pcm_s16le", 48_000),
        options={"g": "120", "bf": "2", "preset": "ultrafast"},
    ),
    Recipe(
        "h264-vfr-silent", container="mkv", frames=240, audio=None, times=jittered(240, 3),
        options={"g": "48", "bf": "2", "preset": "ultrafast"},
    ),
    Recipe("tiny-30", frames=90, width=320, height=180, options={"g": "30", "preset": "ultrafast"}),
)  # fmt: skip


def recipe(name: str) -> Recipe:
    return next(one for one in RECIPES if one.name == name)
