"""The page that plays a video: alone, or in a frame of another page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import FileResponse, HTMLResponse, Response

from inpoint.errors import NoSuchAddress

_PLAYER = Path(__file__).parent / "player"
_SCRIPTS = ("hls.min.js", "media-chrome.js", "player.js")
_POLICY = "script-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Look:
    """How a page plays: ``start`` in seconds, ``track`` the language of the captions that are shown from the
    beginning, colours in CSS."""

    autoplay: bool = False
    muted: bool = False
    loop: bool = False
    controls: bool = True
    preload: str = "auto"
    poster: str = ""
    color: str = ""
    letterbox: str = ""
    start: float = 0
    track: str = ""


class PlayerPages:
    """The page with a player in it, for people and for frames on other sites."""

    def __init__(self) -> None:
        self._template = Template((_PLAYER / "player.html").read_text())

    def script(self, name: str) -> Response:
        """A script of the page. Raises NoSuchAddress."""
        if name not in _SCRIPTS:
            raise NoSuchAddress
        headers = {"Cache-Control": "public, max-age=3600"}
        return FileResponse(_PLAYER / name, media_type="text/javascript", headers=headers)

    def player(
        self, manifest: str, title: str, video: str, look: Look = Look(), framed_by: Sequence[str] | None = None
    ) -> Response:
        """``manifest`` is an address; ``video`` names what is played; ``framed_by`` the sites that may show the page
        in a frame, None for all."""
        facts = json.dumps(asdict(look) | {"manifest": manifest}).replace("<", "\\u003c")
        page = self._template.substitute(
            title=escape(title, quote=True), video=escape(video, quote=True), facts=facts
        )
        policy = _POLICY if framed_by is None else f"{_POLICY}; frame-ancestors {' '.join(framed_by)}"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-store"}
        return HTMLResponse(page, headers=headers)

    def refusal(self, status: int, message: str) -> Response:
        """Why there is nothing to play, for a person."""
        told = escape(message)
        style = "background:#111;color:#eee;font:16px/1.5 system-ui;display:grid;place-content:center;min-height:90vh"
        head = f'<meta charset="utf-8"><title>{told}</title><link rel="icon" href="data:,">'
        body = f'<body style="{style}"><p role="alert">{told}</p></body>'
        return HTMLResponse(f'<!doctype html><html lang="en"><head>{head}</head>{body}</html>', status)
