"""The Cloudflare Stream API in the OpenAPI document."""

from __future__ import annotations

from pathlib import Path

from inpoint.dialects.cloudflare.api import STREAM, VIDEO
from inpoint.dialects.cloudflare.queries import (
    CreatorQuery,
    FilenameQuery,
    FitQuery,
    GifQuery,
    HintQuery,
    InstantQuery,
    ListQuery,
    PlayerQuery,
    SignatureQuery,
    TimeQuery,
    TusQuery,
)
from inpoint.dialects.cloudflare.requests import (
    AudioCopy,
    AudioEdit,
    NewClip,
    NewCopy,
    NewDirectUpload,
    NewToken,
    NewWatermark,
    NewWebhook,
    VideoEdit,
)
from inpoint.model.warning import WARNING_CODES
from inpoint.web.description import (
    FLAG,
    IDEMPOTENCY,
    MOMENT,
    NUMBER,
    TEXT,
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

_UID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_PART: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_BINARY: Schema = {"type": "string", "format": "binary"}
_STATE = one_of("pendingupload", "downloading", "queued", "inprogress", "ready", "error", "live-inprogress")
_POSITION = one_of("upperRight", "upperLeft", "lowerLeft", "lowerRight", "center")
_DETAILS = obj(
    title=nullable(TEXT), share_link=nullable(TEXT), channel_link=nullable(TEXT), logo=nullable(TEXT), media_id=WHOLE
)
_SCHEMAS: dict[str, Schema] = {
    "Failure": obj(
        ("result", "success", "errors", "messages"),
        result={"type": "null"}, success=FLAG, messages=array({}),
        errors=array(obj(
            ("code", "message"),
            code={"type": "integer", "minimum": 1000}, message=TEXT, source=obj(pointer=TEXT), error_chain=array({}),
        )),
    ),
    "VideoStatus": obj(
        ("state", "errorReasonCode", "errorReasonText"),
        state=_STATE, step=one_of("encoding", "manifest"), pctComplete=TEXT, errorReasonCode=TEXT,
        errorReasonText=TEXT, warnings=array(obj(("code", "message"), code=one_of(*WARNING_CODES), message=TEXT)),
    ),
    "Watermark": obj(
        ("uid", "position", "opacity", "padding", "scale", "size", "width", "height", "created"),
        uid=_UID, name=TEXT, opacity=_PART, padding=_PART, scale=_PART, position=_POSITION, size=WHOLE, width=WHOLE,
        height=WHOLE, created=MOMENT, downloadedFrom=nullable(TEXT),
    ),
    "Video": obj(
        ("uid", "status", "created", "modified", "playback", "meta", "clippedFrom"),
        uid=_UID, creator=nullable(TEXT), thumbnail=TEXT, thumbnailTimestampPct=_PART, readyToStream=FLAG,
        readyToStreamAt=nullable(MOMENT), status=ref("VideoStatus"), meta={"type": "object"}, created=MOMENT,
        modified=MOMENT, scheduledDeletion=nullable(MOMENT), size=WHOLE, preview=TEXT, allowedOrigins=array(TEXT),
        requireSignedURLs=FLAG, uploaded=nullable(MOMENT), uploadExpiry=nullable(MOMENT),
        maxSizeBytes=nullable(WHOLE),
        maxDurationSeconds=nullable(WHOLE), duration=NUMBER, input=obj(width=WHOLE, height=WHOLE),
        playback=obj(hls=TEXT, dash=TEXT), watermark=nullable(ref("Watermark")), clippedFrom=nullable(_UID),
        publicDetails=nullable(_DETAILS), clippedFromVideoUID=_UID, startTimeSeconds=NUMBER, endTimeSeconds=NUMBER,
    ),
    "Key": obj(("id", "created"), id=_UID, key_id=_UID, created=MOMENT, pem=TEXT, jwk=TEXT),
    "Captions": obj(
        ("language", "label", "generated", "status"),
        language=TEXT, label=TEXT, generated=FLAG, status=one_of("ready", "inprogress", "error"),
    ),
    "Audio": obj(
        ("uid", "label", "default", "status"),
        uid=_UID, label=TEXT, default=FLAG, status=one_of("queued", "ready", "error"),
    ),
    "Download": obj(
        ("status", "url", "percentComplete"),
        status=one_of("inprogress", "ready", "error"), url=TEXT, percentComplete=NUMBER,
    ),
    "Webhook": obj(
        ("notificationUrl", "modified"),
        notificationUrl=TEXT, notification_url=TEXT, modified=MOMENT, secret=TEXT,
    ),
}  # fmt: skip


def _result(schema: Schema) -> dict[int, Schema | str | None]:
    body = obj(
        ("result", "success", "errors", "messages"), result=schema, success=FLAG, errors=array({}),
        messages=array({}), total=WHOLE, range=WHOLE,
    )  # fmt: skip
    return {200: body}


_FILE = obj(("file",), file=_BINARY)
_DOWNLOADS = obj(default=ref("Download"), audio=ref("Download"))

#: Of resumable uploads (tus 1.0.0).
_TUS = header("Tus-Resumable", one_of("1.0.0"), "The protocol's version")

_API: dict[tuple[str, str], Described] = {
    ("get", STREAM): Described(_result(array(ref("Video"))), query=(ListQuery,), refusals=(400, 404)),
    ("post", STREAM): Described(
        _result(ref("Video")) | {201: None, 412: None}, form=_FILE, refusals=(400, 404, 413),
        query=(TusQuery,),
        headers=(
            _TUS,
            header("Upload-Length", TEXT, "Of a resumable upload: its bytes"),
            header("Upload-Metadata", TEXT, "Of a resumable upload: keys, each with its base64, with commas"),
        ),
    ),
    ("get", VIDEO): Described(_result(ref("Video")), refusals=(404,)),
    ("post", VIDEO): Described(_result(ref("Video")), body=VideoEdit, refusals=(400, 404)),
    ("delete", VIDEO): Described(_result(TEXT), refusals=(404,)),
    ("get", f"{VIDEO}/embed"): Described({200: "text/html"}, refusals=(404,)),
    ("post", f"{STREAM}/clip"): Described(
        _result(ref("Video")), body=NewClip, refusals=(400, 404), headers=(IDEMPOTENCY,)
    ),
    ("post", f"{STREAM}/copy"): Described(
        _result(ref("Video")), body=NewCopy, refusals=(400, 404), headers=(IDEMPOTENCY,)
    ),
    ("get", f"{STREAM}/storage-usage"): Described(
        _result(obj(
            ("totalStorageMinutes", "totalStorageMinutesLimit", "videoCount"), creator=nullable(TEXT),
            totalStorageMinutes=NUMBER, totalStorageMinutesLimit=WHOLE, videoCount=WHOLE,
        )), query=(CreatorQuery,), refusals=(404,),
    ),
    ("post", f"{STREAM}/direct_upload"): Described(
        _result(obj(
            ("uid", "uploadURL"), uid=_UID, uploadURL=TEXT, scheduledDeletion=nullable(MOMENT),
            watermark=nullable(ref("Watermark")), creator=TEXT,
        )), body=NewDirectUpload, refusals=(400, 404), headers=(IDEMPOTENCY,),
    ),
    ("post", "/client/v4/uploads/{uid}"): Described(
        _result(obj(("uid",), uid=_UID)), form=_FILE, query=(SignatureQuery,),
        refusals=(400, 403, 404, 413, 423), open=True,
    ),
    ("head", "/client/v4/uploads/tus/{uid}"): Described(
        {200: None, 412: None}, refusals=(400, 404, 410, 423), headers=(_TUS,)
    ),
    ("patch", "/client/v4/uploads/tus/{uid}"): Described(
        {204: None, 412: None, 415: None}, body="application/offset+octet-stream",
        refusals=(400, 404, 409, 410, 413, 423, 460),
        headers=(
            _TUS,
            header("Upload-Offset", TEXT, "The byte that the chunk begins at"),
            header("Upload-Checksum", TEXT, "The chunk's checksum: sha1, a space, and base64"),
        ),
    ),
    ("delete", "/client/v4/uploads/tus/{uid}"): Described(
        {204: None, 412: None}, refusals=(400, 404, 410), headers=(_TUS,)
    ),
    ("post", f"{STREAM}/keys"): Described(_result(ref("Key")), refusals=(400, 404), headers=(IDEMPOTENCY,)),
    ("get", f"{STREAM}/keys"): Described(_result(array(ref("Key"))), refusals=(404,)),
    ("delete", f"{STREAM}/keys/{{key_id}}"): Described(_result(TEXT), refusals=(404,)),
    ("post", f"{VIDEO}/token"): Described(
        _result(obj(("token",), token=TEXT)), body=NewToken, refusals=(400, 404)
    ),
    ("post", f"{STREAM}/watermarks"): Described(
        _result(ref("Watermark")), body=NewWatermark, refusals=(400, 404, 413),
        form=obj(("file",), file=_BINARY, name=TEXT, opacity=TEXT, padding=TEXT, scale=TEXT, position=_POSITION),
    ),
    ("get", f"{STREAM}/watermarks"): Described(_result(array(ref("Watermark"))), refusals=(404,)),
    ("get", f"{STREAM}/watermarks/{{watermark_uid}}"): Described(_result(ref("Watermark")), refusals=(404,)),
    ("delete", f"{STREAM}/watermarks/{{watermark_uid}}"): Described(_result(TEXT), refusals=(404,)),
    ("put", f"{STREAM}/webhook"): Described(
        _result(ref("Webhook")), body=NewWebhook, refusals=(400, 404)
    ),
    ("get", f"{STREAM}/webhook"): Described(_result(ref("Webhook")), refusals=(404,)),
    ("delete", f"{STREAM}/webhook"): Described(_result(TEXT), refusals=(404,)),
    ("get", f"{VIDEO}/captions"): Described(_result(array(ref("Captions"))), refusals=(404,)),
    ("put", f"{VIDEO}/captions/{{language}}"): Described(
        _result(ref("Captions")), form=_FILE, refusals=(400, 404, 413)
    ),
    ("get", f"{VIDEO}/captions/{{language}}"): Described(_result(ref("Captions")), refusals=(404,)),
    ("delete", f"{VIDEO}/captions/{{language}}"): Described(_result(TEXT), refusals=(404,)),
    ("get", f"{VIDEO}/captions/{{language}}/vtt"): Described({200: "text/vtt"}, refusals=(404,)),
    ("post", f"{VIDEO}/captions/{{language}}/generate"): Described({}, refusals=(400, 404)),
    ("get", f"{VIDEO}/audio"): Described(_result(obj(("audio",), audio=array(ref("Audio")))), refusals=(404,)),
    ("post", f"{VIDEO}/audio"): Described(
        _result(ref("Audio")), form=obj(("file", "label"), file=_BINARY, label=limited(255)),
        refusals=(400, 404, 413),
    ),
    ("post", f"{VIDEO}/audio/copy"): Described(
        _result(ref("Audio")), body=AudioCopy, refusals=(400, 404)
    ),
    ("patch", f"{VIDEO}/audio/{{track_uid}}"): Described(
        _result(ref("Audio")), body=AudioEdit, refusals=(400, 404)
    ),
    ("delete", f"{VIDEO}/audio/{{track_uid}}"): Described(_result(TEXT), refusals=(400, 404)),
    ("get", f"{VIDEO}/downloads"): Described(_result(_DOWNLOADS), refusals=(404,)),
    ("post", f"{VIDEO}/downloads"): Described(_result(_DOWNLOADS), refusals=(400, 404)),
    ("post", f"{VIDEO}/downloads/{{name}}"): Described(_result(_DOWNLOADS), refusals=(400, 404)),
    ("delete", f"{VIDEO}/downloads"): Described(_result(TEXT), refusals=(404,)),
    ("delete", f"{VIDEO}/downloads/{{name}}"): Described(_result(TEXT), refusals=(404,)),
    **{(method, f"{STREAM}/live_inputs{path}"): Described({}, refusals=(400, 404)) for method, path in (
        ("get", ""), ("post", ""), ("put", ""), ("delete", ""),
        ("get", "/{path}"), ("post", "/{path}"), ("put", "/{path}"), ("delete", "/{path}"),
    )},
}  # fmt: skip

_WATCHED = (400, 401, 403, 404, 424, 429)


def _watch(media_type: str | Schema, *queries: type[Query], busy: bool = False) -> Described:
    refusals = (*_WATCHED, 503) if busy else _WATCHED
    return Described({200: media_type, 304: None}, query=queries, refusals=refusals, open=True)


def _file(media_type: str, *queries: type[Query]) -> Described:
    return Described(
        {200: media_type, 206: media_type, 304: None, 416: None}, query=(FilenameQuery, *queries),
        refusals=(*_WATCHED, 503), open=True,
    )  # fmt: skip


def _page(*queries: type[Query]) -> Described:
    """What is refused is a page as well: people read it."""
    refused: dict[int, Schema | str | None] = dict.fromkeys(_WATCHED, "text/html")
    return Described({200: "text/html", **refused}, query=queries, open=True)


_DELIVERY: dict[tuple[str, str], Described] = {
    ("get", "/{shown}/manifest/video.m3u8"): _watch("application/vnd.apple.mpegurl", HintQuery),
    ("get", "/{shown}/manifest/video.mpd"): _watch("application/dash+xml", HintQuery),
    ("get", "/{shown}/manifest/clip.m3u8"): _watch("application/vnd.apple.mpegurl", InstantQuery),
    ("get", "/{shown}/manifest/{path}"): Described(
        {200: "*/*", 206: "*/*", 304: None, 416: None}, query=(InstantQuery,), refusals=(*_WATCHED, 503), open=True
    ),
    ("get", "/{shown}/clip.mp4"): _file("video/mp4", InstantQuery),
    ("get", "/{shown}/downloads/default.mp4"): _file("video/mp4"),
    ("get", "/{shown}/downloads/audio.m4a"): _file("audio/mp4"),
    ("get", "/{shown}/thumbnails/thumbnail.jpg"): _watch("image/jpeg", TimeQuery, FitQuery, busy=True),
    ("get", "/{shown}/thumbnails/thumbnail.gif"): _watch("image/gif", GifQuery, FitQuery, busy=True),
    ("get", "/{shown}/watch"): _page(PlayerQuery),
    ("get", "/{shown}/iframe"): _page(PlayerQuery),
    ("get", "/{shown}/metadata/playerEnhancementInfo.json"): _watch(obj()),
    ("get", "/{shown}/lifecycle"): _watch(obj(isInput=FLAG, videoUID=_UID, live=FLAG)),
}  # fmt: skip

_SHOWN: Schema = {
    "type": "string", "pattern": r"^([0-9a-f]{32}|[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$",
    "description": "a video's uid, or a token that stands for it",
}  # fmt: skip

DESCRIPTION = Description(
    "Stream",
    ref("Failure"),
    ref("Failure"),
    _API | _DELIVERY,
    _SCHEMAS,
    {
        "account": "The workspace's id, as 32 hexadecimal digits",
        "uid": "The video's uid",
        "track_uid": "The soundtrack's uid",
        "watermark_uid": "The watermark's uid",
        "key_id": "The key's id",
        "name": "`default` for the MP4, `audio` for the sound",
        "language": "A language tag (BCP 47), as `en` or `pt-BR`",
        "path": "As the manifests name it",
        "shown": "A video's uid, or a token that stands for it",
    },
    {
        **dict.fromkeys(("account", "uid", "track_uid", "watermark_uid", "key_id"), _UID),
        "shown": _SHOWN,
        "language": {"type": "string", "maxLength": 35, "examples": ["en"]},
    },
    examples=Path(__file__).with_name("examples.json"),
    security={
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Auth-Key"},
    },
)
