"""Captions: what was written is what is shown, from every form, in whole files, segments and clips."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

import av
import pytest

from inpoint.engine.captions import spoken, worded
from inpoint.engine.ttml import read_ttml
from inpoint.errors import Unsupported
from inpoint.model.cmaf import box
from tests import judge
from tests.media import ffmpeg
from tests.server import Server

SPECIAL = ("if a < b && c > d: AT&T", "use <div>", "a --> b &amp;")
WORDS = (*SPECIAL[:2], "last")
TIMES = ((500, 1500), (2000, 3500), (3600, 5000))


def clock(milliseconds: int, point: str = ",") -> str:
    return f"00:00:{milliseconds // 1000:02d}{point}{milliseconds % 1000:03d}"


def srt(words: tuple[str, ...]) -> str:
    blocks = [f"{n}\n{clock(start)} --> {clock(end)}\n{one}\n" for n, ((start, end), one) in
              enumerate(zip(TIMES, words, strict=True), 1)]  # fmt: skip
    return "\n".join(blocks)


def ass(words: tuple[str, ...]) -> str:
    head = "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n[Events]\n"
    lines = [f"Dialogue: 0,0:00:{start / 1000:05.2f},0:00:{end / 1000:05.2f},Default,,0,0,0,,{one}"
             for (start, end), one in zip(TIMES, words, strict=True)]  # fmt: skip
    names = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    return head + f"Format: {names}\n" + "\n".join(lines) + "\n"


def vtt(words: tuple[str, ...]) -> str:
    cues = [f"{clock(start, '.')} --> {clock(end, '.')}\n{html.escape(one, quote=False)}"
            for (start, end), one in zip(TIMES, words, strict=True)]  # fmt: skip
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def ttml(words: tuple[str, ...]) -> str:
    lines = [f'<p begin="{start}ms" end="{clock(end, ".")}">{html.escape(one)}</p>'
             for (start, end), one in zip(TIMES, words, strict=True)]  # fmt: skip
    return (
        '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><head/><body><div>\n'
        + "\n".join(lines)
        + "\n</div></body></tt>"
    )


@pytest.fixture(scope="module")
def plain(sources: Path) -> Path:
    """Six seconds of video."""
    path = sources / "captions-plain.mp4"
    source = ["-f", "lavfi", "-i", "color=gray:size=320x180:rate=25:duration=6"]
    ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", str(path))
    return path


def captioned(plain: Path, text: str, kind: str, name: str, codec: str) -> Path:
    words, path = plain.parent / f"{name}.{kind}", plain.parent / name
    words.write_text(text)
    ffmpeg("-i", str(plain), "-i", str(words), "-map", "0", "-map", "1", "-c:v", "copy", "-c:s", codec, str(path))
    return path


def cues(text: str) -> list[tuple[float, float, str]]:
    """As a player reads them: times, and text without tags and escapes."""
    found = []
    for block in re.split(r"\n\n+", text.strip()):
        lines = block.split("\n")
        at = next((number for number, line in enumerate(lines) if "-->" in line), None)
        if at is not None and not block.startswith("NOTE"):
            start, end = (sum(float(part) * 60**n for n, part in enumerate(reversed(one.split()[0].split(":"))))
                          for one in lines[at].split(" --> "))  # fmt: skip
            shown = html.unescape(re.sub(r"<[^>]*>", "", "\n".join(lines[at + 1 :])))
            found.append((start, end, shown))
    return found


def shown(server: Server, playlist: str) -> str:
    """The first captions of a playlist, all its segments after one another, each cue once."""
    (track,) = (url for name, url in judge.variants(server.client, playlist).items() if name.startswith("text"))
    return judge.track(server.client, track).data.decode()


INSIDE = {
    "srt.mkv": (srt(WORDS), "srt", "copy"),
    "mov_text.mp4": (ass(WORDS), "ass", "mov_text"),
    "ass.mkv": (ass(WORDS), "ass", "ass"),
    "webvtt.mkv": (vtt(WORDS), "vtt", "copy"),
}


@pytest.mark.parametrize("name", INSIDE)
def test_captions_of_a_source_are_shown_as_written(name: str, server: Server, files: str, plain: Path) -> None:
    path = captioned(plain, INSIDE[name][0], INSIDE[name][1], f"captions-{name}", INSIDE[name][2])
    media = server.wait(server.create(f"{files}/{path.name}")["id"])
    wanted = [(start / 1000, end / 1000, one) for (start, end), one in
              zip(TIMES, (*SPECIAL[:2], "last"), strict=True)]  # fmt: skip
    assert cues(shown(server, server.playlist(media))) == wanted
    clip = server.clip(media["id"], 1, 3)
    assert cues(shown(server, server.playlist(clip))) == [(0, 0.5, SPECIAL[0]), (1, 2, SPECIAL[1])]


ADDED = {"srt": srt(WORDS), "vtt": vtt(SPECIAL), "ass": ass(WORDS),
         "ttml": ttml(SPECIAL)}  # fmt: skip


@pytest.mark.parametrize("kind", ADDED)
def test_captions_that_are_added_are_shown_as_written(kind: str, server: Server, files: str, plain: Path) -> None:
    (plain.parent / f"captions-added.{kind}").write_text(ADDED[kind])
    media = added(server, files, plain, f"captions-added.{kind}")
    found = cues(shown(server, server.playlist(media)))
    last = SPECIAL[2] if kind in ("vtt", "ttml") else "last"
    assert [one for _, _, one in found] == [*SPECIAL[:2], last]
    assert [(round(start * 1000), round(end * 1000)) for start, end, _ in found] == list(TIMES)


def added(server: Server, files: str, plain: Path, name: str) -> dict[str, object]:
    media = server.wait(server.create(f"{files}/{plain.name}")["id"])
    track = {"url": f"{files}/{name}", "type": "subtitle", "languageCode": "en", "languageName": "English"}
    made = server.client.post(f"/v1/on-demand/{media['id']}/tracks", json={"tracks": track})
    assert made.is_success, made.text
    for _ in range(200):
        media = server.media(media["id"])
        if [one for one in media["tracks"] if one["type"] == "subtitle" and one["status"] == "available"]:
            return media
        time.sleep(0.05)
    raise AssertionError(media["tracks"])


STYLED = """WEBVTT - of a kind

NOTE made by hand

STYLE
::cue(b) { color: lime }

REGION
id:left
width:40%

first
00:00.500 --> 00:01.500 line:0 align:start region:left
<v Ada>Hello <b>there</b></v>

NOTE 00:00:09.000 --> 00:00:10.000
about the second

00:02.000 --> 00:03.500 position:10%,line-left size:35%
<c.loud>two</c> &lt;lines&gt;
and more
"""


def test_settings_styles_regions_and_notes_stay(server: Server, files: str, plain: Path) -> None:
    (plain.parent / "captions-styled.vtt").write_text(STYLED)
    media = added(server, files, plain, "captions-styled.vtt")
    for of, times in (
        (media, ("00:00:00.500", "00:00:01.500")),
        (server.clip(str(media["id"]), 1, 3), ("00:00:00.000", "00:00:00.500")),
    ):
        text = shown(server, server.playlist(of))
        head = text.split("first\n")[0]
        assert text.startswith("WEBVTT\nX-TIMESTAMP-MAP")
        for block in ("NOTE\nmade by hand", "STYLE\n::cue(b) { color: lime }", "REGION\nid:left\nwidth:40%"):
            assert f"\n\n{block}\n\n" in head
        assert (
            f"first\n{times[0]} --> {times[1]} line:0 align:start region:left\n<v Ada>Hello <b>there</b></v>" in text
        )
        assert "NOTE\n00:00:09.000 -> 00:00:10.000\nabout the second\n\n" in text
        assert " position:10%,line-left size:35%\n<c.loud>two</c> &lt;lines&gt;\nand more" in text


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE tt [<!ENTITY a "b">]><tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>',
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>',
        '<tt xmlns="http://www.w3.org/ns/ttml">' + "<div>" * 50_000 + "</div>" * 50_000 + "</tt>",
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="x" end="y">no time</p></body></tt>',
        "WEBVTT\n\nno cue",
    ],
)
def test_nonsense_is_refused(text: str, server: Server, files: str, plain: Path) -> None:
    (plain.parent / "captions-nonsense").write_text(text)
    media = server.wait(server.create(f"{files}/{plain.name}")["id"])
    track = {"url": f"{files}/captions-nonsense", "type": "subtitle", "languageCode": "en", "languageName": "English"}
    made = server.client.post(f"/v1/on-demand/{media['id']}/tracks", json={"tracks": track})
    assert made.is_success, made.text
    for _ in range(200):
        told = server.media(media["id"])["tracks"]
        failed = [one for one in told if one["type"] == "subtitle" and one["status"] == "failed"]
        if failed:
            assert "subtitles" in failed[0]["error"]["message"] or "TTML" in failed[0]["error"]["message"]
            return
        time.sleep(0.05)
    raise AssertionError(told)


def test_webvtt_within_mp4_is_read() -> None:
    """ISO/IEC 14496-30; what looks like it, and isn't, says nothing."""
    cue = box(b"iden", b"first") + box(b"sttg", b"line:0\nx-->y") + box(b"payl", b"one &lt; two\n\nthree")
    sample = box(b"vttc", cue)
    assert worded("webvtt", av.Packet(sample)) == ("one &lt; two\nthree", "line:0 xy", "first")
    assert worded("webvtt", av.Packet(box(b"vtte", b""))) == ("", "", "")
    for broken in (sample[:-3], b"\xff\xff\xff\xffvttc", sample[:8] + b"\0\0\0\1" + sample[12:]):
        assert worded("webvtt", av.Packet(broken)) == ("", "", "")
    assert worded("webvtt", av.Packet(box(b"vttc", box(b"iden", b"a\0b")))) == ("", "", "ab")


def test_what_somebody_wrote_costs_no_more_than_its_length() -> None:
    for text in (r"{\an" * 100_000, "{" * 400_000, "<font " * 80_000, "<b" * 200_000):
        began = time.process_time()
        for codec in ("subrip", "ass"):
            spoken(codec, text.encode())
        assert time.process_time() - began < 2, text[:6]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16", "nonsense"])
def test_what_a_file_says_of_its_encoding_is_no_matter(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div>'
    assert [cue.text for cue in read_ttml(text + '<p begin="1s" end="2s">café</p></div></body></tt>')] == ["café"]


@pytest.mark.parametrize("rate", ["1e9999999", "-1", "0", "x", "9" * 5000])
def test_rates_that_are_none_are_refused(rate: str) -> None:
    space = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'
    with pytest.raises(Unsupported):
        read_ttml(f'<tt {space} ttp:frameRate="{rate}"><body><p begin="5f" end="9f">a</p></body></tt>')
