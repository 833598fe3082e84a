"""What a file that can't be played is called."""

from __future__ import annotations

import pytest

from inpoint.model.looks import look


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "a WebP picture"),
        (b"\0\0\0\x18ftypheic", "a HEIC or AVIF picture"),
        (b"PK\x03\x04\x14\0", "a ZIP archive or an office document"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"\xef\xbb\xbf\n <HTML lang=en>", "a web page"),
        (b'<?xml version="1.0"?>\n<html>', "a web page"),
        (b'{"error": "not found"}', "JSON: an API's answer, perhaps a refusal"),
        (b"Sorry, this link has expired.\n", "a text"),
        ("Grüße aus dem Süden".encode()[:-1], "a text"),
    ],
)
def test_it_is_named(head: bytes, name: str) -> None:
    assert look(head) == name


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x20ftypisom\0\0\2\0",
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81",
        b"RIFF\0\0\0\0AVI LIST",
        b"G@\0\x10" + b"\xff" * 180,
        b"FLV\1\5\0\0\0\x09",
        b"OggS\0\2\0\0",
        b"\0\1\2\3" * 50,
    ],
)
def test_what_may_be_a_video_has_no_other_name(head: bytes) -> None:
    assert look(head) is None
