"""Sound of any layout as two channels."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.filter import Graph

from inpoint.model.recipe import SoundRecipe

_BYTES = 8  # two float32
_AMBISONIC = "ambisonic"

Mix = Callable[[AudioFrame], bytes]


class Downmix:
    """Mixes what one decoder gives, whatever its layout, rate and format, and however often these change."""

    def __init__(self, rate: int, recipe: SoundRecipe) -> None:
        """Into ``rate`` samples a second."""
        self._rate = rate
        self._recipe = recipe
        self._mixes: dict[tuple[int, str, str], Mix] = {}

    def mixed(self, frame: AudioFrame) -> bytes:
        """Two channels of float32."""
        frame.pts = None
        kind = frame.sample_rate, frame.layout.name, frame.format.name
        if kind not in self._mixes:
            self._mixes[kind] = _by_pan(frame, self._rate) if _AMBISONIC in kind[1] else self._by_layout(frame)
        return self._mixes[kind](frame)

    def _by_layout(self, frame: AudioFrame) -> Mix:
        """By libswresample's coefficients (ITU-R BS.775), which add up to one at most; one channel sounds from both
        sides as loud as it is."""
        options: dict[str, str] = {}
        if self._recipe.is_level:
            options["rematrix_maxval"] = "1.0"
            if frame.layout.nb_channels == 1:
                options["rematrix_volume"] = str(2**0.5)
        resampler = AudioResampler(format="flt", layout="stereo", rate=self._rate, options=options)

        def mix(frame: AudioFrame) -> bytes:
            return b"".join(_samples(part) for part in resampler.resample(frame))

        return mix


def _by_pan(frame: AudioFrame, rate: int) -> Mix:
    """Of a sphere of sound, what comes from everywhere: its first component."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=frame.sample_rate, format=frame.format, layout=frame.layout.name)
    steps = (
        graph.add("pan", "stereo|c0=c0|c1=c0"),
        graph.add("aformat", f"sample_fmts=flt:sample_rates={rate}:channel_layouts=stereo"),
        graph.add("abuffersink"),
    )
    graph.link_nodes(source, *steps).configure()

    def mix(frame: AudioFrame) -> bytes:
        graph.push(frame)
        parts = bytearray()
        with suppress(av.error.BlockingIOError):
            while isinstance(part := graph.pull(), AudioFrame):
                parts += _samples(part)
        return bytes(parts)

    return mix


def _samples(part: AudioFrame) -> bytes:
    return bytes(part.planes[0])[: part.samples * _BYTES]
