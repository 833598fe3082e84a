"""What can go wrong, and who is to blame. No HTTP here: ``web.failures`` holds the one table of statuses.

    InpointError
    ├── Invalid            the request is malformed: names the field
    │   └── EmptyRange     a range that holds no frame
    ├── Refused            understood, but not possible: raised as what follows, never as itself
    │   └── MethodNotAllowed, NotOffered, ChosenAtImport, AlreadySo, Malformed, NotJson, BodyTooLarge,
    │       WrongForm, WrongRange, WrongLength, WrongOffset, WrongChecksum, EmptyUpload, AlreadyUsed, UploadExpired,
    │       SourceUnclippable, SourceNotReady, MediaFailed, NothingToAddTo, ManyParts, MixedTimelines, NoSound,
    │       TrackExists, TrackUnready, TrackUnreadable, PictureStays, SoundLeads, SoundStays, NotLocal
    ├── NotFound           no such thing, or not this workspace's
    │   └── NoSuchAddress, NoSuchPlayback, NoSuchKey, NoSuchUpload, NoSuchTrack, NoSuchWebhook,
    │       NoSuchDelivery, NoSuchWatermark, NoSuchToken, NoSuchWorkspace
    ├── Repeated           a creation that was asked for before: carries its reply
    ├── NotReady           it exists and will be ready
    ├── Unauthorized       no credential, or a wrong one
    │   └── TokenNeeded, SignedOut
    ├── Forbidden          a credential or viewing without the right
    ├── LaterRelease       stored by a program that knows more than this one
    ├── Busy               a segment is late: try again
    ├── TooMany            limits reached: try again later
    ├── Crashed            a fault of ours: the log has it
    ├── ServerUnreachable, ServerRefused   what the command line meets
    └── MediaError         the source's fault, or its making's; ``code`` is stored with the media
        ├── Unreachable, TooLarge, TooLong, Unsupported, Damaged
        └── EngineFailed, EdgeFailed, SourceFailed, Unexpected   ours: a process died, a check failed, …

The docstring of a class is its public sentence unless an instance brings its own.
"""

from __future__ import annotations

import inspect
import re


class InpointError(Exception):
    """Something went wrong."""

    #: A class's name in small letters, unless it says another: no two have the same.
    code = "error"
    retryable = False

    def __init_subclass__(cls, code: str | None = None) -> None:
        cls.code = code or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str | None = None, *, detail: str = "") -> None:
        self.message = message or inspect.getdoc(type(self)) or ""
        #: Whether the message is the class's own sentence: a dialect may have its own words for that.
        self.is_usual = not message
        #: For the log only: never shown to a client.
        self.detail = detail
        super().__init__(self.message)


class Invalid(InpointError):
    """The request is not valid."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class EmptyRange(Invalid):
    """The range holds no frame."""

    def __init__(self, field: str = "end") -> None:
        super().__init__(field, "the range holds no frame: the end must lie after the start, within the video")


class Refused(InpointError):
    """This can't be done."""


class MethodNotAllowed(Refused):
    """This method is not allowed here."""


class NotOffered(Refused):
    """This server does not offer that."""


class ChosenAtImport(Refused):
    """That is chosen at import: a clip has its source's."""


class AlreadySo(Refused):
    """It is so already."""


class WrongForm(Refused):
    """The request's form is not valid."""


class WrongRange(Refused):
    """The request's range of bytes is not valid."""


class WrongLength(Refused):
    """More or fewer bytes came than were said."""


class BodyTooLarge(Refused):
    """The request body is too large."""


class NotJson(Refused):
    """The body must be sent as application/json."""


class EmptyUpload(Refused):
    """The upload is empty."""


class SourceUnclippable(Refused):
    """The source media failed, so it can't be clipped."""


class SourceNotReady(Refused):
    """The source media is not ready."""


class NothingToAddTo(Refused):
    """The media failed, so nothing can be made of it or added to it."""


class ManyParts(Refused):
    """The media is made of several parts."""


class NoSound(Refused):
    """The media has no sound."""


class TrackExists(Refused):
    """The media has such a track already."""


class TrackUnready(Refused):
    """The track is not ready yet."""


class TrackUnreadable(Refused):
    """The captions could not be added."""


class PictureStays(Refused):
    """A media's picture can't be deleted."""


class SoundLeads(Refused):
    """The default soundtrack stays until another one is the default."""


class SoundStays(Refused):
    """What is sound alone keeps its last soundtrack."""


class NotLocal(Refused):
    """Source access needs chunks that are kept as local files."""


class MixedTimelines(Refused):
    """Timelines of different rates or lanes can't be joined as they are."""


class Malformed(Refused):
    """The request body is not valid JSON."""


class MediaFailed(Refused):
    """The media failed and will not be ready."""


class AlreadyUsed(Refused):
    """The upload has been used or cancelled already."""


class UploadExpired(Refused):
    """The upload's time is over."""


class WrongOffset(Refused):
    """The part does not begin where the upload has come to."""


class WrongChecksum(Refused):
    """The part's bytes are not those that its checksum tells of."""


class Crashed(InpointError):
    """Something went wrong here; it has been logged."""


class NotFound(InpointError):
    """There is no such thing."""


class NoSuchAddress(NotFound):
    """There is no such address."""


class NoSuchPlayback(NotFound):
    """The media has no such playback."""


class NoSuchKey(NotFound):
    """There is no such signing key."""


class NoSuchToken(NotFound):
    """There is no such access token."""


class NoSuchWorkspace(NotFound):
    """There is no such workspace."""


class NoSuchUpload(NotFound):
    """There is no such upload."""


class NoSuchTrack(NotFound):
    """The media has no such track."""


class NoSuchWatermark(NotFound):
    """There is no such watermark."""


class NoSuchWebhook(NotFound):
    """There is no such webhook."""


class NoSuchDelivery(NotFound):
    """The webhook has no such delivery."""


class Repeated(InpointError):
    """This was asked for before."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        super().__init__()


class NotReady(InpointError):
    """The media is not ready yet."""

    retryable = True


class Unauthorized(InpointError):
    """No valid credential was given."""


class TokenNeeded(Unauthorized):
    """This playback is private: a signed token is needed."""


class SignedOut(Unauthorized):
    """You are signed out: sign in again."""


class Forbidden(InpointError):
    """The credential does not allow this."""


class LaterRelease(InpointError):
    """This was made by a later release of Inpoint: run that one."""


class Busy(InpointError):
    """The server is busy; try again shortly."""

    retryable = True

    def __init__(self, message: str | None = None, *, retry_after: int = 1) -> None:
        #: Seconds.
        self.retry_after = retry_after
        super().__init__(message)


class TooMany(InpointError):
    """Too much was asked for in a short time; try again later."""

    def __init__(self, *, retry_after: int) -> None:
        #: Seconds.
        self.retry_after = retry_after
        super().__init__()


class ServerUnreachable(InpointError):
    """No Inpoint server answers there. Start one with `inpoint serve`, or name its address with --server."""


class ServerRefused(InpointError):
    """The Inpoint server refused what the command line asked for."""


class MediaError(InpointError, code="failed"):
    """The media could not be made."""


class Unreachable(MediaError):
    """The source could not be fetched."""


class TooLarge(MediaError):
    """The source is larger than this server accepts (INPOINT_MAX_BYTES)."""


class TooLong(MediaError):
    """The source is longer than this server accepts (INPOINT_MAX_SECONDS)."""


class Unsupported(MediaError):
    """The source is not a video that this server can read."""


class Damaged(MediaError):
    """The source is damaged."""


class NoPicture(Damaged):
    """No picture can be decoded here."""


class EngineFailed(MediaError):
    """The process that was making this stopped unexpectedly."""

    retryable = True


class EdgeFailed(MediaError):
    """A clip's edge could not be made."""


class SourceFailed(MediaError):
    """The media that this was to be made of failed or was deleted."""


class Unexpected(MediaError):
    """Something unexpected went wrong here; the server's log has the details."""

    retryable = True
