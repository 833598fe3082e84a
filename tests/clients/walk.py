"""A generated client imports, clips, lists and deletes, in the words of each dialect: run by the interpreter that has
the generator's libraries. ``walk.py FOLDER ADDRESS TOKEN_ID TOKEN_SECRET ACCOUNT SOURCE_URL SOURCE_FILE``."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER, ADDRESS, TOKEN_ID, TOKEN_SECRET, ACCOUNT, SOURCE_URL, SOURCE_FILE = sys.argv[1:]
sys.path.insert(0, FOLDER)
made: Any = importlib.import_module("made")
models: Any = importlib.import_module("made.models")
basic = made.Client(ADDRESS, httpx_args={"auth": (TOKEN_ID, TOKEN_SECRET)}, raise_on_unexpected_status=True)
bearer = made.AuthenticatedClient(ADDRESS, TOKEN_SECRET, raise_on_unexpected_status=True)


def call(tag: str, name: str, client: Any, *ids: Any, **told: Any) -> Any:
    return importlib.import_module(f"made.api.{tag}.{name}").sync(*ids, client=client, **told)


def until(look: Callable[[], tuple[str, Any]], ready: str) -> Any:
    deadline = time.monotonic() + 60
    while (shown := look()[0]) != ready:
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)
    return look()[1]


Walked = tuple[bool, Any, list[bool]]


def fastpix() -> Walked:
    def create(url: str, **times: float) -> Any:
        wanted = {"inputs": [{"type": "video", "url": url, **times}], "accessPolicy": "public"}
        body = models.FastPixNewMedia.from_dict(wanted)
        return call("fast_pix", "fastpix_create_media", basic, body=body).data.id

    def look(media_id: Any) -> tuple[str, Any]:
        shown = call("fast_pix", "fastpix_get_media", basic, media_id).data
        return shown.status, shown.duration

    source = create(SOURCE_URL)
    until(lambda: look(source), "Ready")
    clip = create(f"fp_mediaId://{source}", startTime=1.0, endTime=2.5)
    duration = until(lambda: look(clip), "Ready")
    listed = [str(one.id) for one in call("fast_pix", "fastpix_list_media", basic, limit=50).data]
    gone = [call("fast_pix", "fastpix_delete_media", basic, one).success for one in (clip, source)]
    return str(source) in listed and str(clip) in listed, duration, gone


def stream() -> Walked:
    def look(uid: str) -> tuple[str, Any]:
        shown = call("cloudflare_stream", "stream_get_video", bearer, ACCOUNT, uid).result
        return shown.status.state, shown.duration

    body = models.StreamNewCopy.from_dict({"input": SOURCE_URL})
    source = call("cloudflare_stream", "stream_copy", bearer, ACCOUNT, body=body).result.uid
    until(lambda: look(source), "ready")
    wanted = {"clippedFromVideoUID": source, "startTimeSeconds": 1, "endTimeSeconds": 2.5}
    body = models.StreamNewClip.from_dict(wanted)
    clip = call("cloudflare_stream", "stream_clip", bearer, ACCOUNT, body=body).result.uid
    duration = until(lambda: look(clip), "ready")
    listed = [one.uid for one in call("cloudflare_stream", "stream_list_videos", bearer, ACCOUNT).result]
    gone = [
        call("cloudflare_stream", "stream_delete_video", bearer, ACCOUNT, one) is not None for one in (clip, source)
    ]
    return source in listed and clip in listed, duration, gone


def inpoint() -> Walked:
    def look(media_id: Any) -> tuple[str, Any]:
        shown = call("inpoint", "inpoint_get_media", basic, media_id)
        return shown.status, shown.duration

    with Path(SOURCE_FILE).open("rb") as payload:
        file = importlib.import_module("made.types").File(payload=payload)
        source = call("inpoint", "inpoint_send_media", basic, body=file, title="generated").id
    until(lambda: look(source), "ready")
    body = models.InpointWantedClip.from_dict({"start": 1, "end": "2.5"})
    clip = call("inpoint", "inpoint_create_clip", basic, source, body=body, idempotency_key="walk").id
    duration = until(lambda: look(clip), "ready")
    listed = [one.id for one in call("inpoint", "inpoint_list_media", basic).media]
    gone = [call("inpoint", "inpoint_delete_media", basic, one).deleted == one for one in (clip, source)]
    return source in listed and clip in listed, duration, gone


print(json.dumps({walk.__name__: walk() for walk in (fastpix, stream, inpoint)}))
