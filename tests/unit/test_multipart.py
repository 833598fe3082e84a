"""Forms are read as they arrive, however they are cut into blocks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from inpoint.errors import Refused
from inpoint.web.multipart import parts

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="label"\r\n\r\nA label\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa9.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    b"some --x bytes\r\n--\r\n\r\n--x--\r\n"
)

MANY = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 60 + b"--x--"


def request(body: bytes, cuts: list[int], kind: str = "multipart/form-data; boundary=x") -> Request:
    edges = [0, *sorted({cut % (len(body) + 1) for cut in cuts}), len(body)]
    blocks = [body[start:end] for start, end in pairwise(edges)]

    async def receive() -> dict[str, Any]:
        block = blocks.pop(0) if blocks else b""
        return {"type": "http.request", "body": block, "more_body": bool(blocks)}

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def read(asked: Request) -> list[tuple[str, str | None, bytes]]:
    found = []
    async for part in parts(asked):
        found.append((part.name, part.filename, b"".join([block async for block in part.blocks])))
    return found


@given(st.lists(st.integers(0, 1000), max_size=12))
async def test_parts_come_whole(cuts: list[int]) -> None:
    assert await read(request(FORM, cuts)) == [
        ("label", None, b"A label"), ("file", "é.mp4", b"some --x bytes\r\n--\r\n")
    ]  # fmt: skip


async def test_what_is_not_read_is_skipped() -> None:
    names = [part.name async for part in parts(request(FORM, [30, 60, 150]))]
    assert names == ["label", "file"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (FORM[:-9], "multipart/form-data; boundary=x"),
        (FORM[:40], "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (FORM, "multipart/form-data; boundary=y"),
        (FORM, "multipart/form-data"),
        (FORM, "application/json"),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 60 + b"--x--",
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_what_is_no_form_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(Refused):
        await read(request(body, [5, 17], kind))


async def test_a_long_field_is_refused() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="label"\r\n\r\n' + b"a" * 100_000 + b"\r\n--x--\r\n"

    async def label() -> AsyncIterator[str]:
        async for part in parts(request(body, [])):
            yield await part.text(1000)

    with pytest.raises(Refused):
        [one async for one in label()]
