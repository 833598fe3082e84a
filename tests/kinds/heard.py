"""Kinds by how their sound is coded, beside a picture and alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from tests.kinds.kind import RATE, Kind, Workshop, all_along, kind_of
from tests.media import FIRST, Recipe, ffmpeg, write_noise

FRAMES, SECONDS = 80, 9
_RIGHT = "sound at its place"


def _beside(
    codec: str, container: str, rate: int = 48_000, layout: str = "stereo", picture: str | None = None
) -> Kind:
    """Beside a picture that AVI, too, holds without a delay."""
    picture = picture or ("mpeg4" if container == "avi" else "libx264")
    options = {"bf": "0"} if container == "avi" else {"preset": "ultrafast", "bf": "2"}
    recipe = Recipe(
        f"sound-{codec}-{rate}-{layout}-{picture}-{container}", picture, container, RATE, FRAMES, 320, 180,
        audio=(codec, rate), layout=layout, options=options,
    )  # fmt: skip
    return kind_of(
        recipe, f"{codec} in {container}, {rate / 1000:g} kHz {layout}, beside {picture}",
        f"{codec}, {rate / 1000:g} kHz, {layout}; beside {picture} in {container}", _RIGHT,
    )  # fmt: skip


#: By container: how the sound is coded there, at what rate, and the samples that its encoder puts first where the
#: container has no word for them (every player plays these).
_ALONE = {
    "m4a": ("aac", 48_000, 0), "aac": ("aac", 48_000, 1024), "mp3": ("libmp3lame", 44_100, 0),
    "flac": ("flac", 44_100, 0), "wav": ("pcm_s16le", 44_100, 0), "opus.ogg": ("libopus", 48_000, 0),
    "vorbis.ogg": ("libvorbis", 44_100, 0), "mka": ("aac", 44_100, 0), "weba.webm": ("libopus", 48_000, 0),
    "alac.m4a": ("alac", 44_100, 0), "aiff": ("pcm_s16be", 48_000, 0), "ts": ("mp2", 48_000, 481),
    "caf": ("pcm_s24be", 44_100, 0), "au": ("pcm_mulaw", 8_000, 0), "wma": ("wmav2", 44_100, 2187),
    "ac3": ("ac3", 48_000, 256), "mp4": ("aac", 32_000, 0),
}  # fmt: skip


def recorded(shop: Workshop, kind: str) -> Path:
    """A file of sound alone."""
    path = shop.folder / (f"alone-{kind}" if "." in kind else f"alone.{kind}")
    if not path.exists():
        codec, rate, _ = _ALONE[kind]
        if codec in ("libvorbis", "wmav2"):  # which another build encodes
            ffmpeg("-i", recorded(shop, "wav"), "-c:a", codec, "-ar", str(rate), "-b:a", "128k", path)
        else:
            write_noise(path, codec, rate, SECONDS, FIRST)
    return path


def _alone(kind: str) -> Kind:
    codec, rate, late = _ALONE[kind]
    return Kind(
        f"{codec} alone in {kind.rpartition('.')[2]}", f"{codec}, {rate / 1000:g} kHz; nothing else in it",
        "sound alone, at its place", lambda shop: recorded(shop, kind), None, Fraction(375, 8),
        all_along(Fraction(SECONDS)), late=late,
    )  # fmt: skip


HEARD = (
    _beside("pcm_mulaw", "mov", 8000, "mono"), _beside("pcm_alaw", "mov", 8000, "mono"), _beside("pcm_s16be", "mov"),
    _beside("pcm_s24be", "mov", 44_100), _beside("pcm_f32be", "mov"), _beside("pcm_u8", "avi"),
    _beside("adpcm_ms", "avi"), _beside("adpcm_ms", "avi", picture="libx264"),
    _beside("adpcm_ima_wav", "avi", 22_050), _beside("adpcm_ima_qt", "mov"),
    _beside("adpcm_swf", "flv", 44_100), _beside("ac3", "mkv"), _beside("ac3", "mkv", layout="5.1"),
    _beside("eac3", "mp4"), _beside("mp2", "ts"), _beside("tta", "mkv"), _beside("alac", "mov"),
    _beside("nellymoser", "flv", 22_050, "mono"), _beside("pcm_bluray", "m2ts"),
    _beside("aac", "mp4", 44_100, "mono"),
    _beside("aac", "mp4", 96_000), _beside("aac", "mp4", layout="5.1"), _beside("flac", "mkv", 44_100),
    _beside("libopus", "mkv"), _beside("libmp3lame", "mp4", 44_100), _beside("aac", "ts"),
    *map(_alone, _ALONE),
)  # fmt: skip
