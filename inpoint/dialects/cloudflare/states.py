"""A media's states in Cloudflare Stream's words. Pure."""

from __future__ import annotations

from inpoint.model.media import Media


def state_of(media: Media) -> str:
    """As ``status.state`` says it."""
    if media.status == "waiting":
        return "downloading" if media.source_url else "queued"
    return {
        "pending": "pendingupload",
        "fetching": "downloading",
        "indexing": "inprogress",
        "ready": "ready",
        "failed": "error",
    }[media.status]
