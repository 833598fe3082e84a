"""Sounds laid over a sound: decoded, faded, added up in steps of a second, and kept without loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.filter import Graph
from av.filter.context import FilterContext

from inpoint.engine.failures import translated
from inpoint.engine.probe import open_source
from inpoint.errors import Unsupported
from inpoint.model import aac
from inpoint.model.treatment import Imposition
from inpoint.ports.orders import LaidSound, MixOrder

_BYTES = 8  # two float32
_STEP = aac.RATE
_JITTER = aac.RATE // 50  # a larger gap in time is one


def mix(order: MixOrder) -> None:
    """Write the base's first soundtrack, or silence if it has none, with the others over it, as FLAC.

    Raises Unsupported for one of the others without sound.
    """
    sources = [_samples(order.base, order.zero, required=False), *(_placed(one) for one in order.laid)]
    laid = [(one.wanted, order.seconds) for one in order.laid]
    with translated(), av.open(str(order.out), "w", format="flac", options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("flac", rate=aac.RATE, layout="stereo", format="s16")
        for frame in _added(sources, laid, int(order.seconds * aac.RATE)):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _added(
    sources: Sequence[Iterator[bytes]], laid: Sequence[tuple[Imposition, Fraction]], total: int
) -> Iterator[AudioFrame]:
    graph, inputs = _adder(laid)
    readers = [_Reader(source) for source in sources]
    for at in range(0, total, _STEP):
        count = min(_STEP, total - at)
        for reader, node in zip(readers, inputs, strict=True):
            frame = AudioFrame(format="flt", layout="stereo", samples=count)
            frame.planes[0].update(reader.take(count))
            frame.sample_rate, frame.pts, frame.time_base = aac.RATE, at, Fraction(1, aac.RATE)
            node.push(frame)
        yield from _pulled(graph)
    for node in inputs:
        node.push(None)
    yield from _pulled(graph)


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        frame.pts = None
        yield frame


def _adder(laid: Sequence[tuple[Imposition, Fraction]]) -> tuple[Graph, list[FilterContext]]:
    graph = Graph()
    mixer = graph.add("amix", f"inputs={len(laid) + 1}:normalize=0:duration=first")
    inputs = []
    for number in range(len(laid) + 1):
        node = graph.add_abuffer(format="flt", sample_rate=aac.RATE, layout="stereo")
        inputs.append(node)
        if number:
            node = _faded(graph, node, *laid[number - 1])
        node.link_to(mixer, 0, number)
    last = graph.add("aformat", f"sample_fmts=s16:sample_rates={aac.RATE}:channel_layouts=stereo")
    mixer.link_to(last)
    last.link_to(graph.add("abuffersink"))
    graph.configure()
    return graph, inputs


def _faded(graph: Graph, node: FilterContext, one: Imposition, seconds: Fraction) -> FilterContext:
    end = seconds if one.end is None else min(one.end, seconds)
    fades = [("in", one.start, one.fade_in), ("out", end - one.fade_out, one.fade_out)]
    for kind, start, length in fades:
        if length > 0:
            fade = graph.add("afade", f"t={kind}:st={float(max(start, Fraction(0))):.6f}:d={float(length):.6f}")
            node.link_to(fade)
            node = fade
    return node


class _Reader:
    """A stream of samples in pieces of any length; silence when it has ended."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._held = bytearray()

    def take(self, count: int) -> bytes:
        """The next samples, silence where it has ended."""
        wanted = count * _BYTES
        while len(self._held) < wanted and (block := next(self._source, None)) is not None:
            self._held += block
        taken = bytes(self._held[:wanted])
        del self._held[:wanted]
        return taken.ljust(wanted, b"\0")


def _placed(one: LaidSound) -> Iterator[bytes]:
    """Silence until its start, then its samples, to its end."""
    wanted = one.wanted
    yield from _silence(int(wanted.start * aac.RATE))
    left = None if wanted.end is None else int((wanted.end - wanted.start) * aac.RATE) * _BYTES
    for block in _samples(one.path, None, required=True):
        if left is not None:
            block = block[:left]
            left -= len(block)
        yield block
        if left == 0:
            return


def _silence(samples: int) -> Iterator[bytes]:
    """In steps, for it may be hours."""
    for at in range(0, samples, _STEP):
        yield bytes(min(_STEP, samples - at) * _BYTES)


def _samples(path: Path, zero: Fraction | None, *, required: bool) -> Iterator[bytes]:
    """A file's first soundtrack from ``zero`` on; what lies before is dropped, gaps are silence."""
    with translated(), open_source(path) as source:
        if not source.streams.audio:
            if required:
                raise Unsupported("a file that is to be laid over the sound has none")
            return
        stream = source.streams.audio[0]
        base = stream.time_base or Fraction(1, aac.RATE)
        began = (stream.start_time or 0) * base if zero is None else zero
        resampler = AudioResampler(format="flt", layout="stereo", rate=aac.RATE)
        at, skip = 0, None
        for frame in source.decode(stream):
            place = at if frame.pts is None else int((frame.pts * base - began) * aac.RATE)
            skip = max(0, -place) if skip is None else skip
            if place > at + _JITTER:
                yield from _silence(place - at)
                at = place
            frame.pts = None
            for part in resampler.resample(frame):
                sound = bytes(part.planes[0])[: part.samples * _BYTES]
                dropped = min(skip, part.samples)
                skip -= dropped
                at += part.samples - dropped
                yield sound[dropped * _BYTES :]
