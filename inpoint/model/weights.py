"""How many bytes the segments of whole renditions are: what manifests then say is measured. Pure."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from inpoint.model.encoding import SegmentName

_BESIDE = 8  # segments that may begin within one another


@dataclass(frozen=True)
class Weights:
    """``sizes`` in bytes, by rendition or soundtrack and by the frames of a segment."""

    sizes: Mapping[str, Mapping[tuple[int, int], int]] = field(default_factory=dict)

    def of(self, name: SegmentName) -> int | None:
        """A segment's bytes, or those of one that it is a part of; None where neither is known."""
        known = self.sizes.get(name.rendition)
        if known is None:
            return None
        if (size := known.get((name.start, name.end))) is not None:
            return size
        spans = self._spans[name.rendition]
        last = bisect_right(spans, (name.start, 1 << 62))
        around = (span for span in reversed(spans[max(0, last - _BESIDE) : last]) if span[1] >= name.end)
        return next((known[span] for span in around), None)

    @cached_property
    def _spans(self) -> Mapping[str, list[tuple[int, int]]]:
        return {rendition: sorted(known) for rendition, known in self.sizes.items()}


def weigh(stored: Mapping[SegmentName, int], whole: Collection[str]) -> Weights:
    """Of what is ``stored``, the renditions and soundtracks that are ``whole``."""
    sizes: dict[str, dict[tuple[int, int], int]] = {}
    for name, size in stored.items():
        if name.rendition in whole:
            sizes.setdefault(name.rendition, {})[name.start, name.end] = size
    return Weights(sizes)


def dump_weights(weights: Weights) -> bytes:
    """As JSON: by rendition, starts, ends and sizes."""
    told = {
        rendition: [[start for start, _ in known], [end for _, end in known], list(known.values())]
        for rendition, known in weights.sizes.items()
    }
    return json.dumps(told, separators=(",", ":")).encode()


def load_weights(blob: bytes) -> Weights:
    """The inverse."""
    return Weights(
        {
            rendition: {(start, end): size for start, end, size in zip(*columns, strict=True)}
            for rendition, columns in json.loads(blob).items()
        }
    )
