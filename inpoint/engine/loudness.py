"""How loud a stretch of sound is, and its greatest sample (ITU-R BS.1770, by libavfilter's ebur128)."""

from __future__ import annotations

import av.error
from av.audio.frame import AudioFrame
from av.filter import Graph

from inpoint.model import aac
from inpoint.ports.orders import Loudness

_BLOCK = aac.RATE // 10
_BYTES = 8  # two float32
_SILENCE = -70.0


def loudness(pcm: bytes) -> Loudness:
    """Of two channels of float32 at the rate of AAC."""
    graph = Graph()
    source = graph.add_abuffer(format="flt", sample_rate=aac.RATE, layout="stereo")
    meter = graph.add("ebur128", "peak=sample:metadata=1:framelog=quiet")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    told: dict[str, str] = {}
    for at in range(0, len(pcm) // _BYTES, _BLOCK):
        part = pcm[at * _BYTES : (at + _BLOCK) * _BYTES]
        frame = AudioFrame(format="flt", layout="stereo", samples=len(part) // _BYTES)
        frame.planes[0].update(part)
        frame.sample_rate, frame.pts = aac.RATE, at
        graph.push(frame)
        try:
            while True:
                told = dict(graph.pull().metadata)
        except (av.error.BlockingIOError, av.error.EOFError):
            continue
    return Loudness(float(told.get("lavfi.r128.I", _SILENCE)), float(told.get("lavfi.r128.sample_peak", 0.0)))
