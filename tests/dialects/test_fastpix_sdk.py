"""A team's day with the official Python SDK, unmodified: what it does, and what it must observe."""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from fastpix_python import Fastpix, errors

from tests import judge
from tests.dialects.test_fastpix_watching import token
from tests.media import Recipe, recipe
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]
ORDER = ("Created", "Downloading", "Downloaded", "Validating", "In Queue", "Processing", "Ready", "Failed")


def create(sdk: Fastpix, url: str, policy: Any = "public", **times: float) -> Any:
    inputs: Any = [{"type": "video", "url": url, **times}]
    made = sdk.input_video.create_media(inputs=inputs, access_policy=policy).data
    assert made is not None
    return made


def follow(sdk: Fastpix, media_id: str, seconds: float = 60) -> tuple[Any, list[str]]:
    """Poll until it is ready or has failed; every status that was seen, in order."""
    seen: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        got = sdk.manage_videos.get_media(media_id=media_id).data
        assert got is not None
        if not seen or seen[-1] != got.status:
            seen.append(str(got.status))
        if got.status in ("Ready", "Failed"):
            return got, seen
        time.sleep(0.05)
    raise AssertionError(seen)


def source_id(imported: Imported) -> str:
    return str(imported("tiny-30")["id"])


def test_an_import_goes_forward_to_ready(sdk: Fastpix, files: str, source: Callable[[Recipe], Path]) -> None:
    made = create(sdk, f"{files}/{source(recipe('tiny-30')).name}")
    assert uuid.UUID(made.id)
    assert made.trial is False
    assert [one.access_policy for one in made.playback_ids] == ["public"]
    got, seen = follow(sdk, made.id)
    assert seen[-1] == "Ready"
    assert [ORDER.index(one) for one in seen] == sorted(ORDER.index(one) for one in seen)
    assert isinstance(got.duration, float)
    assert got.source_media_id is None
    assert got.thumbnail.startswith("http")
    assert [track.type for track in got.tracks] == ["video", "audio"]


def test_an_import_of_nothing_fails_and_says_why(sdk: Fastpix, files: str) -> None:
    got, seen = follow(sdk, create(sdk, f"{files}/nothing-here.mp4").id)
    assert seen[-1] == "Failed"
    assert got.duration is None


@pytest.mark.parametrize(
    ("times", "duration"),
    [
        ({"start_time": 1, "end_time": 3}, 2.0), ({"start_time": 0.7, "end_time": 2.45}, 53 / 30),
        ({}, 3.0), ({"end_time": 1.5}, 1.5), ({"start_time": 1.5}, 1.5),
        ({"start_time": 0, "end_time": 9999}, 3.0), ({"start_time": -5, "end_time": 1}, 1.0),
    ],
)  # fmt: skip
def test_clips_of_every_range(sdk: Fastpix, imported: Imported, times: dict[str, float], duration: float) -> None:
    source = source_id(imported)
    made = create(sdk, f"fp_mediaId://{source}", **times)
    got, seen = follow(sdk, made.id)
    assert seen[-1] == "Ready"
    assert got.duration == pytest.approx(duration)
    assert got.source_media_id == source


@pytest.mark.parametrize(
    "times", [{"start_time": 99}, {"start_time": 2, "end_time": 2}, {"start_time": 2, "end_time": 1}]
)
def test_ranges_that_hold_nothing_are_a_typed_error(
    sdk: Fastpix, imported: Imported, times: dict[str, float]
) -> None:
    before = total(sdk)
    with pytest.raises(errors.ValidationErrorResponse) as raised:
        create(sdk, f"fp_mediaId://{source_id(imported)}", **times)
    assert [one["field"] for one in raised.value.fields or []] == ["inputs[0].endTime"]
    assert total(sdk) == before


def total(sdk: Fastpix) -> int:
    listed = sdk.manage_videos.list_media(limit=1)
    assert listed.pagination is not None
    assert len(listed.data or []) <= 1
    assert listed.pagination.offset_count == listed.pagination.total_records
    return int(listed.pagination.total_records or 0)


def test_unknown_media_are_typed_errors(sdk: Fastpix) -> None:
    unknown = str(uuid.uuid4())
    with pytest.raises(errors.MediaNotFoundError):
        sdk.manage_videos.get_media(media_id=unknown)
    with pytest.raises(errors.MediaClipNotFoundError):
        sdk.manage_videos.get_media_clips(source_media_id=unknown)
    with pytest.raises(errors.MediaNotFoundError):
        sdk.manage_videos.delete_media(media_id=unknown)
    with pytest.raises(errors.FastpixError) as raised:
        create(sdk, f"fp_mediaId://{unknown}")
    assert raised.value.status_code == 404


def test_clips_are_listed_newest_first_and_paged(sdk: Fastpix, imported: Imported) -> None:
    source = create(sdk, f"fp_mediaId://{source_id(imported)}").id
    follow(sdk, source)
    empty = sdk.manage_videos.get_media_clips(source_media_id=source)
    assert (empty.data, empty.pagination.total_records) == ([], 0)
    made = [create(sdk, f"fp_mediaId://{source}", end_time=1 + n).id for n in range(2)]
    for one in made:
        follow(sdk, one)
    listed = sdk.manage_videos.get_media_clips(source_media_id=source, limit=50)
    assert [one.id for one in listed.data] == made[::-1]
    assert [one.duration for one in listed.data] == [2.0, 1.0]
    for order, expected in (("asc", made), ("desc", made[::-1])):
        pages: Any = [
            sdk.manage_videos.get_media_clips(source_media_id=source, limit=1, offset=n, order_by=order)  # type: ignore[arg-type]
            for n in (1, 2, 3)
        ]
        assert [[one.id for one in page.data] for page in pages] == [[expected[0]], [expected[1]], []]
        assert {page.pagination.total_records for page in pages} == {2}


def test_a_clip_of_a_clip_has_the_clip_for_a_parent(sdk: Fastpix, imported: Imported) -> None:
    first = create(sdk, f"fp_mediaId://{source_id(imported)}", start_time=0.5).id
    second = create(sdk, f"fp_mediaId://{first}", start_time=0.5).id  # of one that isn't ready yet, maybe
    got, _ = follow(sdk, second)
    assert (got.source_media_id, got.duration) == (first, 2.0)
    assert [one.id for one in sdk.manage_videos.get_media_clips(source_media_id=first).data or []] == [second]
    info = sdk.manage_videos.retrieve_media_input_info(media_id=second).data
    assert info is not None
    assert info.configuration is not None
    assert info.configuration.url == f"fp_mediaId://{first}"


def test_a_private_clip_opens_with_a_token_until_its_key_is_deleted(
    sdk: Fastpix, server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    made = create(sdk, f"fp_mediaId://{source_id(imported)}", "private", start_time=1)
    follow(sdk, made.id)
    way = made.playback_ids[0].id
    for path in (f"/{way}.m3u8", f"/{way}/thumbnail.png"):
        assert stranger.get(path).status_code in (401, 403)
    key = sdk.signing_keys.create_signing_key().data
    assert key is not None
    pem = base64.b64decode(key.private_key or "")
    private = serialization.load_pem_private_key(pem, None)
    public = sdk.signing_keys.get_signing_key_by_id(signing_key_id=key.id or "").data
    assert public is not None
    spelled = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert (public.public_key or "").strip() == spelled.decode().strip()
    signed = token((str(key.id), pem.decode()), way)
    for path in (f"/{way}.m3u8", f"/{way}/thumbnail.png"):
        assert stranger.get(f"{path}?token={signed}").status_code == 200
    for address in judge.variants(stranger, f"{server.url}/{way}.m3u8?token={signed}").values():
        assert judge.track(stranger, address).segments
        assert stranger.get(address.partition("?")[0]).status_code in (401, 403)
    sdk.signing_keys.delete_signing_key(signing_key_id=key.id or "")
    assert stranger.get(f"/{way}.m3u8?token={signed}").status_code in (401, 403)


def test_metadata_is_replaced_and_the_time_moves(sdk: Fastpix, imported: Imported) -> None:
    media_id = create(sdk, f"fp_mediaId://{source_id(imported)}", end_time=1).id
    before, _ = follow(sdk, media_id)
    got: Any = before
    for metadata in ({"a": "1", "b": "2"}, {"c": "3"}):
        sdk.manage_videos.updated_media(media_id=media_id, metadata=metadata)
        got = sdk.manage_videos.get_media(media_id=media_id).data
        assert got is not None
        assert got.metadata == metadata
    assert got.updated_at > before.updated_at
    with pytest.raises(errors.ValidationErrorResponse):
        sdk.manage_videos.updated_media(media_id=media_id, metadata={str(n): "x" for n in range(11)})


def test_a_clip_outlives_its_source_and_a_deleted_one_is_gone(
    sdk: Fastpix, server: Server, files: str, source: Callable[[Recipe], Path], stranger: httpx.Client
) -> None:
    origin = create(sdk, f"{files}/{source(recipe('tiny-30')).name}")
    follow(sdk, origin.id)
    clip = create(sdk, f"fp_mediaId://{origin.id}", start_time=1, end_time=2)
    follow(sdk, clip.id)
    assert sdk.manage_videos.delete_media(media_id=origin.id).success
    with pytest.raises(errors.MediaNotFoundError):
        sdk.manage_videos.get_media(media_id=origin.id)
    assert stranger.get(f"/{origin.playback_ids[0].id}.m3u8").status_code == 404
    address = f"{server.url}/{clip.playback_ids[0].id}.m3u8"
    for name, playlist in judge.variants(stranger, address).items():
        if name.startswith("video"):
            assert judge.numbers(judge.track(stranger, playlist).data) == list(range(30, 60))
    answer = stranger.get(address, headers={"Origin": "https://anywhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://anywhere.example")
    assert sdk.manage_videos.delete_media(media_id=clip.id).success
    assert stranger.get(address).status_code == 404
    with pytest.raises(errors.MediaNotFoundError):
        sdk.manage_videos.delete_media(media_id=clip.id)
    assert clip.id not in [one.id for one in sdk.manage_videos.list_media(limit=50).data or []]
