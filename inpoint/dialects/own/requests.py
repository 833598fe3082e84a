"""What requests of our own API may say: a form each."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from inpoint.model.playback import Policy
from inpoint.model.workspace import Scope
from inpoint.web.forms import Fault, Form, May, Several, is_http, one_of, text, whole

_MOST_RANGES = 100
_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,9}(?:\.\d{1,15})?)", re.ASCII)
_SHORTEST, _LONGEST = 60, 365 * 86_400  # seconds


def _time(value: Any) -> Fraction:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('must be seconds or a clock time such as "1:15.2"')
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds)


def _address(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 2048 or not value.isprintable() or not is_http(value):
        raise ValueError("must be an http or https URL")
    return value


Time = Annotated[Fraction, May(_time, {"anyOf": [{"type": "number"}, {"type": "string", "examples": ["1:15.2"]}]})]
Said = Annotated[str | None, text(1 << 16, least=1)]


class WantedRange(Form):
    """A stretch of a video: seconds, or clock times."""

    start: Time
    end: Time


class WantedClip(Form):
    """A clip from ``start`` to ``end``, or of several stretches, joined in their order."""

    start: Time | None = None
    end: Time | None = None
    ranges: Annotated[tuple[WantedRange, ...], Several(_MOST_RANGES, "ranges", least=1)] = ()
    policy: Annotated[Policy, one_of("public", "signed")] = "public"
    title: Annotated[str | None, text()] = None

    def require(self) -> None:
        """It is one or the other."""
        if self.ranges and (self.start is not None or self.end is not None):
            raise Fault("ranges", "stand in place of start and end")


class NewLink(Form):
    """Addresses that open a private playback for some seconds."""

    playback: Annotated[str, text(least=1)]
    expires_in: Annotated[int, whole(_SHORTEST, _LONGEST)] = 86_400


class NewAccessToken(Form):
    """A token that may read, or write too; an email may stand for its id."""

    scope: Annotated[Scope, one_of("write", "read")] = "write"
    email: Annotated[str | None, text()] = None


class NewSession(Form):
    """What a browser signs in with: a token's id and secret, or a link."""

    id: Said = None
    secret: Said = None
    link: Said = None

    def require(self) -> None:
        """It is one or the other."""
        for name, value in (("id", self.id), ("secret", self.secret)):
            if value is None and self.link is None:
                raise Fault(name, "is required")


class NewHook(Form):
    """An address to tell what happens, in the words of a dialect."""

    url: Annotated[str, May(_address, {"type": "string", "maxLength": 2048})]
    dialect: Annotated[str | None, text()] = None
