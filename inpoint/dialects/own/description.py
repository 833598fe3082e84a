"""Our own API in the OpenAPI document."""

from __future__ import annotations

from pathlib import Path

from inpoint.dialects.own.queries import (
    CredentialQuery,
    DeliveriesQuery,
    EventsQuery,
    FrameQuery,
    LevelsQuery,
    LibraryQuery,
    PartsQuery,
    RenditionQuery,
    SaveQuery,
    SendingQuery,
)
from inpoint.dialects.own.requests import NewAccessToken, NewHook, NewLink, NewSession, WantedClip
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
    nullable,
    obj,
    one_of,
    ref,
)
from inpoint.web.forms import Schema

_POLICY = one_of("public", "signed")
_SCOPE = one_of("read", "write")
_STATUS = one_of("pending", "waiting", "fetching", "indexing", "ready", "failed")
_STRETCH: Schema = {
    "type": "array", "prefixItems": [nullable(NUMBER), nullable(NUMBER)], "minItems": 2, "maxItems": 2,
}  # fmt: skip

_SCHEMAS: dict[str, Schema] = {
    "Refusal": obj(("error",), error=obj(("code", "message"), code=TEXT, message=TEXT, field=TEXT)),
    "Playback": obj(
        ("id", "policy", "hls", "dash", "watch"), id=UUID, policy=_POLICY, hls=TEXT, dash=TEXT, watch=TEXT
    ),
    "Media": obj(
        ("id", "status", "percent", "title", "source", "playbacks", "createdAt", "updatedAt", "size", "warnings"),
        id=UUID, createdAt=MOMENT, updatedAt=MOMENT, size=WHOLE, width=WHOLE, height=WHOLE, audioOnly=FLAG, view=TEXT,
        range=array(_STRETCH), status=_STATUS, percent=NUMBER, title=nullable(TEXT), source=nullable(UUID),
        reason=TEXT, duration=NUMBER, frames=WHOLE, rate=TEXT, playbacks=array(ref("Playback")),
        error=obj(("code", "message"), code=TEXT, message=TEXT), warnings=array(ref("Warning")),
    ),
    "Warning": obj(
        ("code", "message", "start", "end"),
        code=one_of(*WARNING_CODES), message=TEXT, start=nullable(NUMBER), end=nullable(NUMBER),
    ),
    "Details": {"allOf": [ref("Media"), obj(
        ("metadata", "creator", "sourceUrl", "files"),
        metadata={"type": "object"}, creator=nullable(TEXT), sourceUrl=nullable(TEXT),
        files=array(obj(
            ("kind", "status", "percent"), kind=one_of("video", "audio", "source"), status=TEXT, percent=NUMBER
        )),
        renditions=array(obj(
            ("name", "width", "height", "whole"), name=TEXT, width=WHOLE, height=WHOLE, whole=FLAG
        )),
        tracks=array(obj(("kind", "language", "name"), kind=TEXT, language=TEXT, name=TEXT)),
        fill=obj(
            ("whole",), whole=array(TEXT), made=WHOLE, total=WHOLE, percent=NUMBER, segmentsPerSecond=NUMBER,
            remainingSeconds=nullable(NUMBER), ended=FLAG,
        ),
    )]},
    "Event": obj(
        ("id", "kind", "media", "createdAt"), id=UUID, kind=TEXT, media=nullable(UUID), createdAt=MOMENT
    ),
    "Happening": {
        "allOf": [ref("Event"), obj(("deliveries",), deliveries=array(ref("Delivery")))],
    },
    "Token": obj(
        ("id", "scope", "email", "createdAt"),
        id=TEXT, scope=_SCOPE, email=nullable(TEXT), createdAt=nullable(MOMENT), secret=TEXT,
    ),
    "Credential": obj(
        ("id", "scope", "workspace"),
        id=TEXT, scope=_SCOPE, workspace=obj(("id", "name"), id=UUID, name=TEXT),
    ),
    "Session": obj(("credentials",), credentials=array(ref("Credential"))),
    "Webhook": obj(
        ("id", "url", "dialect", "createdAt"), id=UUID, url=TEXT, dialect=TEXT, createdAt=MOMENT, secret=TEXT
    ),
    "Delivery": obj(
        ("id", "webhook", "event", "status", "nextTry", "attempts"),
        id=UUID, webhook=UUID, event=ref("Event"),
        status=one_of("pending", "delivered", "failed"), nextTry=nullable(MOMENT),
        attempts=array(obj(("at", "milliseconds"), at=MOMENT, status=WHOLE, error=TEXT, milliseconds=WHOLE)),
    ),
}  # fmt: skip

_MEDIA = "/api/v1/media/{media_id}"
_VIEW = "/api/v1/view/{grant}"
_VIEWED = (400, 401, 403, 404, 422, 429, 503)
_HOOK = "/api/v1/webhooks/{webhook_id}"
_DELIVERY = f"{_HOOK}/deliveries/{{delivery_id}}"

_OPERATIONS: dict[tuple[str, str], Described] = {
    ("post", "/api/v1/media"): Described(
        {201: ref("Media")}, body="application/octet-stream", query=(SendingQuery,), refusals=(413, 422)
    ),
    ("get", "/api/v1/media"): Described(
        {200: obj(("media", "next"), media=array(ref("Media")), next=nullable(TEXT), total=WHOLE)},
        query=(LibraryQuery,),
        refusals=(422,),
    ),
    ("get", f"{_MEDIA}/survey"): Described(
        {
            200: obj(
                ("known", "shots", "silences", "hasSound"),
                known=NUMBER,
                shots=array(WHOLE),
                silences=array(array(WHOLE)),
                hasSound=FLAG,
            )
        },
        refusals=(400, 404),
    ),
    ("get", f"{_MEDIA}/levels"): Described(
        {200: obj(("levels",), levels=array(nullable(NUMBER)))}, query=(LevelsQuery,), refusals=(400, 404, 422)
    ),
    ("get", f"{_MEDIA}/deletion"): Described(
        {200: obj(("frees", "keeps", "clips"), frees=WHOLE, keeps=WHOLE, clips=WHOLE)}, refusals=(404,)
    ),
    ("get", f"{_MEDIA}/events"): Described(
        {200: obj(("events",), events=array(ref("Happening")))},
        query=(EventsQuery,),
        refusals=(404, 422),
    ),
    ("post", f"{_MEDIA}/links"): Described(
        {
            201: obj(
                ("token", "expiresAt", "hls", "dash", "watch"),
                token=TEXT,
                expiresAt=MOMENT,
                hls=TEXT,
                dash=TEXT,
                watch=TEXT,
            )
        },
        body=NewLink,
        refusals=(400, 404, 422),
    ),
    ("get", "/api/v1/storage"): Described(
        {
            200: obj(
                ("media", "seconds", "logical", "physical", "measuredAt"),
                media=WHOLE,
                seconds=WHOLE,
                logical=WHOLE,
                physical=WHOLE,
                measuredAt=MOMENT,
            )
        }
    ),
    ("get", "/api/v1/tokens"): Described({200: obj(("tokens",), tokens=array(ref("Token")))}),
    ("post", "/api/v1/tokens"): Described({201: ref("Token")}, body=NewAccessToken, refusals=(400, 422)),
    ("delete", "/api/v1/tokens/{token_id}"): Described({200: obj(revoked=TEXT)}, refusals=(404,)),
    ("post", "/api/v1/session"): Described(
        {200: ref("Session")}, body=NewSession, refusals=(400, 401, 422, 429), open=True
    ),
    ("get", "/api/v1/session"): Described({200: ref("Session")}, open=True),
    ("delete", "/api/v1/session"): Described({200: ref("Session")}, query=(CredentialQuery,), open=True),
    ("get", f"{_VIEW}/video.m3u8"): Described(
        {200: "application/vnd.apple.mpegurl", 304: None}, query=(PartsQuery,), refusals=_VIEWED, open=True
    ),
    ("get", f"{_VIEW}/frames/{{number}}.jpg"): Described(
        {200: "image/jpeg", 304: None}, query=(FrameQuery,), refusals=_VIEWED, open=True
    ),
    ("get", f"{_VIEW}/file.mp4"): Described(
        {200: "video/mp4", 206: "video/mp4", 304: None, 416: None}, query=(SaveQuery,), refusals=_VIEWED, open=True
    ),
    ("get", f"{_VIEW}/{{path}}"): Described(
        {200: "video/mp4", 304: None}, query=(PartsQuery,), refusals=_VIEWED, open=True
    ),
    ("get", _MEDIA): Described({200: ref("Details")}, refusals=(404,)),
    ("delete", _MEDIA): Described({200: obj(deleted=UUID)}, refusals=(404,)),
    ("post", f"{_MEDIA}/clips"): Described(
        {201: ref("Media")},
        body=WantedClip,
        refusals=(400, 404, 422),
        headers=(IDEMPOTENCY,),
    ),
    ("get", f"{_MEDIA}/file.mp4"): Described(
        {200: "video/mp4"}, query=(RenditionQuery,), refusals=(400, 404, 422, 503)
    ),
    ("post", "/api/v1/webhooks"): Described({201: ref("Webhook")}, body=NewHook, refusals=(400, 422)),
    ("get", "/api/v1/webhooks"): Described({200: obj(("webhooks",), webhooks=array(ref("Webhook")))}),
    ("get", _HOOK): Described({200: ref("Webhook")}, refusals=(404,)),
    ("delete", _HOOK): Described({200: obj(deleted=UUID)}, refusals=(404,)),
    ("post", f"{_HOOK}/test"): Described({202: ref("Delivery")}, refusals=(404,)),
    ("get", f"{_HOOK}/deliveries"): Described(
        {200: obj(("deliveries", "total"), deliveries=array(ref("Delivery")), total=WHOLE)},
        query=(DeliveriesQuery,),
        refusals=(404, 422),
    ),
    ("get", _DELIVERY): Described({200: ref("Delivery")}, refusals=(404,)),
    ("post", f"{_DELIVERY}/redeliver"): Described({202: ref("Delivery")}, refusals=(404,)),
}

DESCRIPTION = Description(
    "Inpoint", ref("Refusal"), ref("Refusal"), _OPERATIONS, _SCHEMAS,
    {
        "media_id": "The media's id", "webhook_id": "The webhook's id", "delivery_id": "The delivery's id",
        "token_id": "The access token's id", "grant": "What `view` of a media holds: it names the media and is the "
        "right to see it", "number": "The frame's number, from 0", "path": "As the manifests name it",
    },
    dict.fromkeys(("media_id", "webhook_id", "delivery_id"), UUID),
    examples=Path(__file__).with_name("examples.json"),
)  # fmt: skip
