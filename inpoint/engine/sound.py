"""Audio segments: whole AAC frames on the 48 kHz grid, each segment encoded on its own with a run-up.

A segment begun cold has an audible seam; a recipe's run-up brings the error down to ordinary coding noise. Where the
rate changes, decoding starts at a multiple of in/gcd samples: the resampler is then in one pass's phase.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from statistics import mode
from typing import Any

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.packet import Packet

from inpoint.engine.chunks import decoder_of, packet_of, read_chunk
from inpoint.engine.downmix import Downmix
from inpoint.engine.processor import plain_code
from inpoint.errors import EngineFailed
from inpoint.model import aac
from inpoint.model.cmaf import media_segment
from inpoint.model.index import AudioRun
from inpoint.model.packets import CodedTrack
from inpoint.model.warning import spans
from inpoint.ports.orders import Chunk, MadeSegment, SoundOrder

_BYTES = 8  # two float32


def decode_sound(order: SoundOrder, lost: list[int] | None = None) -> bytes:
    """The samples that an order's AAC frames are made of, those that the encoder hears before and after them
    included: two channels of float32 at the rate of AAC. The AAC frames of what can't be decoded are ``lost``, and
    silent."""
    with plain_code(wanted=order.recipe.is_exact):
        return _decoded(order, lost)


def _decoded(order: SoundOrder, lost: list[int] | None) -> bytes:
    rate = order.rate
    begin, stop = order.recipe.window(order.start, order.end, rate)
    pcm = bytearray((stop - begin) * _BYTES)
    packets, track = _gather(order.chunks, order.firsts)
    for runs in _together(order.runs):
        if track is None:
            break
        numbers = range(runs[0].first, runs[-1].end)
        downmix = Downmix(rate, order.recipe)
        decoded, bad = _decode([packets[n] for n in numbers if n in packets], track, downmix)
        sound, at = b"".join(decoded), -_missing_at_head(decoded, runs)
        if lost is not None and bad:
            lost += _frames_of(bad, decoded, runs[0].start - at, rate)
        for run in runs:
            until = None if run is runs[-1] else max(0, at + run.samples) * _BYTES
            _place(pcm, sound[max(0, at) * _BYTES : until], run.start + max(0, -at) - begin)
            at += run.samples
    heard = _resample(bytes(pcm), rate) if rate != aac.RATE else bytes(pcm)
    skip = (order.start - order.recipe.run_up) * aac.FRAME - begin * aac.RATE // rate
    return heard[skip * _BYTES :]


def _frames_of(bad: Sequence[int], decoded: Sequence[bytes], start: int, rate: int) -> list[int]:
    """The AAC frames that some of the decoded parts, which begin at a sample, lie in."""
    begins = [0, *accumulate(len(part) // _BYTES for part in decoded)]
    spans = ((start + begins[number], start + begins[number + 1]) for number in bad)
    return [
        frame
        for begin, end in spans
        for frame in range(begin * aac.RATE // rate // aac.FRAME, -(-end * aac.RATE // rate // aac.FRAME))
    ]


def _together(runs: Sequence[AudioRun]) -> list[list[AudioRun]]:
    """Runs of packets that follow one another are decoded in one go, though they sound apart or over each other."""
    found: list[list[AudioRun]] = []
    for run in runs:
        if found and found[-1][-1].end == run.first:
            found[-1].append(run)
        else:
            found.append([run])
    return found


def _gather(chunks: Sequence[Chunk], firsts: Sequence[int]) -> tuple[dict[int, Packet[Any]], CodedTrack | None]:
    packets: dict[int, Packet[Any]] = {}
    track = None
    for chunk, first in zip(chunks, firsts, strict=True):
        track, found = read_chunk(chunk.data)
        for number, packet in enumerate(found, first):
            packets[number] = packet_of(bytes(packet))  # without the container's word on samples to skip
    return packets, track


def _missing_at_head(decoded: Sequence[bytes], runs: Sequence[AudioRun]) -> int:
    """A codec begun anywhere swallows its first samples (pre-skip, overlap); a track's last packet may be cut
    short at its end, so it is no witness."""
    heard, told = [len(part) // _BYTES for part in decoded], sum(run.samples for run in runs)
    if sum(heard) >= told or len(heard) < 3:
        return max(0, told - sum(heard))
    return max(0, told - runs[-1].last_samples - sum(heard[:-2]))


def _decode(packets: Sequence[Packet[Any]], track: CodedTrack, downmix: Downmix) -> tuple[list[bytes], list[int]]:
    """What each packet decodes to, and what the decoder still held at the end, in two channels. And the numbers of
    those that can't be decoded: silence, as long as most are."""
    decoder = decoder_of(track)
    assert isinstance(decoder, AudioCodecContext)
    parts: list[bytes] = []
    bad: list[int] = []
    for number, packet in enumerate([*packets, None]):
        out = bytearray()
        try:
            decoded = decoder.decode(packet)
        except av.error.FFmpegError:
            decoded = []
            if packet is not None:
                bad.append(number)
        for frame in decoded:
            if isinstance(frame, AudioFrame):
                out += downmix.mixed(frame)
        parts.append(bytes(out))
    usual = mode(len(part) for part in parts if part) if any(parts) else 0
    for number in bad:
        parts[number] = bytes(usual)
    return parts, bad


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
    resampler = AudioResampler(format="flt", layout="stereo", rate=aac.RATE)
    out = bytearray()
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        out += bytes(part.planes[0])[: part.samples * _BYTES]
    return bytes(out)


def encode_sound(pcm: bytes, order: SoundOrder, lost: Iterable[int] = ()) -> MadeSegment:
    """The segment of an order's AAC frames, of samples as ``decode_sound`` gives them, made louder by its gain."""
    with plain_code(wanted=order.recipe.is_exact):
        return _encoded(pcm, order, lost)


def _encoded(pcm: bytes, order: SoundOrder, lost: Iterable[int]) -> MadeSegment:
    recipe, start, end = order.recipe, order.start, order.end
    encoder = av.CodecContext.create("aac", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = aac.RATE, "stereo", "fltp"
    encoder.bit_rate = recipe.bit_rate
    encoder.flags |= 1 << 22
    samples: list[bytes] = []
    # Packet p of the encoder sounds as the block before the one just fed; the run-up's are dropped.
    needed = recipe.run_up + 1 + end - start
    fed = needed + recipe.follow_up
    values = array("f")
    values.frombytes(pcm[: fed * aac.FRAME * _BYTES])
    if order.gain:
        factor = 10 ** (order.gain / 20)
        values = array("f", (value * factor for value in values))
    for block in range(fed):
        part = values[block * aac.FRAME * 2 : (block + 1) * aac.FRAME * 2]
        part.extend([0.0] * (aac.FRAME * 2 - len(part)))
        frame = AudioFrame(format="fltp", layout="stereo", samples=aac.FRAME)
        frame.sample_rate, frame.pts = aac.RATE, block * aac.FRAME
        for channel in (0, 1):
            frame.planes[channel].update(part[channel::2].tobytes())
        samples += [bytes(packet) for packet in encoder.encode(frame)]
    kept = samples[recipe.run_up + 1 : needed]
    if len(kept) != end - start:
        raise EngineFailed(detail=f"{len(kept)} of {end - start} AAC frames were encoded")
    data = media_segment(start * aac.FRAME, aac.FRAME, kept, order.boxes)
    init = aac.init(order.boxes, recipe.bit_rate, (encoder.extradata or b"")[:2])
    inside = spans(sorted({frame for frame in lost if start <= frame < end}))
    return MadeSegment("", start, end, init, data, inside)
