"""How much louder a soundtrack is to be made, from what is measured of it (EBU R 128, ITU-R BS.1770-4)."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from inpoint.making.encodings import Loaded
from inpoint.making.orders import sound_need, sound_order
from inpoint.model import aac
from inpoint.model.encoding import audio_rendition
from inpoint.ports import Engine
from inpoint.ports.orders import Loudness
from inpoint.shelf.encodings import EncodingShelf

TARGET = -14.0  # LUFS, as streaming services play
_CEILING = -1.0  # dB below full scale that no sample may pass
_MOST = 24.0  # dB: beyond, it is noise that would be raised
_WINDOW = 3 * aac.RATE // aac.FRAME  # AAC frames
#: A longer soundtrack is measured in as many windows, spread evenly: the time that it takes is bounded.
_WINDOWS = 100
_SILENCE, _GATE = -70.0, -10.0  # LUFS, and LU below the loudness of what isn't silence


def windows(frames: int) -> list[tuple[int, int]]:
    """The AAC frames ``[start, end)`` to measure of a soundtrack."""
    whole = max(1, frames // _WINDOW)
    count = min(whole, _WINDOWS)
    starts = [number * whole // count * _WINDOW for number in range(count)]
    return [(start, min(start + _WINDOW, frames)) for start in starts]


def gain(measures: Sequence[Loudness]) -> float:
    """Decibels to add: to the target, as far as the loudest sample allows. Silence stays as it is."""
    heard = [one.lufs for one in measures if one.lufs > _SILENCE]
    if not heard:
        return 0.0
    loudness = _mean([one for one in heard if one > _mean(heard) + _GATE])
    headroom = _CEILING - 20 * log10(max(one.peak for one in measures) or 1.0)
    return round(min(TARGET - loudness, headroom, _MOST), 2)


def _mean(loudness: Sequence[float]) -> float:
    return 10 * log10(sum(10 ** (one / 10) for one in loudness) / len(loudness))


async def measured_gain(loaded: Loaded, track: int, engine: Engine, shelf: EncodingShelf) -> float:
    """The gain of one soundtrack, its chunks stored already, in decibels."""
    encoding, index = loaded.encoding, loaded.index.audio[track]
    frames = int(encoding.grid.frames / encoding.grid.rate * aac.RATE / aac.FRAME)
    measures = []
    for start, end in windows(frames):
        name = encoding.segment(audio_rendition(track), start, end)
        need = sound_need(index, encoding.recipe.sound, start, end)
        chunks = await shelf.chunks(encoding.id, need.chunks, track)
        measures.append(await engine.loudness(sound_order(loaded, track, need, name, chunks)))
    return gain(measures)
