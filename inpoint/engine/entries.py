"""Which chunks before one its decoder is fed, where pictures are refreshed bit by bit and no key frame stands alone.

Pure, in numbers of chunks and of reference pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_REMEMBERED = 100  # chunks that a decoder may be fed before the one that is wanted


@dataclass(frozen=True, slots=True, order=True)
class _Entrance:
    """A chunk, the reference pictures before it, and how many it takes from there until all is right."""

    chunk: int
    before: int
    takes: int


@dataclass(slots=True)
class Entries:
    """Told of chunks in their order."""

    _known: list[_Entrance] = field(default_factory=list)
    _references: int = 0

    @property
    def is_gradual(self) -> bool:
        """Whether reference pictures count."""
        return any(one.takes for one in self._known)

    def begin(self, chunk: int, takes: int) -> int:
        """The next chunk, after which it ``takes`` so many reference pictures until all is right: how many chunks
        before it are fed to its decoder; 0 for the one that always is."""
        entry = self._latest(self._references, chunk)
        if entry.takes:  # and of these pictures, too, the decoder is to know whether they are whole
            entry = self._latest(entry.before, chunk)
        self._known = [*self._known[-_REMEMBERED:], _Entrance(chunk, self._references, takes)]
        back = chunk - entry.chunk
        return back if back > 1 else 0

    def add(self, references: int) -> None:
        """Reference pictures of the chunk that began last."""
        self._references += references

    def forget(self) -> None:
        """What is entered next needs nothing before it."""
        self._known = []

    def _latest(self, references: int, chunk: int) -> _Entrance:
        """The last of the chunks from which all is right once there have been so many reference pictures; where
        nothing before is known, the chunk itself."""
        ready = [one for one in self._known if one.before + one.takes <= references]
        return max(ready, default=self._known[0] if self._known else _Entrance(chunk, references, 0))
