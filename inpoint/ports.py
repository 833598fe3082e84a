"""What the stages ask for. Adapters implement these; ``wiring`` alone knows both sides."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol

from inpoint.model.encoding import Encoding, Rendition, SegmentName
from inpoint.model.event import EventKind
from inpoint.model.fill import FillProgress
from inpoint.model.index import AudioRun, FramePlace
from inpoint.model.media import Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.signing import SigningKey
from inpoint.model.timeline import Timeline
from inpoint.model.workspace import Credential, Scope, Workspace


class Priority(IntEnum):
    """Who is served first. The last two are nobody's wait: they run when nothing else does."""

    VIEWER = 0
    EDGE = 1
    FOLLOW_UP = 2
    FILL = 3

    @property
    def waits(self) -> bool:
        """Whether somebody waits for it."""
        return self in (Priority.VIEWER, Priority.EDGE)


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class BlobStore(Protocol):
    """Bytes by key. What is put is durable when put returns, and visible whole or not at all."""

    async def put(self, key: str, data: bytes) -> bool:
        """Store under a new key; False, and nothing changed, if the key is taken: the first stored wins."""
        ...

    async def put_files(self, files: Mapping[str, Path]) -> None:
        """Move files in, replacing what is there."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    async def exists(self, key: str) -> bool: ...

    async def list(self, prefix: str) -> dict[str, int]:
        """Sizes in bytes by key of everything under a prefix that ends in a slash."""
        ...

    async def delete(self, keys: Collection[str]) -> None:
        """Missing keys are no error."""
        ...

    def path(self, key: str) -> Path | None:
        """Where the blob lies as a local file, if this store keeps it as one."""
        ...


class Files(Protocol):
    """Local files that arrive."""

    async def write(self, path: Path, blocks: AsyncIterable[bytes], max_bytes: int) -> None:
        """Write and bring to disk. Raises TooLarge."""
        ...


class Keys(Protocol):
    """How blobs are named."""

    def encoding(self, encoding_id: str) -> str:
        """The prefix of all that an encoding has."""
        ...

    def index(self, encoding_id: str) -> str: ...
    def video_chunk(self, encoding_id: str, number: int) -> str: ...
    def audio_chunk(self, encoding_id: str, track: int, number: int) -> str: ...
    def chunks(self, encoding_id: str) -> str: ...
    def text(self, encoding_id: str, track: int) -> str: ...
    def init(self, encoding_id: str, rendition: str) -> str: ...
    def segments(self, encoding_id: str) -> str: ...
    def segment(self, name: SegmentName) -> str: ...
    def segment_name(self, encoding_id: str, key: str) -> SegmentName | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """``limit`` things from the 0-based ``start`` on."""

    start: int
    limit: int
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class Sweep:
    """An encoding of which something may have become unneeded, due at a time."""

    encoding_id: str
    due: datetime


class Catalog(Protocol):
    """Rows. Every method is one transaction, except that reads may run outside one."""

    async def add_workspace(self, workspace: Workspace) -> None: ...
    async def workspaces(self) -> list[Workspace]: ...
    async def add_credential(self, credential: Credential) -> None: ...
    async def credential(self, credential_id: str) -> Credential | None: ...
    async def credentials(self) -> list[Credential]: ...
    async def revoke_credential(self, credential_id: str) -> bool: ...

    async def recall(self, workspace_id: str, once: Once) -> None:
        """Raises Repeated if the same was asked for before, Invalid if something else was. So do the methods that
        take a ``once``: then nothing is made."""
        ...

    async def add_signing_key(self, key: SigningKey, once: Once | None = None) -> None: ...

    async def signing_key(self, key_id: str) -> SigningKey | None: ...
    async def list_signing_keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]: ...
    async def remove_signing_key(self, workspace_id: str, key_id: str) -> bool: ...

    async def add_media(self, media: Media, once: Once | None = None) -> None:
        """With its playbacks and its ``created`` event. Of a clip whose source is gone: raises NotFound."""
        ...

    async def media(self, media_id: str) -> Media | None: ...
    async def media_of(self, workspace_id: str, media_id: str) -> Media:
        """Raises NotFound for an unknown id and for another workspace's alike."""
        ...

    async def list_media(
        self, workspace_id: str, page: Page, parent_id: str | None = None
    ) -> tuple[list[Media], int]:
        """A page of media, or of one media's clips, and how many there are in all."""
        ...

    async def unfinished_media(self) -> list[Media]: ...
    async def waiting_clips(self, parent_id: str) -> list[Media]: ...
    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        """Move a media on; never back. False if it is gone or final."""
        ...

    async def fail(self, media_id: str, failure: Failure) -> bool:
        """False if it is gone or final."""
        ...

    async def set_timeline(self, media_id: str, timeline: Timeline) -> bool:
        """Give a media its timeline, not yet playable. False if it is gone."""
        ...

    async def make_ready(self, media_id: str) -> bool: ...
    async def delete_media(self, workspace_id: str, media_id: str, sweep_at: datetime) -> Media:
        """The row goes, playback is refused from now on, and a sweep of its encodings is due."""
        ...

    async def edit_media(self, workspace_id: str, media_id: str, change: Callable[[Media], Media]) -> Media:
        """Its title, metadata and what a dialect remembers of it. Raises NotFound."""
        ...

    async def playback(self, playback_id: str) -> tuple[Playback, Media] | None: ...
    async def add_playback(self, workspace_id: str, playback: Playback, once: Once | None = None) -> None:
        """Raises NotFound."""
        ...

    async def edit_playback(
        self, workspace_id: str, media_id: str, playback_id: str, change: Callable[[Playback], Playback]
    ) -> Playback:
        """Raises NotFound, or NoSuchPlayback of a media that there is."""
        ...

    async def remove_playback(self, workspace_id: str, media_id: str, playback_id: str) -> None:
        """Raises NotFound, or NoSuchPlayback of a media that there is."""
        ...

    async def add_encoding(self, encoding: Encoding, media_id: str, timeline: Timeline) -> bool:
        """With its media's timeline in one transaction. False if the media is gone."""
        ...

    async def encoding(self, encoding_id: str) -> Encoding | None: ...
    async def filled(self, encoding_id: str) -> frozenset[str]:
        """The renditions of which every segment of the grid has been made."""
        ...

    async def set_filled(self, encoding_id: str, renditions: Collection[str]) -> None: ...
    async def fill_progress(self, encoding_id: str) -> FillProgress | None:
        """None before a fill has begun."""
        ...

    async def set_fill_progress(self, encoding_id: str, progress: FillProgress) -> None: ...
    async def timelines_of(self, encoding_id: str) -> list[Timeline]:
        """Every living timeline that plays something of the encoding, leased ones included."""
        ...

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        """Keep what a timeline plays although no media owns it: a slice of this media's, sliced just now. A sweep is
        due when the lease ends. False if the media is gone."""
        ...

    async def delete_encoding(self, encoding_id: str) -> bool:
        """Delete its row unless a timeline needs it."""
        ...

    async def due_sweeps(self, now: datetime) -> list[Sweep]: ...
    async def finish_sweep(self, sweep: Sweep) -> None: ...


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """A source's facts (see ``engine.rewrap``) and its index; chunks and captions are files in the folder."""

    facts: Mapping[str, Any]
    index: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """What an encoder must know beside the rendition."""

    rate: Fraction
    rotation: int
    color: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """Segments of one mezzanine to make in one pass. ``places`` are those of the grid frames from ``first`` on."""

    mezzanine: str
    picture: Picture
    chunks: Mapping[int, bytes]
    places: Sequence[FramePlace]
    first: int
    at_end: bool
    wanted: Sequence[tuple[Rendition, int, int]]


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """The AAC frames ``[start, end)``; ``chunks`` holds each chunk's first packet and bytes."""

    mezzanine: str
    chunks: Mapping[int, tuple[int, bytes]]
    runs: Sequence[AudioRun]
    rate: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MadeSegment:
    """``rendition`` is empty for sound."""

    rendition: str
    start: int
    end: int
    init: bytes
    data: bytes


class Engine(Protocol):
    """Makes media, in confined processes. Raises MediaErrors."""

    async def rewrap(
        self, source: Path, out: Path, max_seconds: int, progress: Callable[[float], None]
    ) -> Rewrapped: ...
    async def inits(self, mezzanine: str, picture: Picture, renditions: Sequence[Rendition]) -> dict[str, bytes]: ...
    def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        """Segments as they are done; closed early, nothing more is made."""
        ...

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment: ...
    async def check(self, mezzanine: str, segment: MadeSegment, frame_ticks: int, priority: Priority) -> str | None:
        """What is wrong with a video segment, decoded on its own; None if nothing."""
        ...

    async def pixel_rate(self) -> float:
        """Pixels that one process encodes in a second, measured here."""
        ...

    def sound_window(self, start: int, end: int, rate: int) -> tuple[int, int]:
        """The samples of media time that the AAC frames ``[start, end)`` are made of."""
        ...

    def forget(self, mezzanine: str) -> None: ...


JobKind = Literal["import", "clip", "fill"]


class Jobs(Protocol):
    """Durable work: started, it is carried on after a crash until it ends. The same kind and id is one job."""

    async def start(self, kind: JobKind, subject_id: str) -> None: ...
    async def take_over(self) -> None:
        """Carry on what processes that are gone have left."""
        ...


class Outgoing(Protocol):
    """The one way out: guarded against private addresses, capped in size and time."""

    async def fetch(self, url: str, to: Path, max_bytes: int, progress: Callable[[int, int | None], None]) -> None:
        """Fetch into a file, going on where an earlier try of the same URL ended.

        ``progress`` is told the bytes so far and of how many. Raises Unreachable or TooLarge.
        """
        ...


__all__ = [
    "BlobStore",
    "Catalog",
    "Clock",
    "Engine",
    "EventKind",
    "Files",
    "JobKind",
    "Jobs",
    "Keys",
    "MadeSegment",
    "Outgoing",
    "Page",
    "Picture",
    "Priority",
    "Rewrapped",
    "Scope",
    "SoundOrder",
    "Sweep",
    "VideoOrder",
]
