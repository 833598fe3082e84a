"""Chunks: written when a source is taken in, read when something is made of them.

What Matroska holds, with times as we set them, is Matroska; any other codec's packets are a file of their own
(``model.packets``).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from statistics import mode
from typing import Any

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import OutputContainer
from av.packet import Packet, PacketSideData, packet_sidedata_type_from_literal
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from inpoint.model.packets import CodedPacket, CodedTrack, is_packed, pack, unpack

#: Ranks are written this many ticks late, so that decode times (the packets' order) never exceed them.
_RANK_OFFSET = 64
_RANK_BASE = Fraction(1, 1000)  # Matroska's own: a rank is a whole millisecond there
#: Codecs, by their decoders, that Matroska has ids of its own for: of others it would keep decode times alone, or
#: nothing.
_MATROSKA = frozenset({
    "h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1", "mpeg1video",
    "mpeg2video", "mpeg4", "prores", "theora", "aac", "ac3", "eac3", "dca", "truehd", "mp2", "mp2float", "mp3",
    "mp3float", "vorbis", "libvorbis", "opus", "libopus", "flac", "alac", "pcm_u8", "pcm_s16le", "pcm_s24le",
    "pcm_s32le", "pcm_f32le", "pcm_f64le",
})  # fmt: skip
_PADDING = 64  # bytes that decoders may read behind what they are given
#: What comes with packets and changes what they show.
_BESIDE = ("palette", "new_extradata", "param_change")


def write_chunk(
    path: Path,
    stream: VideoStream | AudioStream,
    packets: Sequence[Packet[Any]],
    ranks: Sequence[int],
    channels: int,
    extradata: bytes | None = None,
) -> None:
    """A track's packets, each with its rank in display order; ``channels`` are a sound's, ``extradata`` what they are
    to be read with, if it isn't the stream's own."""
    is_near = all(number <= rank + _RANK_OFFSET for number, rank in enumerate(ranks))
    if stream.codec_context.name in _MATROSKA and extradata is None and is_near:
        _write_matroska(path, stream, packets, ranks)
        return
    track = track_of(stream.codec_context, packets, channels)
    if extradata is not None:
        track = replace(track, extradata=extradata)
    path.write_bytes(pack(track, [_coded(one, rank) for one, rank in zip(packets, ranks, strict=True)]))


def _write_matroska(
    path: Path, template: VideoStream | AudioStream, packets: Sequence[Packet[Any]], ranks: Sequence[int]
) -> None:
    with matroska(path) as chunk:
        mux_ranked(chunk, chunk.add_stream_from_template(template, opaque=True), packets, ranks)


def matroska(path: Path) -> OutputContainer:
    """A chunk to be written. Bit-exact: no random ids, for which libav would want a device that this process can't
    open."""
    return av.open(str(path), "w", format="matroska", options={"fflags": "+bitexact"})


def mux_ranked(chunk: OutputContainer, stream: Stream, packets: Sequence[Packet[Any]], ranks: Sequence[int]) -> None:
    """Packets in decode order, each with its rank for a timestamp."""
    for number, (packet, rank) in enumerate(zip(packets, ranks, strict=True)):
        packet.stream = stream
        packet.time_base = _RANK_BASE
        packet.pts, packet.dts, packet.duration = rank + _RANK_OFFSET, number, 1
        chunk.mux_one(packet)


def _coded(packet: Packet[Any], rank: int) -> CodedPacket:
    beside = {one.data_type: bytes(one) for one in packet.iter_sidedata() if one.data_type in _BESIDE}
    return CodedPacket(bytes(packet), rank, packet.is_keyframe, beside)


def read_chunk(blob: bytes) -> tuple[CodedTrack, list[Packet[Any]]]:
    """What the decoder must be told, and the packets, with their ranks for times."""
    if is_packed(blob):
        track, coded = unpack(blob)
        return track, [_packet(one) for one in coded]
    source = av.open(io.BytesIO(blob), "r", format="matroska")
    context = source.streams[0].codec_context
    assert context is not None
    packets = [packet for packet in source.demux(source.streams[0]) if packet.size]
    for packet in packets:
        packet.pts = (packet.pts or 0) - _RANK_OFFSET
    return _told(context), packets


def packet_of(data: bytes) -> Packet[Any]:
    """A packet with zeros behind its end, which decoders may read (libavcodec, AV_INPUT_BUFFER_PADDING_SIZE): behind
    those that PyAV makes of bytes is whatever lies there, and what it decodes to depends on that."""
    packet: Packet[Any] = Packet(len(data))
    if data:
        packet.update(data)
    return packet


def _packet(coded: CodedPacket) -> Packet[Any]:
    packet = packet_of(coded.data)
    packet.pts, packet.is_keyframe = coded.rank, coded.is_key
    for name, data in coded.beside.items():
        kind = packet_sidedata_type_from_literal(name)  # type: ignore[arg-type]
        beside = PacketSideData(kind, len(data))  # type: ignore[call-arg]
        beside.update(data)
        packet.set_sidedata(beside)
    return packet


def _told(context: CodecContext) -> CodedTrack:
    """What Matroska and the packets themselves don't say to a decoder."""
    settings: dict[str, Any] = {}
    if isinstance(context, AudioCodecContext):
        settings = {"sample_rate": context.sample_rate, "layout": _layout(context, context.channels)}
        if context.name.startswith("pcm_"):
            settings["format"] = context.format.name
    return CodedTrack(context.name, context.extradata or b"", settings)


def track_of(context: CodecContext, packets: Sequence[Packet[Any]], channels: int) -> CodedTrack:
    """All that a decoder may be told; ``channels`` are those that it decodes to, of sound."""
    settings: dict[str, Any] = {}
    with suppress(UnicodeDecodeError):  # a tag that is no text means nothing to a decoder
        settings["codec_tag"] = context.codec_tag
    if isinstance(context, VideoCodecContext):
        settings |= {"width": context.width, "height": context.height}
        settings["bits_per_coded_sample"] = context.bits_per_coded_sample
        if context.pix_fmt:
            settings["pix_fmt"] = context.pix_fmt
    elif isinstance(context, AudioCodecContext):
        settings |= {"sample_rate": context.sample_rate, "layout": _layout(context, channels)}
        if context.format:
            settings["format"] = context.format.name
        settings["options"] = _block_options(context, packets, channels)
    return CodedTrack(context.name, context.extradata or b"", settings)


def _layout(context: AudioCodecContext, channels: int) -> str:
    """Of samples the usual one of their number of channels: a file's own list may be one that PyAV can't hold."""
    if context.name.startswith("pcm_"):
        return {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    return context.layout.name


def _block_options(context: AudioCodecContext, packets: Sequence[Packet[Any]], channels: int) -> dict[str, str]:
    """Of codecs that code blocks of samples: a block's bytes, and a sample's bits, which their bit rate may say."""
    options = {"block_align": str(mode(packet.size for packet in packets))} if packets else {}
    if context.name.startswith(("adpcm_", "g726")):
        told = round((context.bit_rate or 0) / max(1, context.sample_rate * channels))
        options["bits_per_coded_sample"] = str(told if 2 <= told <= 5 else 4)
    return options


def decoder_of(track: CodedTrack) -> CodecContext:
    """A decoder of a track, not opened yet."""
    decoder: CodecContext = av.CodecContext.create(track.codec, "r")
    if track.extradata:
        decoder.extradata = track.extradata + bytes(_PADDING)
        decoder.extradata = track.extradata  # in the same place: the zeros stay behind it
    settings: Mapping[str, Any] = track.settings
    for name in settings.keys() - {"options"}:
        setattr(decoder, name, settings[name])
    decoder.options = dict(settings.get("options", {}))
    return decoder
