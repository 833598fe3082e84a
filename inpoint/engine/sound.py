"""Audio segments: whole AAC frames on the 48 kHz grid, each segment encoded on its own with a run-up.

A segment begun cold has an audible seam; eight AAC frames of run-up bring the error down to ordinary coding noise.
Where the rate changes, decoding starts at a multiple of in/gcd samples: the resampler is then in one pass's phase.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.codec.context import CodecContext
from av.packet import Packet

from inpoint.engine.decode import Chunk, packets_of
from inpoint.errors import EngineFailed
from inpoint.model.cmaf import audio_init, media_segment, sequence_of
from inpoint.model.grid import AAC_FRAME, AUDIO_BITRATE, AUDIO_RATE

RUN_UP = 8
_BYTES = 8  # two float32
_MARGIN = 256  # samples for the resampler's filter


@dataclass(frozen=True, slots=True)
class Run:
    """Packets ``[first, end)``, counted over the whole track; they sound from ``start`` on for ``samples``, the
    last one for ``last_samples`` of them, at the track's rate."""

    first: int
    end: int
    start: int
    samples: int
    last_samples: int


def window(start: int, end: int, rate: int) -> tuple[int, int]:
    """The samples of media time, at ``rate``, that the AAC frames ``[start, end)`` are made of, run-up included;
    the first is on the resampler's phase and may be negative (silence)."""
    step = rate // gcd(rate, AUDIO_RATE)
    first = (start - RUN_UP) * AAC_FRAME * rate // AUDIO_RATE - _MARGIN
    last = -(-(end + 1) * AAC_FRAME * rate // AUDIO_RATE) + _MARGIN
    return first // step * step, last


def decode_sound(
    chunks: Sequence[Chunk], firsts: Sequence[int], runs: Sequence[Run], rate: int, start: int, end: int
) -> bytes:
    """The samples that the AAC frames ``[start, end)`` are made of, run-up included: two channels of float32 at
    AUDIO_RATE. ``firsts[i]`` is the first packet of chunk i."""
    begin, stop = window(start, end, rate)
    pcm = bytearray((stop - begin) * _BYTES)
    packets, context = _gather(chunks, firsts)
    for run in runs:
        if context is None:
            break
        decoded = _decode_run([packets[n] for n in range(run.first, run.end) if n in packets], context, rate)
        missing = _missing_at_head(decoded, run)
        _place(pcm, b"".join(decoded), run.start + missing - begin)
    sound = _resample(bytes(pcm), rate) if rate != AUDIO_RATE else bytes(pcm)
    skip = (start - RUN_UP) * AAC_FRAME - begin * AUDIO_RATE // rate
    return sound[skip * _BYTES :]


def _gather(chunks: Sequence[Chunk], firsts: Sequence[int]) -> tuple[dict[int, Packet[Any]], CodecContext | None]:
    packets: dict[int, Packet[Any]] = {}
    context = None
    for chunk, first in zip(chunks, firsts, strict=True):
        context, found = packets_of(chunk)
        for number, packet in enumerate(found, first):
            packets[number] = Packet(bytes(packet))  # without the container's word on samples to skip
    return packets, context


def _missing_at_head(decoded: Sequence[bytes], run: Run) -> int:
    """A codec begun anywhere swallows its first samples (pre-skip, overlap); a track's last packet may be cut
    short at its end, so it is no witness."""
    heard = [len(part) // _BYTES for part in decoded]
    if sum(heard) >= run.samples or len(heard) < 3:
        return max(0, run.samples - sum(heard))
    return max(0, run.samples - run.last_samples - sum(heard[:-2]))


def _decode_run(packets: Sequence[Packet[Any]], like: CodecContext, rate: int) -> list[bytes]:
    """What each packet decodes to, and what the decoder still held at the end."""
    assert isinstance(like, AudioCodecContext)
    decoder = av.CodecContext.create(like.name, "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.extradata = like.extradata
    decoder.sample_rate, decoder.layout = like.sample_rate, like.layout
    if like.name.startswith("pcm_"):
        decoder.format = like.format
    resampler = AudioResampler(format="flt", layout="stereo", rate=rate)
    parts = []
    for packet in [*packets, None]:
        out = bytearray()
        try:
            decoded = decoder.decode(packet)
        except av.error.FFmpegError:
            decoded = []
        for frame in decoded:
            if isinstance(frame, AudioFrame):
                frame.pts = None
                for part in resampler.resample(frame):
                    out += bytes(part.planes[0])[: part.samples * _BYTES]
        parts.append(bytes(out))
    return parts


def _place(pcm: bytearray, decoded: bytes, at: int) -> None:
    """Copy samples to position ``at``, what falls outside left out."""
    skip = max(0, -at) * _BYTES
    part = decoded[skip:]
    begin = max(0, at) * _BYTES
    part = part[: max(0, len(pcm) - begin)]
    pcm[begin : begin + len(part)] = part


def _resample(pcm: bytes, rate: int) -> bytes:
    frame = AudioFrame(format="flt", layout="stereo", samples=len(pcm) // _BYTES)
    frame.planes[0].update(pcm)
    frame.sample_rate = rate
    resampler = AudioResampler(format="flt", layout="stereo", rate=AUDIO_RATE)
    out = bytearray()
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        out += bytes(part.planes[0])[: part.samples * _BYTES]
    return bytes(out)


def encode_sound(pcm: bytes, start: int, end: int, gain: float) -> tuple[bytes, bytes]:
    """Init segment and segment of the AAC frames ``[start, end)``, made ``gain`` decibels louder."""
    encoder = av.CodecContext.create("aac", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = AUDIO_RATE, "stereo", "fltp"
    encoder.bit_rate = AUDIO_BITRATE
    encoder.flags |= 1 << 22
    samples: list[bytes] = []
    # Packet[Any] p of the encoder sounds as the block before the one just fed; the run-up's are dropped.
    needed = RUN_UP + 1 + end - start
    values = array("f")
    values.frombytes(pcm[: (needed + 1) * AAC_FRAME * _BYTES])
    if gain:
        factor = 10 ** (gain / 20)
        values = array("f", (value * factor for value in values))
    for block in range(needed + 1):
        part = values[block * AAC_FRAME * 2 : (block + 1) * AAC_FRAME * 2]
        part.extend([0.0] * (AAC_FRAME * 2 - len(part)))
        frame = AudioFrame(format="fltp", layout="stereo", samples=AAC_FRAME)
        frame.sample_rate, frame.pts = AUDIO_RATE, block * AAC_FRAME
        for channel in (0, 1):
            frame.planes[channel].update(part[channel::2].tobytes())
        samples += [bytes(packet) for packet in encoder.encode(frame)]
    kept = samples[RUN_UP + 1 : needed]
    if len(kept) != end - start:
        raise EngineFailed(detail=f"{len(kept)} of {end - start} AAC frames were encoded")
    time = start * AAC_FRAME
    data = media_segment(time, AAC_FRAME, kept, sequence=sequence_of(time, AAC_FRAME))
    return audio_init((encoder.extradata or b"")[:2]), data
