"""The official SDKs, unmodified, against a real server: a team's day with each of them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cloudflare
import httpx
import pytest
from cloudflare import Cloudflare
from cloudflare.types.stream import Video

from tests import judge
from tests.media import Recipe, recipe, write_noise, write_picture
from tests.npm import node
from tests.server import ACCOUNT, TOKEN, Server
from tests.stream import Stream

Uploaded = Callable[[str], dict[str, Any]]
Source = Callable[[Recipe], Path]
TESTS = Path(__file__).parents[1]


@pytest.fixture(params=["strict", "lenient"])
def sdk5(request: pytest.FixtureRequest, server: Server) -> Iterator[Cloudflare]:
    """The Python SDK's fifth generation; strict, it holds every reply against its declared types."""
    with Cloudflare(
        api_token=TOKEN[1], base_url=f"{server.url}/client/v4",
        _strict_response_validation=request.param == "strict",
    ) as client:  # fmt: skip
        yield client


def wait(client: Cloudflare, uid: str) -> Video:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        video = client.stream.get(uid, account_id=ACCOUNT)
        assert video is not None
        assert video.status is not None
        if video.status.state == "ready":
            return video
        assert video.status.state != "error", video
        time.sleep(0.05)
    raise AssertionError(video)


def test_a_day_with_the_python_sdk(sdk5: Cloudflare, server: Server, uploaded: Uploaded, files: str) -> None:
    source = uploaded("h264-30")
    when = datetime.now(UTC) + timedelta(days=40)
    made = sdk5.stream.clip.create(
        account_id=ACCOUNT, clipped_from_video_uid=source["uid"],
        start_time_seconds=1.5, end_time_seconds=3.8,  # type: ignore[arg-type]
        creator="team", meta={"name": "By the SDK"}, require_signed_urls=False, allowed_origins=[],
        thumbnail_timestamp_pct=0.5, scheduled_deletion=when.isoformat(),
    )  # fmt: skip
    assert made is not None
    assert made.clipped_from == source["uid"]
    assert made.uid
    clip = wait(sdk5, made.uid)
    assert clip.duration == pytest.approx(2.3)
    assert clip.status is not None
    assert clip.status.pct_complete == "100.000000"
    assert (clip.meta, clip.creator) == ({"name": "By the SDK"}, "team")
    assert clip.scheduled_deletion is not None
    assert abs(clip.scheduled_deletion - when) < timedelta(seconds=1)
    assert clip.playback is not None
    assert clip.playback.hls
    with httpx.Client(timeout=60) as player:
        url = judge.variants(player, clip.playback.hls)["video-360p"]
        assert judge.numbers(judge.track(player, url).data) == list(range(45, 114))
    listed = [one.uid for one in sdk5.stream.list(account_id=ACCOUNT, search="by the sdk", status="ready", limit=5)]
    assert made.uid in listed
    assert [one.uid for one in sdk5.stream.list(account_id=ACCOUNT, id=made.uid, include_counts=True)] == [made.uid]
    after = sdk5.stream.list(account_id=ACCOUNT, after=clip.created or "", before=datetime.now(UTC), asc=True)
    assert made.uid in [one.uid for one in after]
    edited = sdk5.stream.edit(made.uid, account_id=ACCOUNT, meta={"name": "Renamed"}, require_signed_urls=True)
    assert edited is not None
    assert edited.require_signed_urls is True
    token = sdk5.stream.token.create(
        made.uid, account_id=ACCOUNT, downloadable=True, exp=int(time.time()) + 600,
        access_rules=[
            {"type": "ip.src", "action": "allow", "ip": ["127.0.0.0/8"]}, {"type": "any", "action": "block"}
        ],
    )  # fmt: skip
    assert token is not None
    key = sdk5.stream.keys.create(account_id=ACCOUNT)
    assert key is not None
    assert key.id
    own = sdk5.stream.token.create(made.uid, account_id=ACCOUNT, id=key.id, pem=key.pem or "")
    assert own is not None
    for one in (token, own):
        assert httpx.get(f"{server.url}/{one.token}/manifest/video.m3u8").status_code == 200
    assert key.id in [one.id for one in sdk5.stream.keys.get(account_id=ACCOUNT)]
    assert sdk5.stream.keys.delete(key.id, account_id=ACCOUNT) == "Revoked"
    assert sdk5.stream.token.create(made.uid, account_id=ACCOUNT) is not None
    begun = sdk5.stream.downloads.create(made.uid, account_id=ACCOUNT)
    assert begun is not None
    deadline = time.monotonic() + 60
    while (found := sdk5.stream.downloads.get(made.uid, account_id=ACCOUNT)) and found.default:
        if found.default.status == "ready":
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert found is not None
    assert found.default is not None
    assert found.default.percent_complete == 100
    assert sdk5.stream.downloads.delete(made.uid, account_id=ACCOUNT) == ""
    assert f"/{made.uid}/iframe" in sdk5.stream.embed.get(made.uid, account_id=ACCOUNT)
    usage = sdk5.stream.videos.storage_usage(account_id=ACCOUNT, creator="team")
    assert usage is not None
    assert usage.video_count
    sdk5.stream.delete(made.uid, account_id=ACCOUNT)
    with pytest.raises(cloudflare.NotFoundError) as lost:
        sdk5.stream.get(made.uid, account_id=ACCOUNT)
    assert lost.value.errors[0].code == 10003


def test_captions_sound_and_watermarks_with_the_sdk(
    sdk5: Cloudflare, uploaded: Uploaded, source: Source, files: str, sources: Path, server: Server
) -> None:
    write_noise(sources / "sdk.m4a", "aac", 48_000, 2, 33)
    copied = sdk5.stream.copy.create(
        account_id=ACCOUNT, input=f"{files}/{source(recipe('tiny-30')).name}", name="Copied"
    )
    assert copied is not None
    assert copied.status is not None
    assert (copied.status.state, copied.uid is not None) == ("downloading", True)
    uid = wait(sdk5, copied.uid or "").uid or ""
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
    put = sdk5.stream.captions.language.update("en", account_id=ACCOUNT, identifier=uid, file=vtt)
    assert put is not None
    assert (put.language, put.label, put.generated) == ("en", "English", False)
    got = sdk5.stream.captions.language.get("en", account_id=ACCOUNT, identifier=uid)
    assert got == put
    assert [one.language for one in sdk5.stream.captions.get(uid, account_id=ACCOUNT)] == ["en"]
    assert "Hello" in sdk5.stream.captions.language.vtt.get("en", account_id=ACCOUNT, identifier=uid)
    with pytest.raises(cloudflare.BadRequestError):
        sdk5.stream.captions.language.create("en", account_id=ACCOUNT, identifier=uid)
    assert sdk5.stream.captions.language.delete("en", account_id=ACCOUNT, identifier=uid) == ""
    sound = sdk5.stream.audio_tracks.copy(uid, account_id=ACCOUNT, label="More", url=f"{files}/sdk.m4a")
    assert sound is not None
    deadline = time.monotonic() + 30
    while True:
        told = sdk5.stream.audio_tracks.get(uid, account_id=ACCOUNT)
        (one,) = (told.audio if told else None) or []
        if one.status == "ready":
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)
    edited = sdk5.stream.audio_tracks.edit(sound.uid or "", account_id=ACCOUNT, identifier=uid, label="Named")
    assert edited is not None
    assert edited.label == "Named"
    assert sdk5.stream.audio_tracks.delete(sound.uid or "", account_id=ACCOUNT, identifier=uid) == "ok"
    write_picture(sources / "sdk.png")
    mark = sdk5.stream.watermarks.create(account_id=ACCOUNT, url=f"{files}/sdk.png", name="SDK", scale=0.3)
    assert mark is not None
    assert mark.uid
    assert sdk5.stream.watermarks.get(mark.uid, account_id=ACCOUNT) == mark
    assert mark.uid in [one.uid for one in sdk5.stream.watermarks.list(account_id=ACCOUNT)]
    clip = sdk5.stream.clip.create(
        account_id=ACCOUNT, clipped_from_video_uid=uid, start_time_seconds=0, end_time_seconds=1,
        watermark={"uid": mark.uid},
    )  # fmt: skip
    assert clip is not None
    ready = wait(sdk5, clip.uid or "")
    assert ready.watermark is not None
    assert ready.watermark.uid == mark.uid
    assert sdk5.stream.watermarks.delete(mark.uid, account_id=ACCOUNT) == ""


def test_uploads_and_the_webhook_with_the_sdk(sdk5: Cloudflare, source: Source, server: Server) -> None:
    made = sdk5.stream.direct_upload.create(
        account_id=ACCOUNT, max_duration_seconds=60, meta={"name": "Direct"}, creator="me",
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    assert made is not None
    data = source(recipe("tiny-30")).read_bytes()
    assert httpx.post(made.upload_url or "", files={"file": ("a.mp4", data)}, timeout=60).status_code == 200
    assert wait(sdk5, made.uid or "").meta == {"name": "Direct"}
    begun = sdk5.stream.with_raw_response.create(
        account_id=ACCOUNT,
        tus_resumable="1.0.0",
        upload_length=len(data),
        direct_user=True,
        upload_metadata="name VHVz",
    )
    assert begun.status_code == 201
    uid = begun.headers["stream-media-id"]
    pending = sdk5.stream.get(uid, account_id=ACCOUNT)
    assert pending is not None
    assert pending.status is not None
    assert pending.status.state == "pendingupload"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert httpx.patch(begun.headers["Location"], content=data, headers=headers, timeout=60).status_code == 204
    assert wait(sdk5, uid).meta == {"name": "Tus"}
    hook = sdk5.stream.webhooks.update(account_id=ACCOUNT, body_notification_url_1="https://example.com/hook")
    assert hook is not None
    assert hook.notification_url == "https://example.com/hook"
    assert sdk5.stream.webhooks.get(account_id=ACCOUNT) is not None
    assert sdk5.stream.webhooks.delete(account_id=ACCOUNT) == ""


def test_failures_raise_at_once_and_say_which_field(sdk5: Cloudflare, server: Server, uploaded: Uploaded) -> None:
    uid = uploaded("tiny-30")["uid"]
    began = time.monotonic()
    with pytest.raises(cloudflare.BadRequestError) as bad:
        sdk5.stream.clip.create(
            account_id=ACCOUNT, clipped_from_video_uid=uid, start_time_seconds=2, end_time_seconds=1
        )
    (error,) = bad.value.errors
    assert error.code == 10008
    assert error.source is not None
    assert error.source.pointer == "/endTimeSeconds"
    pending = sdk5.stream.direct_upload.create(account_id=ACCOUNT, max_duration_seconds=5)
    assert pending is not None
    with pytest.raises(cloudflare.BadRequestError):
        sdk5.stream.clip.create(
            account_id=ACCOUNT, clipped_from_video_uid=pending.uid or "", start_time_seconds=0, end_time_seconds=1
        )
    with pytest.raises(cloudflare.PermissionDeniedError):
        sdk5.stream.get(uid, account_id="f" * 32)
    wrong = Cloudflare(api_token="wrong-token", base_url=f"{server.url}/client/v4")
    with wrong, pytest.raises(cloudflare.AuthenticationError):
        wrong.stream.list(account_id=ACCOUNT)
    with Cloudflare(api_email=TOKEN[0], api_key=TOKEN[1], base_url=f"{server.url}/client/v4") as keyed:
        assert keyed.stream.get(uid, account_id=ACCOUNT) is not None
    assert time.monotonic() - began < 5  # nothing was tried again
    sdk5.stream.delete(pending.uid or "", account_id=ACCOUNT)


_OLD = """
import json, sys, time
import cloudflare
from cloudflare import Cloudflare
url, token, account, source = sys.argv[1:]
client = Cloudflare(api_token=token, base_url=url)
assert cloudflare.__version__.startswith("4."), cloudflare.__version__
made = client.stream.clip.create(
    account_id=account, clipped_from_video_uid=source, start_time_seconds=1, end_time_seconds=3, creator="old",
    max_duration_seconds=60, extra_body={"meta": {"name": "By 4.x"}},
)
assert (made.clipped_from_video_uid, made.start_time_seconds, made.end_time_seconds) == (source, 1, 3)
uid = made.uid
for _ in range(600):
    video = client.stream.get(uid, account_id=account)
    if video.status.state == "ready":
        break
    time.sleep(0.05)
assert (video.duration, video.meta, video.creator) == (2, {"name": "By 4.x"}, "old"), video
assert uid in [one.uid for one in client.stream.list(account_id=account, search="4.x")]
client.stream.edit(uid, account_id=account, require_signed_urls=True)
token = client.stream.token.create(uid, account_id=account).token
key = client.stream.keys.create(account_id=account, body={})
client.stream.keys.delete(key.id, account_id=account)
vtt = "WEBVTT\\n\\n00:00.000 --> 00:01.000\\nHello\\n"
assert client.stream.captions.language.update("en", account_id=account, identifier=uid, file=vtt).label == "English"
client.stream.downloads.create(uid, account_id=account, body={})
client.stream.webhooks.update(account_id=account, notification_url="https://example.com/4")
client.stream.webhooks.delete(account_id=account)
try:
    client.stream.watermarks.create(account_id=account, file="/no/png.png")
except cloudflare.BadRequestError:
    pass
try:
    client.stream.clip.create(
        account_id=account, clipped_from_video_uid=source, start_time_seconds=3, end_time_seconds=1
    )
except cloudflare.BadRequestError as error:
    assert error.errors[0].code == 10008
client.stream.delete(uid, account_id=account)
print(json.dumps({"token": token}))
"""


def test_the_fourth_generation_works_as_it_was(server: Server, uploaded: Uploaded) -> None:
    """In an environment of its own: both generations are one package."""
    python = Path(sys.prefix) / "cloudflare4" / "bin" / "python"
    assert python.exists(), "make test brings it"
    done = subprocess.run(
        [str(python), "-c", _OLD, f"{server.url}/client/v4", TOKEN[1], ACCOUNT, uploaded("h264-30")["uid"]],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["token"].count(".") == 2


_NODE = """
const Cloudflare = require('cloudflare');
const [baseURL, apiToken, account_id, source] = process.argv.slice(2);
const client = new (Cloudflare.default || Cloudflare)({ apiToken, baseURL });
const check = (truth, what) => { if (!truth) throw new Error(what); };
(async () => {
  const made = await client.stream.clip.create({
    account_id, clippedFromVideoUID: source, startTimeSeconds: 1.5, endTimeSeconds: 3.8, meta: { name: 'By npm' } });
  check(made.clippedFrom === source, 'clippedFrom');
  let video;
  for (let n = 0; n < 600; n++) {
    video = await client.stream.get(made.uid, { account_id });
    if (video.status.state === 'ready') break;
    await new Promise((done) => setTimeout(done, 50));
  }
  check(Math.abs(video.duration - 2.3) < 0.001, 'duration');
  const found = [];
  for await (const one of client.stream.list({ account_id, search: 'npm' })) found.push(one.uid);
  check(found.includes(made.uid), 'list');
  const edited = await client.stream.edit(made.uid, { account_id, requireSignedURLs: true });
  check(edited.requireSignedURLs === true, 'edit');
  const { token } = await client.stream.token.create(made.uid, { account_id, downloadable: true });
  const manifest = await fetch(`${baseURL.replace('/client/v4', '')}/${token}/manifest/video.m3u8`);
  check(manifest.status === 200, 'manifest');
  try {
    await client.stream.clip.create({
      account_id, clippedFromVideoUID: source, startTimeSeconds: 3, endTimeSeconds: 1 });
    check(false, 'refusal');
  } catch (error) { check(error.status === 400 && error.errors[0].code === 10008, String(error)); }
  await client.stream.delete(made.uid, { account_id });
  console.log('done');
})().catch((error) => { console.error(error); process.exit(1); });
"""


def test_the_npm_sdk_clips(server: Server, uploaded: Uploaded) -> None:
    script = TESTS / "browser" / "node_modules" / ".stream-sdk.cjs"
    script.write_text(_NODE)
    done = subprocess.run(
        [node(), str(script), f"{server.url}/client/v4", TOKEN[1], ACCOUNT, uploaded("h264-30")["uid"]],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "done"


def test_no_reply_is_lost_on_the_older_shape(server: Server, uploaded: Uploaded) -> None:
    """What the published reference calls a Clip is in the reply too."""
    with Stream(server) as stream:
        body = {"clippedFromVideoUID": uploaded("tiny-30")["uid"], "startTimeSeconds": 0, "endTimeSeconds": 1}
        assert {"clippedFromVideoUID", "startTimeSeconds", "endTimeSeconds", "uid"} <= set(
            stream.ask("POST", "/clip", json=body)
        )
