"""Kinds by their container, and by what else is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.kinds.kind import Kind, Workshop, all_along, plain
from tests.media import ffmpeg, write_picture

_RIGHT = "every picture once, sound at its place"


def _made(
    name: str, made: str, make: Callable[[Workshop, Path], None], suffix: str, right: str = _RIGHT, **more: Any
) -> Kind:
    def path(shop: Workshop) -> Path:
        out = shop.folder / f"contained-{name.replace(' ', '-').replace(',', '')}.{suffix}"
        make(shop, out)
        return out

    told: dict[str, object] = {"shown": range(200), "heard": all_along(plain().frames / plain().rate)}
    return Kind(name, made, right, path, **told | more)  # type: ignore[arg-type]


def _again(name: str, suffix: str, *how: str, **more: Any) -> Kind:
    """The same packets in another container."""
    told = f"ffmpeg -c copy {' '.join(how)} to {suffix}".replace("  ", " ")

    def make(shop: Workshop, out: Path) -> None:
        ffmpeg("-i", shop.source(plain()), "-c", "copy", *how, out)

    return _made(name, told, make, suffix, **more)


def _with(name: str, made: str, suffix: str, *how: str, right: str = _RIGHT, **more: Any) -> Kind:
    """Other tracks beside: a picture is the second input, a second recording the third."""

    def make(shop: Workshop, out: Path) -> None:
        still = shop.folder / "beside.png"
        write_picture(still, 160, 90)
        text = shop.folder / "beside.srt"
        text.write_text("1\n00:00:01,000 --> 00:00:02,000\nwords\n")
        other = shop.source(plain("kind-other", frames=100))
        ffmpeg("-i", shop.source(plain()), "-i", still, "-i", other, "-i", text, *how, out)

    return _made(name, made, make, suffix, right, **more)


def _unknown(shop: Workshop, out: Path) -> None:
    ffmpeg("-i", shop.source(plain()), "-map", "0", "-map", "0:a", "-c", "copy", out)
    data = out.read_bytes()
    at = data.rindex(b"A_AAC", 0, 4096)
    out.write_bytes(data[:at] + b"A_ZZZ" + data[at + 5 :])


def _two_programmes(shop: Workshop, out: Path) -> None:
    ffmpeg(
        "-i", shop.source(plain()), "-i", shop.source(plain("kind-other", frames=100)), "-map", "0", "-map", "1",
        "-c", "copy", "-program", "title=one:st=0:st=1", "-program", "title=two:st=2:st=3", out,
    )  # fmt: skip


_LEFT_OUT = frozenset({"left_out"})
CONTAINED = (
    _again("matroska", "mkv"),
    _again("webm-like, live", "mkv", "-live", "1"),
    _again("quicktime", "mov"),
    _again("index first", "mp4", "-movflags", "faststart"),
    _again("fragmented", "mp4", "-movflags", "frag_keyframe+empty_moov"),
    _again("fragmented with an index", "mp4", "-movflags", "dash+global_sidx", "-frag_duration", "1000000"),
    _again("negative composition offsets", "mp4", "-movflags", "negative_cts_offsets"),
    _again("transport stream", "ts"),
    _again("blu-ray transport stream", "m2ts", "-f", "mpegts", "-mpegts_m2ts_mode", "1"),
    _again("flash", "flv"),
    _again("h264 in avi", "avi", "-an", heard=None, warned=frozenset({"guessed"})),
    _again("later beginning", "mp4", "-output_ts_offset", "10"),
    _again("later beginning in a transport stream", "ts", "-output_ts_offset", "4000"),
    _again("a clock that wraps", "ts", "-output_ts_offset", "95440"),
    _again("timecode track", "mov", "-timecode", "10:00:00:00"),
    _with("cover beside", "a PNG as attached picture", "mp4", "-map", "0", "-map", "1", "-c", "copy", "-c:v:1", "png",
          "-disposition:v:1", "attached_pic", right="the moving pictures"),
    _with("still first", "a track of one picture before the video", "mkv", "-map", "1:v", "-map", "0", "-c", "copy",
          "-c:v:0", "mjpeg", right="the moving pictures", warned=_LEFT_OUT),
    _with("two videos", "a second, shorter video track", "mp4", "-map", "0", "-map", "2:v", "-c", "copy",
          right="the default one, and a word of the other", warned=_LEFT_OUT),
    _with("captions", "SubRip as a track", "mkv", "-map", "0", "-map", "3", "-c", "copy"),
    _with("timed text", "mov_text as a track", "mp4", "-map", "0", "-map", "3", "-c", "copy", "-c:s", "mov_text"),
    _made("unknown sound beside", "a second soundtrack with a codec's id that nobody knows", _unknown, "mkv",
          "the soundtrack that can be read", warned=_LEFT_OUT),
    _made("two programmes", "a multiplex of two recordings", _two_programmes, "ts", "one programme",
          warned=_LEFT_OUT),
)  # fmt: skip
