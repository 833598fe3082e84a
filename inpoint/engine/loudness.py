"""How loud a stretch of sound is, and its greatest sample (ITU-R BS.1770, by libavfilter's ebur128)."""

from __future__ import annotations

import av.error
from av.audio.frame import AudioFrame
from av.filter import Graph

from inpoint.model.grid import AUDIO_RATE

_BLOCK = AUDIO_RATE // 10
_BYTES = 8  # two float32
_SILENCE = -70.0


def loudness(pcm: bytes) -> tuple[float, float]:
    """LUFS, and the greatest sample, 1 being full scale, of two channels of float32 at AUDIO_RATE."""
    graph = Graph()
    source = graph.add_abuffer(format="flt", sample_rate=AUDIO_RATE, layout="stereo")
    meter = graph.add("ebur128", "peak=sample:metadata=1:framelog=quiet")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    told: dict[str, str] = {}
    for at in range(0, len(pcm) // _BYTES, _BLOCK):
        part = pcm[at * _BYTES : (at + _BLOCK) * _BYTES]
        frame = AudioFrame(format="flt", layout="stereo", samples=len(part) // _BYTES)
        frame.planes[0].update(part)
        frame.sample_rate, frame.pts = AUDIO_RATE, at
        graph.push(frame)
        try:
            while True:
                told = dict(graph.pull().metadata)
        except (av.error.BlockingIOError, av.error.EOFError):
            continue
    return float(told.get("lavfi.r128.I", _SILENCE)), float(told.get("lavfi.r128.sample_peak", 0.0))
