"""Our own API in the OpenAPI document."""

from __future__ import annotations

from inpoint.web.description import (
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    UUID,
    WHOLE,
    Described,
    Description,
    Schema,
    array,
    limited,
    nullable,
    obj,
    one_of,
    ref,
)

_TIME: Schema = {"anyOf": [NUMBER, TEXT, {"type": "null"}]}
_POLICY = one_of("public", "signed")

_SCHEMAS: dict[str, Schema] = {
    "Refusal": obj(("error",), error=obj(("code", "message"), code=TEXT, message=TEXT, field=TEXT)),
    "State": obj(
        ("id", "status", "percent", "playbacks"),
        id=UUID, status=one_of("pending", "waiting", "fetching", "indexing", "ready", "failed"), percent=NUMBER,
        title=nullable(TEXT), source=nullable(UUID), reason=TEXT, duration=NUMBER, frames=WHOLE, rate=TEXT,
        playbacks=array(obj(id=UUID, policy=_POLICY, hls=TEXT, dash=TEXT, watch=TEXT)),
        error=obj(code=TEXT, message=TEXT),
        fill=obj(
            whole=array(TEXT), made=WHOLE, total=WHOLE, percent=NUMBER, segmentsPerSecond=NUMBER,
            remainingSeconds=nullable(NUMBER), ended=FLAG,
        ),
    ),
    "Webhook": obj(
        ("id", "url", "dialect", "createdAt"), id=UUID, url=TEXT, dialect=TEXT, createdAt=MOMENT, secret=TEXT
    ),
    "Delivery": obj(
        ("id", "event", "status", "attempts"),
        id=UUID, event=obj(id=UUID, kind=TEXT, media=nullable(UUID), createdAt=MOMENT),
        status=one_of("pending", "delivered", "failed"), nextTry=nullable(MOMENT),
        attempts=array(obj(at=MOMENT, status=WHOLE, error=TEXT, milliseconds=WHOLE)),
    ),
}  # fmt: skip

_MEDIA = "/api/v1/media/{media_id}"
_HOOK = "/api/v1/webhooks/{webhook_id}"
_DELIVERY = f"{_HOOK}/deliveries/{{delivery_id}}"

_OPERATIONS: dict[tuple[str, str], Described] = {
    ("post", "/api/v1/media"): Described({201: ref("State")}, body="application/octet-stream", refusals=(413, 422)),
    ("get", _MEDIA): Described({200: ref("State")}, refusals=(404,)),
    ("delete", _MEDIA): Described({200: obj(deleted=UUID)}, refusals=(404,)),
    ("post", f"{_MEDIA}/clips"): Described(
        {201: ref("State")},
        body=obj(start=_TIME, end=_TIME, policy=_POLICY, title=limited(255)),
        refusals=(400, 404, 422),
    ),
    ("get", f"{_MEDIA}/file.mp4"): Described({200: "video/mp4"}, refusals=(400, 404, 422, 503)),
    ("post", "/api/v1/webhooks"): Described(
        {201: ref("Webhook")}, body=obj(("url",), url=TEXT, dialect=TEXT), refusals=(400, 422)
    ),
    ("get", "/api/v1/webhooks"): Described({200: obj(("webhooks",), webhooks=array(ref("Webhook")))}),
    ("get", _HOOK): Described({200: ref("Webhook")}, refusals=(404,)),
    ("delete", _HOOK): Described({200: obj(deleted=UUID)}, refusals=(404,)),
    ("post", f"{_HOOK}/test"): Described({202: ref("Delivery")}, refusals=(404,)),
    ("get", f"{_HOOK}/deliveries"): Described(
        {200: obj(("deliveries", "total"), deliveries=array(ref("Delivery")), total=WHOLE)}, refusals=(404, 422)
    ),
    ("get", _DELIVERY): Described({200: ref("Delivery")}, refusals=(404,)),
    ("post", f"{_DELIVERY}/redeliver"): Described({202: ref("Delivery")}, refusals=(404,)),
}

DESCRIPTION = Description(
    ref("Refusal"), ref("Refusal"), _OPERATIONS, _SCHEMAS,
    dict.fromkeys(("media_id", "webhook_id", "delivery_id"), UUID),
)  # fmt: skip
