"""What can go wrong, and who is to blame. No HTTP here: ``web.failures`` holds the one table of statuses.

    InpointError
    ├── Invalid            the request is malformed: names the field
    │   └── EmptyRange     a range that holds no frame
    ├── Refused            understood, but not possible (a source that failed, a thing not offered)
    │   └── MixedTimelines, Malformed, MediaFailed, AlreadyUsed, UploadExpired, WrongOffset, WrongChecksum
    ├── NotFound           no such thing, or not this workspace's
    │   └── NoSuchAddress, NoSuchPlayback, NoSuchKey, NoSuchUpload, NoSuchTrack, NoSuchWebhook,
    │       NoSuchDelivery, NoSuchWatermark, NoSuchToken
    ├── Repeated           a creation that was asked for before: carries its reply
    ├── NotReady           it exists and will be ready
    ├── Unauthorized       no credential, or a wrong one
    │   └── TokenNeeded, SignedOut
    ├── Forbidden          a credential or viewing without the right
    ├── LaterRelease       stored by a program that knows more than this one
    ├── Busy               a segment is late: try again
    ├── TooMany            limits reached: try again later
    ├── ServerUnreachable  the command line found no server
    └── MediaError         the source's fault, or its making's; ``code`` is stored with the media
        ├── Unreachable, TooLarge, TooLong, Unsupported, Damaged
        └── EngineFailed   a making process died or stalled: retryable

The docstring of a class is its public sentence unless an instance brings its own.
"""

from __future__ import annotations

import inspect


class InpointError(Exception):
    """Something went wrong."""

    code = "error"
    retryable = False

    def __init__(self, message: str | None = None, *, detail: str = "") -> None:
        self.message = message or inspect.getdoc(type(self)) or ""
        #: Whether the message is the class's own sentence: a dialect may have its own words for that.
        self.is_usual = not message
        #: For the log only: never shown to a client.
        self.detail = detail
        super().__init__(self.message)


class Invalid(InpointError):
    """The request is not valid."""

    code = "invalid"

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class EmptyRange(Invalid):
    """The range holds no frame."""

    def __init__(self, field: str = "end") -> None:
        super().__init__(field, "the range holds no frame: the end must lie after the start, within the video")


class Refused(InpointError):
    """This can't be done."""

    code = "refused"


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


class NotFound(InpointError):
    """There is no such thing."""

    code = "not_found"


class NoSuchAddress(NotFound):
    """There is no such address."""


class NoSuchPlayback(NotFound):
    """The media has no such playback."""


class NoSuchKey(NotFound):
    """There is no such signing key."""


class NoSuchToken(NotFound):
    """There is no such access token."""


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

    code = "repeated"

    def __init__(self, reply: str) -> None:
        self.reply = reply
        super().__init__()


class NotReady(InpointError):
    """The media is not ready yet."""

    code = "not_ready"
    retryable = True


class Unauthorized(InpointError):
    """No valid credential was given."""

    code = "unauthorized"


class TokenNeeded(Unauthorized):
    """This playback is private: a signed token is needed."""


class SignedOut(Unauthorized):
    """You are signed out: sign in again."""

    code = "signed_out"


class Forbidden(InpointError):
    """The credential does not allow this."""

    code = "forbidden"


class LaterRelease(InpointError):
    """This was made by a later release of Inpoint: run that one."""

    code = "later_release"


class Busy(InpointError):
    """The server is busy; try again shortly."""

    code = "busy"
    retryable = True

    def __init__(self, message: str | None = None, *, retry_after: int = 1) -> None:
        #: Seconds.
        self.retry_after = retry_after
        super().__init__(message)


class TooMany(InpointError):
    """Too much was asked for in a short time; try again later."""

    code = "too_many"

    def __init__(self, *, retry_after: int) -> None:
        #: Seconds.
        self.retry_after = retry_after
        super().__init__()


class ServerUnreachable(InpointError):
    """No Inpoint server answers there. Start one with `inpoint serve`, or name its address with --server."""

    code = "server_unreachable"


class MediaError(InpointError):
    """The media could not be made."""

    code = "failed"


class Unreachable(MediaError):
    """The source could not be fetched."""

    code = "unreachable"


class TooLarge(MediaError):
    """The source is larger than this server accepts (INPOINT_MAX_BYTES)."""

    code = "too_large"


class TooLong(MediaError):
    """The source is longer than this server accepts (INPOINT_MAX_SECONDS)."""

    code = "too_long"


class Unsupported(MediaError):
    """The source is not a video that this server can read."""

    code = "unsupported"


class Damaged(MediaError):
    """The source is damaged."""

    code = "damaged"


class EngineFailed(MediaError):
    """The process that was making this stopped unexpectedly."""

    code = "engine_failed"
    retryable = True
