"""An engine without media: each frame's sample is its number, each source a few facts as JSON."""

from __future__ import annotations

import json
from array import array
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from inpoint.errors import Damaged, MediaError, Unsupported
from inpoint.model import aac, cmaf
from inpoint.model.appearance import Appearance
from inpoint.model.chunk import ChunkName
from inpoint.model.cues import Captions, Cue, dump_captions
from inpoint.model.encoding import Rendition
from inpoint.model.index import AudioIndex, Index, VideoIndex, dump
from inpoint.model.source import PictureFacts, SoundFacts, SourceFacts
from inpoint.ports import Priority
from inpoint.ports.orders import (
    CaptionsOrder,
    CheckOrder,
    GatherOrder,
    ImageOrder,
    InitOrder,
    Loudness,
    MadeSegment,
    MixOrder,
    RateOrder,
    ReadImage,
    RewrapOrder,
    Rewrapped,
    SheetOrder,
    ShotOrder,
    SoundOrder,
    SoundRewrapOrder,
    SoundRewrapped,
    StillOrder,
    VideoOrder,
)

_SOUND = SoundFacts("aac", 48_000, 2, "und", "default")


@dataclass(frozen=True, slots=True)
class ScriptedSource:
    """A source of ``frames`` at ``rate``, a chunk every ``gop`` of them, with sound or without."""

    frames: int = 300
    rate: int = 30
    gop: int = 60
    width: int = 1280
    height: int = 720
    sound: bool = True

    def written(self) -> bytes:
        """As a file that a scripted engine reads."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode()


class ScriptedEngine:
    """``ports.Engine``; ``faults`` are what checks will find, ``failures`` what the next calls raise."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int, int]] = []
        self.priorities: list[Priority] = []
        self.faults: list[str | None] = []
        self.failures: list[MediaError] = []
        self.forgotten: list[str] = []

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    async def rewrap(self, order: RewrapOrder, progress: Callable[[float], None]) -> Rewrapped:
        self._fail()
        source = _source(order.source)
        progress(50.0)
        frames = range(source.frames)
        chunks = -(-source.frames // source.gop)
        video = VideoIndex(
            array("I", [n // source.gop for n in frames]), array("I", [n % source.gop for n in frames]),
            array("I", frames), array("I", [1] * chunks),
        )  # fmt: skip
        for number in range(chunks):
            (order.out / ChunkName(None, number).file).write_bytes(b"picture %d" % number)
        sound = []
        if source.sound:
            sound.append(_sound_index(Fraction(source.frames, source.rate)))
            (order.out / ChunkName(0, 0).file).write_bytes(b"sound")
        facts = SourceFacts(
            order.rate or Fraction(source.rate), Fraction(0), source.frames,
            PictureFacts("h264", source.width, source.height, Appearance(), 5_000_000), (_SOUND,) * len(sound), (),
        )  # fmt: skip
        return Rewrapped(facts, dump(Index(video, sound)))

    async def rewrap_sound(self, order: SoundRewrapOrder) -> SoundRewrapped:
        self._fail()
        source = _source(order.source)
        if not source.sound:
            raise Unsupported
        (order.out / ChunkName(0, 0).file).write_bytes(b"sound")
        index = _sound_index(Fraction(source.frames, source.rate))
        return SoundRewrapped(_SOUND, dump(Index(VideoIndex(), [index])))

    async def mix(self, order: MixOrder) -> None:
        self._fail()
        order.out.write_bytes(ScriptedSource(int(order.seconds * 30)).written())

    async def captions(self, order: CaptionsOrder) -> bytes:
        self._fail()
        text = order.source.read_text()
        if not text.startswith("WEBVTT"):
            raise Unsupported
        at = round(order.shift * 1000)
        return dump_captions(Captions([Cue(at, at + 1000, text[6:].strip())]))

    async def read_image(self, order: ImageOrder) -> ReadImage:
        self._fail()
        return ReadImage(order.source.read_bytes(), 40, 20)

    async def inits(self, order: InitOrder) -> dict[str, bytes]:
        self._fail()
        return {one.name: init(one, order.picture.boxes) for one in order.renditions}

    async def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        self._fail()
        self.priorities.append(priority)
        for one in order.wanted:
            self.made.append((one.rendition.name, one.start, one.end))
            samples = [number.to_bytes(4, "big") for number in range(one.start, one.end)]
            data = cmaf.media_segment(one.start * 1000, 1000, samples, order.picture.boxes)
            yield MadeSegment(one.rendition.name, one.start, one.end, init(one.rendition, order.picture.boxes), data)

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment:
        self._fail()
        self.priorities.append(priority)
        self.made.append(("sound", order.start, order.end))
        samples = [number.to_bytes(4, "big") for number in range(order.start, order.end)]
        data = cmaf.media_segment(order.start * aac.FRAME, aac.FRAME, samples, order.boxes)
        return MadeSegment("", order.start, order.end, aac.init(order.boxes, order.recipe.bit_rate), data)

    async def gather(self, order: GatherOrder) -> None:
        self._fail()
        order.out.write_bytes(b"".join(path.read_bytes() for track in order.tracks for path in track.paths))

    async def loudness(self, order: SoundOrder) -> Loudness:
        """As many LUFS below full scale as the first frame's number."""
        self._fail()
        return Loudness(-float(order.start), 0.5)

    async def levels(self, order: SoundOrder) -> bytes:
        self._fail()
        return bytes(order.end - order.start)

    async def shots(self, order: ShotOrder) -> list[int]:
        self._fail()
        return [number - order.lead for number in range(order.lead, len(order.places), 100)]

    async def still(self, order: StillOrder, priority: Priority) -> bytes:
        self._fail()
        self.priorities.append(priority)
        return repr([(place.chunk, place.rank) for place in order.places]).encode()

    async def sheet(self, order: SheetOrder) -> bytes:
        self._fail()
        return b"".join(order.tiles)

    async def check(self, order: CheckOrder, priority: Priority) -> str | None:
        del order, priority
        return self.faults.pop(0) if self.faults else None

    async def pixel_rate(self, order: RateOrder) -> float:
        del order
        return 1e9

    def forget(self, mezzanine: str) -> None:
        self.forgotten.append(mezzanine)


def init(rendition: Rendition, boxes: cmaf.Boxes) -> bytes:
    """An init segment of a rendition: its decoder's parameters are its name."""
    configuration = cmaf.box(b"avcC", rendition.name.encode())
    entry = cmaf.visual_entry(b"avc1", rendition.width, rendition.height, configuration)
    return cmaf.video_init(entry, 30_000, rendition.width, rendition.height, boxes)


def _source(path: Path) -> ScriptedSource:
    try:
        return ScriptedSource(**json.loads(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise Damaged from error


def _sound_index(seconds: Fraction) -> AudioIndex:
    packets = int(seconds * 48_000) // 1024 + 1
    starts = array("q", range(0, packets * 1024, 1024))
    return AudioIndex(48_000, starts, array("I", [1024] * packets), array("I", [0]))
