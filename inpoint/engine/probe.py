"""A look inside a source: which tracks it has, and what a decoder will make of them."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import Type as SideDataType
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from inpoint.engine import iso
from inpoint.engine.chunks import decoder_of, track_of
from inpoint.engine.color import color_of
from inpoint.errors import Unsupported
from inpoint.model.appearance import Appearance, Scan, orientation
from inpoint.model.fitting import Size
from inpoint.model.language import plain_name, tag
from inpoint.model.looks import look
from inpoint.model.source import PictureFacts, SoundFacts

#: Containers that libav may recognise; its playlists, concatenations and devices stay out.
FORMATS = "mov,matroska,webm,avi,flv,mpegts,mpeg,mxf,ogg,asf,wav,w64,mp3,aac,ac3,eac3,flac,aiff,caf,au,amr,tta,wv"
_HEAD = 4096  # bytes that a file is told by
#: Of pictures that aren't shown: they stand for what is.
COVERS = Disposition.attached_pic | Disposition.timed_thumbnails
_LARGEST_COVER = 40 << 20  # pixels
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS + ",mp4,m4a,3gp,3g2,mj2"}


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Sizes are those of a shown picture: rotated, with square pixels, even."""

    codec: str
    extradata: bytes
    time_base: Fraction
    width: int
    height: int
    appearance: Appearance
    stored: Size

    def scanned(self, scan: Scan) -> VideoFacts:
        """The same, scanned so."""
        return replace(self, appearance=replace(self.appearance, scan=scan))

    def told(self, bit_rate: int, shapes: Mapping[Size, Size]) -> PictureFacts:
        """As the server is told of it; ``bit_rate`` in bit/s; ``shapes`` of the pictures by their stored sizes, all
        turned upright."""
        width, height = max(shapes.values(), key=lambda one: one[0] * one[1])
        several = tuple(shapes.items()) if len(shapes) > 1 else ()
        return PictureFacts(self.codec, width, height, self.appearance, bit_rate, several)


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """``samples_of`` tells how many samples a packet decodes to; ``priming`` is how many of them, at the very
    beginning, the codec says are not sound."""

    codec: str
    time_base: Fraction
    sample_rate: int
    channels: int
    language: str
    name: str
    priming: int
    samples_of: Callable[[Packet[Any]], int]

    @property
    def told(self) -> SoundFacts:
        """As the server is told of it."""
        return SoundFacts(self.codec, self.sample_rate, self.channels, self.language, self.name)


@contextmanager
def open_source(path: Path, *, as_recorded: bool = False) -> Iterator[InputContainer]:
    """A file as libav sees it; ``as_recorded`` leaves its edits aside. Raises Unsupported, saying what it looks like,
    and Damaged."""
    options = _OPTIONS | ({"ignore_editlist": "1"} if as_recorded else {})
    try:
        source = av.open(str(path), "r", options=options, metadata_errors="replace")
    except (av.error.InvalidDataError, av.error.ArgumentError) as error:  # nothing that the list of formats holds
        raise Unsupported(_unreadable(path), detail=str(error)) from error
    with source:
        yield source


def _unreadable(path: Path) -> str | None:
    """What to say of a file that libav doesn't know; None if nothing more is known."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if iso.is_iso(head) and iso.lacks_index(path):
        return "the source's index is missing: its recording was cut off before the end"
    found = look(head)
    return None if found is None else f"the source is {found}, and not a video that this server can read"


def look_at_video(source: InputContainer, path: Path) -> tuple[VideoStream, VideoFacts]:
    """The video track: the first that can be decoded, moving pictures before stills, the default one before others
    (cover pictures are none). Raises Unsupported, saying how it is coded, if there is none to read."""
    if iso.is_encrypted(path):
        raise Unsupported("the source is encrypted")
    found = [one for one in source.streams.video if not one.disposition & COVERS]
    for stream in sorted(found, key=lambda one: (one.frames == 1, not one.disposition & Disposition.default)):
        frame = _first_frame(path, stream) if _is_known(stream) else None
        if frame is not None:
            return stream, _video_facts(stream, frame)
    if not found:
        raise Unsupported("the source has no video track that this server can read")
    known = [one.codec_context.name for one in found if _is_known(one)]
    if known:
        raise Unsupported(f"no picture of the source's {known[0]} video can be decoded")
    coded = " or ".join(sorted({track[0].strip() for track in iso.entries(path)} - {"mp4a"})) or "an unknown codec"
    raise Unsupported(f"the source's video is coded in a way that this server can't read: {coded}")


def cover_of(
    source: InputContainer, path: Path, shown: VideoStream | None = None
) -> tuple[VideoStream, Packet[Any], VideoFacts] | None:
    """The first picture that is whole, not too large, and stands for what is ``shown``: a cover, or else a track of
    one picture beside it. None if there is none."""
    still = [
        one for one in source.streams.video if one is not shown and (one.disposition & COVERS or one.frames == 1)
    ]
    for stream in sorted(still, key=lambda one: not one.disposition & COVERS):
        if not _is_known(stream) or stream.width * stream.height > _LARGEST_COVER:
            continue
        frame = _first_frame(path, stream)
        with open_source(path) as again:
            packet = next((one for one in again.demux(again.streams[stream.index]) if one.size), None)
        if frame is not None and packet is not None and whole_picture(stream, packet) is not None:
            return stream, packet, _video_facts(stream, frame)
    return None


def whole_picture(stream: VideoStream, packet: Packet[Any]) -> VideoFrame | None:
    """The picture of a packet, if it is all there: many decoders make something of what is not."""
    decoder = decoder_of(track_of(stream.codec_context, [packet], 0))
    assert isinstance(decoder, VideoCodecContext)
    decoder.options = decoder.options | {"err_detect": "explode"}
    try:
        pictures = [frame for one in (packet, None) for frame in decoder.decode(one) if not frame.is_corrupt]
    except av.error.FFmpegError:
        return None
    return next(iter(pictures), None)


def _is_known(stream: VideoStream | AudioStream) -> bool:
    """Whether there is a decoder of it."""
    context: CodecContext | None = stream.codec_context
    return context is not None


def _first_frame(path: Path, stream: VideoStream) -> VideoFrame | None:
    return next((frame for frame in _decoded(path, stream, 300) if isinstance(frame, VideoFrame)), None)


def _decoded(path: Path, stream: VideoStream | AudioStream, packets: int) -> Iterator[VideoFrame | AudioFrame]:
    """What the track's first packets decode to; read apart, so that the import begins at the beginning."""
    with open_source(path) as source:
        track = source.streams[stream.index]
        for packet in itertools.islice(source.demux(track), packets):
            try:
                yield from (frame for frame in packet.decode() if isinstance(frame, VideoFrame | AudioFrame))
            except av.error.FFmpegError:
                continue


def _video_facts(stream: VideoStream, frame: VideoFrame) -> VideoFacts:
    rotation, is_mirrored = _orientation(frame)
    stored = turned((frame.width, frame.height), rotation)
    width, height = turned(shape_of((frame.width, frame.height), stream.sample_aspect_ratio), rotation)
    return VideoFacts(
        codec=stream.codec_context.name,
        extradata=stream.codec_context.extradata or b"",
        time_base=stream.time_base or Fraction(1, 1000),
        width=width,
        height=height,
        appearance=Appearance(rotation, is_mirrored, color_of(frame).meant((frame.width, frame.height))),
        stored=stored,
    )


def _orientation(frame: VideoFrame) -> tuple[int, bool]:
    """As the container says, or the picture itself."""
    try:
        beside: Any = frame.side_data
    except ValueError:  # PyAV doesn't know all that libav tells beside a picture
        return int(frame.rotation) % 360, False
    told = beside.get(SideDataType.DISPLAYMATRIX)
    return (0, False) if told is None else orientation(struct.unpack("=9i", bytes(told)))


def shape_of(stored: Size, pixels: Fraction | None) -> Size:
    """A size in square pixels, even; ``pixels`` are so much wider than high, if that is told and can be true."""
    aspect = pixels if pixels and Fraction(1, 10) < pixels < 10 else Fraction(1)
    across, down = stored[0] * max(aspect, Fraction(1)), stored[1] / min(aspect, Fraction(1))
    return max(2, int(across) // 2 * 2), max(2, int(down) // 2 * 2)


def turned(size: Size, rotation: int) -> Size:
    """A size, upright."""
    return (size[1], size[0]) if rotation in (90, 270) else size


def look_at_audio(source: InputContainer, path: Path) -> list[tuple[AudioStream, AudioFacts]]:
    """Every audio track that can be decoded: the default one first, else in the source's order."""
    found = []
    for stream in sorted(source.streams.audio, key=lambda one: not one.disposition & Disposition.default):
        if not _is_known(stream):
            continue
        if _PLAIN_PCM.fullmatch(stream.codec_context.name):
            found.append((stream, _pcm_facts(path, stream)))
            continue
        first = list(itertools.islice(_decoded(path, stream, 64), 5))
        if first:
            found.append((stream, _audio_facts(stream, [frame for frame in first if isinstance(frame, AudioFrame)])))
    return found


def _pcm_facts(path: Path, stream: AudioStream) -> AudioFacts:
    """Nothing is decoded: samples are samples. Their channels are counted by a packet's bytes: PyAV breaks on a
    recorder's odd list of them."""
    context = stream.codec_context
    plain = _PLAIN_PCM.fullmatch(context.name)
    assert plain is not None
    base = stream.time_base or Fraction(1, context.sample_rate)
    told, width = stream.metadata, int(plain[1] or 8) // 8
    with open_source(path) as source:
        first = next((one for one in source.demux(source.streams[stream.index]) if one.size), None)
    samples = round(first.duration * base * context.sample_rate) if first is not None and first.duration else 0
    channels = round(first.size / width / samples) if first is not None and samples else context.channels
    samples_of = _pcm_samples(width * max(1, channels))
    return AudioFacts(
        context.name, base, context.sample_rate, channels, tag(told.get("language")), plain_name(told), 0,
        samples_of,
    )  # fmt: skip


def _audio_facts(stream: AudioStream, first: list[AudioFrame]) -> AudioFacts:
    # What decodes, not what the header says: HE-AAC decodes at twice its stated rate.
    rate, channels = first[0].sample_rate, first[0].layout.nb_channels
    lengths = [frame.samples for frame in first]
    base = stream.time_base or Fraction(1, rate)
    codec = stream.codec_context.name
    language = tag(stream.metadata.get("language"))
    if len(set(lengths[1:])) == 1 and codec not in _VARIABLE:
        samples_of = _constant_samples(lengths[1])
    else:
        samples_of = _decoded_samples(stream)
    name = plain_name(stream.metadata)
    priming = _priming(codec, stream.codec_context.extradata or b"")
    return AudioFacts(codec, base, rate, channels, language, name, priming, samples_of)


def _priming(codec: str, extradata: bytes) -> int:
    """Opus says it in its header (RFC 7845, 5.1): containers that count milliseconds round it away."""
    if codec in ("opus", "libopus") and extradata[:8] == b"OpusHead":
        return int.from_bytes(extradata[10:12], "little")
    return 0


#: Codecs whose packets differ in length, which no container tells exactly: they are decoded to be counted.
_VARIABLE = ("vorbis", "flac", "alac", "wmav1", "wmav2", "wmapro", "wmalossless")
#: Codecs whose packets are samples and nothing else, of so many bits.
_PLAIN_PCM = re.compile(r"pcm_(?:[suf](8|16|24|32|64)(?:le|be)?|mulaw|alaw|vidc)")


def _constant_samples(samples: int) -> Callable[[Packet[Any]], int]:
    return lambda _: samples


def _decoded_samples(stream: AudioStream) -> Callable[[Packet[Any]], int]:
    decoder: CodecContext | None = None

    def count(packet: Packet[Any]) -> int:
        nonlocal decoder
        decoder = decoder or decoder_of(track_of(stream.codec_context, [packet], stream.codec_context.channels))
        assert isinstance(decoder, AudioCodecContext)
        try:
            return sum(frame.samples for frame in decoder.decode(packet))
        except av.error.FFmpegError:
            return 0

    return count


def _pcm_samples(frame_bytes: int) -> Callable[[Packet[Any]], int]:
    return lambda packet: packet.size // frame_bytes
