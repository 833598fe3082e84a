"""The FastPix API in the OpenAPI document."""

from __future__ import annotations

from pathlib import Path

from inpoint.dialects.fastpix.queries import (
    AnimationQuery,
    DownloadQuery,
    FitModeQuery,
    PagingQuery,
    PartQuery,
    PlaybackQuery,
    RenditionsQuery,
    SheetQuery,
    StillQuery,
    TokenQuery,
    UploadQuery,
)
from inpoint.dialects.fastpix.requests import (
    FilesWanted,
    MediaEdit,
    NewMedia,
    NewPlaybackId,
    NewRule,
    NewTrack,
    NewUpload,
    SourceWanted,
    TrackEdit,
)
from inpoint.model.warning import WARNING_CODES
from inpoint.web.description import (
    FLAG,
    IDEMPOTENCY,
    MOMENT,
    NUMBER,
    TEXT,
    UUID,
    WHOLE,
    Described,
    Description,
    array,
    header,
    limited,
    nullable,
    obj,
    one_of,
    ref,
)
from inpoint.web.forms import Schema
from inpoint.web.query import Query

_RESOLUTIONS = one_of("2160p", "1440p", "1080p", "720p", "480p", "360p")
_METADATA: Schema = {"type": "object", "maxProperties": 10, "additionalProperties": limited(255)}

_SCHEMAS: dict[str, Schema] = {
    "Failure": obj(
        ("success", "error"),
        success=FLAG,
        error=obj(("code", "message"), code=WHOLE, message=TEXT, description=TEXT),
    ),
    "Invalid": obj(
        ("success", "error"),
        success=FLAG,
        error=obj(
            ("code", "message", "fields"),
            code=WHOLE,
            message=TEXT,
            fields=array(obj(("field", "message"), field=TEXT, message=TEXT)),
        ),
    ),
    "Done": obj(("success",), success=FLAG),
    "Pagination": obj(
        ("totalRecords", "currentOffset", "offsetCount"),
        totalRecords=WHOLE, currentOffset=WHOLE, offsetCount=WHOLE,
    ),
    "Rule": obj(
        ("defaultPolicy", "allow", "deny"), defaultPolicy=one_of("allow", "deny"),
        allow={**array(limited(255)), "maxItems": 100},
        deny={**array(limited(255)), "maxItems": 100},
    ),
    "AccessRestrictions": obj(("domains", "userAgents"), domains=ref("Rule"), userAgents=ref("Rule")),
    "PlaybackId": obj(
        ("id", "accessPolicy", "accessRestrictions"),
        id=UUID, accessPolicy=one_of("public", "private"), accessRestrictions=ref("AccessRestrictions"),
        resolution=nullable(_RESOLUTIONS),
    ),
    "Track": obj(
        ("id", "type"),
        id=UUID, type=one_of("video", "audio", "subtitle"), status=TEXT, width=WHOLE, height=WHOLE, frameRate=TEXT,
        languageCode=TEXT, languageName=TEXT, title=TEXT, url=TEXT, error=obj(("message",), message=TEXT),
    ),
    "File": obj(
        ("type", "status", "ext"),
        type=one_of("capped_4k", "audioOnly"), status=one_of("preparing", "ready", "failed"),
        ext=one_of("mp4", "m4a"), width=WHOLE, height=WHOLE,
    ),
    "Media": obj(
        ("id", "workspaceId", "status", "playbackIds", "tracks", "createdAt", "updatedAt", "maxResolution"),
        id=UUID, workspaceId=UUID, metadata=_METADATA, title=TEXT, creatorId=TEXT, sourceMediaId=UUID,
        mediaQuality=TEXT, maxResolution=TEXT, sourceResolution=TEXT, sourceAccess=FLAG, optimizeAudio=FLAG,
        status=one_of("Created", "Downloading", "Processing", "Ready", "Failed"),
        progress=NUMBER, statusReason=TEXT,
        warnings=array(obj(
            ("code", "message"), code=one_of(*WARNING_CODES), message=TEXT, startTime=NUMBER, endTime=NUMBER
        )),
        error=obj(("code", "message"), code=TEXT, message=TEXT),
        playbackIds=array(ref("PlaybackId")), tracks=array(ref("Track")), mp4Support=array(ref("File")),
        generatedSubtitles=array(obj()), isAudioOnly=FLAG, subtitleAvailable=FLAG, thumbnail=TEXT,
        duration={"anyOf": [NUMBER, TEXT]}, frameRate=TEXT, aspectRatio=TEXT, createdAt=MOMENT, updatedAt=MOMENT,
    ),
    "Created": obj(
        ("id", "trial", "status", "createdAt", "updatedAt", "playbackIds", "inputs"),
        id=UUID, trial=FLAG, status=TEXT, createdAt=MOMENT, updatedAt=MOMENT, playbackIds=array(ref("PlaybackId")),
        metadata=_METADATA, mediaQuality=TEXT, sourceAccess=FLAG, maxResolution=TEXT, inputs=array(obj()),
        optimizeAudio=FLAG, title=TEXT, creatorId=TEXT, sourceMediaId=UUID,
    ),
    "Upload": obj(
        ("uploadId", "trial", "status", "url", "timeout", "corsOrigin"),
        uploadId=UUID, trial=FLAG, status=TEXT, url=TEXT, timeout=WHOLE, corsOrigin=TEXT, pushMediaSettings=obj(),
        maxResolution=TEXT, accessPolicy=TEXT, metadata=_METADATA, createdAt=MOMENT,
    ),
    "SigningKey": obj(("id", "createdAt"), id=UUID, createdAt=MOMENT, privateKey=TEXT),
    "PublicKey": obj(
        ("workspaceId", "signingKeyId", "publicKey"), workspaceId=UUID, signingKeyId=UUID, publicKey=TEXT
    ),
    "InputInfo": obj(
        ("configuration", "file"),
        configuration=obj(url=nullable(TEXT)), file=obj(containerFormat=TEXT, tracks=array(ref("Track"))),
    ),
}  # fmt: skip


def _data(schema: Schema) -> Schema:
    return obj(("success", "data"), success=FLAG, data=schema)


def _page(name: str) -> Schema:
    return obj(("success", "data", "pagination"), success=FLAG, data=array(ref(name)), pagination=ref("Pagination"))


_M = "/v1/on-demand/{media_id}"
_WATCHED = (400, 401, 403, 422, 429)
_OPEN_FILE = (400, 401, 403, 422)
#: A first part of a path that is no playback's id is nobody's.
_GONE: dict[int, Schema] = {404: {"anyOf": [ref("Failure"), obj(("error",), error=TEXT)]}}


def _media(status: int = 200) -> dict[int, Schema]:
    return {status: _data(ref("Media"))}


def _watch(media_type: str, *more: type[Query]) -> Described:
    replies: dict[int, Schema | str | None] = {200: media_type, 304: None, **_GONE}
    return Described(replies, query=(TokenQuery, *more), refusals=_WATCHED, open=True)


def _file(media_type: str) -> Described:
    return Described(
        {200: media_type, 206: media_type, 304: None, 416: None, **_GONE},
        query=(TokenQuery, DownloadQuery), refusals=_OPEN_FILE, open=True,
    )  # fmt: skip


_SHEET_JSON = Described(
    {200: obj(("url", "duration"), url=TEXT, duration=NUMBER), **_GONE},
    query=(TokenQuery,),
    refusals=_WATCHED,
    open=True,
)

_OPERATIONS: dict[tuple[str, str], Described] = {
    ("post", "/v1/on-demand"): Described(
        {201: _data(ref("Created"))}, body=NewMedia, refusals=(400, 404, 422), headers=(IDEMPOTENCY,)
    ),
    ("get", "/v1/on-demand"): Described({200: _page("Media")}, query=(PagingQuery,), refusals=(422,)),
    ("get", _M): Described(_media(), refusals=(404, 422)),
    ("patch", _M): Described(_media(), body=MediaEdit, refusals=(400, 404, 422)),
    ("delete", _M): Described({200: ref("Done")}, refusals=(404, 422)),
    ("get", f"{_M}/media-clips"): Described({200: _page("Media")}, query=(PagingQuery,), refusals=(404, 422)),
    ("get", f"{_M}/clips"): Described({200: _page("Media")}, query=(PagingQuery,), refusals=(404, 422)),
    ("get", f"{_M}/input-info"): Described({200: _data(ref("InputInfo"))}, refusals=(404, 422)),
    ("patch", f"{_M}/update-mp4Support"): Described(
        _media(), body=FilesWanted, refusals=(400, 404, 422)
    ),
    ("patch", f"{_M}/source-access"): Described(
        _media(), body=SourceWanted, refusals=(400, 404, 422)
    ),
    ("post", f"{_M}/playback-ids"): Described(
        {201: _data(ref("PlaybackId"))}, body=NewPlaybackId, refusals=(400, 404, 422), headers=(IDEMPOTENCY,)
    ),
    ("get", f"{_M}/playback-ids"): Described({200: _data(array(ref("PlaybackId")))}, refusals=(404, 422)),
    ("delete", f"{_M}/playback-ids"): Described(
        {200: ref("Done")}, query=(PlaybackQuery,), refusals=(404, 422)
    ),
    ("get", f"{_M}/playback-ids/{{playback_id}}"): Described({200: _data(ref("PlaybackId"))}, refusals=(404, 422)),
    ("patch", f"{_M}/playback-ids/{{playback_id}}/domains"): Described(
        {200: _data(ref("Rule"))}, body=NewRule, refusals=(400, 404, 422)
    ),
    ("patch", f"{_M}/playback-ids/{{playback_id}}/user-agents"): Described(
        {200: _data(ref("Rule"))}, body=NewRule, refusals=(400, 404, 422)
    ),
    ("post", f"{_M}/tracks"): Described(
        {201: _data(ref("Track"))}, body=NewTrack, refusals=(400, 404, 422), headers=(IDEMPOTENCY,)
    ),
    ("patch", f"{_M}/tracks/{{track_id}}"): Described(
        {200: _data(ref("Track"))}, body=TrackEdit, refusals=(400, 404, 422)
    ),
    ("delete", f"{_M}/tracks/{{track_id}}"): Described({200: ref("Done")}, refusals=(400, 404, 422)),
    ("post", f"{_M}/tracks/{{track_id}}/generate-subtitles"): Described({}, refusals=(400, 404, 422)),
    ("post", "/v1/on-demand/upload"): Described(
        {201: _data(ref("Upload"))}, body=NewUpload, refusals=(400, 422), headers=(IDEMPOTENCY,)
    ),
    ("get", "/v1/on-demand/uploads"): Described({200: _page("Upload")}, query=(PagingQuery,), refusals=(422,)),
    ("put", "/v1/on-demand/upload/{upload_id}/cancel"): Described(
        {200: _data(ref("Upload"))}, refusals=(400, 404, 422)
    ),
    ("post", "/v1/uploads/{upload_id}"): Described(
        {201: None}, query=(UploadQuery,), refusals=(400, 403, 404), open=True
    ),
    ("put", "/v1/uploads/{upload_id}"): Described(
        {200: _data(obj(uploadId=UUID, status=TEXT)), 308: None},
        body="application/octet-stream", query=(UploadQuery,), refusals=(400, 403, 404, 413), open=True,
        headers=(header("Content-Range", TEXT, "Of a part: bytes FIRST-LAST/TOTAL; bytes */TOTAL asks what came"),),
    ),
    ("post", "/v1/iam/signing-keys"): Described(
        {201: _data(ref("SigningKey"))}, refusals=(422,), headers=(IDEMPOTENCY,)
    ),
    ("get", "/v1/iam/signing-keys"): Described({200: _page("SigningKey")}, query=(PagingQuery,), refusals=(422,)),
    ("get", "/v1/iam/signing-keys/{key_id}"): Described({200: _data(ref("PublicKey"))}, refusals=(404, 422)),
    ("delete", "/v1/iam/signing-keys/{key_id}"): Described(
        {200: _data(obj(message=TEXT))}, refusals=(404, 422)
    ),
    ("get", "/v1/on-demand/{stream_id}/live-clips"): Described(
        {200: _page("Media")}, query=(PagingQuery,), refusals=(422,)
    ),
    ("get", "/v1/on-demand/drm-configurations"): Described({}, refusals=(400,)),
    ("get", "/v1/on-demand/drm-configurations/{configuration_id}"): Described({}, refusals=(404, 422)),
    **{("get", f"/{{playback_id}}/thumbnail.{suffix}"): _watch(media_type, StillQuery, FitModeQuery, PartQuery)
       for suffix, media_type in (("png", "image/png"), ("jpg", "image/jpeg"), ("webp", "image/webp"))},
    **{("get", f"/{{playback_id}}/clip.{suffix}"): _watch(f"image/{suffix}", AnimationQuery, FitModeQuery)
       for suffix in ("gif", "webp")},
    ("get", "/{playback_id}/spritesheet.json"): _SHEET_JSON,
    ("get", "/{playback_id}/spritesheet.jpg"): _watch("image/jpeg"),
    ("get", "/{playback_id}/advanced-spritesheet.json"): _SHEET_JSON,
    ("get", "/{playback_id}/advanced-spritesheet.jpg"): _watch("image/jpeg", SheetQuery),
    ("get", "/{playback_id}.m3u8"): _watch("application/vnd.apple.mpegurl", RenditionsQuery, PartQuery),
    ("get", "/{playback_id}.mpd"): _watch("application/dash+xml", RenditionsQuery, PartQuery),
    ("get", "/{playback_id}/capped-4k.mp4"): _file("video/mp4"),
    ("get", "/{playback_id}/source.mkv"): _file("video/x-matroska"),
    ("get", "/{playback_id}/audio.m4a"): _file("audio/mp4"),
    ("get", "/{playback_id}/{path}"): Described(
        {200: "*/*", 206: "*/*", 304: None, 416: None, **_GONE},
        query=(TokenQuery, PartQuery), refusals=(*_WATCHED, 503), open=True,
    ),
}  # fmt: skip

_NOT_OFFERED: dict[tuple[str, str], Described] = {
    **{(method, f"/v1/on-demand/{{media_id}}/{name}"): Described({}, refusals=(400, 404, 422)) for method, name in (
        ("get", "summary"), ("patch", "summary"), ("patch", "chapters"), ("patch", "named-entities"),
        ("patch", "moderation"),
    )},
    **{(method, f"/v1/on-demand/playlists{path}"): Described({}, refusals=(400,)) for method, path in (
        ("get", ""), ("post", ""), ("get", "/{playlist_id}"), ("put", "/{playlist_id}"),
        ("delete", "/{playlist_id}"), ("patch", "/{playlist_id}/media"), ("put", "/{playlist_id}/media"),
        ("delete", "/{playlist_id}/media"),
    )},
    **{(method, "/v1/live/{path}"): Described({}, refusals=(400,)) for method in (
        "get", "post", "put", "patch", "delete",
    )},
}  # fmt: skip

DESCRIPTION = Description(
    "FastPix",
    ref("Failure"),
    ref("Invalid"),
    _OPERATIONS | _NOT_OFFERED,
    _SCHEMAS,
    {
        "media_id": "The media's id",
        "playback_id": "The playback's id",
        "track_id": "The track's id",
        "upload_id": "The upload's id, which is its media's",
        "key_id": "The signing key's id",
        "configuration_id": "There is none",
        "playlist_id": "There is none",
        "stream_id": "There is none",
        "path": "As the manifests name it",
    },
    dict.fromkeys(("media_id", "playback_id", "track_id", "upload_id", "key_id", "configuration_id"), UUID),
    examples=Path(__file__).with_name("examples.json"),
)
