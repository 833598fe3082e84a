"""What every dialect is given: the desk, the answers to viewings, and the server's own means. A dialect is a function
from it to a ``Dialect``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inpoint.delivery.answers import Answers
from inpoint.delivery.captions import CaptionFiles
from inpoint.delivery.files import FileAnswers
from inpoint.delivery.images import ImageAnswers
from inpoint.delivery.pages import PlayerPages
from inpoint.desk.desk import Desk
from inpoint.web.client import Clients
from inpoint.web.countries import Countries
from inpoint.web.sealing import Sealing
from inpoint.web.webhooks import Telling


@dataclass(frozen=True, slots=True)
class House:
    """``base_url`` is what every address in a reply begins with, ``stream_base`` those of playback, ``images_base``
    those of pictures, where they differ. ``tellings`` are the words of all dialects that webhooks may be told in, by
    name: complete when the first request comes."""

    desk: Desk
    answers: Answers
    images: ImageAnswers
    files: FileAnswers
    captions: CaptionFiles
    pages: PlayerPages
    clients: Clients
    countries: Countries
    sealing: Sealing
    base_url: str
    stream_base: str
    images_base: str
    tellings: Mapping[str, Telling]
